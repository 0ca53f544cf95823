package fields

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// purposeOf returns the purpose of a field that is alone on its page.
func purposeOf(lang string, f Field) purpose {
	f.Visibility = Shown
	if f.Kind == "" {
		f.Kind = Input
	}
	if f.W == 0 {
		f.W, f.H = 240, 32
	}
	p := Page{Lang: lang, Fields: []Field{f}}
	return p.purposes(p.contexts())[0]
}

// TestPurposeByLabel checks labels that name both a code and a telephone, among others.
func TestPurposeByLabel(t *testing.T) {
	for lang, labels := range map[string]map[string]purpose{
		"en": {
			"Verification code": forCode, "SMS code": forCode, "One-time passcode": forCode, "Phone verification code": forCode, "Mobile OTP": forCode,
			"Code sent to your phone": forCode, "Enter the code sent to your mobile number": forCode, "Enter the verification code from your phone": forCode,
			"OTP sent to mobile no. ending 4821": forCode, "Enter the 6-digit code we texted to your phone": forCode, "Phone OTP": forCode,
			"Check your phone for a verification code": forCode,
			"Phone number": forPhone, "Mobile": forPhone, "Cell phone": forPhone, "Your phone": forPhone, "Phone number to receive a verification code": forPhone,
			"Phone number (we'll text you a code)": forPhone, "Mobile no. for OTP": forPhone, "Enter mobile number to get OTP": forPhone, "Email or mobile number": forPhone,
			"Verify your phone number": forPhone, "Phone number for the SMS code": forPhone, "10-digit mobile number": forPhone, "Enter your 10 digit number": forPhone,
			"Country code": forCallingCode, "Dial code": forCallingCode, "Phone prefix": forCallingCode,
			"Name": unclear, "Number": unclear,
		},
		"de": {
			"Bestätigungscode": forCode, "SMS-Code": forCode, "Code, der an Ihr Handy gesendet wurde": forCode,
			"Handynummer": forPhone, "Telefonnummer für den Bestätigungscode": forPhone, "Ländervorwahl": forCallingCode,
		},
		"fr": {
			"Code de vérification": forCode, "Code reçu par SMS sur votre téléphone": forCode, "Code de vérification envoyé à votre portable": forCode,
			"Numéro de téléphone": forPhone, "Numéro de portable pour recevoir le code": forPhone, "Indicatif": forCallingCode,
		},
		"es": {
			"Código de verificación": forCode, "Código enviado a tu celular": forCode,
			"Número de celular": forPhone, "Teléfono móvil donde recibirás el código": forPhone, "Código de país": forCallingCode,
		},
		"pt": {
			"Código de verificação": forCode, "Código enviado para o seu celular": forCode,
			"Celular": forPhone, "Celular com DDD para receber o código": forPhone,
		},
		"it": {"Codice di verifica": forCode, "Codice ricevuto sul cellulare": forCode, "Numero di cellulare": forPhone, "Prefisso": forCallingCode},
		"nl": {"Verificatiecode": forCode, "Telefoonnummer": forPhone, "Landcode": forCallingCode},
		"pl": {"Kod weryfikacyjny": forCode, "Kod SMS wysłany na telefon": forCode, "Numer telefonu": forPhone, "Numer telefonu, na który wyślemy kod": forPhone},
		"ru": {"Код подтверждения": forCode, "Код из СМС": forCode, "Код, отправленный на ваш телефон": forCode, "Телефон": forPhone, "Номер телефона для получения кода": forPhone},
		"uk": {"Код підтвердження": forCode, "Номер телефону": forPhone},
		"tr": {"Doğrulama kodu": forCode, "Telefonunuza gelen kod": forCode, "Cep telefonu": forPhone, "Kod gönderilecek cep telefonu": forPhone, "Ülke kodu": forCallingCode},
		"ar": {"رمز التحقق": forCode, "رمز التحقق المرسل إلى جوالك": forCode, "رقم الجوال": forPhone, "رقم الجوال لاستلام رمز التحقق": forPhone, "رمز الدولة": forCallingCode},
		"fa": {"کد تایید": forCode, "شماره موبایل": forPhone},
		"hi": {"सत्यापन कोड": forCode, "मोबाइल पर भेजा गया ओटीपी": forCode, "मोबाइल नंबर": forPhone},
		"id": {"Kode verifikasi": forCode, "Kode OTP yang dikirim ke nomor HP": forCode, "Nomor HP": forPhone, "Nomor HP untuk menerima kode OTP": forPhone},
		"vi": {"Mã xác nhận": forCode, "Số điện thoại": forPhone, "Số điện thoại nhận mã xác nhận": forPhone},
		"th": {"รหัสยืนยัน": forCode, "เบอร์โทรศัพท์": forPhone},
		"zh": {"验证码": forCode, "手机验证码": forCode, "手机收到的验证码": forCode, "请输入手机号": forPhone, "手机号码": forPhone, "接收验证码的手机号": forPhone, "国家代码": forCallingCode},
		"ja": {"認証コード": forCode, "携帯電話に届いた認証コード": forCode, "電話番号": forPhone, "認証コードを受け取る携帯電話番号": forPhone, "国番号": forCallingCode},
		"ko": {"인증번호": forCode, "휴대폰 인증번호": forCode, "휴대폰으로 전송된 인증번호": forCode, "휴대폰 번호": forPhone, "인증번호를 받을 휴대폰 번호": forPhone},
		"sw": {"Namba ya simu": forPhone},
	} {
		for label, want := range labels {
			assert.Equal(t, want, purposeOf(lang, Field{Type: "tel", Label: label, W: 120}), "label %s", label)
			if want != forCallingCode {
				assert.Equal(t, want, purposeOf(lang, Field{Type: "text", Placeholder: label}), "placeholder %s", label)
			}
		}
	}
}

func TestPurposeBySignals(t *testing.T) {
	for name, c := range map[string]struct {
		field Field
		want  purpose
	}{
		"named after Kratos' trait":          {Field{Type: "text", Name: "traits.phone"}, forPhone},
		"its country":                        {Field{Type: "text", Name: "traits.phone.country"}, forCallingCode},
		"named mobile":                       {Field{Type: "tel", Name: "mobile"}, forPhone},
		"msisdn":                             {Field{Name: "msisdn"}, forPhone},
		"by id":                              {Field{Type: "tel", ID: "phone-number-input"}, forPhone},
		"a camel":                            {Field{Name: "userPhoneNumber"}, forPhone},
		"a code's camel":                     {Field{Name: "phoneVerificationCode"}, forCode},
		"a code of a phone":                  {Field{Name: "mobile_otp", Type: "tel"}, forCode},
		"phone_pin is a code":                {Field{Name: "smsCode", ID: "phone-otp"}, forCode},
		"shows +1":                           {Field{Type: "tel", Value: "+1"}, forPhone},
		"shows +1, marked for codes":         {Field{Type: "tel", Value: "+1 ", Autocomplete: "one-time-code"}, forPhone},
		"shows a number":                     {Field{Type: "tel", Value: "(415) 555-0132"}, forPhone},
		"shows a code":                       {Field{Type: "tel", Value: "493027"}, unclear},
		"an example of a number":             {Field{Placeholder: "(555) 555-5555"}, forPhone},
		"an international example":           {Field{Placeholder: "+49 170 1234567"}, forPhone},
		"an example with blanks":             {Field{Placeholder: "___-___-____"}, forPhone},
		"an example in words":                {Field{Placeholder: "e.g. 0803 123 4567"}, forPhone},
		"an example with x":                  {Field{Placeholder: "05xxxxxxxx"}, forPhone},
		"an example of a code":               {Field{Type: "tel", Placeholder: "123456"}, unclear},
		"an example of a code in groups":     {Field{Type: "tel", Placeholder: "000-000"}, unclear},
		"dots for a code":                    {Field{Type: "tel", Placeholder: "• • • • • •"}, unclear},
		"autocomplete tel":                   {Field{Autocomplete: "tel"}, forPhone},
		"autocomplete of a section":          {Field{Autocomplete: "section-a mobile tel-national"}, forPhone},
		"the calling code, by autocomplete":  {Field{Type: "tel", Autocomplete: "tel-country-code", W: 60}, forCallingCode},
		"marked for codes":                   {Field{Type: "tel", Autocomplete: "one-time-code"}, forCode},
		"marked for codes, labelled a phone": {Field{Type: "tel", Autocomplete: "one-time-code", Label: "Phone number"}, conflicting},
		"and named so, too":                  {Field{Type: "tel", Autocomplete: "one-time-code", Label: "Phone number", Name: "phone"}, forPhone},
		"a code's label over a phone's name": {Field{Type: "tel", Name: "phone", Label: "Verification code", MaxLength: 6}, forCode},
		"a phone's label over a code's name": {Field{Type: "tel", Name: "otp", Label: "Phone number"}, forPhone},
		"any code, named mobile":             {Field{Type: "tel", Name: "mobile", Label: "Code"}, conflicting},
		"a code's label over phone_verify":   {Field{Type: "tel", Name: "phone_verify", Placeholder: "Verification code"}, forCode},
		"over mobileCaptcha":                 {Field{Type: "text", Name: "mobileCaptcha", Placeholder: "验证码"}, forCode},
		"a button beside it, in Russian":     {Field{Type: "tel", Label: "Код", Picker: &Picker{Text: "Получить код", Hints: "Получить код"}}, unclear},
		"a number mentioned before it":       {Field{Type: "tel", Before: []string{"Phone: +1 ••• 32"}, MaxLength: 6}, unclear},
		"asks where to send a code":          {Field{Label: "Number to send the code to"}, unclear},
		"announces a code":                   {Field{Label: "We will text you a code"}, unclear},
		"a code that will come":              {Field{Label: "Verification code that you will receive"}, forCode},
		"type tel alone":                     {Field{Type: "tel"}, unclear},
		"type tel, six digits":               {Field{Type: "tel", MaxLength: 6, InputMode: "numeric"}, unclear},
		"a pattern of ten digits":            {Field{Type: "tel", Pattern: "[6-9][0-9]{9}"}, forPhone},
		"a pattern in groups":                {Field{Type: "text", Pattern: `\d{3}-\d{3}-\d{4}`}, forPhone},
		"a pattern with a plus":              {Field{Type: "text", Pattern: `^\+[1-9]\d{1,14}$`}, forPhone},
		"a code's pattern":                   {Field{Type: "tel", Pattern: `[0-9]{6}`}, unclear},
		"a picker of countries beside it":    {Field{Type: "tel", Picker: &Picker{Text: "🇺🇸 +1", Hints: "Select country"}}, forPhone},
		"a button beside it":                 {Field{Type: "tel", Picker: &Picker{Text: "Send code"}}, unclear},
		"react-phone-input-2":                {Field{Type: "tel", Hints: "form-control", Value: "+1", Placeholder: "1 (702) 123-4567"}, forPhone},
		"react-phone-number-input":           {Field{Type: "tel", Autocomplete: "tel", Hints: "PhoneInputInput"}, forPhone},
		"vue-tel-input":                      {Field{Type: "tel", Name: "telephone", Hints: "vti__input", Placeholder: "Enter a phone number"}, forPhone},
		"intl-tel-input":                     {Field{Type: "tel", ID: "phone", Hints: "iti__tel-input", Placeholder: "(201) 555-0123"}, forPhone},
		"MUI's":                              {Field{Type: "tel", Hints: "MuiInputBase-input MuiTelInput-TextField", Value: "+33", Label: "Téléphone"}, forPhone},
		"a label drawn before it":            {Field{Type: "tel", Before: []string{"Mobile number"}}, forPhone},
		"a code's label drawn before it":     {Field{Type: "tel", Before: []string{"Verification code"}, MaxLength: 6}, forCode},
		"a link before it":                   {Field{Type: "text", Before: []string{"+1 ••• 0132", "Change phone number"}}, unclear},
		"a field edited in place":            {Field{Kind: Editable, Label: "Phone"}, forPhone},
		"the text just before it":            {Field{Type: "tel", Before: []string{"We sent a code to the number that you gave before.", "Enter your new phone number"}}, forPhone},
		"an announcement is no name":         {Field{Type: "text", Before: []string{"We will text you a code"}}, unclear},
		"ten digits are no code":             {Field{Placeholder: "Enter your 10-digit account ID", InputMode: "numeric"}, forPhone},
		"its description announces a code":   {Field{Label: "Phone", Description: "We will send a verification code to this number."}, forPhone},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, purposeOf("en", c.field)) })
	}
}

// TestPurposeByName checks the names and ids that sites use.
func TestPurposeByName(t *testing.T) {
	for want, names := range map[purpose][]string{
		forPhone: {
			"phone", "phoneNo", "phone_no", "PhoneNumber", "phonenumber", "phone[number]", "user[phone_number]", "traits.phone", "traits.phone_number", "contact.phone",
			"mobile", "mobileNo", "mobileNumber", "userMobile", "txtMobile", "mobile_number_input", "login-phone", "cell", "cellphone", "tel", "telephone", "telefon", "telefono",
			"celular", "portable", "handy", "gsm", "msisdn", "sdt", "whatsapp_number", "contact_no", "billing_phone", "customer-mobile",
		},
		forCode: {
			"otp", "smsCode", "sms_code", "phone_otp", "phoneVerificationCode", "mobile_verification_code", "verificationCode", "mobileOtp", "tel_otp", "one_time_code", "phone-sms-code",
		},
		forCallingCode: {"countryCode", "country_code", "dial_code", "dialCode", "phone_prefix", "phoneCountryCode", "phone_country", "traits.phone.country", "callingCode", "isd_code"},
	} {
		for _, name := range names {
			assert.Equal(t, want, purposeOf("en", Field{Type: "text", Name: name, W: 90}), "name %s", name)
			assert.Equal(t, want, purposeOf("en", Field{Type: "tel", ID: name}), "id %s", name)
		}
	}
	for _, name := range []string{"phone_code", "phoneCode", "field1", "input", "value", "code", "phone_verify", "verifyPhone"} {
		assert.Equal(t, unclear, purposeOf("en", Field{Type: "tel", Name: name, W: 90}), "name %s", name)
	}
}
