package fill

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/companion"
)

// popup is the extension's popup over a page.
type popup interface {
	Wait(expression string) error
	Click(selector string) error
	Type(selector, text string) error
	Eval(expression string) (string, error)
	Close() error
}

// testBrowser is a browser with a copy of the extension that has access to some sites.
type testBrowser interface {
	// visit opens a URL in a new tab in front, and navigate in the tab in front.
	visit(url string)
	navigate(url string)
	// eval evaluates an expression in the page in front.
	eval(expression string) string
	popup() popup
	// callWorker calls one of the functions in worker.js.
	callWorker(function string, args ...string) string
	pair(code string)
}

// inBothBrowsers runs a test in Chromium and in Firefox.
func inBothBrowsers(t *testing.T, hosts []string, do func(t *testing.T, b *testUser)) {
	t.Parallel() // it mostly waits
	for name := range starters {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			do(t, newTestUser(t, name, hosts))
		})
	}
}

func newTestUser(t *testing.T, name string, hosts []string) *testUser {
	c, err := companion.Start(t.Context(), binary)
	require.NoError(t, err)
	t.Cleanup(func() {
		assert.NoError(t, c.Stop())
		if t.Failed() {
			t.Log("the companion's log:\n" + c.Log())
		}
	})
	b := &testUser{testBrowser: starters[name](t, copyWithPermissions(t, name, hosts)), t: t, companion: c}
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	b.pair(code)
	return b
}

var starters = map[string]func(*testing.T, string) testBrowser{"chromium": startChromium, "firefox": startFirefox}

// copyWithPermissions returns a copy of the built extension that has access to hosts. It
// has one more page, from which Firefox's worker is reached.
func copyWithPermissions(t *testing.T, name string, hosts []string) (dir string) {
	dir = t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("../../build/extension/"+name)))
	file := filepath.Join(dir, "manifest.json")
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var manifest map[string]any
	require.NoError(t, json.Unmarshal(raw, &manifest))
	manifest["host_permissions"] = hosts
	raw, err = json.Marshal(manifest)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, raw, 0o600))
	script := "const functions = " + workerJS + `;
		globalThis.call = async (name, args) => String(await functions[name](await chrome.runtime.getBackgroundPage(), ...JSON.parse(args)));`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "worker.js"), []byte(script), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, workerPage), []byte(`<!doctype html><title>worker</title><script src="worker.js"></script>`), 0o600))
	return dir
}

const workerPage = "worker.html"

//go:embed worker.js
var workerFile string

// workerJS is worker.js as an expression.
var workerJS = strings.TrimSuffix(strings.TrimSpace(workerFile), ";")

// jsonList encodes texts as a JSON array.
func jsonList(texts []string) string {
	raw, _ := json.Marshal(append([]string{}, texts...))
	return string(raw)
}

type chromium struct {
	*browser.Chromium
	t    *testing.T
	page *browser.Page
}

func startChromium(t *testing.T, dir string) testBrowser {
	c, err := browser.StartChromium(t.Context(), dir)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.NoError(t, c.WaitForWelcome())
	return &chromium{Chromium: c, t: t}
}

func (c *chromium) visit(url string) {
	c.t.Helper()
	p, err := c.Open(url)
	require.NoError(c.t, err)
	c.page = p
}

func (c *chromium) navigate(url string) {
	c.t.Helper()
	at, err := json.Marshal(url)
	require.NoError(c.t, err)
	c.eval("(globalThis.left = true, location.href = " + string(at) + ")")
	require.NoError(c.t, c.page.Wait("!globalThis.left && location.href === "+string(at)+" && document.readyState === 'complete'"))
}

func (c *chromium) eval(expression string) string {
	c.t.Helper()
	value, err := browser.Eval[string](c.page, "(async () => String(await ("+expression+")))()")
	require.NoError(c.t, err)
	return value
}

// chromiumPopup is a popup that may have closed itself.
type chromiumPopup struct {
	*browser.Page
	isOpen func() (bool, error)
}

func (p chromiumPopup) Eval(expression string) (string, error) {
	return browser.Eval[string](p.Page, "(async () => String(await ("+expression+")))()")
}

func (p chromiumPopup) Close() error {
	if there, err := p.isOpen(); err != nil || !there {
		return err
	}
	return p.Page.Close()
}

func (c *chromium) popup() popup {
	c.t.Helper()
	p, err := c.Popup(c.page)
	require.NoError(c.t, err)
	return chromiumPopup{p, func() (bool, error) { return c.IsOpen(p) }}
}

func (c *chromium) callWorker(function string, args ...string) string {
	c.t.Helper()
	w, err := c.Worker()
	require.NoError(c.t, err)
	value, err := browser.Eval[string](w, fmt.Sprintf("(async () => String(await (%s)[%q](globalThis, ...%s)))()", workerJS, function, jsonList(args)))
	require.NoError(c.t, err)
	return value
}

func (c *chromium) pair(code string) {
	p, err := c.Open(c.ExtensionURL("popup.html"))
	require.NoError(c.t, err)
	require.NoError(c.t, p.Type(browser.Key("pair-code"), code))
	require.NoError(c.t, p.Click(browser.Key("pair")))
	_, err = p.Text(browser.Key("balance"))
	require.NoError(c.t, err)
	require.NoError(c.t, p.Close())
}

type firefox struct {
	*browser.Firefox
	t *testing.T
}

func startFirefox(t *testing.T, dir string) testBrowser {
	f, err := browser.StartFirefox(t.Context(), dir, browser.Prefs{"security.notification_enable_delay": 0})
	require.NoError(t, err)
	t.Cleanup(f.Close)
	return firefox{f, t}
}

func (f firefox) visit(url string)    { f.t.Helper(); require.NoError(f.t, f.Visit(url)) }
func (f firefox) navigate(url string) { f.t.Helper(); require.NoError(f.t, f.Navigate(url)) }

func (f firefox) eval(expression string) string {
	f.t.Helper()
	value, err := f.Eval(expression)
	require.NoError(f.t, err)
	return value
}

func (f firefox) popup() popup {
	f.t.Helper()
	p, err := f.Popup()
	require.NoError(f.t, err)
	return p
}

// callWorker goes through the extra page: what Marionette runs in the worker itself ends
// with the call.
func (f firefox) callWorker(function string, args ...string) string {
	f.t.Helper()
	value, err := f.EvalIn(f.ExtensionURL(workerPage), fmt.Sprintf("call(%q, %q)", function, jsonList(args)))
	require.NoError(f.t, err)
	return value
}

func (f firefox) pair(code string) {
	require.NoError(f.t, f.Open(workerPage))
	require.NoError(f.t, f.Open("popup.html"))
	require.NoError(f.t, f.Type(browser.Key("pair-code"), code))
	require.NoError(f.t, f.Click(browser.Key("pair")))
	_, err := f.Text(browser.Key("balance"))
	require.NoError(f.t, err)
	require.NoError(f.t, f.CloseTab())
}

// testUser is a paired browser and its companion, with the number bought last.
type testUser struct {
	testBrowser
	t         *testing.T
	companion *companion.Companion
	number    string
}

// buy buys a number in the popup.
func (b *testUser) buy(p popup) {
	b.t.Helper()
	require.NoError(b.t, p.Wait("document.querySelector('[data-key=\"search\"]')"))
	require.NoError(b.t, p.Type(browser.Key("search"), "telegram nigeria"))
	require.NoError(b.t, p.Wait(`document.querySelectorAll(".offer").length === 1`))
	require.NoError(b.t, p.Click(".offer"))
	require.NoError(b.t, p.Click(browser.Key("buy")))
	require.NoError(b.t, p.Wait(`document.querySelector('[data-key="number"]')`))
	number, err := p.Eval(`document.querySelector('[data-key="number"]').innerText.replaceAll(/[^+\d]/g, "")`)
	require.NoError(b.t, err)
	b.number = number
}

// buyAnother goes back from an order, and buys one more number.
func (b *testUser) buyAnother(p popup) {
	b.t.Helper()
	require.NoError(b.t, p.Click(browser.Key("back")))
	b.buy(p)
}

// fillNumber fills the number into the page in front, and waits until a field of the site
// reports it. The first time it buys one.
func (b *testUser) fillNumber(site *testSite, field string) {
	b.t.Helper()
	p := b.popup()
	if b.number == "" {
		b.buy(p)
	}
	require.NoError(b.t, p.Click(browser.Key("fill-number")), field)
	site.waitForValue(b.t, field, b.number)
	require.NoError(b.t, p.Close())
}

// waitForText waits until the popup's node with a key contains text.
func (b *testUser) waitForText(p popup, key, text string) {
	b.t.Helper()
	require.NoError(b.t, p.Wait(`document.querySelector('[data-key="`+key+`"]')?.innerText.includes("`+text+`")`))
}

// waitUntil polls until is reports true.
func (b *testUser) waitUntil(what string, is func() bool) {
	b.t.Helper()
	for end := time.Now().Add(waitTimeout); !is(); <-time.After(20 * time.Millisecond) {
		require.True(b.t, time.Now().Before(end), "this never became true: %s", what)
	}
}
