package sandbox_test

import (
	"html"
	"io"
	"net/http"
	neturl "net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/sandbox"
)

// submit sends a form as a browser does, and follows redirects.
func submit(t *testing.T, url string, fields ...string) (*http.Response, string) {
	t.Helper()
	form := neturl.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	res, err := http.PostForm(url, form)
	require.NoError(t, err)
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res, string(page)
}

// nigeria is a purchase of a Telegram number in Nigeria.
func nigeria() logspanel.Purchase {
	return logspanel.Purchase{CountryID: "3", ServiceID: "2123", IdempotencyKey: "key-1"}
}

func TestPlainSignUp(t *testing.T) {
	for name, written := range map[string]func(national string) []string{
		"national": func(n string) []string { return []string{"country", "NG", "phone", n} },
		"trunk 0":  func(n string) []string { return []string{"country", "NG", "phone", "0" + n} },
		"spaces":   func(n string) []string { return []string{"country", "NG", "phone", n[:3] + " " + n[3:6] + "-" + n[6:]} },
		"E.164":    func(n string) []string { return []string{"country", "US", "phone", "+234" + n} },
	} {
		t.Run(name, func(t *testing.T) {
			p, c, url := serve(t, sandbox.Options{CodeDelay: 2 * time.Second})
			bought, err := c.BuyNumber(t.Context(), nigeria())
			require.NoError(t, err)
			national := strings.TrimPrefix(bought.Order.Number, "+234")

			res, page := submit(t, url+"/signup/plain", written(national)...)
			assert.Equal(t, "/signup/plain/code", res.Request.URL.Path)
			assert.Contains(t, html.UnescapeString(page), bought.Order.Number)
			p.AdvanceClock(2 * time.Second)
			order, err := c.CheckNumber(t.Context(), bought.Order.ID)
			require.NoError(t, err)
			require.Len(t, order.Code, 6, "the site sent an SMS")

			wrong := "000000"
			if order.Code == wrong {
				wrong = "111111"
			}
			_, page = submit(t, url+"/signup/plain/code", "phone", bought.Order.Number, "code", wrong)
			assert.Contains(t, page, `role="alert"`)
			assert.NotContains(t, page, `id="welcome"`)
			_, page = submit(t, url+"/signup/plain/code", "phone", bought.Order.Number, "code", order.Code)
			assert.Contains(t, page, `id="welcome"`)
		})
	}
}

// A code is not accepted before its SMS has arrived.
func TestCodeBeforeItsSMS(t *testing.T) {
	p, c, url := serve(t, sandbox.Options{CodeDelay: time.Minute})
	bought, err := c.BuyNumber(t.Context(), nigeria())
	require.NoError(t, err)
	code, err := p.SendSMS(bought.Order.Number)
	require.NoError(t, err)
	_, page := submit(t, url+"/signup/plain/code", "phone", bought.Order.Number, "code", code)
	assert.NotContains(t, page, `id="welcome"`)
	_, page = submit(t, url+"/signup/plain/code", "phone", bought.Order.Number, "code", "")
	assert.NotContains(t, page, `id="welcome"`)
}

func TestSignUpWithoutAnOrder(t *testing.T) {
	_, _, url := serve(t, sandbox.Options{})
	res, page := submit(t, url+"/signup/plain", "country", "NG", "phone", `8021230000"><script>`)
	assert.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
	assert.Contains(t, page, `role="alert"`)
	assert.Contains(t, page, `value="8021230000&#34;&gt;&lt;script&gt;"`, "the page keeps what was typed")
	assert.Contains(t, page, `<option value="NG" selected>`)
	for _, phone := range []string{"", "+", "call me", "+1 212 555 0123"} {
		_, response := submit(t, url+"/signup/boxes/phone", "phone", phone)
		assert.Contains(t, response, `"error"`, phone)
	}
}

func TestBoxesSignUp(t *testing.T) {
	p, c, url := serve(t, sandbox.Options{})
	bought, err := c.BuyNumber(t.Context(), nigeria())
	require.NoError(t, err)
	number := bought.Order.Number
	_, response := submit(t, url+"/signup/boxes/phone", "phone", number[:4]+" "+number[4:])
	assert.JSONEq(t, `{"phone":"`+number+`"}`, response)
	code, err := p.SendSMS(number)
	require.NoError(t, err)
	_, response = submit(t, url+"/signup/boxes/code", "phone", number, "code", code)
	assert.Contains(t, response, `"error"`)
	p.AdvanceClock(2 * time.Second)
	_, response = submit(t, url+"/signup/boxes/code", "phone", number, "code", code)
	assert.JSONEq(t, `{}`, response)
}

// The pages name the site, load nothing from other hosts, and have a policy that forbids it.
func TestSitePages(t *testing.T) {
	_, _, url := serve(t, sandbox.Options{})
	elsewhere := regexp.MustCompile(`(?:src|href|action)="(https?:|//)|@import|url\(`)
	for _, path := range []string{"/", "/signup/plain", "/signup/plain/code?phone=%2B1", "/signup/boxes"} {
		res, page := call(t, http.MethodGet, url+path, "")
		assert.Equal(t, http.StatusOK, res.StatusCode, path)
		assert.Contains(t, page, `<meta name="application-name" content="Telegram">`)
		assert.Contains(t, page, `<html lang="en">`)
		assert.NotRegexp(t, elsewhere, page, path)
		assert.Contains(t, res.Header.Get("Content-Security-Policy"), "default-src 'none'")
		assert.Equal(t, "no-store", res.Header.Get("Cache-Control"))
	}
	res, script := call(t, http.MethodGet, url+"/signup/boxes.js", "")
	assert.Contains(t, res.Header.Get("Content-Type"), "javascript")
	assert.NotEmpty(t, script)
	res, _ = call(t, http.MethodGet, url+"/signup/other", "")
	assert.Equal(t, http.StatusNotFound, res.StatusCode)
}
