// Package channel encrypts and authenticates the connection between the browser extension
// and the daemon. It works over any transport that keeps messages whole, such as a
// websocket. It does no input or output and reads no clock.
//
// The protocol is Noise_NNpsk0_25519_ChaChaPoly_SHA256. The client calls Initiate, the
// daemon answers with Respond, and the client calls Handshake.Finish; both then hold a
// Conn, which seals messages into frames and opens frames into messages. The pre-shared
// key is the client's secret, or, for a browser that is not paired yet, the key of a
// PairingCode. The prologue is the Binding.
//
// What it guarantees:
//
//   - Each side proves that it holds the secret, and that both see the same client,
//     origin, address and protocol version. A relay to another address is refused.
//   - Frames can't be read, altered, repeated, reordered or left out unnoticed.
//   - Each connection has fresh keys: a secret that leaks later opens no old recording.
//
// What it does not guarantee: the first frame can be a replay, so the daemon knows that a
// live client is there only when the first frame opens on its Conn. For that reason the
// handshake carries no payload. A Conn does not notice that the other side has gone, and
// lengths and times of frames are visible.
//
// A pairing code is 32 letters and digits that a person copies once from the daemon to the
// extension. It holds the daemon's port, 128 random bits and a checksum.
package channel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/flynn/noise"
)

const (
	// SecretSize is the size of a secret in bytes.
	SecretSize = 32
	// MaxMessage is the maximum size of a message in bytes, before it is split into frames.
	MaxMessage = 4 << 20
	// MaxFrame is the maximum size of a frame in bytes, including those of the handshake.
	MaxFrame = noise.MaxMsgLen
	// PairingClientID is the client id of a browser that is not paired yet.
	PairingClientID = "pairing"

	maxClientID   = 64
	handshakeSize = 32 + tagSize // an ephemeral key, and the tag of an empty payload
	tagSize       = 16
)

var (
	// ErrRefused reports that the handshake failed: the secrets differ, or the two sides
	// don't see the same client, origin, address and version.
	ErrRefused = errors.New("the other side could not prove that it was paired with this one")
	// ErrBroken reports that a frame was altered, repeated, reordered or left out. The
	// connection can't be used any more.
	ErrBroken = errors.New("the encrypted connection was disturbed: connect again")
	// ErrTooLarge reports that a message is longer than MaxMessage.
	ErrTooLarge = errors.New("the message is too large for the connection")
)

var suite = noise.NewCipherSuite(noise.DH25519, noise.CipherChaChaPoly, noise.HashSHA256)

// Binding is what both sides must agree on besides the secret.
type Binding struct {
	Version  int    // of the protocol inside
	ClientID string // letters, digits, "-" and "_", at most 64 of them
	Origin   string // of the extension, as the browser sends it
	Host     string // where the daemon listens: "127.0.0.1:PORT"
}

// prologue encodes the binding with the length of each field, so that different bindings have
// different encodings.
func (b Binding) prologue() []byte {
	var out []byte
	for _, field := range []string{"logspanel-companion", strconv.Itoa(b.Version), b.ClientID, b.Origin, b.Host} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(field)))
		out = append(out, field...)
	}
	return out
}

func (b Binding) newState(secret []byte, random io.Reader, initiator bool) (*noise.HandshakeState, error) {
	if len(secret) != SecretSize {
		return nil, fmt.Errorf("a secret has %d bytes, not %d", SecretSize, len(secret))
	}
	if !validClientID(b.ClientID) {
		return nil, fmt.Errorf("%q is not a client id", b.ClientID)
	}
	state, err := noise.NewHandshakeState(noise.Config{
		CipherSuite:  suite,
		Random:       random,
		Pattern:      noise.HandshakeNN,
		Initiator:    initiator,
		Prologue:     b.prologue(),
		PresharedKey: secret,
	})
	if err != nil {
		return nil, fmt.Errorf("prepare the handshake: %w", err)
	}
	return state, nil
}

// Handshake is the client's side of a handshake that waits for the daemon's answer.
type Handshake struct {
	state *noise.HandshakeState
}

// Initiate begins a handshake and returns the first frame to send.
func Initiate(secret []byte, b Binding, random io.Reader) (o *Handshake, first []byte, err error) {
	state, err := b.newState(secret, random, true)
	if err != nil {
		return nil, nil, err
	}
	first = append([]byte{byte(len(b.ClientID))}, b.ClientID...)
	first, _, _, err = state.WriteMessage(first, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("begin the handshake: %w", err)
	}
	return &Handshake{state}, first, nil
}

// Finish reads the daemon's answer. It can be called once, even if it refuses the answer.
func (o *Handshake) Finish(answer []byte) (*Conn, error) {
	state := o.state
	o.state = nil
	if state == nil || len(answer) != handshakeSize {
		return nil, ErrRefused
	}
	_, toDaemon, toClient, err := state.ReadMessage(nil, answer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return &Conn{out: toDaemon, in: toClient}, nil
}

// ReadClientID returns the client id that the first frame claims. Only Respond verifies it.
func ReadClientID(first []byte) (string, error) {
	id, _, err := splitFirst(first)
	return id, err
}

func splitFirst(first []byte) (id string, handshake []byte, err error) {
	if len(first) == 0 || len(first) != 1+int(first[0])+handshakeSize {
		return "", nil, fmt.Errorf("%w: the first frame has the wrong length", ErrRefused)
	}
	id, handshake = string(first[1:1+first[0]]), first[1+first[0]:]
	if !validClientID(id) {
		return "", nil, fmt.Errorf("%w: the first frame names no client", ErrRefused)
	}
	return id, handshake, nil
}

func validClientID(id string) bool {
	for _, r := range []byte(id) {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
		default:
			return false
		}
	}
	return 0 < len(id) && len(id) <= maxClientID
}

// Respond answers a client's first frame. The frame may be a replay: only a later frame
// that opens on the Conn proves that a client with the secret is present.
func Respond(secret []byte, b Binding, first []byte, random io.Reader) (c *Conn, answer []byte, err error) {
	id, handshake, err := splitFirst(first)
	if err != nil {
		return nil, nil, err
	}
	if id != b.ClientID {
		return nil, nil, fmt.Errorf("%w: the first frame is of another client", ErrRefused)
	}
	state, err := b.newState(secret, random, false)
	if err != nil {
		return nil, nil, err
	}
	if _, _, _, err := state.ReadMessage(nil, handshake); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	answer, toDaemon, toClient, err := state.WriteMessage(nil, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("answer the handshake: %w", err)
	}
	return &Conn{out: toClient, in: toDaemon}, answer, nil
}

// A frame's plaintext is a flag and a piece of a message. Only the last piece may be shorter
// than the maximum.
const (
	flagLast = 0
	flagMore = 1
	maxPiece = MaxFrame - tagSize - 1
)

// Conn seals and opens messages. One goroutine may seal while another opens.
type Conn struct {
	out, in *noise.CipherState
	pending []byte // the pieces of an incomplete message
	broken  bool
}

// Seal encrypts a message of at most MaxMessage bytes into frames, which must be sent in order.
func (c *Conn) Seal(message []byte) (frames [][]byte, err error) {
	if len(message) > MaxMessage {
		return nil, ErrTooLarge
	}
	for {
		piece, rest, flag := message, []byte(nil), byte(flagLast)
		if len(message) > maxPiece {
			piece, rest, flag = message[:maxPiece], message[maxPiece:], flagMore
		}
		plain := append(make([]byte, 0, 1+len(piece)), flag)
		frame, err := c.out.Encrypt(nil, nil, append(plain, piece...))
		if err != nil {
			return nil, fmt.Errorf("seal a message: %w", err)
		}
		frames = append(frames, frame)
		if flag == flagLast {
			return frames, nil
		}
		message = rest
	}
}

// Open decrypts the next frame. It returns the message with its last frame, before that
// nothing. After an error it refuses every frame.
func (c *Conn) Open(frame []byte) (message []byte, complete bool, err error) {
	message, complete, err = c.decrypt(frame)
	if err != nil {
		c.broken = true
	}
	return message, complete, err
}

func (c *Conn) decrypt(frame []byte) (message []byte, complete bool, err error) {
	if c.broken || len(frame) > MaxFrame {
		return nil, false, ErrBroken
	}
	plain, err := c.in.Decrypt(nil, nil, frame)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	if len(plain) == 0 {
		return nil, false, fmt.Errorf("%w: a frame is empty", ErrBroken)
	}
	flag, piece := plain[0], plain[1:]
	if flag > flagMore || (flag == flagMore && len(piece) != maxPiece) {
		return nil, false, fmt.Errorf("%w: a frame is malformed", ErrBroken)
	}
	if len(c.pending)+len(piece) > MaxMessage {
		return nil, false, ErrTooLarge
	}
	if flag == flagMore {
		c.pending = append(c.pending, piece...)
		return nil, false, nil
	}
	message, c.pending = append(c.pending, piece...), nil
	return message, true, nil
}
