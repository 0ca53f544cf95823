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

// PairingCode is what a person carries from the daemon to the extension once: where
// the daemon listens, and 128 random bits. It is a secret while it lives.
type PairingCode struct {
	Port   uint16
	secret [16]byte
}

// ErrPairingCode says that a text is no pairing code; what wraps it says why.
var ErrPairingCode = errors.New("this is not a pairing code")

const (
	codeBytes = 2 + 16 + 2 // port, secret, checksum
	codeChars = codeBytes * 8 / 5
	codeGroup = 4

	// Crockford's base 32: no I, L, O or U.
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// NewPairingCode makes a code for a daemon at 127.0.0.1:port.
func NewPairingCode(port uint16, random io.Reader) (PairingCode, error) {
	c := PairingCode{Port: port}
	if _, err := io.ReadFull(random, c.secret[:]); err != nil {
		return PairingCode{}, fmt.Errorf("make a pairing code: %w", err)
	}
	return c, nil
}

// Key is the pre-shared key of the pairing handshake.
func (c PairingCode) Key() []byte {
	// It can't fail: 32 bytes are within what SHA-256 can be expanded to.
	key, _ := hkdf.Key(sha256.New, c.secret[:], nil, "logspanel-companion pairing", SecretSize)
	return key
}

// String is the code as a person sees it: eight groups of four letters and digits.
func (c PairingCode) String() string {
	var text strings.Builder
	bits, held := uint32(0), 0
	for _, b := range c.bytes() {
		bits, held = bits<<8|uint32(b), held+8
		for held >= 5 {
			held -= 5
			if n := text.Len(); n%(codeGroup+1) == codeGroup {
				text.WriteByte('-')
			}
			text.WriteByte(alphabet[bits>>held&31])
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

// ParsePairingCode reads a code as people type and paste it: in either case, with
// spaces and dashes anywhere, O for 0, and I or L for 1.
func ParsePairingCode(text string) (PairingCode, error) {
	raw := make([]byte, 0, codeBytes)
	bits, held, count := uint32(0), 0, 0
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
		bits, held = bits<<5|uint32(digit), held+5
		if held >= 8 {
			held -= 8
			raw = append(raw, byte(bits>>held))
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

// normalize is the character of the alphabet that r is taken for.
func normalize(r rune) rune {
	switch r {
	case 'O':
		return '0'
	case 'I', 'L':
		return '1'
	}
	return r
}
