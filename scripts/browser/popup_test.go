package browser_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/scripts/testenv"
)

// The popup shows the cached view before its worker runs, and the person loses nothing if
// the browser stops the worker at any step of a purchase.
func TestWorkerStopsAtEachStep(t *testing.T) {
	testenv.NeedsBrowsers(t)
	c, err := companion.Start(t.Context(), binary)
	require.NoError(t, err)
	defer func() { assert.NoError(t, c.Stop()) }()
	b, err := browser.StartChromium(t.Context(), extensionDirs+"chromium")
	require.NoError(t, err)
	defer b.Close()
	require.NoError(t, b.WaitForWelcome())
	site, err := b.Open(c.Provider + "/signup/plain")
	require.NoError(t, err)

	popup, err := b.Popup(site)
	require.NoError(t, err)
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	require.NoError(t, popup.Type(browser.Key("pair-code"), code))
	require.NoError(t, popup.Click(browser.Key("pair")))
	live := `!document.querySelector('[data-key="stale"]') && !document.querySelector("#root").ariaBusy`
	wait := func(expression string) { t.Helper(); require.NoError(t, popup.Wait(expression)) }
	wait(`document.querySelectorAll(".offer:enabled").length > 5 && !document.querySelector('[data-key="loading"]')`)

	stopWorker := func(then string) {
		t.Helper()
		require.NoError(t, b.StopWorker())
		wait(then + " && " + live)
	}
	stopWorker(`document.querySelectorAll(".offer:enabled").length > 5`)
	require.NoError(t, popup.Type(browser.Key("search"), "telegram nigeria"))
	wait(`document.querySelectorAll(".offer:enabled").length === 1`)
	stopWorker(`document.querySelector("input.search").value === "telegram nigeria" && document.querySelectorAll(".offer:enabled").length === 1`)
	require.NoError(t, popup.Click(".offer"))
	wait(`document.querySelector('[data-key="buy"]:enabled')`)
	stopWorker(`document.querySelector('[data-key="buy"]:enabled')`)
	require.NoError(t, popup.Click(browser.Key("buy")))
	wait(`document.querySelector('[data-key="number"]')`)
	number, err := popup.Text(browser.Key("number"))
	require.NoError(t, err)
	stopWorker(`document.querySelector('[data-key="number"]')?.innerText === ` + strconv.Quote(number))
	require.NoError(t, popup.Click(browser.Key("fill-number")))
	require.NoError(t, site.Wait(`document.querySelector("#phone").value.length >= 8`), "the popup closes for the fill")

	// The next popup opens while the worker is stopped.
	require.NoError(t, b.StopWorker())
	popup, err = b.Popup(site)
	require.NoError(t, err)
	wait(`document.querySelector('[data-key="number"]')?.innerText === ` + strconv.Quote(number) + " && " + live)
	require.NoError(t, popup.Close())

	// In the last one the worker never answers.
	silent := `if (globalThis.chrome?.runtime) chrome.runtime.connect = () => ({ onMessage: { addListener() {} }, onDisconnect: { addListener() {} }, postMessage() {} });`
	popup, err = b.OpenWithScript(b.ExtensionURL("popup.html"), silent, browser.Size{Width: 380, Height: 500, Scale: 1}, nil)
	require.NoError(t, err)
	wait(`document.querySelector('[data-key="balance"]') && document.querySelector('[data-key="stale"]')`)
}

// The worker waits for its backend if the browser can't load it at first.
func TestWorkerRetriesItsBackend(t *testing.T) {
	testenv.NeedsBrowsers(t)
	dir := filepath.Join(t.TempDir(), "extension")
	require.NoError(t, os.CopyFS(dir, os.DirFS(extensionDirs+"chromium")))
	backend := filepath.Join(dir, "companion.wasm")
	require.NoError(t, os.Rename(backend, backend+".later"))
	b, err := browser.StartChromium(t.Context(), dir)
	require.NoError(t, err)
	defer b.Close()
	require.NoError(t, b.WaitForWelcome())
	page, err := b.Open(b.ExtensionURL("popup.html"))
	require.NoError(t, err)
	require.NoError(t, page.Wait(`document.querySelector("h1")?.innerText === "Logspanel"`))
	waits, err := browser.Eval[bool](page, `!document.querySelector("[data-key]")`)
	require.NoError(t, err)
	assert.True(t, waits, "without its backend there is nothing to show")

	require.NoError(t, os.Rename(backend+".later", backend))
	require.NoError(t, page.Wait(`document.querySelector('[data-key="pair-code"]')`))
}
