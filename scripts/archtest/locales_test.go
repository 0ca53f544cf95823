package archtest

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

// Every message that the source looks up exists, and every message that exists is used.
// Messages whose names are computed are checked in the tests of the view.
func TestEveryMessageIsUsed(t *testing.T) {
	english := locale(t, "en")
	quoted := regexp.MustCompile(`"([a-z][a-z0-9_]*)"|__MSG_(\w+)__`)
	lookup := regexp.MustCompile(`(?:\bsay|\bmessage|getMessage)\("([^"]+)"`)
	used := map[string]bool{}
	for _, folder := range []string{"wasm/internal/view", "extension"} {
		for path, text := range sources(t, folder, func(p string) bool {
			return !strings.HasSuffix(p, "_test.go") && !strings.Contains(p, "/") && slices.Contains([]string{".go", ".js", ".json"}, filepath.Ext(p))
		}) {
			for _, m := range quoted.FindAllStringSubmatch(text, -1) {
				used[m[1]+m[2]] = true
			}
			for _, m := range lookup.FindAllStringSubmatch(text, -1) {
				if !strings.HasPrefix(m[1], "@@") {
					assert.Contains(t, english, m[1], path)
				}
			}
		}
	}
	for key := range english {
		assert.True(t, used[key], "nothing says %q", key)
	}
}

// languages are those with a complete translation.
var languages = []string{"ar", "en", "fr", "pt"}

// Each language has the same messages, with the same placeholders in them.
func TestLanguagesAreComplete(t *testing.T) {
	english := locale(t, "en")
	argument := regexp.MustCompile(`\$\d`)
	folders, err := os.ReadDir("../../extension/_locales")
	require.NoError(t, err)
	var found []string
	for _, f := range folders {
		found = append(found, f.Name())
		messages := locale(t, f.Name())
		assert.Equal(t, f.Name(), messages["language_code"].Message)
		for key, m := range english {
			theirs, there := messages[key]
			if !assert.True(t, there, "%s lacks %q", f.Name(), key) {
				continue
			}
			want, got := argument.FindAllString(m.Message, -1), argument.FindAllString(theirs.Message, -1)
			slices.Sort(want)
			slices.Sort(got)
			assert.Equal(t, slices.Compact(want), slices.Compact(got), "%s: %s", f.Name(), key)
			assert.NotEmpty(t, strings.TrimSpace(theirs.Message), "%s: %s", f.Name(), key)
		}
		assert.Len(t, messages, len(english), f.Name())
	}
	assert.Equal(t, languages, found)
}
