package fields_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/logspanel/companion/wasm/internal/fields"
)

func TestOpaqueOriginEqualsNone(t *testing.T) {
	for _, origin := range []string{"null", "", "file://", "about:blank", "moz-extension://1"} {
		assert.False(t, fields.SameSite(origin, origin), origin)
	}
	assert.True(t, fields.SameSite("https://site.test", "https://site.test"))
	for _, other := range []string{"http://site.test", "https://site.test:8443", "https://www.site.test", "null", ""} {
		assert.False(t, fields.SameSite("https://site.test", other), other)
	}
}
