package textnorm_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/textnorm"
)

func TestSearchText(t *testing.T) {
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
		assert.Equal(t, want, textnorm.SearchText(name), "%q", name)
	}
}

// FuzzSearchText checks that folding twice changes nothing, that words have one space between
// them, and that a name is found by itself.
func FuzzSearchText(f *testing.F) {
	f.Add("Côte d'Ivoire")
	f.Add("İıſK\u0301 \xff")
	f.Fuzz(func(t *testing.T, name string) {
		folded := textnorm.SearchText(name)
		require.Equal(t, folded, textnorm.SearchText(folded))
		require.NotContains(t, folded, "  ")
		require.False(t, strings.HasSuffix(folded, " "))
		require.True(t, textnorm.ParseQuery(name).Matches(folded))
	})
}

func TestQuery(t *testing.T) {
	name := textnorm.SearchText("Telegram Côte d'Ivoire")
	for query, want := range map[string]bool{
		"": true, "cote tele": true, "IVOIRE": true, "gram": false, "tele ghana": false, "telegram côte d": true,
	} {
		assert.Equal(t, want, textnorm.ParseQuery(query).Matches(name), "%q", query)
	}
}
