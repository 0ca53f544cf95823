package logspanel

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// Whatever the provider sends, classifying it does not panic or show the key. The result
// is a success, a refusal with a code, or ambiguous.
func FuzzClassify(f *testing.F) {
	f.Add(200, `{"success":true,"data":{"order_id":"1"}}`)
	f.Add(402, `{"success":false,"status":402,"message":"Insufficient wallet balance.","code":"INSUFFICIENT_BALANCE"}`)
	f.Add(200, `{"success":1,"data":[],"meta":{},"links":[]}`)
	f.Add(401, `{"message":"SECRETSECRET"}`)
	f.Add(502, `<html>`)
	f.Add(302, ``)
	f.Fuzz(func(t *testing.T, status int, body string) {
		const key = "SECRETSECRET"
		r, err := classify(buyNumberEndpoint, status, 0, []byte(body), key)
		switch OutcomeOf(err) {
		case Done:
			require.True(t, status >= 200 && status < 300)
		case Refused:
			require.NotEmpty(t, CodeOf(err))
		case NotSent:
			t.Fatal("there is a response, so something was sent")
		}
		if err != nil {
			require.NotContains(t, err.Error(), key)
			require.LessOrEqual(t, utf8.RuneCountInString(err.Error()), 600)
		}
		require.NotContains(t, r.message, key)
	})
}
