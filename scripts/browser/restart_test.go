package browser_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/scripts/testenv"
)

// popup is the open popup in either browser.
type popup interface {
	Wait(condition string) error
	Click(selector string) error
	Type(selector, text string) error
	Close() error
}

// testBrowser is a browser with the extension in it, and one visited page.
type testBrowser struct {
	visit         func(url string)
	popup         func() popup
	eval          func(expression string) string // in the visited page
	submit        func()
	extensionPage func(page, ready string) func(expression string) string // one of the extension's pages, once it is ready
}

// inBothBrowsers runs a test in Chromium and in Firefox, with a copy of the extension that
// change may modify.
func inBothBrowsers(t *testing.T, change func(dir string), do func(t *testing.T, v testBrowser)) {
	t.Parallel() // it mostly waits
	changed := func(t *testing.T, name string) string {
		dir := t.TempDir()
		require.NoError(t, os.CopyFS(dir, os.DirFS(extensionDirs+name)))
		change(dir)
		return dir
	}
	t.Run("Chromium", func(t *testing.T) {
		t.Parallel()
		b, err := browser.StartChromium(t.Context(), changed(t, "chromium"))
		require.NoError(t, err)
		t.Cleanup(b.Close)
		require.NoError(t, b.WaitForWelcome())
		var site *browser.Page
		do(t, testBrowser{
			visit: func(url string) {
				site, err = b.Open(url)
				require.NoError(t, err)
			},
			popup: func() popup {
				p, err := b.Popup(site)
				require.NoError(t, err)
				return p
			},
			eval: func(expression string) string {
				value, err := browser.Eval[string](site, "String("+expression+")")
				require.NoError(t, err)
				return value
			},
			submit: func() { require.NoError(t, site.Click("button[type=submit]")) },
			extensionPage: func(page, ready string) func(string) string {
				p, err := b.Open(b.ExtensionURL(page))
				require.NoError(t, err)
				require.NoError(t, p.Wait(ready))
				return func(expression string) string {
					value, err := browser.Eval[string](p, "globalThis."+expression)
					require.NoError(t, err)
					return value
				}
			},
		})
	})
	t.Run("Firefox", func(t *testing.T) {
		t.Parallel()
		dir := changed(t, "firefox")
		allowLoopback(t, dir)
		f, err := browser.StartFirefox(t.Context(), dir, browser.Prefs{"ui.popup.disable_autohide": true})
		require.NoError(t, err)
		t.Cleanup(f.Close)
		do(t, testBrowser{
			visit: func(url string) { require.NoError(t, f.Visit(url)) },
			popup: func() popup {
				p, err := f.Popup()
				require.NoError(t, err)
				return p
			},
			eval: func(expression string) string {
				value, err := f.Eval(expression)
				require.NoError(t, err)
				return value
			},
			submit: func() { require.NoError(t, f.Click("button[type=submit]")) },
			extensionPage: func(page, ready string) func(string) string {
				require.NoError(t, f.Open(page))
				require.NoError(t, f.WaitIn(f.ExtensionURL(page), ready))
				return func(expression string) string {
					value, err := f.Eval("window.wrappedJSObject." + expression)
					require.NoError(t, err)
					return value
				}
			},
		})
	})
}

// waitFor waits until an expression in the visited page has a value.
func (v testBrowser) waitFor(t *testing.T, expression, want string) {
	t.Helper()
	require.Eventually(t, func() bool { return v.eval(expression) == want }, waitTimeout, pollInterval, "%s was to be %s", expression, want)
}

// withPanics returns a change that replaces the extension's backend by a test build, which
// panics on command.
func withPanics(t *testing.T) func(dir string) {
	wasm := filepath.Join(t.TempDir(), "companion.wasm")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-tags", "panics", "-ldflags=-s -w", "-o", wasm, "../../wasm")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	raw, err := os.ReadFile(wasm)
	require.NoError(t, err)
	require.Contains(t, string(raw), panicMarker)
	for _, name := range []string{"chromium", "firefox"} {
		released, err := os.ReadFile(filepath.Join(extensionDirs, name, "companion.wasm"))
		require.NoError(t, err)
		require.NotContains(t, string(released), panicMarker, "the release build can panic on command")
	}
	return func(dir string) { require.NoError(t, os.WriteFile(filepath.Join(dir, "companion.wasm"), raw, 0o600)) }
}

// panicMarker is a text that only a backend built with panics contains.
const panicMarker = "provoke_panics.go"

func start(t *testing.T) *companion.Companion {
	c, err := companion.Start(t.Context(), binary)
	require.NoError(t, err)
	t.Cleanup(func() {
		assert.NoError(t, c.Stop())
		if t.Failed() {
			t.Log("the companion's log:\n" + c.Log())
		}
	})
	return c
}

// pairedPopup is the popup of a paired browser, with helpers for tests.
type pairedPopup struct {
	popup
	t *testing.T
}

func pair(t *testing.T, v testBrowser, c *companion.Companion) pairedPopup {
	t.Helper()
	d := pairedPopup{v.popup(), t}
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	require.NoError(t, d.Type(browser.Key("pair-code"), code))
	d.click("pair")
	d.waitForKey("balance")
	return d
}

func (d pairedPopup) click(key string) { d.t.Helper(); require.NoError(d.t, d.Click(browser.Key(key))) }

func (d pairedPopup) wait(condition string) { d.t.Helper(); require.NoError(d.t, d.Wait(condition)) }

func (d pairedPopup) waitForKey(key string) {
	d.t.Helper()
	d.wait("document.querySelector(" + strconv.Quote(browser.Key(key)) + ")")
}

func (d pairedPopup) search(text string) {
	d.t.Helper()
	require.NoError(d.t, d.Type(browser.Key("search"), text))
}

// searchForOne searches for something that has exactly one offer. It shows that the backend
// works.
func (d pairedPopup) searchForOne(text string) {
	d.t.Helper()
	d.search(text)
	d.wait(`document.querySelectorAll(".offer:enabled").length === 1`)
}

// A backend that panics or exits is restarted at once. The popup says so, and the person
// can go on. An awaited code is filled even if the backend crashes while it looks for the
// field.
func TestBackendRestartsAfterACrash(t *testing.T) {
	testenv.NeedsBrowsers(t)
	inBothBrowsers(t, withPanics(t), func(t *testing.T, v testBrowser) {
		c := start(t)
		v.visit(c.Provider + "/signup/plain")
		d := pair(t, v, c)
		for _, how := range []string{"panic", "overflow"} {
			d.search("provoke " + how + " acted 1")
			d.waitForKey("interrupted")
			d.searchForOne("telegram nigeria")
			d.wait(`!document.querySelector('[data-key="interrupted"]')`)
		}
		require.NoError(t, d.Click(".offer"))
		d.click("buy")
		d.waitForKey("number")
		d.click("fill-number")
		v.waitFor(t, `document.querySelector("#phone").value.length >= 8`, "true")
		_ = d.Close() // unless it has closed itself

		// The backend crashes while a code is awaited and no popup is open.
		d.popup = v.popup()
		d.waitForKey("number")
		d.click("back")
		for _, order := range []string{"provoke exit tab_changed 1", "provoke panic described 1"} {
			d.search(order)
			d.wait(`document.querySelector('[data-key="nothing-text"]')?.innerText.includes(` + strconv.Quote(order) + `)`)
		}
		require.NoError(t, d.Close())
		v.submit()
		v.waitFor(t, `/^\d{6}$/.test(document.querySelector("#code")?.value)`, "true")

		code := v.eval(`document.querySelector("#code").value`)
		report := v.extensionPage("options.html", `document.querySelector('[data-key="report"]')`)(`document.querySelector('[data-key="report"]').value`)
		for _, want := range []string{
			`crash: \S+Z, thrown string, while handling acted, in jsbridge\.\S+ provoke_panics\.go:\d+`,
			`crash: \S+Z, the program ended, while handling acted`,
			`crash: \S+Z, the program ended, while handling tab_changed`,
			`crash: \S+Z, thrown string, while handling described, in jsbridge\.\S+ provoke_panics\.go:\d+`,
		} {
			assert.Regexp(t, want, report)
		}
		assert.NotContains(t, report, "provoke panic", "the report does not quote the thrown value")
		assert.NotContains(t, strings.ToLower(report), "telegram")
		assert.NotContains(t, report, code)
	})
}

// A backend that always crashes is not restarted for ever. The popup says so, and offers to
// try again.
func TestRepeatedCrashesStopTheRestarts(t *testing.T) {
	testenv.NeedsBrowsers(t)
	inBothBrowsers(t, withPanics(t), func(t *testing.T, v testBrowser) {
		c := start(t)
		v.visit(c.Provider + "/signup/plain")
		d := pair(t, v, c)
		d.search("provoke panic acted 5")
		d.waitForKey("restart")
		d.wait(`document.querySelector('[data-key="report"]').value.split("crash: ").length === 6`)
		d.click("restart")
		d.searchForOne("telegram nigeria")

		// Saved state that may cause a crash at the start is discarded.
		d.search("provoke panic started 2")
		d.wait(`document.querySelector('[data-key="nothing-text"]')?.innerText.includes("started 2")`)
		d.search("provoke panic acted 1")
		d.waitForKey("interrupted")
		d.wait(`document.querySelector('[data-key="search"]').value === ""`)
		d.searchForOne("telegram nigeria")
	})
}
