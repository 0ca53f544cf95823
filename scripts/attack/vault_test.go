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
)

// What a page, or a content script in it, can reach of a paired extension: not its
// secret, not what it shows, and not the part of a person at the popup.
func TestPagesCantReadTheSecret(t *testing.T) {
	t.Run("Chromium", func(t *testing.T) {
		t.Parallel()
		probe(t, startChromium(t, probing(t, "chromium")), "globalThis")
	})
	t.Run("Firefox", func(t *testing.T) {
		t.Parallel()
		probe(t, startFirefox(t, probing(t, "firefox")), "window.wrappedJSObject")
	})
}

// probing is the extension with the prober in it, and with access to pages that the
// real one has only after a click.
func probing(t *testing.T, browser string) string {
	dir := variant(t, browser, func(manifest map[string]any) { manifest["host_permissions"] = []string{"http://127.0.0.1/*"} })
	files, err := filepath.Glob("testdata/prober/*")
	require.NoError(t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(file)), raw, 0o600))
	}
	return dir
}

func probe(t *testing.T, w world, global string) {
	c := start(t)
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	w.pair(code)
	site := httptest.NewServer(page)
	t.Cleanup(site.Close)
	w.visit(site.URL)
	prober := w.own("prober.html")

	secret, err := prober.Eval(global + ".secret()")
	require.NoError(t, err)
	raw, err := base64.StdEncoding.DecodeString(secret)
	require.NoError(t, err, "%s", secret)
	require.Len(t, raw, 32, "the secret is where the extension keeps it")

	for _, kind := range []string{"ISOLATED", "MAIN"} {
		answer, err := prober.Eval(fmt.Sprintf("%s.probe(%q)", global, kind))
		require.NoError(t, err)
		var found struct {
			Databases, Opened, Local, Session, Popup, Message, Frame any
		}
		require.NoError(t, json.Unmarshal([]byte(answer), &found), "%s", answer)
		t.Log(kind, answer)
		assert.NotContains(t, answer, secret)
		assert.NotContains(t, answer, strings.TrimRight(secret, "="))
		assert.NotContains(t, answer, "Telegram", "nothing that the popup shows")
		assert.NotContains(t, answer, "12,500", "nothing that the popup shows")
		if kind == "ISOLATED" {
			assert.Contains(t, fmt.Sprint(found.Local), "swallowed", "the probe reads what is to be had")
			assert.Equal(t, "refused", found.Popup, "a content script can't act as the popup")
			assert.Contains(t, fmt.Sprint(found.Session), "refused")
		} else {
			assert.Contains(t, fmt.Sprint(found.Local), "refused")
		}
		assert.Empty(t, found.Opened, "a database of this name, but the page's own")
		assert.NotContains(t, fmt.Sprint(found.Frame), "Logspanel")
	}
}
