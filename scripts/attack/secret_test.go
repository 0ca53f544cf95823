package attack

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/shared/channel"
)

// A page, and a content script in it, can neither read a paired extension's secret nor what
// it shows, nor act as the popup.
func TestPagesCannotReadTheSecret(t *testing.T) { inBothBrowsers(t, testPageAccess) }

// extensionWithProber returns a copy of the extension with the prober in it, and with the
// access to pages that the real one gets only by a click.
func extensionWithProber(t *testing.T, browser string) (dir string) {
	dir = t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(built+browser)))
	require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/prober")))
	file := filepath.Join(dir, "manifest.json")
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var manifest map[string]any
	require.NoError(t, json.Unmarshal(raw, &manifest))
	manifest["host_permissions"] = []string{"http://127.0.0.1/*"}
	raw, err = json.Marshal(manifest)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, raw, 0o600))
	return dir
}

// pairAndReadSecret pairs a browser, and reads the secret from the extension's database.
func pairAndReadSecret(t *testing.T, w testBrowser, c *companion.Companion) (secret []byte, encoded string) {
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	w.pair(code)
	encoded, err = w.extensionPage("prober.html").Eval(w.globalObject() + ".secret()")
	require.NoError(t, err)
	secret, err = base64.StdEncoding.DecodeString(encoded)
	require.NoError(t, err, "%s", encoded)
	require.Len(t, secret, channel.SecretSize)
	return secret, encoded
}

func testPageAccess(t *testing.T, w testBrowser) {
	_, secret := pairAndReadSecret(t, w, startCompanion(t))
	site := httptest.NewServer(emptyPage)
	t.Cleanup(site.Close)
	w.visit(site.URL)
	prober := w.extensionPage("prober.html")
	for _, kind := range []string{"ISOLATED", "MAIN"} {
		answer, err := prober.Eval(fmt.Sprintf("%s.probe(%q)", w.globalObject(), kind))
		require.NoError(t, err)
		var found struct {
			Databases, Opened, Local, Session, Popup, Message, Frame any
		}
		require.NoError(t, json.Unmarshal([]byte(answer), &found), "%s", answer)
		t.Log(kind, answer)
		assert.NotContains(t, answer, secret)
		assert.NotContains(t, answer, strings.TrimRight(secret, "="))
		assert.NotContains(t, answer, "Telegram", "what the popup shows")
		assert.NotContains(t, answer, "12,500", "what the popup shows")
		if kind == "ISOLATED" {
			assert.Contains(t, fmt.Sprint(found.Local), "swallowed", "the probe reads what it may")
			assert.Equal(t, "refused", found.Popup, "a content script can't act as the popup")
			assert.Contains(t, fmt.Sprint(found.Session), "refused")
		} else {
			assert.Contains(t, fmt.Sprint(found.Local), "refused")
		}
		assert.Empty(t, found.Opened, "a database of this name, but the page's own")
		assert.NotContains(t, fmt.Sprint(found.Frame), "Logspanel")
	}
}
