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
// section 5.2, implemented from the specification alone, with 25519, ChaChaPoly
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

// derive implements HKDF, section 4.3.
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

// nonce implements section 12.3: 32 bits of zeros, then n, little-endian.
func nonce(n uint64) []byte { return binary.LittleEndian.AppendUint64(make([]byte, 4), n) }

func aead(t *testing.T, k []byte) cipher.AEAD {
	c, err := chacha20poly1305.New(k)
	require.NoError(t, err)
	return c
}

// side implements one side of NNpsk0 (sections 5.3, 7.4 and 9):
//
//	-> psk, e
//	<- e, ee
type side struct {
	symmetric
	t   *testing.T
	own *ecdh.PrivateKey
}

func newSide(t *testing.T, psk, prologue []byte) *side {
	s := &side{t: t}
	s.h = hash([]byte("Noise_NNpsk0_25519_ChaChaPoly_SHA256")) // longer than a hash
	s.ck = s.h
	s.mixHash(prologue)
	s.mixKeyAndHash(psk)
	own, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(t, err)
	s.own = own
	return s
}

// e processes the token e. With a pre-shared key it is also mixed into the key (section 9.2).
func (s *side) e(public []byte) {
	s.mixHash(public)
	s.mixKey(public)
}

func (s *side) ee(theirs []byte) {
	public, err := ecdh.X25519().NewPublicKey(theirs)
	require.NoError(s.t, err)
	shared, err := s.own.ECDH(public)
	require.NoError(s.t, err)
	s.mixKey(shared)
}

func (s *side) encryptAndHash(plain []byte) []byte {
	sealed := aead(s.t, s.k).Seal(nil, nonce(s.n), plain, s.h)
	s.n++
	s.mixHash(sealed)
	return sealed
}

func (s *side) decryptAndHash(sealed []byte) {
	_, err := aead(s.t, s.k).Open(nil, nonce(s.n), sealed, s.h)
	require.NoError(s.t, err)
	s.n++
	s.mixHash(sealed)
}

// split returns the keys for frames to the daemon and to the client.
func (s *side) split() (toDaemon, toClient []byte) {
	toDaemon, toClient, _ = derive(s.ck, nil)
	return toDaemon, toClient
}

// opens returns the client's first message.
func (s *side) opens(payload []byte) []byte {
	e := s.own.PublicKey().Bytes()
	s.e(e)
	return append(e, s.encryptAndHash(payload)...)
}

// answers reads the first message and returns the daemon's answer.
func (s *side) answers(first, payload []byte) []byte {
	s.e(first[:32])
	s.decryptAndHash(first[32:])
	e := s.own.PublicKey().Bytes()
	s.e(e)
	s.ee(first[:32])
	return append(e, s.encryptAndHash(payload)...)
}

// finishes reads the answer on the client's side.
func (s *side) finishes(answer []byte) {
	s.e(answer[:32])
	s.ee(answer[:32])
	s.decryptAndHash(answer[32:])
}

var psk = bytes.Repeat([]byte{9}, channel.SecretSize)

var agreed = channel.Binding{Version: 1, ClientID: "c1", Origin: "chrome-extension://abc", Host: "127.0.0.1:47615"}

func prologue() (out []byte) {
	for _, field := range []string{"logspanel-companion", "1", "c1", "chrome-extension://abc", "127.0.0.1:47615"} {
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(field))), field...)
	}
	return out
}

// converse sends messages between the channel and this implementation, in both directions, with
// nonces that start at 0.
func converse(t *testing.T, conn *channel.Conn, out, in []byte) {
	for n := range uint64(3) {
		frames, err := conn.Seal([]byte("a request"))
		require.NoError(t, err)
		require.Len(t, frames, 1)
		plain, err := aead(t, out).Open(nil, nonce(n), frames[0], nil)
		require.NoError(t, err)
		assert.Equal(t, "\x00a request", string(plain))
		answer, complete, err := conn.Open(aead(t, in).Seal(nil, nonce(n), []byte("\x00an answer"), nil))
		require.NoError(t, err)
		assert.True(t, complete)
		assert.Equal(t, "an answer", string(answer))
	}
}

// The channel follows the Noise protocol that it names: each of its sides works with an
// independent implementation.
func TestHandshakeFollowsTheNoiseSpecification(t *testing.T) {
	opening, first, err := channel.Initiate(psk, agreed, rand.Reader)
	require.NoError(t, err)
	require.Equal(t, "\x02c1", string(first[:3]))
	daemon := newSide(t, psk, prologue())
	conn, err := opening.Finish(daemon.answers(first[3:], nil))
	require.NoError(t, err)
	toDaemon, toClient := daemon.split()
	converse(t, conn, toDaemon, toClient)

	client := newSide(t, psk, prologue())
	conn, answer, err := channel.Respond(psk, agreed, append([]byte("\x02c1"), client.opens(nil)...), rand.Reader)
	require.NoError(t, err)
	client.finishes(answer)
	toDaemon, toClient = client.split()
	converse(t, conn, toClient, toDaemon)
}

// The handshake carries no payload, even from a peer with the secret, because the payload could
// be a replay.
func TestHandshakeWithPayloadIsRefused(t *testing.T) {
	opening, first, err := channel.Initiate(psk, agreed, rand.Reader)
	require.NoError(t, err)
	_, err = opening.Finish(newSide(t, psk, prologue()).answers(first[3:], []byte("welcome")))
	require.ErrorIs(t, err, channel.ErrRefused)

	client := newSide(t, psk, prologue())
	_, answer, err := channel.Respond(psk, agreed, append([]byte("\x02c1"), client.opens([]byte("buy"))...), rand.Reader)
	require.ErrorIs(t, err, channel.ErrRefused)
	assert.Nil(t, answer)
}

// With a key of low order everybody would know the shared secret.
func TestLowOrderKeyIsRefused(t *testing.T) {
	for _, weak := range [][]byte{make([]byte, 32), append([]byte{1}, make([]byte, 31)...)} {
		client := newSide(t, psk, prologue())
		client.e(weak)
		first := append([]byte("\x02c1"), weak...)
		_, answer, err := channel.Respond(psk, agreed, append(first, client.encryptAndHash(nil)...), rand.Reader)
		require.Error(t, err)
		assert.Nil(t, answer)
	}
}
