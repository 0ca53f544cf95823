package channel_test

import (
	"bytes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/logspanel/companion/shared/channel"
)

// symmetric is the SymmetricState of the Noise Protocol Framework, revision 34,
// section 5.2, written from the specification and nothing else, with 25519, ChaChaPoly
// and SHA256.
type symmetric struct {
	ck, h, k []byte
	n        uint64
}

func mac(key []byte, parts ...[]byte) []byte {
	m := hmac.New(sha256.New, key)
	for _, p := range parts {
		m.Write(p)
	}
	return m.Sum(nil)
}

// derive is HKDF, section 4.3.
func derive(ck, input []byte) (a, b, c []byte) {
	temp := mac(ck, input)
	a = mac(temp, []byte{1})
	b = mac(temp, a, []byte{2})
	return a, b, mac(temp, b, []byte{3})
}

func hash(parts ...[]byte) []byte {
	sum := sha256.Sum256(bytes.Join(parts, nil))
	return sum[:]
}

func (s *symmetric) mixHash(data []byte) { s.h = hash(s.h, data) }

func (s *symmetric) mixKey(input []byte) {
	s.ck, s.k, _ = derive(s.ck, input)
	s.n = 0
}

func (s *symmetric) mixKeyAndHash(input []byte) {
	ck, temp, k := derive(s.ck, input)
	s.ck, s.k, s.n = ck, k, 0
	s.mixHash(temp)
}

// nonce is section 12.3: 32 bits of zeros, then n, little-endian.
func nonce(n uint64) []byte { return binary.LittleEndian.AppendUint64(make([]byte, 4), n) }

func aead(t *testing.T, k []byte) cipher.AEAD {
	c, err := chacha20poly1305.New(k)
	require.NoError(t, err)
	return c
}

// daemonBySpecification is the responder of NNpsk0 (sections 5.3, 7.4 and 9):
//
//	-> psk, e
//	<- e, ee
func daemonBySpecification(t *testing.T, psk, prologue, first []byte) (answer, toDaemon, toClient []byte) {
	s := &symmetric{h: hash([]byte("Noise_NNpsk0_25519_ChaChaPoly_SHA256"))} // longer than a hash
	s.ck = s.h
	s.mixHash(prologue)

	s.mixKeyAndHash(psk)
	theirs, err := ecdh.X25519().NewPublicKey(first[:32])
	require.NoError(t, err)
	s.mixHash(first[:32])
	s.mixKey(first[:32]) // with a pre-shared key, e is mixed in too: section 9.2
	_, err = aead(t, s.k).Open(nil, nonce(s.n), first[32:], s.h)
	require.NoError(t, err, "the first message's tag")
	s.mixHash(first[32:])

	own, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(t, err)
	e := own.PublicKey().Bytes()
	s.mixHash(e)
	s.mixKey(e)
	shared, err := own.ECDH(theirs)
	require.NoError(t, err)
	s.mixKey(shared)
	tag := aead(t, s.k).Seal(nil, nonce(s.n), nil, s.h)
	s.mixHash(tag)
	toDaemon, toClient, _ = derive(s.ck, nil)
	return append(e, tag...), toDaemon, toClient
}

// The channel is the protocol that it names: it speaks with another implementation.
func TestTheHandshakeIsAsSpecified(t *testing.T) {
	secret := bytes.Repeat([]byte{9}, channel.SecretSize)
	binding := channel.Binding{Version: 1, ClientID: "c1", Origin: "chrome-extension://abc", Host: "127.0.0.1:47615"}
	opening, first, err := channel.Open(secret, binding, rand.Reader)
	require.NoError(t, err)
	require.Equal(t, append([]byte{2}, "c1"...), first[:3])

	var prologue []byte
	for _, field := range []string{"logspanel-companion", "1", "c1", "chrome-extension://abc", "127.0.0.1:47615"} {
		prologue = append(binary.BigEndian.AppendUint32(prologue, uint32(len(field))), field...)
	}
	answer, toDaemon, toClient := daemonBySpecification(t, secret, prologue, first[3:])
	conn, err := opening.Finish(answer)
	require.NoError(t, err)

	for n := range uint64(3) {
		frames, err := conn.Seal([]byte("a request"))
		require.NoError(t, err)
		require.Len(t, frames, 1)
		plain, err := aead(t, toDaemon).Open(nil, nonce(n), frames[0], nil)
		require.NoError(t, err)
		assert.Equal(t, "\x00a request", string(plain))
		answer, complete, err := conn.Open(aead(t, toClient).Seal(nil, nonce(n), []byte("\x00an answer"), nil))
		require.NoError(t, err)
		assert.True(t, complete)
		assert.Equal(t, "an answer", string(answer))
	}
}
