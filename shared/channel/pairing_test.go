package channel_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/logspanel/companion/shared/channel"
)

func newCode(t require.TestingT, port uint16, seed byte) channel.PairingCode {
	code, err := channel.NewPairingCode(port, bytes.NewReader(bytes.Repeat([]byte{seed}, 16)))
	require.NoError(t, err)
	return code
}

func TestPairingCodeFormat(t *testing.T) {
	text := newCode(t, 47615, 0xA5).String()
	assert.Regexp(t, `^([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$`, text)
	assert.Equal(t, "Q7ZT-B9D5-MPJT-B9D5-MPJT-B9D5-MPJT-AQCR", text, "codes of an older daemon must still be read")
}

func TestPairingCodeIsParsedAsPeopleTypeIt(t *testing.T) {
	code := newCode(t, 4128, 0x08)
	text := code.String()
	require.Contains(t, text, "0")
	require.Contains(t, text, "1")
	for name, typed := range map[string]string{
		"as shown":            text,
		"lower case":          strings.ToLower(text),
		"without dashes":      strings.ReplaceAll(text, "-", ""),
		"with spaces":         strings.ReplaceAll(text, "-", " "),
		"with odd dashes":     strings.ReplaceAll(text, "-", "\u2013\u00a0"),
		"letters for digits":  strings.NewReplacer("0", "O", "1", "I").Replace(text),
		"small letters too":   strings.NewReplacer("0", "o", "1", "l").Replace(text),
		"with a line's break": "  " + text + "\r\n",
	} {
		got, err := channel.ParsePairingCode(typed)
		assert.NoError(t, err, name)
		assert.Equal(t, code, got, name)
	}
}

func TestInvalidPairingCodesAreRefused(t *testing.T) {
	text := newCode(t, 47615, 0xA5).String()
	for name, row := range map[string]struct{ typed, why string }{
		"nothing":        {"", "it has 0 letters and digits of 32"},
		"cut short":      {text[:len(text)-1], "it has 31"},
		"too long":       {text + "0", "longer than 32"},
		"a wrong letter": {strings.Repeat("U", 32), `'U' is never in one`},
		"a web address":  {"https://example.com", `':' is never in one`},
		"a wrong digit":  {"0" + text[1:], "copy it again"},
		"port zero":      {newCode(t, 0, 1).String(), "names no port"},
	} {
		_, err := channel.ParsePairingCode(row.typed)
		assert.ErrorIs(t, err, channel.ErrPairingCode, name)
		assert.ErrorContains(t, err, row.why, name)
	}
}

func TestAnyWrongCharacterIsDetected(t *testing.T) {
	text := newCode(t, 47615, 0x3C).String()
	for i := range text {
		if text[i] == '-' {
			continue
		}
		for _, other := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
			if byte(other) == text[i] {
				continue
			}
			_, err := channel.ParsePairingCode(text[:i] + string(other) + text[i+1:])
			assert.ErrorIs(t, err, channel.ErrPairingCode, "%c for the character at %d", other, i)
		}
	}
}

func TestPairingCodeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		port := rapid.Uint16Min(1).Draw(t, "port")
		random := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "random")
		code, err := channel.NewPairingCode(port, bytes.NewReader(random))
		require.NoError(t, err)
		got, err := channel.ParsePairingCode(code.String())
		require.NoError(t, err)
		require.Equal(t, code, got)
		require.Equal(t, port, got.Port)
		require.Equal(t, code.Key(), got.Key())
	})
}

func TestPairingCodeKey(t *testing.T) {
	one, another := newCode(t, 47615, 1), newCode(t, 47615, 2)
	assert.Len(t, one.Key(), channel.SecretSize)
	assert.NotEqual(t, one.Key(), another.Key())
	// HKDF of RFC 5869: extracted without a salt, expanded to one block.
	extracted := mac(make([]byte, 32), bytes.Repeat([]byte{1}, 16))
	assert.Equal(t, mac(extracted, []byte("logspanel-companion pairing"), []byte{1}), one.Key())
}

func TestNewPairingCodeFailsWithoutRandomness(t *testing.T) {
	dry := errors.New("dry")
	_, err := channel.NewPairingCode(47615, iotest.ErrReader(dry))
	assert.ErrorIs(t, err, dry)
}

func FuzzParsePairingCode(f *testing.F) {
	code, err := channel.NewPairingCode(47615, rand.Reader)
	require.NoError(f, err)
	f.Add(code.String())
	f.Add("oil-OIL 01")
	f.Add("\xff\u2014")
	f.Fuzz(func(t *testing.T, text string) {
		code, err := channel.ParsePairingCode(text)
		if err != nil {
			assert.ErrorIs(t, err, channel.ErrPairingCode)
			return
		}
		again, err := channel.ParsePairingCode(code.String())
		assert.NoError(t, err)
		assert.Equal(t, code, again)
	})
}
