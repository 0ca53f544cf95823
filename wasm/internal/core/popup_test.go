package core_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/core"
	"github.com/logspanel/companion/wasm/internal/view"
)

// recordSearches makes the daemon find total offers and returns the searches it received.
func recordSearches(b *fakeBrowser, total int) *[]protocol.Search {
	asked := new([]protocol.Search)
	b.daemon.on(protocol.OfferSearch, func(raw json.RawMessage) (any, error) {
		var s protocol.Search
		require.NoError(b.t, json.Unmarshal(raw, &s))
		*asked = append(*asked, s)
		found := protocol.Offers{Total: total, Offset: s.Offset}
		for i := s.Offset; i < min(total, s.Offset+s.Limit); i++ {
			found.Offers = append(found.Offers, protocol.Offer{ServiceID: fmt.Sprint(i), ServiceName: "Telegram", CountryID: "9", Price: naira(500), Available: 1})
		}
		return found, nil
	})
	return asked
}

func TestLongListIsLoadedInWindows(t *testing.T) {
	b := paired(t)
	asked := recordSearches(b, 10_000)
	b.act(view.Action{Do: view.DoSearch, Text: "tele"})
	list := b.node("offers")
	assert.Len(t, list.Children, view.WindowSize)
	assert.Equal(t, 10_000, list.Total)

	look := *list.Action
	look.First = 5_000
	b.act(look)
	assert.Equal(t, 4_980, b.node("offers").First)
	assert.True(t, b.shows("quote:9:5000"))
	assert.Equal(t, 4_980, (*asked)[len(*asked)-1].Offset)

	b.press("quote:9:5000")
	b.press("back")
	assert.True(t, b.shows("quote:9:5000"), "the list is where it was")
	b.act(view.Action{Do: view.DoSearch, Text: "telegram"})
	assert.Zero(t, b.node("offers").First, "another search starts at the top")
}

// Rows must not move under the person's pointer.
func TestRowsStayWhilePricesLoad(t *testing.T) {
	b := paired(t)
	id := "1"
	b.daemon.on(protocol.OfferSearch, func(json.RawMessage) (any, error) {
		return protocol.Offers{Total: 1, Offers: []protocol.Offer{{CountryID: id, ServiceID: "5", Price: naira(500), Available: 1}}}, nil
	})
	b.act(view.Action{Do: view.DoSearch, Text: "tele"})
	id = "2"
	b.pushChange(protocol.Change{Catalog: true})
	assert.True(t, b.shows("quote:2:5"), "right after a search, rows may still move")
	b.now = b.now.Add(2 * time.Second)
	id = "3"
	b.pushChange(protocol.Change{Catalog: true})
	assert.True(t, b.shows("quote:2:5"))
	b.press("fresher")
	assert.True(t, b.shows("quote:3:5"))
	assert.False(t, b.shows("fresher"))
}

func TestFavouritesAndRecents(t *testing.T) {
	b := paired(t)
	b.daemon.on(protocol.OrderQuote, func(json.RawMessage) (any, error) {
		return protocol.Quote{Intent: protocol.Intent{ID: "i1", Journal: "j1", CountryID: "9", ServiceID: "5", Price: naira(550)}}, nil
	})
	b.daemon.on(protocol.OrderBuy, func(json.RawMessage) (any, error) {
		return protocol.Intent{ID: "i1", State: protocol.IntentBought, CountryID: "9", ServiceID: "5"}, nil
	})
	b.press("quote:9:5")
	b.press("favour")
	assert.True(t, b.node("favour").Current)
	b.press("buy")
	place := protocol.Place{CountryID: "9", ServiceID: "5"}
	require.NotNil(t, b.preferences)
	assert.Equal(t, view.Preferences{Favourites: []protocol.Place{place}, Recents: []protocol.Place{place}}, *b.preferences)

	b.closePopup()
	b.session = ""
	b.startWorker(core.Event{}) // the browser was restarted
	asked := recordSearches(b, 1)
	b.openPopup()
	last := (*asked)[len(*asked)-1]
	assert.Equal(t, []protocol.Place{place, {CountryID: "9"}}, last.Prefer, "the favourite, then the country used last")
	b.act(view.Action{Do: view.DoOpen, Tab: &view.Tab{ID: 8}})
	last = (*asked)[len(*asked)-1]
	assert.Equal(t, []protocol.Place{place}, last.Places, "without a site, the usual places")
}

func TestCompare(t *testing.T) {
	b := paired(t)
	asked := recordSearches(b, 3)
	b.press("quote:9:5")
	b.press("compare")
	assert.Equal(t, "Telegram", (*asked)[len(*asked)-1].Query)
	assert.Equal(t, "Telegram", b.node("search").Value)
	assert.Len(t, b.node("offers").Children, 3)
}

// A popup closes when something else is clicked, and the browser may stop the worker at any
// time. Neither loses the person's place.
func TestSessionOutlivesPopupAndWorker(t *testing.T) {
	stops := map[string]func(*fakeBrowser){
		"the popup": func(b *fakeBrowser) { b.closePopup() },
		"the worker": func(b *fakeBrowser) {
			b.closePopup()
			b.startWorker(core.Event{})
		},
	}
	for name, stop := range stops {
		t.Run(name, func(t *testing.T) {
			b := paired(t)
			b.daemon.on(protocol.OrderQuote, func(json.RawMessage) (any, error) {
				return protocol.Quote{Intent: protocol.Intent{ID: "i1", Price: naira(550), ExpiresAt: b.now.Add(5 * time.Minute)}}, nil
			})
			b.act(view.Action{Do: view.DoSearch, Text: "tele"})
			stop(b)
			b.openPopup()
			assert.Equal(t, "tele", b.node("search").Value)
			b.press("quote:9:5")
			stop(b)
			b.openPopup()
			assert.True(t, b.shows("buy"))
			b.now = b.now.Add(3 * time.Minute)
			stop(b)
			b.openPopup()
			assert.False(t, b.shows("buy"), "after a while it opens with what matters most")
			assert.Empty(t, b.node("search").Value)
		})
	}
}

func TestNextWorkerRequestsTheQuoteAgain(t *testing.T) {
	b := paired(t)
	b.daemon.unanswered = protocol.OrderQuote
	b.press("quote:9:5")
	b.daemon.unanswered = ""
	b.startWorker(core.Event{})
	b.send(core.Event{Kind: core.PageOpened, Page: popup, PageName: "popup"})
	b.act(view.Action{Do: view.DoOpen, Text: "again", Tab: &view.Tab{ID: tabID, Origin: siteOrigin, Host: "site.test"}})
	assert.True(t, b.shows("buy"))
	assert.Equal(t, 2, b.daemon.calls[protocol.OrderQuote])
}

// An action that was sent just when a worker ended is done by the next one, unless connecting
// takes too long.
func TestActionWhileConnecting(t *testing.T) {
	for late, bought := range map[time.Duration]int{time.Second: 1, 5 * time.Second: 0} {
		b := paired(t)
		b.daemon.on(protocol.OrderQuote, func(json.RawMessage) (any, error) {
			return protocol.Quote{Intent: protocol.Intent{ID: "i1", Price: naira(550), ExpiresAt: b.now.Add(5 * time.Minute)}}, nil
		})
		b.press("quote:9:5")
		b.daemon.neverAccepts = true
		b.startWorker(core.Event{})
		b.send(core.Event{Kind: core.PageOpened, Page: popup, PageName: "popup"})
		b.act(view.Action{Do: view.DoOpen, Text: "again", Tab: &view.Tab{ID: tabID, Origin: siteOrigin, Host: "site.test"}})
		b.act(view.Action{Do: view.DoBuy})
		assert.Zero(t, b.daemon.calls[protocol.OrderBuy])
		b.now = b.now.Add(late)
		b.send(core.Event{Kind: core.SocketOpened, Socket: b.socket})
		require.True(t, b.shows("balance"))
		assert.Equal(t, bought, b.daemon.calls[protocol.OrderBuy], late)
	}
}

func TestReopenedPageKeepsItsPlace(t *testing.T) {
	b := paired(t)
	b.act(view.Action{Do: view.DoSection, Section: view.SectionOrders})
	b.act(view.Action{Do: view.DoSearch, Text: "803"})
	b.now = b.now.Add(time.Hour)
	b.startWorker(core.Event{})
	b.send(core.Event{Kind: core.PageOpened, Page: popup, PageName: "popup"})
	b.act(view.Action{Do: view.DoOpen, Text: "again", Tab: &view.Tab{ID: tabID, Origin: siteOrigin, Host: "site.test"}})
	assert.True(t, b.node("tab-orders").Current)
	assert.Equal(t, "803", b.node("search").Value)
}

func TestViewIsCachedForTheNextPopup(t *testing.T) {
	b := paired(t)
	require.NotNil(t, b.cachedView)
	assert.Equal(t, siteOrigin, b.cachedView.Origin)
	assert.NotNil(t, find(b.cachedView.SameSite.Nodes, "quote:9:5"))
	assert.True(t, find(b.cachedView.SameSite.Nodes, "quote:9:5").Disabled)
	assert.NotNil(t, find(b.cachedView.SameSite.Nodes, "stale"))
	assert.Nil(t, find(b.cachedView.Skeleton.Nodes, "quote:9:5"), "another site gets no proposals from the cache")
	b.act(view.Action{Do: view.DoForget})
	assert.Nil(t, b.cachedView, "forgetting the pairing clears the cache")
}

func TestNotifications(t *testing.T) {
	for name, c := range map[string]struct {
		arrange func(*fakeBrowser)
		want    int
	}{
		"no open page":   {func(*fakeBrowser) {}, 1},
		"a page is open": {func(b *fakeBrowser) { b.openPopup() }, 0},
		"the daemon notifies": {func(b *fakeBrowser) {
			b.daemon.snapshot.ShowsNotifications = true
			b.dropConnection(1006)
			b.advance(time.Second)
		}, 0},
		"not allowed":            {func(b *fakeBrowser) { b.send(core.Event{Kind: core.PermissionsChanged}) }, 0},
		"switched off":           {func(b *fakeBrowser) { b.act(view.Action{Do: view.DoNotify}) }, 0},
		"off and on":             {func(b *fakeBrowser) { b.act(view.Action{Do: view.DoNotify}); b.act(view.Action{Do: view.DoNotify}) }, 1},
		"the worker was stopped": {func(b *fakeBrowser) { b.dropConnection(1006); b.startWorker(core.Event{}) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := paired(t)
			b.notificationsAllowed = true
			b.send(core.Event{Kind: core.PermissionsChanged, NotificationsAllowed: true})
			b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
			b.closePopup()
			c.arrange(b)
			b.pushChange(protocol.Change{Order: receivedOrder()})
			b.pushChange(protocol.Change{Order: receivedOrder()})
			if b.daemon.conn == nil {
				b.send(core.Event{Kind: core.TimerFired})
			}
			require.Len(t, b.notifications, c.want)
			for _, n := range b.notifications {
				raw, err := json.Marshal(n)
				require.NoError(t, err)
				assert.NotContains(t, string(raw), "481902", "others may see the screen")
			}
		})
	}
}

func TestManualFill(t *testing.T) {
	b := paired(t)
	b.pages = phonePage()
	b.act(view.Action{Do: view.DoAutoFill})
	require.True(t, b.preferences.ManualFill)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.act(view.Action{Do: view.DoFillNumber, OrderID: "o1"})
	b.pages = codePage()
	fills := len(b.fills)
	b.pushChange(protocol.Change{Order: receivedOrder()})
	b.send(core.Event{Kind: core.TabChanged, Tab: tabID})
	assert.Len(t, b.fills, fills)
	b.act(view.Action{Do: view.DoFillCode, OrderID: "o1"})
	assert.Len(t, b.fills, fills+1, "a click fills it")
}
