package money_test

import (
	"errors"
	"fmt"

	"github.com/logspanel/companion/shared/money"
)

func Example() {
	balance, err := money.Parse("12500.00", "NGN")
	if err != nil {
		fmt.Println(err)
		return
	}
	price := money.FromMajor(850, "NGN")
	left, err := balance.Sub(price)
	fmt.Println(left, left.Minor, err)

	_, err = balance.Add(money.FromMajor(5, "USD"))
	fmt.Println(errors.Is(err, money.ErrCurrencyMismatch))
	// Output:
	// 11650.00 NGN 1165000 <nil>
	// true
}

// The currency determines the digits after the point. Finer amounts are an error.
func ExampleParse() {
	for _, currency := range []string{"JPY", "NGN", "KWD"} {
		fmt.Println(money.FromMajor(3, currency))
	}
	_, err := money.Parse("0.005", "NGN")
	fmt.Println(err)
	// Output:
	// 3 JPY
	// 3.00 NGN
	// 3.000 KWD
	// "0.005" is not an amount of money: it is finer than the currency's smallest unit
}
