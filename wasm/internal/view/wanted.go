package view

import "github.com/logspanel/companion/wasm/internal/fields"

// wantedMessages maps what a page asks for to the message that says so.
var wantedMessages = map[fields.Wanted]string{
	fields.WantsNumber:         "wants_number",
	fields.WantsCode:           "wants_code",
	fields.WantsAppCode:        "wants_app_code",
	fields.WantsRecoveryCode:   "wants_recovery_code",
	fields.WantsPIN:            "wants_pin",
	fields.WantsOtherCode:      "wants_other_code",
	fields.WantsLastDigits:     "wants_last_digits",
	fields.WantsPersonalNumber: "wants_personal_number",
	fields.WantsCaptcha:        "wants_captcha",
}

// noFieldBanner says that no field was found. Where the page asks for something else than what
// was to be filled, it says what, because then nothing is wrong with the page or the extension.
func noFieldBanner(key string, f Fill, filled fields.Wanted, noField, notWanted string) Node {
	asked, known := wantedMessages[f.Wants]
	if !known || f.Wants == filled {
		return banner(key, "warn", message(noField, plainArg(f.Host)))
	}
	n := box("note warn", text("", message(asked, plainArg(f.Host))), text("", message(notWanted)))
	n.Key, n.Live = key, true
	return n
}
