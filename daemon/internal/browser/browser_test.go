package browser

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLabel(t *testing.T) {
	for want, b := range map[string]Browser{
		"a browser":              {},
		"Chromium 156":           {Product: "Chromium 156"},
		"at home":                {Name: "at home"},
		"at home (Chromium 156)": {Name: "at home", Product: "Chromium 156"},
	} {
		assert.Equal(t, want, b.Label())
	}
}

// Records of earlier versions and other versions' commands are read by these names.
func TestJSONNames(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	b := Browser{
		ID: "c1", Name: "at home", Product: "Chromium 156", Version: "1.0.0", Origin: "chrome-extension://x",
		PairedAt: at, LastUsed: at.Add(time.Hour), Revoked: true, Connected: true,
	}
	raw, err := json.Marshal(b)
	require.NoError(t, err)
	assert.JSONEq(t, `{
		"id": "c1", "name": "at home", "browser": "Chromium 156", "version": "1.0.0", "origin": "chrome-extension://x",
		"paired_at": "2026-05-01T12:00:00Z", "last_used": "2026-05-01T13:00:00Z", "revoked": true, "here": true
	}`, string(raw))

	raw, err = json.Marshal(Browser{ID: "c1", PairedAt: at, LastUsed: at})
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "here", "nothing is stored of a connection that is not there")
}
