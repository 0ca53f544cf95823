package sms_test

import (
	"fmt"

	"github.com/logspanel/companion/daemon/internal/sms"
)

func ExampleRead() {
	received, ok := sms.Read("", "G-573920 is your code. Call +1 800 555 0199 for help.")
	fmt.Println(ok, received.Code, received.Written)

	received, ok = sms.Read("", "Your code is 747723.\n\n@example.com #747723")
	fmt.Println(ok, received.Code, received.Site)

	_, ok = sms.Read("", "Your order 48213 has been sent.")
	fmt.Println(ok)
	// Output:
	// true 573920 G-573920
	// true 747723 example.com
	// false
}
