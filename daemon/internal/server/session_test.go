package server_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/server"
	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

func TestRefusedAfterHandshake(t *testing.T) {
	for name, row := range map[string]struct {
		spoil func(h *harness, creds *protocol.Credentials)
		code  int
	}{
		"a client never heard of": {func(_ *harness, creds *protocol.Credentials) { creds.ClientID = "NOBODY" }, protocol.CloseUnknownClient},
		"the wrong secret": {func(_ *harness, creds *protocol.Credentials) {
			creds.Secret = slices.Clone(creds.Secret)
			creds.Secret[0] ^= 1
		}, protocol.CloseUnknownClient},
		"a missing secret": {func(h *harness, creds *protocol.Credentials) {
			require.NoError(h.t, h.keyring.Delete(h.ctx, "client/"+creds.ClientID))
		}, protocol.CloseUnknownClient},
		"a locked keyring": {func(h *harness, _ *protocol.Credentials) { h.keyring.locked.Store(true) }, protocol.CloseLocked},
		"a client of another origin": {func(h *harness, creds *protocol.Credentials) {
			_, *creds = h.pair(firefox, hello)
		}, protocol.CloseUnknownClient},
		"pairing without a code": {func(_ *harness, creds *protocol.Credentials) { creds.ClientID = channel.PairingClientID }, protocol.CloseNoPairing},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			_, creds := h.pair(chromium, hello)
			row.spoil(h, &creds)
			_, err := h.connect(creds, chromium)
			assert.Equal(t, row.code, wsclient.CloseCode(err), "%v", err)
		})
	}
}

func TestUnresponsiveKeyring(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(s *server.Server) { s.SetTimeouts(2*time.Second, hour, hour) })
	_, creds := h.pair(chromium, hello)
	h.keyring.silent.Store(true)
	_, err := h.connect(creds, chromium)
	assert.Equal(t, protocol.CloseLocked, wsclient.CloseCode(err), "%v", err)
}

func TestNothingIsSentBeforeHello(t *testing.T) {
	h := newHarness(t)
	session, creds := h.pair(chromium, hello)
	require.NoError(t, session.Close())
	for _, method := range []string{protocol.OrderList, protocol.SessionPing, "no.such"} {
		p := h.rawClient(chromium)
		p.handshake(creds.ClientID, creds.Secret)
		p.request(1, method, protocol.Empty{})
		assert.Equal(t, websocket.CloseProtocolError, closed(t, p.ws), method)
	}
	p := h.rawClient(chromium)
	p.handshake(creds.ClientID, creds.Secret)
	frames, err := p.conn.Seal([]byte(`{"jsonrpc":"2.0","method":"session.hello","params":{}}`))
	require.NoError(t, err)
	p.send(frames)
	assert.Equal(t, websocket.CloseProtocolError, closed(t, p.ws), "a hello without a request ID")
	assert.Empty(t, h.orders.calls)
}

func TestEveryMethodReachesItsBackend(t *testing.T) {
	h := newHarness(t)
	session, creds := h.pair(chromium, hello)
	methods := map[string]struct {
		params  any
		backend *callLog
		call    string
	}{
		protocol.WalletRefresh: {protocol.Empty{}, &h.orders.callLog, "wallet"},
		protocol.OrderQuote:    {protocol.QuoteRequest{ServiceID: "s1"}, &h.orders.callLog, "quote s1"},
		protocol.OrderBuy:      {protocol.BuyRequest{IntentID: "i1"}, &h.orders.callLog, "buy i1"},
		protocol.OrderDecide:   {protocol.DecideRequest{IntentID: "i1"}, &h.orders.callLog, "decide i1"},
		protocol.OrderCancel:   {protocol.OrderRef{OrderID: "o1"}, &h.orders.callLog, "cancel o1"},
		protocol.OrderCode:     {protocol.OrderRef{OrderID: "o1"}, &h.orders.callLog, "code o1"},
		protocol.OrderList:     {protocol.Empty{}, &h.orders.callLog, "list"},
		protocol.CountryList:   {protocol.Empty{}, &h.catalog.callLog, "countries"},
		protocol.OfferSearch:   {protocol.Search{Query: "q"}, &h.catalog.callLog, "search q"},
		protocol.AreaList:      {protocol.Place{ServiceID: "s1"}, &h.catalog.callLog, "areas s1"},
		protocol.LogCategories: {protocol.Empty{}, &h.catalog.callLog, "log categories"},
		protocol.LogOrders:     {protocol.Empty{}, &h.catalog.callLog, "log orders"},
		protocol.BoostServices: {protocol.Empty{}, &h.catalog.callLog, "boost services"},
		protocol.BoostOrders:   {protocol.Empty{}, &h.catalog.callLog, "boost orders"},
		protocol.BoostCheck:    {protocol.OrderRef{OrderID: "b1"}, &h.catalog.callLog, "boost check b1"},
		protocol.BoostCancel:   {protocol.OrderRef{OrderID: "b1"}, &h.catalog.callLog, "boost cancel b1"},
		protocol.KeyAsk:        {protocol.Empty{}, &h.orders.callLog, "ask key"},
	}
	for _, method := range protocol.Methods {
		result := reflect.New(reflect.TypeOf(method.Result))
		switch method.Name {
		case protocol.SessionHello, protocol.SessionLeave:
			continue
		case protocol.SessionPing, protocol.StateGet:
			require.NoError(t, session.Call(t.Context(), method.Name, nil, result.Interface()))
			continue
		}
		row, ok := methods[method.Name]
		require.True(t, ok, "this test has no case for %s", method.Name)
		require.NoError(t, session.Call(t.Context(), method.Name, row.params, result.Interface()), method.Name)
		assert.Equal(t, row.call, row.backend.last(), method.Name)
		delete(methods, method.Name)
	}
	assert.Empty(t, methods, "every method of this test is in the protocol")
	assert.Len(t, server.MethodNames(t), len(protocol.Methods)-4)

	var quote protocol.Quote
	require.NoError(t, session.Call(t.Context(), protocol.OrderQuote, protocol.QuoteRequest{}, &quote))
	assert.Equal(t, creds.ClientID, quote.Intent.Client, "the backend is told which client asks")
	var decided protocol.Intent
	require.NoError(t, session.Call(t.Context(), protocol.OrderDecide, protocol.DecideRequest{IntentID: "i1"}, &decided))
	assert.Equal(t, creds.ClientID, decided.Client, "the backend is told which client decides")
}

func TestBadRequestsKeepTheSession(t *testing.T) {
	h := newHarness(t)
	session, _ := h.pair(chromium, hello)
	for _, row := range []struct {
		method string
		params any
		code   protocol.Code
	}{
		{"log.buy", protocol.Empty{}, protocol.CodeUnknownMethod},
		{protocol.OrderBuy, []string{"i1"}, protocol.CodeBadRequest},
		{protocol.OrderBuy, map[string]any{"price": "1.00"}, protocol.CodeBadRequest},
		{protocol.OfferSearch, "telegram", protocol.CodeBadRequest},
		{protocol.SessionHello, hello, protocol.CodeBadRequest},
	} {
		err := session.Call(t.Context(), row.method, row.params, nil)
		var refusal *protocol.Error
		require.ErrorAs(t, err, &refusal, row.method)
		assert.Equal(t, row.code, refusal.Code, row.method)
	}
	assert.Empty(t, h.orders.calls)
	assert.NoError(t, session.Call(t.Context(), protocol.OrderList, protocol.Empty{}, nil))
}

func TestNonRequestsEndTheSession(t *testing.T) {
	h := newHarness(t)
	_, creds := h.pair(chromium, hello)
	for name, raw := range map[string]string{
		"no JSON":        "?",
		"another RPC":    `{"jsonrpc":"1.0","id":1,"method":"order.list"}`,
		"a notification": `{"jsonrpc":"2.0","method":"order.list"}`,
		"an answer":      `{"jsonrpc":"2.0","id":1,"result":{}}`,
		"a batch":        `[]`,
	} {
		p, _ := h.rawSession(creds, chromium)
		frames, err := p.conn.Seal([]byte(raw))
		require.NoError(t, err)
		p.send(frames)
		assert.Equal(t, websocket.CloseProtocolError, closed(t, p.ws), name)
	}
	assert.Empty(t, h.orders.calls)
}

func TestErrorsArriveUnchanged(t *testing.T) {
	h := newHarness(t)
	session, _ := h.pair(chromium, hello)
	said := &protocol.Error{Code: protocol.CodeBalanceTooLow, Message: "the balance is too low", Next: "top up"}
	h.orders.onCall(func(context.Context, string) error { return fmt.Errorf("buy: %w", said) })
	assert.Equal(t, said, session.Call(t.Context(), protocol.OrderBuy, protocol.BuyRequest{}, nil))

	h.orders.onCall(func(context.Context, string) error { return errors.New("pointer 0xc0ffee") })
	err := session.Call(t.Context(), protocol.OrderBuy, protocol.BuyRequest{}, nil)
	var fault *protocol.Error
	require.ErrorAs(t, err, &fault)
	assert.Equal(t, protocol.CodeInternal, fault.Code)
	assert.NotContains(t, err.Error(), "0xc0ffee")
}

func TestLargeAnswersArrive(t *testing.T) {
	h := newHarness(t)
	session, _ := h.pair(chromium, hello)
	for i := range 5000 {
		h.catalog.offers.Offers = append(h.catalog.offers.Offers, protocol.Offer{
			ServiceID: fmt.Sprint(i), ServiceName: strings.Repeat("name ", 20), CountryName: strings.Repeat("land ", 20),
		})
	}
	raw, err := json.Marshal(h.catalog.offers)
	require.NoError(t, err)
	require.Greater(t, len(raw), 1<<20)
	var got protocol.Offers
	require.NoError(t, session.Call(t.Context(), protocol.OfferSearch, protocol.Search{Query: strings.Repeat("q", 1<<20)}, &got))
	assert.Equal(t, h.catalog.offers, got)
}

func TestOversizedAnswerIsAnError(t *testing.T) {
	h := newHarness(t)
	session, _ := h.pair(chromium, hello)
	h.catalog.offers.Offers = []protocol.Offer{{ServiceName: strings.Repeat("x", channel.MaxMessage)}}
	var fault *protocol.Error
	require.ErrorAs(t, session.Call(t.Context(), protocol.OfferSearch, protocol.Search{}, nil), &fault)
	assert.Equal(t, protocol.CodeInternal, fault.Code)
	assert.NoError(t, session.Call(t.Context(), protocol.SessionPing, protocol.Empty{}, nil))
}

func TestChannelAndProtocolMessageLimitsMatch(t *testing.T) {
	assert.Equal(t, protocol.MaxMessage, channel.MaxMessage)
}

// Each state is followed by exactly the changes after it, even if it is requested while
// changes are being sent.
func TestChangesFollowTheStateWithoutAGap(t *testing.T) {
	h := newHarness(t)
	session, creds := h.pair(chromium, hello)
	require.NoError(t, session.Close())
	p, welcome := h.rawSession(creds, chromium)
	seq := welcome.Snapshot.Seq

	const changes, questions = 60, 20 // fewer changes than a subscriber may lag behind
	var publisher sync.WaitGroup
	publisher.Go(func() {
		for range changes {
			h.orders.publish(protocol.Change{Catalog: true})
		}
	})
	for id := range uint64(questions) {
		p.request(id+2, protocol.StateGet, protocol.Empty{})
	}
	last, answers := seq+changes, 0
	for answers < questions || seq < last {
		m := p.read()
		if m.Method == protocol.StateChanged {
			var change protocol.Change
			require.NoError(t, protocol.Bind(m.Params, &change))
			require.Equal(t, seq+1, change.Seq)
			seq = change.Seq
			continue
		}
		var now protocol.Snapshot
		require.NoError(t, protocol.Bind(m.Result, &now))
		require.GreaterOrEqual(t, now.Seq, seq)
		seq = now.Seq
		answers++
	}
	publisher.Wait()
}

func TestLaggingClientIsDisconnected(t *testing.T) {
	h := newHarness(t)
	session, _ := h.pair(chromium, hello)
	h.orders.dropAll()
	assert.Equal(t, protocol.CloseSlow, ended(session))
}

func TestClientThatDoesNotReadIsDisconnected(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(s *server.Server) { s.SetTimeouts(hour, hour, time.Second) })
	session, creds := h.pair(chromium, hello)
	require.NoError(t, session.Close())
	h.catalog.offers.Offers = []protocol.Offer{{ServiceName: strings.Repeat("x", 3<<20)}}
	asking, gone := make(chan struct{}, 1), make(chan struct{})
	h.orders.onCall(func(ctx context.Context, _ string) error {
		asking <- struct{}{}
		<-ctx.Done()
		close(gone)
		return ctx.Err()
	})
	p, _ := h.rawSession(creds, chromium)
	p.request(2, protocol.WalletRefresh, protocol.Empty{})
	<-asking
	for id := range uint64(16) {
		frames := p.seal(id+3, protocol.OfferSearch, protocol.Search{})
		if p.ws.WriteMessage(websocket.BinaryMessage, frames[0]) != nil {
			break // already disconnected
		}
	}
	<-gone
}

func TestSilentClientIsDisconnected(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(s *server.Server) { s.SetTimeouts(hour, time.Second, hour) })
	session, _ := h.pair(chromium, hello)
	assert.Equal(t, protocol.CloseSlow, ended(session))
}

// A client that opens too many sessions is refused, and its other sessions go on.
func TestSessionLimitPerClient(t *testing.T) {
	h := newHarness(t)
	beside, _ := h.pair(firefox, hello)
	first, creds := h.pair(chromium, hello)
	all := []*wsclient.Client{beside, first}
	for range server.MaxSessionsPerClient - 1 {
		c, err := h.connect(creds, chromium)
		require.NoError(t, err)
		all = append(all, c)
	}
	_, err := h.connect(creds, chromium)
	assert.Equal(t, websocket.CloseTryAgainLater, wsclient.CloseCode(err), "%v", err)
	for _, c := range all {
		assert.NoError(t, c.Call(t.Context(), protocol.SessionPing, protocol.Empty{}, nil))
	}
	require.NoError(t, first.Close())
	require.Eventually(t, func() bool {
		_, err := h.connect(creds, chromium)
		return err == nil
	}, 2*time.Minute, 10*time.Millisecond, "answered requests make room for new ones")
}

func TestRevokingEndsTheSessionAtOnce(t *testing.T) {
	h := newHarness(t)
	session, creds := h.pair(chromium, hello)
	other, _ := h.pair(firefox, hello)
	second, err := h.connect(creds, chromium)
	require.NoError(t, err)

	require.True(t, h.HasCachedSecret(creds.ClientID))
	require.NoError(t, h.Revoke(t.Context(), creds.ClientID))
	assert.False(t, h.HasCachedSecret(creds.ClientID), "its secret is not cached")
	assert.Equal(t, protocol.CloseUnknownClient, ended(session))
	assert.Equal(t, protocol.CloseUnknownClient, ended(second))
	assert.NoError(t, other.Call(t.Context(), protocol.SessionPing, protocol.Empty{}, nil))

	_, err = h.connect(creds, chromium)
	assert.Equal(t, protocol.CloseUnknownClient, wsclient.CloseCode(err), "the close code says why: %v", err)
	_, err = h.keyring.Get(t.Context(), "client/"+creds.ClientID)
	assert.Error(t, err)
	clients, err := h.Browsers()
	require.NoError(t, err)
	require.Len(t, clients, 1)
	assert.Equal(t, firefox, clients[0].Origin)

	assert.ErrorContains(t, h.Revoke(t.Context(), creds.ClientID), "no browser with this id")
	assert.ErrorContains(t, h.Revoke(t.Context(), "NOBODY"), "no browser with this id")
}

func TestRevokedBrowserCanPairAgain(t *testing.T) {
	h := newHarness(t)
	_, creds := h.pair(chromium, hello)
	require.NoError(t, h.Revoke(t.Context(), creds.ClientID))
	session, fresh := h.pair(chromium, hello)
	assert.NoError(t, session.Call(t.Context(), protocol.SessionPing, protocol.Empty{}, nil))
	assert.NotEqual(t, creds.ClientID, fresh.ClientID)
	assert.Zero(t, h.store.get(creds.ClientID), "nothing is left of the old pairing")
}

func TestFailedRevokeChangesNothing(t *testing.T) {
	h := newHarness(t)
	session, creds := h.pair(chromium, hello)
	h.store.fail(nil, errDisk)
	assert.ErrorIs(t, h.Revoke(t.Context(), creds.ClientID), errDisk)
	assert.NoError(t, session.Call(t.Context(), protocol.SessionPing, protocol.Empty{}, nil))
}

// A purchase goes on when its session ends; a search is cancelled.
func TestPurchasesOutliveTheSession(t *testing.T) {
	h := newHarness(t)
	session, _ := h.pair(chromium, hello)
	asked := make(chan string)
	buying, searching := make(chan error), make(chan error)
	finish := make(chan struct{})
	h.orders.onCall(func(ctx context.Context, call string) error {
		asked <- call
		<-finish
		buying <- ctx.Err()
		return nil
	})
	h.catalog.onCall(func(ctx context.Context, call string) error {
		asked <- call
		<-ctx.Done()
		searching <- ctx.Err()
		return nil
	})
	call := func(method string) {
		assert.Error(t, session.Call(context.Background(), method, protocol.Empty{}, nil))
	}
	var callers sync.WaitGroup
	callers.Go(func() { call(protocol.OrderBuy) })
	callers.Go(func() { call(protocol.OfferSearch) })
	assert.ElementsMatch(t, []string{"buy ", "search "}, []string{<-asked, <-asked})

	require.NoError(t, session.Close())
	assert.ErrorIs(t, <-searching, context.Canceled, "a search is cancelled with its session")
	close(finish)
	assert.NoError(t, <-buying)
	callers.Wait()
}

// Pending connections do not delay the stop.
func TestStopWithPendingConnections(t *testing.T) {
	h := newHarness(t, func(s *server.Server) { s.SetTimeouts(hour, hour, hour) })
	h.pairingCode()
	mute, err := net.Dial("tcp4", h.host)
	require.NoError(t, err)
	defer mute.Close()
	h.rawClient(chromium)
	start := time.Now()
	require.NoError(t, h.stop())
	assert.Less(t, time.Since(start), 4*time.Second)

	late, other := net.Pipe()
	server.AddAfterClose(late)
	_, err = other.Read(make([]byte, 1))
	assert.ErrorIs(t, err, io.EOF)
}

func TestStopSendsGoingAway(t *testing.T) {
	h := newHarness(t)
	session, _ := h.pair(chromium, hello)
	require.NoError(t, h.stop())
	assert.Equal(t, websocket.CloseGoingAway, ended(session))
}

// A relay at another port that corrects the headers gets no further than the handshake,
// because the client includes the address that it dialled.
func TestRelayIsRefused(t *testing.T) {
	h := newHarness(t)
	session, creds := h.pair(chromium, hello)
	require.NoError(t, session.Close())
	for name, binding := range map[string]channel.Binding{
		"the address": {Version: protocol.Version, ClientID: creds.ClientID, Origin: chromium, Host: "127.0.0.1:1"},
		"the origin":  {Version: protocol.Version, ClientID: creds.ClientID, Origin: firefox, Host: h.host},
		"the version": {Version: protocol.Version + 1, ClientID: creds.ClientID, Origin: chromium, Host: h.host},
	} {
		p := h.rawClient(chromium)
		_, first, err := channel.Initiate(creds.Secret, binding, rand.Reader)
		require.NoError(t, err)
		p.send([][]byte{first})
		assert.Equal(t, protocol.CloseUnknownClient, closed(t, p.ws), name)
	}
}
