package channel_test

import (
	"bytes"
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/logspanel/companion/shared/channel"
)

var binding = channel.Binding{
	Version:  1,
	ClientID: "client-1",
	Origin:   "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
	Host:     "127.0.0.1:47615",
}

var secret = bytes.Repeat([]byte{7}, channel.SecretSize)

// pair completes a handshake in memory.
func pair(t require.TestingT) (client, daemon *channel.Conn) {
	opening, first, err := channel.Initiate(secret, binding, rand.Reader)
	require.NoError(t, err)
	daemon, answer, err := channel.Respond(secret, binding, first, rand.Reader)
	require.NoError(t, err)
	client, err = opening.Finish(answer)
	require.NoError(t, err)
	return client, daemon
}

func carry(t require.TestingT, from, to *channel.Conn, message []byte) []byte {
	frames, err := from.Seal(message)
	require.NoError(t, err)
	for i, frame := range frames {
		require.LessOrEqual(t, len(frame), channel.MaxFrame)
		got, complete, err := to.Open(frame)
		require.NoError(t, err)
		require.Equal(t, i == len(frames)-1, complete)
		if complete {
			return got
		}
	}
	panic("no frame was the last")
}

func TestMessagesOfAnySizeArriveComplete(t *testing.T) {
	const piece = channel.MaxFrame - 17
	client, daemon := pair(t)
	for _, size := range []int{0, 1, piece - 1, piece, piece + 1, 2 * piece, 2*piece + 1, channel.MaxMessage} {
		message := bytes.Repeat([]byte{byte(size)}, size)
		assert.True(t, bytes.Equal(message, carry(t, client, daemon, message)), "%d bytes to the daemon", size)
		assert.True(t, bytes.Equal(message, carry(t, daemon, client, message)), "%d bytes to the client", size)
	}
}

func TestConversationsArriveInOrder(t *testing.T) {
	client, daemon := pair(t)
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.OneOf(rapid.IntRange(0, 300), rapid.IntRange(65_000, 140_000)).Draw(t, "size")
		message := bytes.Repeat([]byte(rapid.StringN(1, 8, 8).Draw(t, "text")), size/8)
		from, to := client, daemon
		if rapid.Bool().Draw(t, "from the daemon") {
			from, to = daemon, client
		}
		if got := carry(t, from, to, message); !bytes.Equal(message, got) {
			t.Fatalf("%d bytes became %d others", len(message), len(got))
		}
	})
}

func TestTooLargeMessageIsNotSealed(t *testing.T) {
	client, daemon := pair(t)
	_, err := client.Seal(make([]byte, channel.MaxMessage+1))
	require.ErrorIs(t, err, channel.ErrTooLarge)
	assert.Equal(t, []byte("still here"), carry(t, client, daemon, []byte("still here")))
}

func TestMismatchedBindingIsRefused(t *testing.T) {
	otherSecret := bytes.Repeat([]byte{8}, channel.SecretSize)
	with := func(change func(*channel.Binding)) channel.Binding {
		b := binding
		change(&b)
		return b
	}
	for name, row := range map[string]struct {
		secret  []byte
		binding channel.Binding
	}{
		"another secret":    {otherSecret, binding},
		"another version":   {secret, with(func(b *channel.Binding) { b.Version = 2 })},
		"another client":    {secret, with(func(b *channel.Binding) { b.ClientID = "client-2" })},
		"another origin":    {secret, with(func(b *channel.Binding) { b.Origin = "chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba" })},
		"another port":      {secret, with(func(b *channel.Binding) { b.Host = "127.0.0.1:47616" })},
		"a shifted border":  {secret, with(func(b *channel.Binding) { b.Origin += "1"; b.Host = b.Host[1:] })},
		"no origin at all":  {secret, with(func(b *channel.Binding) { b.Origin = "" })},
		"fields exchanged":  {secret, with(func(b *channel.Binding) { b.Origin, b.Host = b.Host, b.Origin })},
		"a pairing client":  {secret, with(func(b *channel.Binding) { b.ClientID = channel.PairingClientID })},
		"client upper case": {secret, with(func(b *channel.Binding) { b.ClientID = "CLIENT-1" })},
	} {
		t.Run(name, func(t *testing.T) {
			_, first, err := channel.Initiate(row.secret, row.binding, rand.Reader)
			require.NoError(t, err)
			_, _, err = channel.Respond(secret, binding, first, rand.Reader)
			assert.ErrorIs(t, err, channel.ErrRefused)
		})
	}
}

// A daemon without the secret could answer anything; the client must notice it.
func TestClientRefusesAnAnswerWithoutTheSecret(t *testing.T) {
	_, strangersFirst, err := channel.Initiate(secret, binding, rand.Reader)
	require.NoError(t, err)
	_, othersAnswer, err := channel.Respond(secret, binding, strangersFirst, rand.Reader)
	require.NoError(t, err)

	for name, answer := range map[string][]byte{
		"to another opening": othersAnswer,
		"empty":              {},
		"short":              othersAnswer[:47],
		"with a payload":     append(slices.Clone(othersAnswer), 0),
		"zeros":              make([]byte, 48),
	} {
		t.Run(name, func(t *testing.T) {
			opening, first, err := channel.Initiate(secret, binding, rand.Reader)
			require.NoError(t, err)
			_, err = opening.Finish(answer)
			require.ErrorIs(t, err, channel.ErrRefused)

			_, genuine, err := channel.Respond(secret, binding, first, rand.Reader)
			require.NoError(t, err)
			_, err = opening.Finish(genuine)
			assert.ErrorIs(t, err, channel.ErrRefused, "an opening has one chance")
		})
	}
}

func TestTamperedFramesBreakTheConnection(t *testing.T) {
	three := bytes.Repeat([]byte("x"), 150_000)
	for name, tamper := range map[string]func(frames [][]byte) [][]byte{
		"replayed":        func(f [][]byte) [][]byte { return [][]byte{f[0], f[0]} },
		"reordered":       func(f [][]byte) [][]byte { return [][]byte{f[1]} },
		"one left out":    func(f [][]byte) [][]byte { return [][]byte{f[0], f[2]} },
		"truncated":       func(f [][]byte) [][]byte { return [][]byte{f[0][:len(f[0])-1]} },
		"lengthened":      func(f [][]byte) [][]byte { return [][]byte{append(slices.Clone(f[2]), 0)} },
		"empty":           func(f [][]byte) [][]byte { return [][]byte{{}} },
		"larger than any": func(f [][]byte) [][]byte { return [][]byte{make([]byte, channel.MaxFrame+1)} },
		"first bit flipped": func(f [][]byte) [][]byte {
			f[0][0] ^= 1
			return f[:1]
		},
		"last bit flipped": func(f [][]byte) [][]byte {
			f[2][len(f[2])-1] ^= 0x80
			return f
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, daemon := pair(t)
			frames, err := client.Seal(three)
			require.NoError(t, err)
			require.Len(t, frames, 3)
			genuine := slices.Clone(frames[0])

			tampered := tamper(frames)
			for i, frame := range tampered {
				_, complete, err := daemon.Open(frame)
				require.False(t, complete)
				if i == len(tampered)-1 {
					require.ErrorIs(t, err, channel.ErrBroken)
				} else {
					require.NoError(t, err)
				}
			}
			_, _, err = daemon.Open(genuine)
			assert.ErrorIs(t, err, channel.ErrBroken, "a broken connection stays broken")
		})
	}
}

func TestReflectedFrameDoesNotOpen(t *testing.T) {
	client, _ := pair(t)
	frames, err := client.Seal([]byte("hello"))
	require.NoError(t, err)
	_, _, err = client.Open(frames[0])
	assert.ErrorIs(t, err, channel.ErrBroken)
}

func TestReplayedFirstFrameOpensNothing(t *testing.T) {
	opening, first, err := channel.Initiate(secret, binding, rand.Reader)
	require.NoError(t, err)
	_, answer, err := channel.Respond(secret, binding, first, rand.Reader)
	require.NoError(t, err)
	client, err := opening.Finish(answer)
	require.NoError(t, err)
	recorded, err := client.Seal([]byte("hello"))
	require.NoError(t, err)

	again, _, err := channel.Respond(secret, binding, first, rand.Reader)
	require.NoError(t, err, "a replay can't be told from the first time")
	_, _, err = again.Open(recorded[0])
	assert.ErrorIs(t, err, channel.ErrBroken)
}

func TestEndlessMessagesAreRefused(t *testing.T) {
	client, daemon := pair(t)
	piece := append([]byte{1}, make([]byte, channel.MaxFrame-17)...)
	for range channel.MaxMessage / (len(piece) - 1) {
		_, complete, err := daemon.Open(client.SealPiece(piece))
		require.NoError(t, err)
		require.False(t, complete)
	}
	_, _, err := daemon.Open(client.SealPiece(piece))
	assert.ErrorIs(t, err, channel.ErrTooLarge)
}

func TestMalformedPiecesAreRefused(t *testing.T) {
	for name, plain := range map[string][]byte{
		"no flag":               {},
		"an unknown flag":       {2, 'x'},
		"more, and not full":    {1, 'x'},
		"more, and nothing yet": {1},
		"larger than any":       make([]byte, channel.MaxFrame),
	} {
		client, daemon := pair(t)
		_, _, err := daemon.Open(client.SealPiece(plain))
		assert.ErrorIs(t, err, channel.ErrBroken, name)
	}
}

func TestClientIDsAreChecked(t *testing.T) {
	for _, id := range []string{"", "two words", "naïve", "a/b", "line\n", strings.Repeat("a", 65)} {
		b := binding
		b.ClientID = id
		_, _, err := channel.Initiate(secret, b, rand.Reader)
		assert.ErrorContains(t, err, "client id", "%q", id)
	}
	for _, first := range [][]byte{nil, {0}, {8}, append([]byte{1, '/'}, make([]byte, 48)...), append([]byte{0}, make([]byte, 48)...)} {
		_, err := channel.ReadClientID(first)
		assert.ErrorIs(t, err, channel.ErrRefused, "%x", first)
	}
	_, first, err := channel.Initiate(secret, binding, rand.Reader)
	require.NoError(t, err)
	id, err := channel.ReadClientID(first)
	require.NoError(t, err)
	assert.Equal(t, "client-1", id)
	renamed := bytes.Replace(first, []byte("client-1"), []byte("client-2"), 1)
	_, _, err = channel.Respond(secret, binding, renamed, rand.Reader)
	assert.ErrorIs(t, err, channel.ErrRefused, "the name outside is the name inside")
}

// The Noise library takes an empty key as "no key", so an empty secret must be refused earlier.
func TestSecretOfWrongSizeIsRefused(t *testing.T) {
	_, first, err := channel.Initiate(secret, binding, rand.Reader)
	require.NoError(t, err)
	for _, size := range []int{0, 16, 31, 33} {
		_, _, err := channel.Initiate(make([]byte, size), binding, rand.Reader)
		assert.ErrorContains(t, err, "32 bytes")
		_, _, err = channel.Respond(make([]byte, size), binding, first, rand.Reader)
		assert.ErrorContains(t, err, "32 bytes")
	}
}

func TestHandshakeFailsWithoutRandomness(t *testing.T) {
	dry := bytes.NewReader(make([]byte, 5))
	_, _, err := channel.Initiate(secret, binding, dry)
	assert.Error(t, err)
}

func FuzzAccept(f *testing.F) {
	// Deterministic, so that each process of the fuzzer uses the same keys.
	_, first, err := channel.Initiate(secret, binding, bytes.NewReader(make([]byte, 32)))
	require.NoError(f, err)
	f.Add(first)
	f.Add(first[:20])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, frame []byte) {
		id, _ := channel.ReadClientID(frame)
		_, answer, err := channel.Respond(secret, binding, frame, rand.Reader)
		if err == nil {
			assert.Equal(t, binding.ClientID, id)
			assert.Equal(t, first, frame, "only who holds the secret makes a first frame")
			return
		}
		assert.Nil(t, answer)
		assert.ErrorIs(t, err, channel.ErrRefused)
	})
}

func FuzzFinish(f *testing.F) {
	f.Add(make([]byte, 48))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, answer []byte) {
		opening, _, err := channel.Initiate(secret, binding, rand.Reader)
		require.NoError(t, err)
		_, err = opening.Finish(answer)
		assert.ErrorIs(t, err, channel.ErrRefused)
	})
}

// A peer with the secret may seal anything. Each frame must yield a message, a piece of one, or
// an error that ends the connection.
func FuzzOpenPieces(f *testing.F) {
	const full = channel.MaxFrame - 17
	f.Add(byte(0), uint16(1), byte(0), uint16(0))
	f.Add(byte(1), uint16(full), byte(0), uint16(1))
	f.Add(byte(1), uint16(full-1), byte(2), uint16(full+1))
	f.Fuzz(func(t *testing.T, flag byte, size uint16, nextFlag byte, nextSize uint16) {
		client, daemon := pair(t)
		var held []byte
		for _, plain := range [][]byte{append([]byte{flag}, make([]byte, size)...), append([]byte{nextFlag}, make([]byte, nextSize)...)} {
			message, complete, err := daemon.Open(client.SealPiece(plain))
			if err != nil {
				assert.ErrorIs(t, err, channel.ErrBroken)
				assert.Nil(t, message)
				_, _, err = daemon.Open(client.SealPiece([]byte{0}))
				assert.ErrorIs(t, err, channel.ErrBroken)
				return
			}
			held = append(held, plain[1:]...)
			if complete {
				assert.True(t, bytes.Equal(held, message))
				held = nil
			}
		}
	})
}

func FuzzOpenFrame(f *testing.F) {
	f.Add([]byte{})
	f.Add(make([]byte, 17))
	f.Add(make([]byte, channel.MaxFrame+1))
	f.Fuzz(func(t *testing.T, frame []byte) {
		_, daemon := pair(t)
		_, _, err := daemon.Open(frame)
		assert.ErrorIs(t, err, channel.ErrBroken)
	})
}
