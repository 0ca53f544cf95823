package fields

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What is only promised was not sent, and no code can be typed yet.
func TestPromisesSayNothingOfACode(t *testing.T) {
	for text, promised := range map[string]bool{
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
		assert.Equal(t, promised, hear(text).says&anyCode == 0, text)
	}
	assert.NotZero(t, hear("We'll text you a code to your phone").says&aPhone, "the rest of a promise counts")
	assert.NotZero(t, hear("We'll text you. Enter the code.").says&aWeak, "a promise goes no further than its sentence")
	assert.NotZero(t, hear("We'll text you", "Verification code").says&aDoubt, "nor than its text")
}

// The order of sentences and texts is that of the text that was read.
func TestSentencesStandWhereTheyWereRead(t *testing.T) {
	texts := []string{"", "Tel. no.: +1 (2)! Why? Über uns.", "—", "Code, bitte", "最後。の文"}
	text := foldParts(texts...)
	var got []string
	for _, s := range sentences(texts) {
		got = append(got, text[s.from:s.to])
	}
	assert.Equal(t, []string{"tel no 1 2", "why", "uber uns", "code bitte", "最後", "の文"}, got)
}
