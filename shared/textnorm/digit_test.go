package textnorm_test

import (
	"slices"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/textnorm"
)

// zeros lists the zero of every set of decimal digits in Unicode 17 (general category Nd,
// UnicodeData.txt). One to nine follow each.
var zeros = []rune{
	0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
	0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
	0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136,
	0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0,
	0x11C50, 0x11D50, 0x11DA0, 0x11DE0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE,
	0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
}

func TestDigit(t *testing.T) {
	known := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.IsDigit(r) {
			continue
		}
		known++
		at, exact := slices.BinarySearch(zeros, r)
		if !exact {
			at--
		}
		require.Less(t, r-zeros[at], rune(10), "%U: Go knows a set of digits that the list lacks", r)
		assert.Equal(t, r-zeros[at], textnorm.DigitValue(r), "%U", r)
	}
	assert.GreaterOrEqual(t, known, 680, "Go 1.26 knows those of Unicode 15")
	assert.Equal(t, "441234", textnorm.Digits("+44 (١٢) 3-４"))
	assert.Empty(t, textnorm.Digits("no. –"))
	assert.Equal(t, "482913 000999", textnorm.Clean("𝟰𝟴𝟮𝟵𝟭𝟯 𝟎𝟘𝟬𝟗𝟡𝟵"), "sets that touch")
}
