// Package attack attacks the built companion and the built extension as strangers could:
// from a web page, another extension, another program at the port, another user of the
// computer, and a hostile provider. Each test first shows that its attack works on
// something unprotected.
//
// It has no code besides its tests, which need both browsers and what "make build" builds.
// SECURITY.md says which promise each test is for.
package attack

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/scripts/testenv"
)

const (
	binary = "../../build/logspanel-companion"
	built  = "../../build/extension/"
)

// startCompanion starts the companion with the sandbox provider.
func startCompanion(t *testing.T) *companion.Companion {
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

func port(t *testing.T, address string) int {
	_, text, err := net.SplitHostPort(address)
	require.NoError(t, err)
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// tab is a page in either browser.
type tab interface {
	Eval(expression string) (string, error)
}

// chromiumTab adapts a page of Chromium to tab.
type chromiumTab struct{ *browser.Page }

func (p chromiumTab) Eval(expression string) (string, error) {
	return browser.Eval[string](p.Page, expression)
}

// testBrowser is a browser with the extension in it.
type testBrowser interface {
	visit(url string) tab
	pair(code string)
	extensionPage(page string) tab // opens one of the extension's pages in a tab
	globalObject() string          // the object with the page's own globals, for Eval
	profileDir() string            // where the browser stores everything
	databaseMark() string          // a part of the path that only the extension's database has
}

// inBothBrowsers runs a test in Chromium and in Firefox, with the prober in the extension.
func inBothBrowsers(t *testing.T, do func(t *testing.T, w testBrowser)) {
	testenv.NeedsBrowsers(t)
	t.Run("Chromium", func(t *testing.T) {
		t.Parallel()
		do(t, startChromium(t, extensionWithProber(t, "chromium")))
	})
	t.Run("Firefox", func(t *testing.T) {
		t.Parallel()
		do(t, startFirefox(t, extensionWithProber(t, "firefox")))
	})
}

type chromium struct {
	*browser.Chromium
	t           *testing.T
	userDataDir string
}

func startChromium(t *testing.T, extension string, flags ...browser.Flags) chromium {
	dir := t.TempDir()
	c, err := browser.StartChromium(t.Context(), extension, append(flags, browser.Flags{"user-data-dir": dir})...)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.NoError(t, c.WaitForWelcome())
	return chromium{c, t, dir}
}

func (chromium) globalObject() string { return "globalThis" }
func (chromium) databaseMark() string { return "IndexedDB" }

// profileDir ends the browser, so that it writes to the disk what it has in memory.
func (c chromium) profileDir() string {
	c.Close()
	return c.userDataDir
}

func (c chromium) visit(url string) tab {
	p, err := c.Open(url)
	require.NoError(c.t, err)
	return chromiumTab{p}
}

func (c chromium) extensionPage(page string) tab { return c.visit(c.ExtensionURL(page)) }

func (c chromium) pair(code string) {
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

func startFirefox(t *testing.T, dir string, prefs ...browser.Prefs) firefox {
	f, err := browser.StartFirefox(t.Context(), dir, prefs...)
	require.NoError(t, err)
	t.Cleanup(f.Close)
	return firefox{f, t}
}

func (firefox) globalObject() string { return "window.wrappedJSObject" }
func (firefox) databaseMark() string { return "moz-extension+++" }
func (f firefox) profileDir() string { return f.Profile() }

func (f firefox) visit(url string) tab {
	require.NoError(f.t, f.Visit(url))
	return f
}

func (f firefox) extensionPage(page string) tab {
	require.NoError(f.t, f.Open(page))
	return f
}

func (f firefox) pair(code string) {
	require.NoError(f.t, f.Open("popup.html"))
	require.NoError(f.t, f.Type(browser.Key("pair-code"), code))
	require.NoError(f.t, f.Click(browser.Key("pair")))
	_, err := f.Text(browser.Key("balance"))
	require.NoError(f.t, err)
}

// openServer is an unprotected websocket server on loopback. It records the origins of its
// clients.
type openServer struct {
	*httptest.Server
	mu      sync.Mutex
	origins []string
}

func newOpenServer(t *testing.T) *openServer {
	u := new(openServer)
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if websocket.IsWebSocketUpgrade(r) { // not a request for a page or an icon
			u.mu.Lock()
			u.origins = append(u.origins, r.Header.Get("Origin"))
			u.mu.Unlock()
		}
		upgrader.Subprotocols = websocket.Subprotocols(r)
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		for {
			kind, frame, err := ws.ReadMessage()
			if err != nil || ws.WriteMessage(kind, frame) != nil {
				return
			}
		}
	}))
	t.Cleanup(u.Close)
	return u
}

func (u *openServer) address() string { return strings.TrimPrefix(u.URL, "http://") }

func (u *openServer) lastOrigin() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.origins[len(u.origins)-1]
}

// trySockets opens a websocket from a page to each address, and returns "open" or "refused"
// by address.
func trySockets(t *testing.T, p tab, addresses ...string) map[string]string {
	urls, err := json.Marshal(addresses)
	require.NoError(t, err)
	raw, err := p.Eval(`(async () => {
		const attempt = (address) => new Promise((resolve) => {
			let socket;
			try {
				socket = new WebSocket("ws://" + address, "logspanel-companion.v1");
			} catch (error) {
				return resolve("not even tried: " + error);
			}
			socket.onopen = () => resolve("open");
			socket.onmessage = () => resolve("spoken to");
			socket.onclose = () => resolve("refused");
		});
		const answers = {};
		for (const address of ` + string(urls) + `) answers[address] = await attempt(address);
		return JSON.stringify(answers);
	})()`)
	require.NoError(t, err)
	var answers map[string]string
	require.NoError(t, json.Unmarshal([]byte(raw), &answers), "%s", raw)
	return answers
}
