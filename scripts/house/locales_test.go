package house

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type message struct{ Message, Description string }

func locale(t *testing.T, name string) map[string]message {
	t.Helper()
	raw, err := os.ReadFile("../../extension/_locales/" + name + "/messages.json")
	require.NoError(t, err)
	var messages map[string]message
	require.NoError(t, json.Unmarshal(raw, &messages))
	return messages
}

// Every sentence that is used is there, and every one that is there is used.
func TestSentences(t *testing.T) {
	used := map[string]bool{}
	named := regexp.MustCompile(`(?:say\(|Key: |getMessage\(|term\("[^"]+", |chip\(\w+, |screen\(|= |return )"([a-z][a-z0-9_]+)"|__MSG_(\w+)__|, "([a-z]+_[a-z_]+)"`)
	for _, folder := range []string{"wasm/internal/view", "extension"} {
		for _, text := range sources(t, folder, func(p string) bool {
			return !strings.HasSuffix(p, "_test.go") && !strings.Contains(p, "/") && slices.Contains([]string{".go", ".js", ".json"}, filepath.Ext(p))
		}) {
			for _, m := range named.FindAllStringSubmatch(text, -1) {
				used[m[1]+m[2]+m[3]] = true
			}
		}
	}
	english := locale(t, "en")
	for key := range english {
		assert.True(t, used[key], "nothing says %q", key)
	}
	said := regexp.MustCompile(`(?:say\(|getMessage\()"([^"]+)"`)
	for _, folder := range []string{"wasm/internal/view", "extension"} {
		for path, text := range sources(t, folder, func(p string) bool {
			return !strings.HasSuffix(p, "_test.go") && !strings.Contains(p, "/") && slices.Contains([]string{".go", ".js"}, filepath.Ext(p))
		}) {
			for _, m := range said.FindAllStringSubmatch(text, -1) {
				if !strings.HasPrefix(m[1], "@@") {
					assert.Contains(t, english, m[1], path)
				}
			}
		}
	}
}

// Each language says the same things with the same amounts and names in them.
func TestLanguages(t *testing.T) {
	english := locale(t, "en")
	argument := regexp.MustCompile(`\$\d`)
	folders, err := os.ReadDir("../../extension/_locales")
	require.NoError(t, err)
	for _, f := range folders {
		messages := locale(t, f.Name())
		for key, m := range english {
			theirs, there := messages[key]
			if !assert.True(t, there, "%s lacks %q", f.Name(), key) {
				continue
			}
			want, got := argument.FindAllString(m.Message, -1), argument.FindAllString(theirs.Message, -1)
			slices.Sort(want)
			slices.Sort(got)
			assert.Equal(t, slices.Compact(want), slices.Compact(got), "%s: %s", f.Name(), key)
		}
		assert.Len(t, messages, len(english), f.Name())
	}
}
