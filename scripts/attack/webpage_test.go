package attack

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/scripts/testenv"
)

// emptyPage answers every request with an empty page.
var emptyPage = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write([]byte("<!doctype html><title>a page</title>"))
})

// A web page gets no websocket, wherever it is from and whatever the person has allowed:
// not before pairing, not while a pairing code is valid, and not afterwards.
func TestPagesGetNoSocket(t *testing.T) {
	testenv.NeedsBrowsers(t)
	public := httptest.NewTLSServer(emptyPage)
	t.Cleanup(public.Close)
	local := httptest.NewServer(emptyPage)
	t.Cleanup(local.Close)
	at := port(t, public.Listener.Addr().String())
	https := fmt.Sprintf("https://site.test:%d/", at)

	t.Run("Chromium", func(t *testing.T) {
		t.Parallel()
		c := startChromium(t, built+"chromium", browser.Flags{
			"ignore-certificate-errors":  true,
			"host-resolver-rules":        "MAP *.test 127.0.0.1",
			"ip-address-space-overrides": fmt.Sprintf("127.0.0.1:%d=public", at),
		})
		target := newTarget(t)
		target.checkRefused(t, c, https, false)
		require.NoError(t, c.GrantPermission("loopback-network"))
		require.NoError(t, c.GrantPermission("local-network"))
		target.checkRefused(t, c, https, true)
		target.checkRefused(t, c, local.URL, true)
		target.checkReboundRefused(t, c)
	})
	t.Run("Firefox", func(t *testing.T) {
		t.Parallel()
		f := startFirefox(t, built+"firefox", browser.Prefs{
			"network.dns.localDomains":                  "site.test,rebound.test",
			"network.lna.address_space.public.override": fmt.Sprintf("127.0.0.1:%d", at),
		})
		target := newTarget(t)
		target.checkRefused(t, f, https, true)
		target.checkRefused(t, f, local.URL, true)
		target.checkReboundRefused(t, f)
	})
}

// target is a companion, and an unprotected server to compare it with.
type target struct {
	*companion.Companion
	open   *openServer
	paired bool
}

func newTarget(t *testing.T) *target {
	return &target{Companion: startCompanion(t), open: newOpenServer(t)}
}

// checkRefused attacks from a page. reachable says that the browser itself lets the page
// reach this computer.
func (g *target) checkRefused(t *testing.T, w testBrowser, url string, reachable bool) {
	code, err := g.Pair(t.Context()) // any extension may pair now, but no page
	require.NoError(t, err)
	p := w.visit(url)
	daemon := g.Address
	named := fmt.Sprintf("localhost:%d", port(t, daemon))
	answers := trySockets(t, p, daemon, named, daemon+"/pair", g.open.address())
	assert.Equal(t, reachable, answers[g.open.address()] == "open", "%s reaches an unprotected server: %v", url, answers)
	for _, address := range []string{daemon, named, daemon + "/pair"} {
		assert.Equal(t, "refused", answers[address], "%s opens a socket to %s", url, address)
	}
	if !g.paired {
		w.pair(code)
		g.paired = true
		g.checkRefused(t, w, url, reachable)
	}
}

// checkReboundRefused attacks from a page whose host name now resolves to this computer, so
// that Origin and Host are equal.
func (g *target) checkReboundRefused(t *testing.T, w testBrowser) {
	_, err := g.Pair(t.Context())
	require.NoError(t, err)
	rebound := func(address string) string { return fmt.Sprintf("rebound.test:%d", port(t, address)) }
	open, daemon := rebound(g.open.address()), rebound(g.Address)
	assert.Equal(t, "open", trySockets(t, w.visit("http://"+open), open)[open])
	assert.Equal(t, "http://"+open, g.open.lastOrigin(), "Origin equals Host")
	assert.Equal(t, "refused", trySockets(t, w.visit("http://"+daemon), daemon)[daemon])
}
