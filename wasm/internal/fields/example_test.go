package fields_test

import (
	"fmt"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/fields"
)

func ExamplePlanCode() {
	page := fields.Page{Fields: []fields.Field{
		{Ref: 1, Kind: fields.Input, Type: "text", Label: "Promo code", Visibility: fields.Shown, W: 200, H: 30},
		{Ref: 2, Kind: fields.Input, Type: "text", Label: "Code we texted you", Visibility: fields.Shown, W: 200, H: 30},
	}}
	for _, step := range fields.PlanCode([]fields.Page{page}, "G-573920").Steps {
		fmt.Println(step.Ref, step.Value)
	}
	// Output: 2 573920
}

func ExamplePlanNumber() {
	page := fields.Page{Fields: []fields.Field{
		{Ref: 1, Kind: fields.Input, Type: "tel", Label: "Phone number", Placeholder: "0803 000 0000", Visibility: fields.Shown, W: 200, H: 30},
	}}
	number := fields.PhoneNumber{Country: "NG", CountryName: "Nigeria", Number: protocol.Number{
		E164: "+2348031234567", CallingCode: "234", Digits: "8031234567", National: "0803 123 4567", Region: "NG",
	}}
	for _, step := range fields.PlanNumber([]fields.Page{page}, number).Steps {
		fmt.Println(step.Ref, step.Value)
	}
	// Output: 1 08031234567
}
