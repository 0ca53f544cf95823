package archtest

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// SECURITY.md names tests that exist.
func TestSecurityNamesTestsThatExist(t *testing.T) {
	raw, err := os.ReadFile("../../SECURITY.md")
	require.NoError(t, err)
	tests := sources(t, ".", func(path string) bool { return strings.HasSuffix(path, "_test.go") })
	named := regexp.MustCompile("`(Test[A-Za-z]+)`").FindAllStringSubmatch(string(raw), -1)
	require.NotEmpty(t, named)
	for _, name := range named {
		found := false
		for _, test := range tests {
			found = found || strings.Contains(test, "func "+name[1]+"(t *testing.T)")
		}
		assert.True(t, found, "SECURITY.md names %s, which does not exist", name[1])
	}
}
