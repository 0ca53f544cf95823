package fields

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDrawnSlots(t *testing.T) {
	over := func(slots int) []Page {
		return []Page{{Fields: []Field{{
			Ref: 1, Kind: Input, Type: "text", Visibility: Faint, Unfocusable: true, AriaHidden: true, Slots: slots, W: 300, H: 44,
			Before: []string{"Enter the code we sent you"},
		}}}}
	}
	assert.Len(t, PlanCode(over(6), "493027").Steps, 1)
	assert.Empty(t, PlanCode(over(0), "493027").Steps, "nothing is drawn for it")
}

func TestProseAboveAnotherField(t *testing.T) {
	page := func(form int) []Page {
		return []Page{{Fields: []Field{
			{Ref: 1, Form: 1, Kind: Input, Label: "Name", Visibility: Shown, W: 200, H: 30, Before: []string{"We have sent a text message to the phone number that you gave us."}},
			{Ref: 2, Form: form, Kind: Input, Label: "Code", Visibility: Shown, W: 200, H: 30},
		}}}
	}
	assert.Len(t, PlanCode(page(1), "493027").Steps, 1)
	assert.Empty(t, PlanCode(page(2), "493027").Steps, "the prose is another form's")
}

func TestBareFieldAfterAButtonThatSends(t *testing.T) {
	page := func(button string) []Page {
		return []Page{{Fields: []Field{{
			Ref: 1, Kind: Input, Type: "tel", MaxLength: 6, Visibility: Shown, W: 90, H: 30, Heading: "Confirm your phone number",
			Buttons: []string{button, "Check"},
		}}}}
	}
	assert.Len(t, PlanCode(page("Send code"), "493027").Steps, 1)
	assert.Empty(t, PlanCode(page("Back"), "493027").Steps)
}
