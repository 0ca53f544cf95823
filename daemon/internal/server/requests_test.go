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

// slow makes every call take until finish is called, or nobody waits for it any more,
// and tells of each that has begun.
func (c *calls) slow(t *testing.T) (begun <-chan string, finish func()) {
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

// occupy makes a session work on as much as it may, and returns the next id.
func (p *peer) occupy(begun <-chan string) (next uint64) {
	for next = 2; next < 2+server.AtOnce; next++ {
		p.ask(next, protocol.OfferSearch, search(next))
	}
	for range server.AtOnce {
		<-begun
	}
	return next
}

// However much a session works on and has waiting, what keeps it alive is answered.
func TestNothingWaitsForSlowRequests(t *testing.T) {
	h := open(t)
	_, creds := h.pair(chromium, hello)
	p, _ := h.begin(creds, chromium)
	begun, finish := h.shelf.slow(t)
	id := p.occupy(begun)
	for ; id < 2+server.MaxUnanswered; id++ {
		p.ask(id, protocol.OfferSearch, search(id))
	}
	for range 100 { // more than anybody holds
		p.ask(id, protocol.SessionPing, protocol.Empty{})
		require.Equal(t, id, p.read().ID)
		id++
		p.ask(id, protocol.StateGet, protocol.Empty{})
		require.Equal(t, id, p.read().ID)
		id++
	}
	p.ask(id, protocol.OfferSearch, search(id))
	full := p.read()
	require.Equal(t, id, full.ID)
	require.NotNil(t, full.Error)
	assert.Equal(t, protocol.CodeBusy, full.Error.Code)
	assert.NotEmpty(t, full.Error.Next)

	finish()
	answered := map[uint64]bool{}
	for range server.MaxUnanswered {
		m := p.read()
		require.Nil(t, m.Error)
		answered[m.ID] = true
	}
	assert.Len(t, answered, server.MaxUnanswered, "each is answered once")
	for n := range uint64(server.MaxUnanswered) {
		p.ask(id+n+1, protocol.OfferSearch, search(n))
	}
	for range server.MaxUnanswered {
		assert.Nil(t, p.read().Error, "there is room again")
	}
}

func TestLeavingWaitsForNoRequest(t *testing.T) {
	h := open(t)
	_, creds := h.pair(chromium, hello)
	p, _ := h.begin(creds, chromium)
	begun, _ := h.shelf.slow(t)
	id := p.occupy(begun)
	p.ask(id, protocol.OrderBuy, protocol.BuyRequest{IntentID: "i1"})
	p.ask(id+1, protocol.SessionLeave, protocol.Empty{})
	assert.Equal(t, protocol.CloseUnknownClient, closed(t, p.ws))
	require.NoError(t, h.stop())
	assert.Zero(t, h.book.times("buy i1"), "what had no turn yet is left undone")
}

func TestRevokingWaitsForNoRequest(t *testing.T) {
	h := open(t)
	_, creds := h.pair(chromium, hello)
	p, _ := h.begin(creds, chromium)
	begun, _ := h.shelf.slow(t)
	id := p.occupy(begun)
	p.ask(id, protocol.OrderBuy, protocol.BuyRequest{IntentID: "i1"})
	p.ask(id+1, protocol.SessionPing, protocol.Empty{})
	require.Equal(t, id+1, p.read().ID) // the purchase was read, too
	require.NoError(t, h.Revoke(t.Context(), creds.ClientID))
	assert.Equal(t, protocol.CloseUnknownClient, closed(t, p.ws))
	require.NoError(t, h.stop())
	assert.Zero(t, h.book.times("buy i1"), "what had no turn yet is left undone")
}

func TestRequestsHaveTheirTurnInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var begun, answered []uint64
		var mu sync.Mutex
		finish := make(chan struct{})
		r := server.NewRequests(func(m protocol.Message) (any, error) {
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
		for id := range uint64(server.AtOnce + 3) {
			assert.True(t, r.Add(protocol.Message{ID: id}))
		}
		synctest.Wait()
		assert.Len(t, begun, server.AtOnce)
		for n := range uint64(3) {
			finish <- struct{}{}
			synctest.Wait()
			assert.Len(t, begun, server.AtOnce+int(n)+1)
			assert.Equal(t, server.AtOnce+n, begun[len(begun)-1])
		}
		close(finish)
		synctest.Wait()
		assert.Len(t, answered, server.AtOnce+3)
	})
}

// Requests that wait take little memory, however large one of them may be.
func TestLargeRequestsDontWait(t *testing.T) {
	h := open(t)
	_, creds := h.pair(chromium, hello)
	p, _ := h.begin(creds, chromium)
	begun, finish := h.shelf.slow(t)
	id := p.occupy(begun)
	large := protocol.Search{Query: strings.Repeat("q", server.MaxWaiting*3/4)}
	p.ask(id, protocol.OfferSearch, large)
	large.Sort = protocol.SortStock
	p.ask(id+1, protocol.OfferSearch, large)
	m := p.read()
	require.Equal(t, id+1, m.ID)
	require.NotNil(t, m.Error)
	assert.Equal(t, protocol.CodeBusy, m.Error.Code)
	finish()
	for range server.AtOnce + 1 {
		assert.Nil(t, p.read().Error)
	}
	p.ask(id+2, protocol.OfferSearch, large)
	assert.Nil(t, p.read().Error, "there is room again")
}

// A second refresh takes no place and makes no call: it gets the answer of the first.
func TestASecondRefreshJoinsTheFirst(t *testing.T) {
	h := open(t)
	_, creds := h.pair(chromium, hello)
	p, _ := h.begin(creds, chromium)
	begun, finish := h.book.slow(t)
	last := uint64(2 * server.AtOnce)
	for id := uint64(2); id <= last; id++ {
		p.ask(id, protocol.WalletRefresh, protocol.Empty{})
	}
	assert.Equal(t, "wallet", <-begun)
	p.ask(last+1, protocol.CountryList, protocol.Empty{})
	assert.Equal(t, last+1, p.read().ID, "there is a place for other work")
	finish()
	for id := uint64(2); id <= last; id++ {
		m := p.read()
		assert.Equal(t, id, m.ID)
		assert.Nil(t, m.Error)
	}
	assert.Equal(t, 1, h.book.times("wallet"))
	p.ask(last+2, protocol.WalletRefresh, protocol.Empty{})
	assert.Nil(t, p.read().Error)
	assert.Equal(t, 2, h.book.times("wallet"), "a later one is a new one")
}

// Browsers share a reading too. One that leaves does not end it, and each sees of the
// result what is its own.
func TestBrowsersShareAReading(t *testing.T) {
	h := open(t)
	_, one := h.pair(chromium, hello)
	_, other := h.pair(firefox, hello)
	h.book.publish(protocol.Change{Order: &protocol.Order{ID: "o1", Client: other.ClientID, Code: "482913", CodeReady: true}})
	first, _ := h.begin(one, chromium)
	second, _ := h.begin(other, firefox)
	third, _ := h.begin(one, chromium)
	begun, finish := h.book.slow(t)
	first.ask(2, protocol.OrderList, protocol.Empty{})
	assert.Equal(t, "list", <-begun)
	second.ask(2, protocol.OrderList, protocol.Empty{})
	third.ask(2, protocol.OrderList, protocol.Empty{})
	h.Sharing(3)

	require.NoError(t, first.ws.Close())
	h.Sharing(2)
	finish()
	for p, code := range map[*peer]string{second: "482913", third: ""} {
		m := p.read()
		require.Nil(t, m.Error)
		var page protocol.OrderPage
		require.NoError(t, protocol.Bind(m.Result, &page))
		require.Len(t, page.Orders, 1)
		assert.Equal(t, code, page.Orders[0].Code)
	}
	assert.Equal(t, 1, h.book.times("list"))
	h.Sharing(0)
}

// The last to leave ends a reading, and whoever comes then begins another.
func TestAReadingThatNobodyWaitsForEnds(t *testing.T) {
	h := open(t)
	_, creds := h.pair(chromium, hello)
	first, _ := h.begin(creds, chromium)
	second, _ := h.begin(creds, chromium)
	entered, left := make(chan struct{}), make(chan struct{})
	h.book.onCall(func(ctx context.Context, _ string) error {
		entered <- struct{}{}
		<-ctx.Done()
		<-left
		return ctx.Err()
	})
	first.ask(2, protocol.WalletRefresh, protocol.Empty{})
	<-entered
	require.NoError(t, first.ws.Close())
	h.Sharing(0)
	second.ask(2, protocol.WalletRefresh, protocol.Empty{})
	<-entered // although the first has not ended yet
	close(left)
}

// What is read after a change is not what was true before it.
func TestNobodyJoinsAReadingFromBeforeAChange(t *testing.T) {
	h := open(t)
	_, creds := h.pair(chromium, hello)
	p, _ := h.begin(creds, chromium)
	beside, _ := h.begin(creds, chromium)
	begun, finish := h.shelf.slow(t)
	p.ask(2, protocol.OfferSearch, search(1))
	<-begun
	p.ask(3, protocol.OrderCancel, protocol.OrderRef{OrderID: "o1"})
	require.Equal(t, uint64(3), p.read().ID)
	p.ask(4, protocol.OfferSearch, search(1))
	<-begun
	beside.ask(2, protocol.OfferSearch, search(1)) // joins the second
	h.Sharing(3)
	finish()
	for range 2 {
		assert.Nil(t, p.read().Error)
	}
	assert.Nil(t, beside.read().Error)
	assert.Equal(t, 2, h.shelf.times("search 1"))
}

// Only what changes nothing and is the same for every browser is shared.
func TestWhatIsShared(t *testing.T) {
	assert.ElementsMatch(t, []string{
		protocol.WalletRefresh, protocol.OrderList, protocol.CountryList, protocol.OfferSearch, protocol.AreaList,
		protocol.LogCategories, protocol.LogOrders, protocol.BoostServices, protocol.BoostOrders,
	}, server.SharedMethods(t))
}
