package browser_test

import (
	"encoding/json"
	"os"
	"path/filepath"
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
	waitTimeout  = 20 * time.Second
	pollInterval = 50 * time.Millisecond
)

// withLoopbackAccess returns a copy of the built extension that may access pages on this
// computer, as after the first click: a test can't answer the browser's permission prompt.
func withLoopbackAccess(t *testing.T) string {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(extensionDirs+"firefox")))
	allowLoopback(t, dir)
	return dir
}

// allowLoopback gives the extension in dir access to pages on this computer.
func allowLoopback(t *testing.T, dir string) {
	file := filepath.Join(dir, "manifest.json")
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var manifest map[string]any
	require.NoError(t, json.Unmarshal(raw, &manifest))
	manifest["host_permissions"] = []string{"http://127.0.0.1/*"}
	raw, err = json.Marshal(manifest)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, raw, 0o600))
}

// A whole purchase in Firefox, through the real popup over a real page: pair, search, buy,
// fill, receive the code, buy another number, cancel.
func TestFirefoxJourney(t *testing.T) {
	testenv.NeedsBrowsers(t)
	c, err := companion.Start(t.Context(), binary)
	require.NoError(t, err)
	defer func() { assert.NoError(t, c.Stop()) }()
	f, err := browser.StartFirefox(t.Context(), withLoopbackAccess(t), browser.Prefs{"ui.popup.disable_autohide": true})
	require.NoError(t, err)
	defer f.Close()
	start, err := c.Balance(t.Context())
	require.NoError(t, err)
	require.NoError(t, f.Visit(c.Provider+"/signup/plain"))

	var popup browser.FirefoxPopup
	open := func() {
		t.Helper()
		popup, err = f.Popup()
		require.NoError(t, err)
	}
	click := func(key string) { t.Helper(); require.NoError(t, popup.Click(browser.Key(key))) }
	wait := func(expression string) { t.Helper(); require.NoError(t, popup.Wait(expression)) }
	shows := func(selector string) { t.Helper(); wait(`document.querySelector('` + selector + `')`) }
	site := func(expression, want string) {
		t.Helper()
		require.Eventually(t, func() bool {
			got, err := f.Eval(expression)
			return err == nil && got == want
		}, waitTimeout, pollInterval, "%s was to be %s", expression, want)
	}

	open()
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	require.NoError(t, popup.Type(browser.Key("pair-code"), code))
	click("pair")
	wait(`document.querySelector('[data-key="proposed"]')?.textContent === "Telegram"`)

	// The popup closes when the person switches to another window.
	require.NoError(t, popup.Type(browser.Key("search"), "telegram nigeria"))
	wait(`document.querySelectorAll(".offer:enabled").length === 1`)
	require.NoError(t, popup.Close())
	open()
	wait(`document.querySelector("input.search").value === "telegram nigeria" && document.querySelectorAll(".offer:enabled").length === 1`)
	require.NoError(t, popup.Click(".offer:enabled"))
	shows(`[data-key="buy"]:enabled`)
	require.NoError(t, popup.Close())
	open()
	click("buy")
	shows(`[data-key="number"]`)
	number, err := popup.Eval(`document.querySelector('[data-key="number"]').textContent`)
	require.NoError(t, err)
	click("fill-number")
	shows(`[data-key="number-filled"].ok`)
	require.NoError(t, popup.Close())
	digits := strings.ReplaceAll(strings.TrimPrefix(number, "+234"), " ", "")
	site(`document.querySelector("#phone").value.replace(/\D/g, "").replace(/^0/, "")`, digits)

	require.NoError(t, f.Click("button[type=submit]"))
	site(`/^\d{6}$/.test(document.querySelector("#code")?.value)`, "true")
	open()
	shows(`[data-key="code-filled"].ok`)
	received, err := popup.Eval(`document.querySelector('[data-key="code"]').textContent`)
	require.NoError(t, err)
	site(`document.querySelector("#code").value`, received)

	click("another")
	require.NoError(t, popup.Type(browser.Key("search"), "telegram ghana"))
	wait(`document.querySelectorAll(".offer:enabled").length === 1`)
	require.NoError(t, popup.Click(".offer:enabled"))
	click("buy")
	click("cancel")
	shows(`[data-key="refunded"]`)
	end, err := c.Balance(t.Context())
	require.NoError(t, err)
	spent, err := start.Sub(end)
	require.NoError(t, err)
	assert.Equal(t, "550.00", spent.Decimal(), "the price of the number that was not cancelled")

	click("tab-orders")
	wait(`document.querySelectorAll(".order").length === 2`)
	require.NoError(t, f.OpenTrusted(f.ExtensionURL("options.html")))
	require.NoError(t, f.SaveScreenshot("../../build/screens/firefox-settings.png"))
}
