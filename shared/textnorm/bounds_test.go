package textnorm_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/logspanel/companion/shared/textnorm"
)

func TestSpaced(t *testing.T) {
	for _, r := range "az09ßčшйιعیहি" {
		assert.True(t, textnorm.Spaced(r), "%q", r)
	}
	for _, r := range " -'|אไລမខ漢かカ한ᄒ\uFFFD" {
		assert.False(t, textnorm.Spaced(r), "%q", r)
	}
	assert.True(t, textnorm.Joined('a', '1'))
	assert.False(t, textnorm.Joined('a', ' '))
	assert.False(t, textnorm.Joined('码', 'a'))
}
