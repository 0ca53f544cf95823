package fields

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestAnnouncementsNameNoCode checks that a code which is only announced does not count.
func TestAnnouncementsNameNoCode(t *testing.T) {
	for text, announced := range map[string]bool{
		"We'll text you a verification code.":                       true,
		"Enter your phone number to receive an SMS code":            true,
		"A one-time code will be sent to your phone":                true,
		"Tel. no. for the code that will be sent":                   true,
		"We sent you a code.":                                       false,
		"We sent a code to your phone, you will receive it shortly": false,
		"Enter the code you will receive by SMS":                    false,
		"Enter the code. We will not share your number.":            false,
		"Code sent. We'll send a new code in 30 seconds.":           false,
		"Wir senden Ihnen einen Code per SMS":                       true,
		"Wir haben Ihnen einen Code gesendet":                       false,
		"Der Code, den Sie erhalten haben":                          false,
		"You will receive a code shortly. Please enter it below.":   false,
		"Sie erhalten einen Code. Geben Sie ihn hier ein.":          false,
		"Vous allez recevoir un code. Saisissez-le ci-dessous.":     false,
		"Recibirás un código. Introdúcelo aquí.":                    false,
		"Вам придёт код. Введите его ниже.":                         false,
		"Sie erhalten gleich einen Code":                            true,
		"Nous vous enverrons un code de vérification":               true,
		"Nous avons envoyé un code de vérification":                 false,
		"Te enviaremos un código por SMS":                           true,
		"Te enviamos un código por SMS":                             false,
		"Vamos enviar um código de verificação":                     true,
		"Enviamos um código de verificação":                         false,
		"Мы отправим код подтверждения":                             true,
		"Мы отправили код подтверждения":                            false,
		"Doğrulama kodunu SMS ile göndereceğiz":                     true,
		"Doğrulama kodunu gönderdik":                                false,
		"سنرسل لك رمز التحقق":                                       true,
		"أرسلنا لك رمز التحقق":                                      false,
		"我们将向您发送验证码":                                                true,
		"验证码已发送":                                                    false,
		"認証コードを送信します":                                               true,
		"認証コードを送信しました":                                              false,
		"인증번호를 보내드립니다":                                              true,
		"인증번호를 보냈습니다":                                               false,
		"Kami akan mengirim kode OTP":                               true,
		"Kami telah mengirim kode OTP":                              false,
	} {
		assert.Equal(t, announced, readUnannounced(text).kinds&anyCode == 0, text)
	}
	assert.NotZero(t, readUnannounced("We'll text you a code to your phone").kinds&cuePhone, "the rest of an announcement counts")
	assert.NotZero(t, readUnannounced("We'll text you. Enter the code.").kinds&cueGeneric, "an announcement ends with its sentence")
	assert.NotZero(t, readUnannounced("We'll text you", "Verification code").kinds&cueLikely, "an announcement ends with its text")
}

// TestSentenceSpans checks that the spans of sentences fit the folded text.
func TestSentenceSpans(t *testing.T) {
	texts := []string{"", "Tel. no.: +1 (2)! Why? Über uns.", "—", "Code, bitte", "最後。の文"}
	text := foldParts(texts...)
	var got []string
	for _, s := range sentences(texts) {
		got = append(got, text[s.from:s.to])
	}
	assert.Equal(t, []string{"tel no 1 2", "why", "uber uns", "code bitte", "最後", "の文"}, got)
}

// TestNoCodeAfterAnnouncement checks that no field takes a code in a step which only announces
// one, whatever else it asks for.
func TestNoCodeAfterAnnouncement(t *testing.T) {
	type step struct{ heading, announcement, button string }
	steps := map[string][]step{
		"en": {
			{"Verify it's you", "We'll text you a verification code.", "Send code"},
			{"Enter code", "Enter your details and we will send a 6-digit code to your phone.", "Get OTP"},
			{"Get a verification code", "A one-time passcode will be sent by SMS.", "Text me a code"},
			{"Login with OTP", "You will receive an OTP on your registered mobile number.", "Request OTP"},
			{"Forgot password?", "We'll send a code to the phone on your account.", "Send verification code"},
		},
		"de": {{"Anmelden", "Wir senden Ihnen einen Bestätigungscode per SMS.", "Code anfordern"}, {"Code per SMS erhalten", "Sie erhalten einen Code auf Ihr Handy.", "Code senden"}},
		"fr": {{"Connexion", "Nous vous enverrons un code de vérification par SMS.", "Recevoir un code"}, {"Recevez un code par SMS", "Un code vous sera envoyé.", "Envoyer le code"}},
		"es": {{"Acceso", "Te enviaremos un código de verificación por SMS.", "Enviar código"}, {"Recibe un código", "Recibirás un código de 6 dígitos en tu celular.", "Solicitar código"}},
		"pt": {{"Entrar", "Vamos enviar um código de verificação por SMS.", "Enviar código"}, {"Receba um código", "Você receberá um código no seu celular.", "Receber código"}},
		"it": {{"Accedi", "Ti invieremo un codice di verifica via SMS.", "Invia codice"}},
		"nl": {{"Inloggen", "We sturen je een verificatiecode per sms.", "Stuur code"}},
		"pl": {{"Logowanie", "Wyślemy kod weryfikacyjny SMS-em.", "Wyślij kod"}},
		"ru": {{"Вход", "Мы отправим код подтверждения в СМС.", "Получить код"}, {"Вход по коду", "Вам придет код из СМС.", "Отправить код"}},
		"uk": {{"Вхід", "Ми надішлемо код підтвердження.", "Отримати код"}},
		"tr": {{"Giriş", "SMS ile doğrulama kodu göndereceğiz.", "Kod gönder"}},
		"ar": {{"تسجيل الدخول", "سنرسل لك رمز التحقق في رسالة نصية.", "إرسال الرمز"}},
		"fa": {{"ورود", "کد تایید برای شما پیامک خواهد شد.", "دریافت کد"}},
		"hi": {{"लॉगिन", "हम आपके मोबाइल पर ओटीपी भेजेंगे।", "ओटीपी भेजें"}},
		"id": {{"Masuk", "Kami akan mengirim kode OTP lewat SMS.", "Kirim kode"}},
		"vi": {{"Đăng nhập", "Chúng tôi sẽ gửi mã xác nhận qua SMS.", "Gửi mã"}},
		"th": {{"เข้าสู่ระบบ", "เราจะส่งรหัส OTP ทาง SMS", "ขอรหัส"}},
		"zh": {{"登录", "我们将向您的手机发送验证码", "获取验证码"}, {"获取验证码", "未注册的手机号将自动注册", "发送验证码"}},
		"ja": {{"ログイン", "SMSで認証コードを送信します。", "認証コードを送信"}},
		"ko": {{"로그인", "문자로 인증번호를 보내드립니다.", "인증번호 받기"}},
		"sw": {{"Ingia", "Tutakutumia msimbo kwa SMS.", "Tuma msimbo"}},
	}
	asked := []Field{
		{Type: "tel"},
		{Type: "text"},
		{Type: "text", InputMode: "numeric"},
		{Type: "text", Name: "identifier"},
		{Type: "text", Label: "Username"},
		{Type: "text", Label: "Customer ID"},
		{Type: "tel", Label: "Phone"},
		{Type: "tel", Placeholder: "050 123 4567"},
		{Type: "tel", Name: "mobile", MaxLength: 11},
		{Type: "tel", Value: "+44"},
		{Type: "text", Placeholder: "Account number", InputMode: "numeric"},
		{Type: "text", Name: "login", Focused: true},
	}
	for lang, list := range steps {
		for _, s := range list {
			for _, f := range asked {
				f.Ref, f.Kind, f.Visibility, f.W, f.H = 1, Input, Shown, 260, 36
				for where, place := range map[string]func(*Field){
					"before":       func(f *Field) { f.Before = []string{s.heading, s.announcement} },
					"after":        func(f *Field) { f.Before, f.After = []string{s.heading}, []string{s.announcement} },
					"described by": func(f *Field) { f.Description = s.announcement },
				} {
					f := f
					f.Heading, f.Buttons = s.heading, []string{s.button}
					place(&f)
					f.After = append(f.After, s.button)
					plan := PlanCode([]Page{{Lang: lang, Title: s.heading, Text: s.heading + "\n" + s.announcement, Fields: []Field{f}}}, "493027")
					assert.Empty(t, plan.Steps, "%s: %q %s a field called %q: %s", lang, s.announcement, where, f.Label+f.Placeholder+f.Name, plan.Why)
				}
			}
		}
	}
}

// TestRequestedCodeIsFilled checks that a step which asks for a code gets it, even if it also
// mentions telephones and sending.
func TestRequestedCodeIsFilled(t *testing.T) {
	for name, f := range map[string]Field{
		"sent to a phone":       {Type: "tel", Before: []string{"Enter the verification code sent to your phone number"}},
		"sent, and once more":   {Type: "text", Heading: "Check your phone", Before: []string{"We sent a code to +1 ••• 0132. It may take a minute to get there."}, After: []string{"Didn't get it? We'll send another one in 30 seconds."}, Buttons: []string{"Resend code"}},
		"on its way":            {Type: "text", Before: []string{"You will receive a text message with a code. Enter it below."}},
		"a label's own":         {Type: "tel", Label: "Code", Before: []string{"Enter the code", "We'll text you a code in a moment"}, MaxLength: 6},
		"the number above":      {Type: "text", Name: "code", Label: "Verification code", Before: []string{"Phone number: +1 415 555 0132", "Change phone number"}},
		"a button to send":      {Type: "text", Label: "SMS code", After: []string{"Send code"}, Buttons: []string{"Send code"}},
		"phone in its name":     {Type: "text", Name: "phone_verification", Label: "Verification code"},
		"a phone's OTP":         {Type: "tel", Name: "mobile-otp", Placeholder: "Enter OTP", InputMode: "numeric"},
		"German":                {Type: "text", Label: "Code, den wir an Ihr Handy geschickt haben"},
		"French":                {Type: "tel", Label: "Code de vérification reçu sur votre téléphone"},
		"Spanish":               {Type: "tel", Placeholder: "Código que enviamos a tu celular"},
		"Turkish":               {Type: "tel", Label: "Telefonunuza gelen doğrulama kodu"},
		"Korean":                {Type: "tel", Placeholder: "휴대폰으로 받은 인증번호"},
		"Chinese":               {Type: "text", Placeholder: "请输入手机验证码", Buttons: []string{"获取验证码"}},
		"Arabic":                {Type: "tel", Label: "رمز التحقق المرسل إلى جوالك"},
		"no more than its mark": {Type: "tel", Autocomplete: "one-time-code", Heading: "Confirm your phone", Before: []string{"We'll text you"}},
	} {
		t.Run(name, func(t *testing.T) {
			f.Ref, f.Kind, f.Visibility, f.W, f.H = 1, Input, Shown, 260, 36
			lang := map[string]string{"Turkish": "tr", "Korean": "ko", "Chinese": "zh"}[name]
			page := Page{Lang: lang, Fields: []Field{f}}
			plan := PlanCode([]Page{page}, "493027")
			assert.Len(t, plan.Steps, 1, plan.Why)
			number := PlanNumber([]Page{page}, numberUS)
			assert.Empty(t, number.Steps, number.Why)
		})
	}
}
