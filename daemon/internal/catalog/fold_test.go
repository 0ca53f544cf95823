package catalog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFold(t *testing.T) {
	for name, want := range map[string]string{
		"":                         "",
		"  ":                       "",
		"Telegram":                 " telegram",
		"X / Twitter":              " x twitter",
		"Google / Gmail / YouTube": " google gmail youtube",
		"Côte d'Ivoire":            " cote d ivoire",
		"Co\u0302te":               " cote",
		"São Tomé & Príncipe":      " sao tome principe",
		"TÜRKİYE":                  " turkiye",
		"Åland, Łódź, Straße":      " aland lodz strasse",
		"VKontakte (ВКонтакте)":    " vkontakte вконтакте",
		"日本":                       " 日本",
		"7-Eleven":                 " 7 eleven",
		"\u0301a":                  " a",
		"bad\xffbyte":              " bad byte",
	} {
		assert.Equal(t, want, fold(name), "%q", name)
	}
}

// Folding is done once and for all, and every word has its blank.
func FuzzFold(f *testing.F) {
	f.Add("Côte d'Ivoire")
	f.Add("İıſK\u0301 \xff")
	f.Fuzz(func(t *testing.T, name string) {
		folded := fold(name)
		require.Equal(t, folded, fold(folded))
		require.NotContains(t, folded, "  ")
		require.False(t, strings.HasSuffix(folded, " "))
		for _, word := range wordsIn(name) {
			require.Contains(t, folded, word)
		}
	})
}
