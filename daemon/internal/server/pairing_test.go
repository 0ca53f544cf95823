package server_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/daemon/internal/server"
	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

func TestPairing(t *testing.T) {
	h := newHarness(t)
	session, creds := h.pair(chromium, hello)
	assert.Len(t, creds.Secret, channel.SecretSize)
	assert.Equal(t, creds.ClientID, session.Welcome().ClientID)
	assert.Equal(t, "1.2.3", session.Welcome().Version)
	assert.Equal(t, "example.com", session.Welcome().Snapshot.Host)
	require.NoError(t, session.Call(t.Context(), protocol.SessionPing, protocol.Empty{}, nil))

	kept, err := h.keyring.Get(t.Context(), "client/"+creds.ClientID)
	require.NoError(t, err)
	assert.Equal(t, creds.Secret, kept)
	clients, err := h.Browsers()
	require.NoError(t, err)
	paired := h.clock.Now().UTC()
	assert.Equal(t, []browser.Browser{{
		ID: creds.ClientID, Name: "at home", Product: "Chromium 156", Version: "1.0.0", Origin: chromium, PairedAt: paired, LastUsed: paired, Connected: true,
	}}, clients)

	h.clock.advance(time.Hour)
	again, err := h.connect(creds, chromium)
	require.NoError(t, err)
	assert.Nil(t, again.Welcome().Paired, "only the pairing session gets credentials")
	assert.Equal(t, paired.Add(time.Hour), h.store.get(creds.ClientID).LastUsed)
	assert.Equal(t, paired, h.store.get(creds.ClientID).PairedAt)
	assert.False(t, h.store.get(creds.ClientID).Connected, "Connected is not stored")

	h.clock.advance(time.Hour)
	require.NoError(t, h.stop())
	assert.Equal(t, paired.Add(2*time.Hour), h.store.get(creds.ClientID).LastUsed, "LastUsed is the end of the session")
}

func TestPairingCodeWorksOnce(t *testing.T) {
	h := newHarness(t)
	code := h.pairingCode()
	first, _, err := wsclient.Pair(t.Context(), code, chromium, hello)
	require.NoError(t, err)
	defer first.Close()

	_, _, err = wsclient.Pair(t.Context(), code, chromium, hello)
	assert.Equal(t, protocol.CloseNoPairing, wsclient.CloseCode(err), "%v", err)
	_, _, err = wsclient.Pair(t.Context(), code, firefox, hello)
	assert.ErrorContains(t, err, "403", "the origin of an unpaired extension is refused")
	clients, err := h.Browsers()
	require.NoError(t, err)
	assert.Len(t, clients, 1)
}

func TestPairingCodeUsedTwiceAtOncePairsOne(t *testing.T) {
	h := newHarness(t)
	code := h.pairingCode()
	var peers [2]*rawClient
	for i := range peers {
		peers[i] = h.rawClient(chromium)
		peers[i].handshake(channel.PairingClientID, h.pairingKey(code))
	}
	var all sync.WaitGroup
	for _, p := range peers {
		frames := p.seal(1, protocol.SessionHello, hello)
		all.Go(func() { p.send(frames) })
	}
	all.Wait()
	paired := 0
	for _, p := range peers {
		if _, _, err := p.ws.ReadMessage(); err == nil {
			paired++
		}
	}
	assert.Equal(t, 1, paired)
	clients, err := h.Browsers()
	require.NoError(t, err)
	assert.Len(t, clients, 1)
}

func TestPairingCodeExpiresAfterTwoMinutes(t *testing.T) {
	h := newHarness(t)
	require.NoError(t, h.store.Put(browser.Browser{ID: "known", Origin: chromium}))
	code, expires := h.Pair()
	assert.Equal(t, h.clock.Now().UTC().Add(2*time.Minute), expires)
	h.clock.advance(2*time.Minute - time.Nanosecond)
	p := h.rawClient(chromium)
	p.handshake(channel.PairingClientID, h.pairingKey(code))
	h.clock.advance(time.Nanosecond)
	p.request(1, protocol.SessionHello, hello)
	assert.Equal(t, protocol.CloseNoPairing, closed(t, p.ws), "the code expired during the handshake")

	_, _, err := wsclient.Pair(t.Context(), code, chromium, hello)
	assert.Equal(t, protocol.CloseNoPairing, wsclient.CloseCode(err), "%v", err)
}

func TestNewPairingCodeReplacesTheOld(t *testing.T) {
	h := newHarness(t)
	old := h.pairingCode()
	p := h.rawClient(chromium)
	p.handshake(channel.PairingClientID, h.pairingKey(old))
	fresh := h.pairingCode()
	p.request(1, protocol.SessionHello, hello)
	assert.Equal(t, protocol.CloseNoPairing, closed(t, p.ws), "the code was replaced during the handshake")
	_, _, err := wsclient.Pair(t.Context(), old, chromium, hello)
	assert.Equal(t, protocol.CloseNoPairing, wsclient.CloseCode(err), "%v", err)
	c, _, err := wsclient.Pair(t.Context(), fresh, chromium, hello)
	require.NoError(t, err)
	assert.NoError(t, c.Close())
}

// Without a pairing code, the zero code must not work in its place.
func TestZeroCodeDoesNotPair(t *testing.T) {
	h := newHarness(t)
	h.pair(chromium, hello)
	nothing, err := channel.NewPairingCode(uint16(h.port), bytes.NewReader(make([]byte, 16)))
	require.NoError(t, err)
	_, first, err := channel.Initiate(nothing.Key(), channel.Binding{
		Version: protocol.Version, ClientID: channel.PairingClientID, Origin: chromium, Host: h.host,
	}, rand.Reader)
	require.NoError(t, err)
	p := h.rawClient(chromium)
	p.send([][]byte{first})
	_, _, err = p.ws.ReadMessage()
	assert.Equal(t, protocol.CloseNoPairing, wsclient.CloseCode(err), "the server does not answer: %v", err)
}

func TestWrongGuessesAreSlowAndDontSpendTheCode(t *testing.T) {
	h := newHarness(t, func(s *server.Server) { s.SetTimeouts(server.AttemptInterval-1, hour, hour) })
	code := h.pairingCode()
	guess, err := channel.NewPairingCode(uint16(h.port), strings.NewReader("sixteen  letters"))
	require.NoError(t, err)
	try := func(code string) error {
		c, _, err := wsclient.Pair(t.Context(), code, chromium, hello)
		if err == nil {
			_ = c.Close()
		}
		return err
	}
	for range server.AttemptBurst {
		err := try(guess.String())
		require.Equal(t, protocol.CloseNoPairing, wsclient.CloseCode(err), "%v", err)
	}
	err = try(code)
	require.Equal(t, protocol.CloseNoPairing, wsclient.CloseCode(err), "even the right code has to wait: %v", err)

	h.clock.advance(server.AttemptInterval)
	assert.NoError(t, try(code))
}

// Attempts beyond the burst wait, unless the wait would exceed the timeout.
func TestPairingAttemptsAreDelayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, start := server.New(server.Options{Orders: newFakeOrders(), Catalog: &fakeCatalog{}}), time.Now()
		for range server.AttemptBurst {
			require.True(t, b.WaitAttempt(t.Context()))
		}
		assert.Zero(t, time.Since(start))

		var line sync.WaitGroup
		waited := make(chan time.Duration, 2)
		for range 2 {
			line.Go(func() {
				if b.WaitAttempt(t.Context()) {
					waited <- time.Since(start)
				}
			})
		}
		synctest.Wait()
		assert.False(t, b.WaitAttempt(t.Context()), "the wait would be longer than the timeout")
		assert.Zero(t, time.Since(start))
		line.Wait()
		assert.Equal(t, server.AttemptInterval, <-waited)
		assert.Equal(t, 2*server.AttemptInterval, <-waited)

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.False(t, b.WaitAttempt(ctx), "the context has ended")
	})
}

// Anybody can replay a recorded first frame. It must have no effect.
func TestReplayedFirstFrameChangesNothing(t *testing.T) {
	h := newHarness(t)
	code := h.pairingCode()
	p := h.rawClient(chromium)
	first := p.handshake(channel.PairingClientID, h.pairingKey(code))
	require.NoError(t, p.ws.Close())
	h.replay(first)
	session, creds, err := wsclient.Pair(t.Context(), code, chromium, hello)
	require.NoError(t, err, "a handshake alone does not use up the code")
	require.NoError(t, session.Close())

	p = h.rawClient(chromium)
	first = p.handshake(creds.ClientID, creds.Secret)
	recorded := p.seal(1, protocol.SessionHello, hello)
	p.send(recorded)
	p.read()
	used := h.store.get(creds.ClientID).LastUsed
	h.clock.advance(time.Hour)
	h.replay(append([][]byte{first}, recorded...)...)
	assert.Equal(t, used, h.store.get(creds.ClientID).LastUsed)
}

// replay sends recorded frames in a connection of their own and waits until the
// server closes it.
func (h *harness) replay(frames ...[]byte) {
	p := h.rawClient(chromium)
	p.send(frames)
	if len(frames) == 1 { // the server waits for more: send an invalid frame
		p.send([][]byte{make([]byte, 100)})
	}
	require.NotEqual(h.t, 0, closed(h.t, p.ws))
}

func TestPairingWithALockedKeyring(t *testing.T) {
	h := newHarness(t)
	h.keyring.locked.Store(true)
	_, _, err := wsclient.Pair(t.Context(), h.pairingCode(), chromium, hello)
	var refusal *protocol.Error
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, protocol.CodeKeyring, refusal.Code)
	clients, err := h.Browsers()
	require.NoError(t, err)
	assert.Empty(t, clients)
}

func TestPairingOntoAFullDisk(t *testing.T) {
	h := newHarness(t)
	h.store.fail(nil, errDisk)
	_, _, err := wsclient.Pair(t.Context(), h.pairingCode(), chromium, hello)
	var refusal *protocol.Error
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, protocol.CodeJournal, refusal.Code)
	assert.Zero(t, h.keyring.held.Load(), "no secret is left in the keyring for a browser that was not stored")
	clients, err := h.Browsers()
	require.NoError(t, err)
	assert.Empty(t, clients)
}

func TestPairingABrowserAgainReplacesIt(t *testing.T) {
	h := newHarness(t)
	before, old := h.pair(chromium, hello)
	_, fresh := h.pair(chromium, protocol.Hello{Version: "1.0.1", Browser: "Chromium 157", Name: "at home", Replaces: old.ClientID})

	assert.Equal(t, protocol.CloseUnknownClient, ended(before))
	_, err := h.connect(old, chromium)
	assert.Equal(t, protocol.CloseUnknownClient, wsclient.CloseCode(err), "%v", err)
	_, err = h.keyring.Get(t.Context(), "client/"+old.ClientID)
	assert.ErrorIs(t, err, secrets.ErrNotFound)
	clients, err := h.Browsers()
	require.NoError(t, err)
	require.Len(t, clients, 1)
	assert.Equal(t, fresh.ClientID, clients[0].ID)
}

// A browser can be revoked before its first session has begun.
func TestRevokeBeforeFirstSession(t *testing.T) {
	h := newHarness(t)
	_, old := h.pair(chromium, hello)
	h.keyring.onDelete = func() { // while the new browser replaces it
		h.keyring.onDelete = nil
		clients, err := h.Browsers()
		assert.NoError(t, err)
		for _, c := range clients {
			assert.NoError(t, h.Revoke(h.ctx, c.ID))
		}
	}
	_, _, err := wsclient.Pair(t.Context(), h.pairingCode(), chromium, protocol.Hello{Replaces: old.ClientID})
	assert.Equal(t, protocol.CloseUnknownClient, wsclient.CloseCode(err), "%v", err)
}

func TestEachClientHasItsOwnSecret(t *testing.T) {
	h := newHarness(t)
	seen := map[string]bool{string(make([]byte, channel.SecretSize)): true}
	for range 3 {
		_, creds := h.pair(chromium, hello)
		assert.False(t, seen[string(creds.Secret)])
		seen[string(creds.Secret)] = true
	}
}

func TestBrowsersWithTheSameOrigin(t *testing.T) {
	h := newHarness(t)
	for _, other := range []protocol.Hello{
		{Browser: "Chromium 156", Name: "at home"},
		{Browser: "Chromium 156", Name: "at work"},
		{Browser: "Chromium 156", Name: "at work"}, // another profile
		{Browser: "Edge 156", Name: "at home"},
	} {
		h.pair(chromium, other)
		h.clock.advance(server.AttemptInterval)
	}
	_, creds := h.pair(firefox, hello)
	h.pair("chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba", protocol.Hello{Replaces: creds.ClientID})
	clients, err := h.Browsers()
	require.NoError(t, err)
	assert.Len(t, clients, 6, "an extension can't replace another one's browser")
}

func TestBrowserUnpairsItself(t *testing.T) {
	h := newHarness(t)
	stays, _ := h.pair(chromium, hello)
	leaves, creds := h.pair(chromium, hello)
	_ = leaves.Call(t.Context(), protocol.SessionLeave, protocol.Empty{}, nil)
	assert.Equal(t, protocol.CloseUnknownClient, ended(leaves))
	_, err := h.connect(creds, chromium)
	assert.Equal(t, protocol.CloseUnknownClient, wsclient.CloseCode(err), "%v", err)
	assert.NoError(t, stays.Call(t.Context(), protocol.SessionPing, protocol.Empty{}, nil))

	h.store.fail(nil, errDisk)
	assert.Error(t, stays.Call(t.Context(), protocol.SessionLeave, protocol.Empty{}, nil), "the browser stays paired")
	h.store.fail(nil, nil)
	require.NoError(t, h.stop()) // the secret is removed after the goodbye
	_, err = h.keyring.Get(t.Context(), "client/"+creds.ClientID)
	assert.ErrorIs(t, err, secrets.ErrNotFound)
}

func TestBrowserLabelsAreCleaned(t *testing.T) {
	h := newHarness(t)
	hostile := protocol.Hello{Browser: "  Fire\x1b[31mfox\n\u202e 153 ", Name: strings.Repeat("ünï", 100)}
	_, creds := h.pair(chromium, hostile)
	harmless := func() {
		kept := h.store.get(creds.ClientID)
		assert.Equal(t, "Fire[31mfox 153", kept.Product)
		assert.Equal(t, strings.Repeat("ünï", 22)[:len("ünï")*21+len("ü")], kept.Name)
		assert.Len(t, []rune(kept.Name), 64)
	}
	harmless()
	again, err := wsclient.Connect(t.Context(), h.port, creds, chromium, hostile)
	require.NoError(t, err)
	harmless()
	assert.NoError(t, again.Close())
}
