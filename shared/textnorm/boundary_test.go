package textnorm_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/logspanel/companion/shared/textnorm"
)

func TestIsSpacedScript(t *testing.T) {
	for _, r := range "az09ßčшйιعیहি" {
		assert.True(t, textnorm.IsSpacedScript(r), "%q", r)
	}
	for _, r := range " -'|אไລမខ漢かカ한ᄒ\uFFFD" {
		assert.False(t, textnorm.IsSpacedScript(r), "%q", r)
	}
	assert.False(t, textnorm.IsBoundary('a', '1'))
	assert.True(t, textnorm.IsBoundary('a', ' '))
	assert.True(t, textnorm.IsBoundary('码', 'a'))
}
