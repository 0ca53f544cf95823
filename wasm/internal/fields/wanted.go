package fields

// Wanted is what a page asks a person for at one place.
type Wanted string

// The things that pages ask for. The zero value is for a page that does not say.
const (
	WantsNumber         Wanted = "number"          // a telephone number
	WantsCode           Wanted = "code"            // a code that a text message or a call brings
	WantsAppCode        Wanted = "app_code"        // a code that an authenticator app shows
	WantsRecoveryCode   Wanted = "recovery_code"   // a recovery or backup code
	WantsPIN            Wanted = "pin"             // a PIN or passcode that the person has or makes up
	WantsOtherCode      Wanted = "other_code"      // a code of another kind, or one that comes by email
	WantsLastDigits     Wanted = "last_digits"     // the last digits of a number or a card
	WantsPersonalNumber Wanted = "personal_number" // a number that a state or a bank gave the person
	WantsCaptcha        Wanted = "captcha"         // what a picture shows
)
