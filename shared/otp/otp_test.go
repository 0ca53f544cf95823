package otp_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/otp"
)

func TestParse(t *testing.T) {
	for written, want := range map[string]string{
		"481902":        "481902",
		"481 902":       "481902",
		"481-902":       "481902",
		"48 19 02":      "481902",
		"4812 9031":     "48129031",
		"4-8-1-9":       "4819",
		"48-213":        "48213",
		"213 48":        "21348",
		"A7K2Q9":        "A7K2Q9",
		"A7K-2Q9":       "A7K2Q9",
		"123":           "123",
		"123456789012":  "123456789012",
		"G-573920":      "573920",
		"FB-12345":      "12345",
		"KITE-12345":    "KITE12345",
		"B2-573920":     "573920",
		"qkzt-6620417":  "qkzt6620417",
		"LM-990-417":    "990417",
		"LMX-990-417":   "LMX990417",
		"9051-83":       "905183",
		"":              "",
		"-":             "",
		"12":            "", // too short
		"1234567890123": "", // too long
		"CODE":          "", // no digit
		"481902-":       "", // separators only stand between groups
		"-481902":       "",
		"481  902":      "",
		"481_902":       "", // not a separator
		"481902é":       "",
		"٤٨١٩٠٢":        "", // Clean comes first
		"800 555 0199":  "", // a telephone number has more digits in groups
		"555-0199":      "", // groups of different lengths
		"1-2-3":         "", // too few groups of one digit
		"12345 67890":   "", // groups too long
		"G-12":          "", // too short after the prefix
	} {
		bare, ok := otp.Parse(written)
		assert.Equal(t, want != "", ok, "%q: %q", written, bare)
		if ok {
			assert.Equal(t, want, bare, "%q", written)
		}
	}
}

func TestFormats(t *testing.T) {
	for code, want := range map[string][]string{
		"481902":     {"481902"},
		" 481 902 ":  {"481902", "481 902"},
		"G-573920":   {"573920", "G-573920", "G573920"},
		"KITE-12345": {"KITE-12345", "KITE12345", "12345"},
		"B2-573920":  {"573920", "B2-573920", "B2573920"},
		"A7K-2Q9":    {"A7K-2Q9", "A7K2Q9"},
		"LM-990-417": {"990417", "LM-990-417", "LM990417"},
		"A7K2Q9":     {"A7K2Q9"},
		"":           {""},
	} {
		assert.Equal(t, want, otp.Formats(code), "%q", code)
	}
}

func TestHasPrefix(t *testing.T) {
	for written, want := range map[string]bool{
		"G-573920": true, "KITE-12345": true, "G 573920": true,
		"2B-573920":   false, // begins with a digit
		"B2-573920":   true,
		"KITES-12345": false, // too long
		"g-573920":    false, // lower case
		"G-123":       false, // too short after a prefix
		"G-57392A":    false,
		"G-573-920":   false, // three groups
		"573920":      false,
		"":            false,
	} {
		assert.Equal(t, want, otp.HasPrefix(strings.FieldsFunc(written, otp.IsSeparator)), "%q", written)
	}
}

// FuzzParse checks that a parsed code is part of what was written, is one of its formats, and
// parses to itself.
func FuzzParse(f *testing.F) {
	for _, written := range []string{"481 902", "G-573920", "KITE-12345", "A7K-2Q9", "4-8-1-9", "800-555-0199"} {
		f.Add(written)
	}
	f.Fuzz(func(t *testing.T, written string) {
		bare, ok := otp.Parse(written)
		if !ok {
			return
		}
		require.Regexp(t, `^[0-9A-Za-z]{3,12}$`, bare)
		require.True(t, strings.HasSuffix(strings.NewReplacer(" ", "", "-", "").Replace(written), bare))
		require.Contains(t, otp.Formats(written), bare)
		again, ok := otp.Parse(bare)
		require.True(t, ok)
		require.Equal(t, bare, again)
	})
}
