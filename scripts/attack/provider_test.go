package attack

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/companion"
)

// markedKey is an API key that is easy to search for.
const markedKey = "lp-MARKED-8f3a61c07be94d52-KEY"

// sandboxKey is the API key of the sandbox, which is no secret.
const sandboxKey = "sandbox-key-0123456789"

// startProvider starts a sandbox that accepts markedKey. spoil, if not nil, changes its
// responses. It returns the URLs of the API and of the sandbox's control interface.
func startProvider(t *testing.T, spoil func(*http.Response) error) (api, sandbox string) {
	behind := startCompanion(t)
	at, err := url.Parse(behind.Provider)
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(at)
			if r.In.Header.Get("Authorization") == "Bearer "+markedKey {
				r.Out.Header.Set("Authorization", "Bearer "+sandboxKey)
			}
		},
		ModifyResponse: spoil,
	}
	s := httptest.NewServer(http.Handler(proxy))
	t.Cleanup(s.Close)
	return s.URL + "/api/v1", behind.Provider
}

// startWithProvider starts a companion that still has its secrets when it is run again.
func startWithProvider(t *testing.T, api string) *companion.Companion {
	c, err := companion.StartWithProvider(t.Context(), binary, api, markedKey)
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = c.Stop() // it may have been halted
		if t.Failed() {
			t.Log("the companion's log:\n" + c.Log())
		}
		assert.NotContains(t, c.Log(), markedKey)
	})
	return c
}
