package fields

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// requestFor reads what a page with one field asks for.
func requestFor(f Field) Wanted {
	f.Ref, f.Kind, f.Visibility, f.W, f.H = 1, Input, Shown, 200, 30
	return Page{Fields: []Field{f}}.requestIn(contextOf(f)).wanted
}

func TestRequests(t *testing.T) {
	for _, c := range []struct {
		wanted Wanted
		why    string
		field  Field
	}{
		{WantsCode, "a message was sent", Field{Label: "Code", Before: []string{"We texted you a code."}}},
		{WantsCode, "it can be sent again", Field{Label: "Code", After: []string{"Resend"}}},
		{WantsCode, "the hint below says how", Field{Label: "Security code", After: []string{"by text message"}}},
		{WantsAppCode, "the nearest sentence decides", Field{Label: "Code", Before: []string{"Open your authenticator app."}, After: []string{"Send me a text message instead"}}},
		{WantsCode, "a message outranks the app that is another way", Field{Label: "Code", Before: []string{"We sent a text message to your phone."}, After: []string{"Use the authenticator app"}}},
		{WantsAppCode, "its name says so", Field{Label: "Code", Name: "totp"}},
		{WantsRecoveryCode, "of a list that the person keeps", Field{Label: "Code", Autocomplete: "one-time-code", Before: []string{"Type one of your recovery codes"}}},
		{WantsCode, "a recovery code may be texted", Field{Label: "Recovery code that we texted to your phone"}},
		{WantsPIN, "that the person has", Field{Before: []string{"Enter your PIN to unlock"}}},
		{WantsCode, "a PIN may be texted", Field{Before: []string{"Enter the PIN that we texted to you"}}},
		{WantsPIN, "that the person makes up", Field{Label: "New PIN"}},
		{WantsPersonalNumber, "though a code comes next", Field{Label: "CPF", After: []string{"Vamos enviar um código"}}},
		{WantsLastDigits, "of a card", Field{Before: []string{"Last 4 digits of your card"}}},
		{WantsOtherCode, "it came by email", Field{Label: "Code", Before: []string{"We sent a code to your email."}}},
		{WantsOtherCode, "an address shows that it came by email", Field{Label: "Kode", Before: []string{"Kode: n•••@example.org"}}},
		{WantsOtherCode, "its own label says so", Field{Label: "Gift card code", Before: []string{"We sent a text message."}}},
		{WantsCode, "a card that is only shown", Field{Label: "Code", Before: []string{"Card number", "•••• 9034"}, After: []string{"Resend"}}},
		{WantsOtherCode, "a thing with a code of its own", Field{Label: "Verification code", Heading: "Check a certificate"}},
		{WantsAppCode, "its tab says so", Field{Label: "Code", Panel: &Panel{Role: "tabpanel", Name: "Authenticator app"}}},
		{WantsRecoveryCode, "the head of its row says so", Field{Cells: []string{"Recovery code"}}},
		{"", "nothing tells", Field{Label: "Verification code"}},
	} {
		assert.Equal(t, c.wanted, requestFor(c.field), c.why)
	}
}

func TestQRCodeSetsUpAnApp(t *testing.T) {
	field := Field{Ref: 1, Kind: Input, Visibility: Shown, W: 200, H: 30, Label: "Verification code"}
	assert.Equal(t, WantsAppCode, Page{QRCode: true, Fields: []Field{field}}.requestIn(contextOf(field)).wanted)
	field.After = []string{"Resend"}
	assert.Equal(t, WantsCode, Page{QRCode: true, Fields: []Field{field}}.requestIn(contextOf(field)).wanted, "a QR code to sign in with")
}

func TestPlanSaysWhatIsWantedInstead(t *testing.T) {
	page := func(fields ...Field) []Page {
		for i := range fields {
			fields[i].Ref, fields[i].Kind, fields[i].Visibility, fields[i].W, fields[i].H = i+1, Input, Shown, 200, 30
		}
		return []Page{{Fields: fields}}
	}
	app := PlanCode(page(Field{Label: "Code from your authenticator app", Autocomplete: "one-time-code"}), "493027")
	assert.True(t, app.Empty())
	assert.Equal(t, WantsAppCode, app.Wants)
	phone := PlanCode(page(Field{Label: "Mobile number", Type: "tel"}), "493027")
	assert.True(t, phone.Empty())
	assert.Equal(t, WantsNumber, phone.Wants)
	code := PlanNumber(page(Field{Label: "SMS code", MaxLength: 6}), numberNG)
	assert.True(t, code.Empty())
	assert.Equal(t, WantsCode, code.Wants)
	assert.Empty(t, PlanCode(page(Field{Label: "Favourite colour"}), "493027").Wants)
}

func TestTextsApartFromTheField(t *testing.T) {
	for text, tells := range map[string]bool{
		"Resend code":                   true,
		"We sent an SMS":                true,
		"We sent a text message":        true,
		"Our text messages are free":    false,
		"SMS code":                      true,
		"SMS verification":              true,
		"Sent to •••• 47":               true,
		"Text of the SMS":               false,
		"SMS":                           false,
		"Results are sent on Friday":    false,
		"":                              false,
		"Why we ask for a phone number": false,
	} {
		assert.Equal(t, tells, tellsOfMessage(text), text)
	}
}

func TestHiddenDigits(t *testing.T) {
	for text, shows := range map[string]bool{
		"+234 803 ••• 67":     true,
		"(***) ***-4567":      true,
		"0151 xxxxx 62":       true,
		"+234 803 123 4567":   false,
		"**":                  false,
		"Box 12":              false,
		"Xavier 12":           false,
		"** required, 12 max": false,
	} {
		assert.Equal(t, shows, hasMaskedNumber(text), text)
	}
}

func TestAsides(t *testing.T) {
	for label, want := range map[string][2]string{
		"Telephone (we will text a code)": {"Telephone  ", "we will text a code"},
		"电话（接收验证码）":                       {"电话 ", "接收验证码"},
		"Code":                            {"Code", ""},
		"(optional)":                      {"(optional)", ""},
		"Code (six digits":                {"Code  ", "six digits"},
	} {
		name, aside := splitAside(label)
		assert.Equal(t, fold(want[0]), fold(name), label)
		assert.Equal(t, want[1], aside, label)
	}
}

func TestTrailingLabels(t *testing.T) {
	field := func(ref int, before, after []string) Field {
		return Field{Ref: ref, Kind: Input, Visibility: Shown, W: 200, H: 30, Heading: "Form", Before: before, After: after}
	}
	labels := func(p Page) (labels []string) {
		for _, f := range p.withTrailingLabels().Fields {
			labels = append(labels, f.Aligned)
		}
		return labels
	}
	trailing := Page{Links: []string{"Send"}, Fields: []Field{
		field(1, []string{"Form"}, []string{"Name"}), field(2, []string{"Name"}, []string{"Mobile"}), field(3, []string{"Mobile"}, []string{"Town", "Send"}),
	}}
	assert.Equal(t, []string{"Name", "Mobile", "Town"}, labels(trailing))
	assert.Equal(t, []string{"Form"}, trailing.Fields[0].Before, "the page stays as it was described")
	leading := Page{Links: []string{"Send"}, Fields: []Field{
		field(1, []string{"Form", "Name"}, []string{"Mobile"}), field(2, []string{"Mobile"}, []string{"Send"}),
	}}
	assert.Equal(t, []string{"", ""}, labels(leading))
	alone := field(1, []string{"Form"}, []string{"Optional"})
	assert.Equal(t, []string{""}, labels(Page{Fields: []Field{alone}}), "a hint below a field")
	alone.Beside = "Optional"
	assert.Equal(t, []string{"Optional"}, labels(Page{Fields: []Field{alone}}), "a text beside it")
	assert.Empty(t, labels(Page{}))
}
