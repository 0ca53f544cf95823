package channel

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// PairingCode lets a browser pair once: a person copies it from the daemon to the extension.
// It holds the daemon's port and 128 random bits. It is a secret until it is used or expires.
type PairingCode struct {
	Port   uint16
	secret [16]byte
}

// ErrPairingCode reports that a text is not a pairing code. The error that wraps it says why.
var ErrPairingCode = errors.New("this is not a pairing code")

const (
	codeBytes = 2 + 16 + 2 // port, secret, checksum
	codeChars = codeBytes * 8 / 5
	codeGroup = 4

	// Crockford's base 32: no I, L, O or U.
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// NewPairingCode returns a new code for a daemon at 127.0.0.1:port. It fails if random does.
func NewPairingCode(port uint16, random io.Reader) (PairingCode, error) {
	c := PairingCode{Port: port}
	if _, err := io.ReadFull(random, c.secret[:]); err != nil {
		return PairingCode{}, fmt.Errorf("make a pairing code: %w", err)
	}
	return c, nil
}

// Key returns the pre-shared key of the pairing handshake, SecretSize bytes long.
func (c PairingCode) Key() []byte {
	// HKDF fails only for keys longer than 255 hashes.
	key, _ := hkdf.Key(sha256.New, c.secret[:], nil, "logspanel-companion pairing", SecretSize)
	return key
}

// String returns the code as a person sees it: eight groups of four letters and digits.
func (c PairingCode) String() string {
	var text strings.Builder
	bits, bitCount := uint32(0), 0
	for _, b := range c.bytes() {
		bits, bitCount = bits<<8|uint32(b), bitCount+8
		for bitCount >= 5 {
			bitCount -= 5
			if n := text.Len(); n%(codeGroup+1) == codeGroup {
				text.WriteByte('-')
			}
			text.WriteByte(alphabet[bits>>bitCount&31])
		}
	}
	return text.String()
}

func (c PairingCode) bytes() []byte {
	out := binary.BigEndian.AppendUint16(make([]byte, 0, codeBytes), c.Port)
	out = append(out, c.secret[:]...)
	sum := sha256.Sum256(out)
	return append(out, sum[0], sum[1])
}

// ParsePairingCode reads a code as people type or paste it: in upper or lower case, with
// spaces and dashes anywhere, O for 0, and I or L for 1. Its errors wrap ErrPairingCode.
func ParsePairingCode(text string) (PairingCode, error) {
	raw := make([]byte, 0, codeBytes)
	bits, bitCount, count := uint32(0), 0, 0
	for _, r := range text {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			continue
		}
		digit := strings.IndexRune(alphabet, normalize(unicode.ToUpper(r)))
		if digit < 0 {
			return PairingCode{}, fmt.Errorf("%w: %q is never in one", ErrPairingCode, r)
		}
		if count++; count > codeChars {
			return PairingCode{}, fmt.Errorf("%w: it is longer than %d letters and digits", ErrPairingCode, codeChars)
		}
		bits, bitCount = bits<<5|uint32(digit), bitCount+5
		if bitCount >= 8 {
			bitCount -= 8
			raw = append(raw, byte(bits>>bitCount))
		}
	}
	if count < codeChars {
		return PairingCode{}, fmt.Errorf("%w: it has %d letters and digits of %d", ErrPairingCode, count, codeChars)
	}
	c := PairingCode{Port: binary.BigEndian.Uint16(raw), secret: [16]byte(raw[2:18])}
	if string(c.bytes()) != string(raw) {
		return PairingCode{}, fmt.Errorf("%w: a letter or digit is wrong: copy it again", ErrPairingCode)
	}
	if c.Port == 0 {
		return PairingCode{}, fmt.Errorf("%w: it names no port", ErrPairingCode)
	}
	return c, nil
}

// normalize replaces a letter that is easily confused with a digit by that digit.
func normalize(r rune) rune {
	switch r {
	case 'O':
		return '0'
	case 'I', 'L':
		return '1'
	}
	return r
}
