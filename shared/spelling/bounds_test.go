package spelling_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/logspanel/companion/shared/spelling"
)

func TestSpaced(t *testing.T) {
	for _, r := range "az09ßčшйιعیहি" {
		assert.True(t, spelling.Spaced(r), "%q", r)
	}
	for _, r := range " -'|אไລမខ漢かカ한ᄒ\uFFFD" {
		assert.False(t, spelling.Spaced(r), "%q", r)
	}
	assert.True(t, spelling.Joined('a', '1'))
	assert.False(t, spelling.Joined('a', ' '))
	assert.False(t, spelling.Joined('码', 'a'))
}
