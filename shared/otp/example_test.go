package otp_test

import (
	"fmt"

	"github.com/logspanel/companion/shared/otp"
)

func ExampleParse() {
	for _, written := range []string{"481 902", "G-573920", "A7K-2Q9", "800-555-0199"} {
		code, ok := otp.Parse(written)
		fmt.Printf("%q %t\n", code, ok)
	}
	// Output:
	// "481902" true
	// "573920" true
	// "A7K2Q9" true
	// "" false
}

func ExampleFormats() {
	fmt.Println(otp.Formats("G-573920"))
	// Output: [573920 G-573920 G573920]
}
