package server_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/server"
	"github.com/logspanel/companion/shared/protocol"
)

// slow makes every call block until finish is called or its context ends. Each call that
// starts is sent to begun.
func (c *callLog) slow(t *testing.T) (begun <-chan string, finish func()) {
	entered, done := make(chan string, 1000), make(chan struct{})
	c.onCall(func(ctx context.Context, call string) error {
		entered <- call
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	finish = sync.OnceFunc(func() { close(done) })
	t.Cleanup(finish)
	return entered, finish
}

func search(n uint64) protocol.Search { return protocol.Search{Query: fmt.Sprint(n)} }

// occupy fills all workers of a session with requests, and returns the next request ID.
func (p *rawClient) occupy(begun <-chan string) (next uint64) {
	for next = 2; next < 2+server.MaxConcurrent; next++ {
		p.request(next, protocol.OfferSearch, search(next))
	}
	for range server.MaxConcurrent {
		<-begun
	}
	return next
}

// Pings are answered even if all workers are busy and the queue is full.
func TestSlowRequestsDontBlockPings(t *testing.T) {
	h := newHarness(t)
	_, creds := h.pair(chromium, hello)
	p, _ := h.rawSession(creds, chromium)
	begun, finish := h.catalog.slow(t)
	id := p.occupy(begun)
	for ; id < 2+server.MaxInFlight; id++ {
		p.request(id, protocol.OfferSearch, search(id))
	}
	for range 100 { // more than any buffer holds
		p.request(id, protocol.SessionPing, protocol.Empty{})
		require.Equal(t, id, p.read().ID)
		id++
		p.request(id, protocol.StateGet, protocol.Empty{})
		require.Equal(t, id, p.read().ID)
		id++
	}
	p.request(id, protocol.OfferSearch, search(id))
	full := p.read()
	require.Equal(t, id, full.ID)
	require.NotNil(t, full.Error)
	assert.Equal(t, protocol.CodeBusy, full.Error.Code)
	assert.NotEmpty(t, full.Error.Next)

	finish()
	answered := map[uint64]bool{}
	for range server.MaxInFlight {
		m := p.read()
		require.Nil(t, m.Error)
		answered[m.ID] = true
	}
	assert.Len(t, answered, server.MaxInFlight, "each request gets exactly one answer")
	for n := range uint64(server.MaxInFlight) {
		p.request(id+n+1, protocol.OfferSearch, search(n))
	}
	for range server.MaxInFlight {
		assert.Nil(t, p.read().Error, "answered requests make room for new ones")
	}
}

func TestLeavingDoesNotWaitForRequests(t *testing.T) {
	h := newHarness(t)
	_, creds := h.pair(chromium, hello)
	p, _ := h.rawSession(creds, chromium)
	begun, _ := h.catalog.slow(t)
	id := p.occupy(begun)
	p.request(id, protocol.OrderBuy, protocol.BuyRequest{IntentID: "i1"})
	p.request(id+1, protocol.SessionLeave, protocol.Empty{})
	assert.Equal(t, protocol.CloseUnknownClient, closed(t, p.ws))
	require.NoError(t, h.stop())
	assert.Zero(t, h.orders.times("buy i1"), "a queued request never runs")
}

func TestRevokingDoesNotWaitForRequests(t *testing.T) {
	h := newHarness(t)
	_, creds := h.pair(chromium, hello)
	p, _ := h.rawSession(creds, chromium)
	begun, _ := h.catalog.slow(t)
	id := p.occupy(begun)
	p.request(id, protocol.OrderBuy, protocol.BuyRequest{IntentID: "i1"})
	p.request(id+1, protocol.SessionPing, protocol.Empty{})
	require.Equal(t, id+1, p.read().ID) // the purchase was read, too
	require.NoError(t, h.Revoke(t.Context(), creds.ClientID))
	assert.Equal(t, protocol.CloseUnknownClient, closed(t, p.ws))
	require.NoError(t, h.stop())
	assert.Zero(t, h.orders.times("buy i1"), "a queued request never runs")
}

func TestQueuedRequestsRunInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var begun, answered []uint64
		var mu sync.Mutex
		finish := make(chan struct{})
		r := server.NewRequestQueue(func(m protocol.Message) (any, error) {
			mu.Lock()
			begun = append(begun, m.ID)
			mu.Unlock()
			<-finish
			return nil, nil
		}, func(id uint64, _ any, _ error) {
			mu.Lock()
			answered = append(answered, id)
			mu.Unlock()
		})
		for id := range uint64(server.MaxConcurrent + 3) {
			assert.True(t, r.Add(protocol.Message{ID: id}))
		}
		synctest.Wait()
		assert.Len(t, begun, server.MaxConcurrent)
		for n := range uint64(3) {
			finish <- struct{}{}
			synctest.Wait()
			assert.Len(t, begun, server.MaxConcurrent+int(n)+1)
			assert.Equal(t, server.MaxConcurrent+n, begun[len(begun)-1])
		}
		close(finish)
		synctest.Wait()
		assert.Len(t, answered, server.MaxConcurrent+3)
	})
}

// Queued requests take bounded memory, even if each of them is large.
func TestQueuedBytesLimit(t *testing.T) {
	h := newHarness(t)
	_, creds := h.pair(chromium, hello)
	p, _ := h.rawSession(creds, chromium)
	begun, finish := h.catalog.slow(t)
	id := p.occupy(begun)
	large := protocol.Search{Query: strings.Repeat("q", server.MaxQueuedBytes*3/4)}
	p.request(id, protocol.OfferSearch, large)
	large.Sort = protocol.SortStock
	p.request(id+1, protocol.OfferSearch, large)
	m := p.read()
	require.Equal(t, id+1, m.ID)
	require.NotNil(t, m.Error)
	assert.Equal(t, protocol.CodeBusy, m.Error.Code)
	finish()
	for range server.MaxConcurrent + 1 {
		assert.Nil(t, p.read().Error)
	}
	p.request(id+2, protocol.OfferSearch, large)
	assert.Nil(t, p.read().Error, "answered requests make room for new ones")
}

// A second refresh takes no worker and makes no call. It gets the first one's answer.
func TestSecondRefreshJoinsTheFirst(t *testing.T) {
	h := newHarness(t)
	_, creds := h.pair(chromium, hello)
	p, _ := h.rawSession(creds, chromium)
	begun, finish := h.orders.slow(t)
	last := uint64(2 * server.MaxConcurrent)
	for id := uint64(2); id <= last; id++ {
		p.request(id, protocol.WalletRefresh, protocol.Empty{})
	}
	assert.Equal(t, "wallet", <-begun)
	p.request(last+1, protocol.CountryList, protocol.Empty{})
	assert.Equal(t, last+1, p.read().ID, "a worker is free for other requests")
	finish()
	for id := uint64(2); id <= last; id++ {
		m := p.read()
		assert.Equal(t, id, m.ID)
		assert.Nil(t, m.Error)
	}
	assert.Equal(t, 1, h.orders.times("wallet"))
	p.request(last+2, protocol.WalletRefresh, protocol.Empty{})
	assert.Nil(t, p.read().Error)
	assert.Equal(t, 2, h.orders.times("wallet"), "a later refresh makes a call of its own")
}

// Browsers share a read. One that leaves does not cancel it, and each gets only what it
// may see of the result.
func TestBrowsersShareReads(t *testing.T) {
	h := newHarness(t)
	_, one := h.pair(chromium, hello)
	_, other := h.pair(firefox, hello)
	h.orders.publish(protocol.Change{Order: &protocol.Order{ID: "o1", Client: other.ClientID, Code: "482913", CodeReady: true}})
	first, _ := h.rawSession(one, chromium)
	second, _ := h.rawSession(other, firefox)
	third, _ := h.rawSession(one, chromium)
	begun, finish := h.orders.slow(t)
	first.request(2, protocol.OrderList, protocol.Empty{})
	assert.Equal(t, "list", <-begun)
	second.request(2, protocol.OrderList, protocol.Empty{})
	third.request(2, protocol.OrderList, protocol.Empty{})
	h.WaitForSharedReads(3)

	require.NoError(t, first.ws.Close())
	h.WaitForSharedReads(2)
	finish()
	for p, code := range map[*rawClient]string{second: "482913", third: ""} {
		m := p.read()
		require.Nil(t, m.Error)
		var page protocol.OrderPage
		require.NoError(t, protocol.Bind(m.Result, &page))
		require.Len(t, page.Orders, 1)
		assert.Equal(t, code, page.Orders[0].Code)
	}
	assert.Equal(t, 1, h.orders.times("list"))
	h.WaitForSharedReads(0)
}

// The last caller to leave cancels a read, and a later caller starts another.
func TestAbandonedReadIsCancelled(t *testing.T) {
	h := newHarness(t)
	_, creds := h.pair(chromium, hello)
	first, _ := h.rawSession(creds, chromium)
	second, _ := h.rawSession(creds, chromium)
	entered, left := make(chan struct{}), make(chan struct{})
	h.orders.onCall(func(ctx context.Context, _ string) error {
		entered <- struct{}{}
		<-ctx.Done()
		<-left
		return ctx.Err()
	})
	first.request(2, protocol.WalletRefresh, protocol.Empty{})
	<-entered
	require.NoError(t, first.ws.Close())
	h.WaitForSharedReads(0)
	second.request(2, protocol.WalletRefresh, protocol.Empty{})
	<-entered // although the first call has not returned yet
	close(left)
}

// A read that starts after a change never gets a result from before it.
func TestReadsBeforeAWriteAreNotJoined(t *testing.T) {
	h := newHarness(t)
	_, creds := h.pair(chromium, hello)
	p, _ := h.rawSession(creds, chromium)
	beside, _ := h.rawSession(creds, chromium)
	begun, finish := h.catalog.slow(t)
	p.request(2, protocol.OfferSearch, search(1))
	<-begun
	p.request(3, protocol.OrderCancel, protocol.OrderRef{OrderID: "o1"})
	require.Equal(t, uint64(3), p.read().ID)
	p.request(4, protocol.OfferSearch, search(1))
	<-begun
	beside.request(2, protocol.OfferSearch, search(1)) // joins the second
	h.WaitForSharedReads(3)
	finish()
	for range 2 {
		assert.Nil(t, p.read().Error)
	}
	assert.Nil(t, beside.read().Error)
	assert.Equal(t, 2, h.catalog.times("search 1"))
}

// Only reads whose result is the same for every browser are shared.
func TestSharedMethods(t *testing.T) {
	assert.ElementsMatch(t, []string{
		protocol.WalletRefresh, protocol.OrderList, protocol.CountryList, protocol.OfferSearch, protocol.AreaList,
		protocol.LogCategories, protocol.LogOrders, protocol.BoostServices, protocol.BoostOrders,
	}, server.SharedMethods(t))
}
