package phone_test

import (
	"fmt"

	"github.com/logspanel/companion/shared/phone"
)

func ExampleParse() {
	number, err := phone.Parse("+234 803 123 4567", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(number.CallingCode, number.National)
	fmt.Println(number.E164())
	fmt.Println(number.Grouped())
	// Output:
	// 234 8031234567
	// +2348031234567
	// +234 803 123 4567
}
