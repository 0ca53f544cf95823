// Package fill tests filling pages with the built extension: in each way a person can fill,
// and that nothing else is ever filled. The tests run in both browsers, and in a Firefox
// that prompts for access to each site.
//
// It has no code besides its tests, which need both browsers and what "make build" builds.
package fill

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/scripts/testenv"
)

const (
	binary      = "../../build/logspanel-companion"
	extension   = "../../build/extension/firefox"
	waitTimeout = 40 * time.Second
)

// site is a sign-up site. Its pages report the values of their fields.
type site struct {
	*httptest.Server
	*reportedValues
	otherOrigin string // the same server under another host name, so another site
}

const reportJS = `<script>
	for (const field of document.querySelectorAll("input")) field.addEventListener("input", () =>
		fetch("/took", { method: "POST", body: JSON.stringify({ field: location.pathname + " " + field.name, value: field.value }) }));
</script>`

func newSite(t *testing.T) *site {
	s := &site{reportedValues: newReportedValues()}
	mux := http.NewServeMux()
	page := func(pattern, body string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, "<!doctype html><html lang=en><title>Sign up</title><body><h1>Sign up</h1>%s%s", strings.ReplaceAll(body, "OTHER", s.otherOrigin), reportJS)
		})
	}
	page("GET /number", `<label>Phone number <input type=tel name=phone></label>`)
	page("GET /code", `<label>Verification code <input name=code maxlength=6></label>`)
	page("GET /plain", `<p><input name=a><p><input name=b>`)
	page("GET /framed", `<p>One more step.</p><iframe title="Verify your phone" src="OTHER/code" width=400 height=200></iframe>`)
	mux.HandleFunc("POST /took", func(_ http.ResponseWriter, r *http.Request) {
		var took struct{ Field, Value string }
		if json.NewDecoder(r.Body).Decode(&took) == nil {
			s.record(took.Field, took.Value)
		}
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	require.NoError(t, err)
	s.otherOrigin = "http://localhost:" + port
	return s
}

// firefoxUser drives Firefox on one site, and has bought a number.
type firefoxUser struct {
	*browser.Firefox
	t         *testing.T
	companion *companion.Companion
	site      *site
	number    string
}

func start(t *testing.T) *firefoxUser {
	c, err := companion.Start(t.Context(), binary)
	require.NoError(t, err)
	t.Cleanup(func() {
		assert.NoError(t, c.Stop())
		if t.Failed() {
			t.Log("the companion's log:\n" + c.Log())
		}
	})
	f, err := browser.StartFirefox(t.Context(), extension, browser.Prefs{"security.notification_enable_delay": 0})
	require.NoError(t, err)
	t.Cleanup(f.Close)
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	j := &firefoxUser{Firefox: f, t: t, companion: c, site: newSite(t)}
	require.NoError(t, f.Open("popup.html"))
	require.NoError(t, f.Type(browser.Key("pair-code"), code))
	require.NoError(t, f.Click(browser.Key("pair")))
	_, err = f.Text(browser.Key("balance"))
	require.NoError(t, err)
	require.NoError(t, f.CloseTab())
	return j
}

// openPopupOn opens a page, and the popup over it.
func (j *firefoxUser) openPopupOn(path string) {
	j.t.Helper()
	require.NoError(j.t, j.Visit(j.site.URL+path))
	require.NoError(j.t, j.OpenPopup())
}

func (j *firefoxUser) click(key string) {
	j.t.Helper()
	require.NoError(j.t, j.ClickInPopup(browser.Key(key)))
}

// buy buys a number in the popup.
func (j *firefoxUser) buy() {
	j.t.Helper()
	require.NoError(j.t, j.WaitIn(j.ExtensionURL("popup.html"), `document.querySelector('[data-key="search"]')`))
	_, err := j.EvalIn(j.ExtensionURL("popup.html"), `(() => {
		const search = document.querySelector('[data-key="search"]');
		search.value = "telegram nigeria";
		search.dispatchEvent(new Event("input", { bubbles: true }));
		return "searched";
	})()`)
	require.NoError(j.t, err)
	require.NoError(j.t, j.WaitIn(j.ExtensionURL("popup.html"), `document.querySelectorAll(".offer").length === 1`))
	require.NoError(j.t, j.ClickInPopup(".offer"))
	j.click("buy")
	require.NoError(j.t, j.WaitIn(j.ExtensionURL("popup.html"), `document.querySelector('[data-key="number"]')`))
	j.number, err = j.EvalIn(j.ExtensionURL("popup.html"), `document.querySelector('[data-key="number"]').innerText.replaceAll(/[^+\d]/g, "")`)
	require.NoError(j.t, err)
}

// waitFilled waits until the fill of the open page is over, which removes the focus from
// the field.
func (j *firefoxUser) waitFilled() {
	j.t.Helper()
	for timeout := time.After(waitTimeout); ; {
		at, err := j.Eval("document.activeElement === document.body")
		if err == nil && at == "true" {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-timeout:
			require.FailNow(j.t, "the field never lost the focus")
		}
	}
}

func TestWaysToFill(t *testing.T) {
	testenv.NeedsBrowsers(t)
	t.Parallel()
	j := start(t)

	// The click on the number prompts for access to the site, so that the code is filled after
	// the page has changed.
	j.openPopupOn("/number")
	j.buy()
	j.click("fill-number")
	require.NoError(t, j.AllowSite())
	j.site.waitForValue(t, "/number phone", j.number)
	require.NoError(t, j.ClosePopup())
	require.NoError(t, j.Navigate(j.site.URL+"/code"))
	code := sendCode(j.t, j.companion.Provider, j.number)
	j.site.waitForValue(t, "/code code", code)
	require.NoError(t, j.CloseTab())

	// A click names a frame of another site, and the next one prompts for access to it.
	j.site.reset()
	j.openPopupOn("/framed")
	j.click("fill-code")
	require.NoError(t, j.WaitIn(j.ExtensionURL("popup.html"), `document.querySelector('[data-key="code-frames"]')?.innerText.includes("127.0.0.1")`))
	j.click("code-frames-0")
	require.NoError(t, j.AllowSite())
	j.site.waitForValue(t, "/code code", code)
	require.NoError(t, j.ClosePopup())
	require.NoError(t, j.CloseTab())

	// The person points at a field that can't be guessed. It is remembered.
	require.NoError(t, j.Visit(j.site.URL+"/plain"))
	require.NoError(t, j.ChooseMenuEntry("[name=b]", code))
	j.site.waitForValue(t, "/plain b", code)
	j.waitFilled()
	require.NoError(t, j.CloseTab())
	j.site.reset()
	j.openPopupOn("/plain")
	j.click("fill-code")
	j.site.waitForValue(t, "/plain b", code)
	require.NoError(t, j.ClosePopup())
	require.NoError(t, j.CloseTab())

	// The keyboard shortcut fills the number into the page in front.
	j.site.reset()
	j.openPopupOn("/plain")
	j.click("back")
	j.buy()
	require.NoError(t, j.ClosePopup())
	require.NoError(t, j.Navigate(j.site.URL+"/number"))
	require.NoError(t, j.PressShortcut("F"))
	j.site.waitForValue(t, "/number phone", j.number)
}
