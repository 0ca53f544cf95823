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

// searches makes the daemon find total offers, and gives what it was asked.
func searches(w *world, total int) *[]protocol.Search {
	asked := new([]protocol.Search)
	w.daemon.answer(protocol.OfferSearch, func(raw json.RawMessage) (any, error) {
		var s protocol.Search
		require.NoError(w.t, json.Unmarshal(raw, &s))
		*asked = append(*asked, s)
		found := protocol.Offers{Total: total, Offset: s.Offset}
		for i := s.Offset; i < min(total, s.Offset+s.Limit); i++ {
			found.Offers = append(found.Offers, protocol.Offer{ServiceID: fmt.Sprint(i), ServiceName: "Telegram", CountryID: "9", Price: naira(500), Available: 1})
		}
		return found, nil
	})
	return asked
}

func TestALongListIsReadInParts(t *testing.T) {
	w := paired(t)
	asked := searches(w, 10_000)
	w.act(view.Action{Do: view.DoSearch, Text: "tele"})
	list := w.node("offers")
	assert.Len(t, list.Children, view.ReachSize)
	assert.Equal(t, 10_000, list.Total)

	look := *list.Action
	look.First = 5_000
	w.act(look)
	assert.Equal(t, 4_980, w.node("offers").First)
	assert.True(t, w.shows("quote:9:5000"))
	assert.Equal(t, 4_980, (*asked)[len(*asked)-1].Offset)

	w.press("quote:9:5000")
	w.press("back")
	assert.True(t, w.shows("quote:9:5000"), "the list is where it was")
	w.act(view.Action{Do: view.DoSearch, Text: "telegram"})
	assert.Zero(t, w.node("offers").First, "another search begins at its beginning")
}

// A person who is about to press a row presses that row.
func TestNothingMovesWhilePricesCome(t *testing.T) {
	w := paired(t)
	id := "1"
	w.daemon.answer(protocol.OfferSearch, func(json.RawMessage) (any, error) {
		return protocol.Offers{Total: 1, Offers: []protocol.Offer{{CountryID: id, ServiceID: "5", Price: naira(500), Available: 1}}}, nil
	})
	w.act(view.Action{Do: view.DoSearch, Text: "tele"})
	id = "2"
	w.change(protocol.Change{Catalog: true})
	assert.True(t, w.shows("quote:2:5"), "just after the search nobody has aimed yet")
	w.now = w.now.Add(2 * time.Second)
	id = "3"
	w.change(protocol.Change{Catalog: true})
	assert.True(t, w.shows("quote:2:5"))
	w.press("fresher")
	assert.True(t, w.shows("quote:3:5"))
	assert.False(t, w.shows("fresher"))
}

func TestFavouritesAndRecents(t *testing.T) {
	w := paired(t)
	w.daemon.answer(protocol.OrderQuote, func(json.RawMessage) (any, error) {
		return protocol.Quote{Intent: protocol.Intent{ID: "i1", Journal: "j1", CountryID: "9", ServiceID: "5", Price: naira(550)}}, nil
	})
	w.daemon.answer(protocol.OrderBuy, func(json.RawMessage) (any, error) {
		return protocol.Intent{ID: "i1", State: protocol.IntentBought, CountryID: "9", ServiceID: "5"}, nil
	})
	w.press("quote:9:5")
	w.press("favour")
	assert.True(t, w.node("favour").Current)
	w.press("buy")
	place := protocol.Place{CountryID: "9", ServiceID: "5"}
	require.NotNil(t, w.habits)
	assert.Equal(t, view.Habits{Favourites: []protocol.Place{place}, Recents: []protocol.Place{place}}, *w.habits)

	w.close()
	w.session = ""
	w.worker(core.Event{}) // the browser was started again
	asked := searches(w, 1)
	w.open()
	last := (*asked)[len(*asked)-1]
	assert.Equal(t, []protocol.Place{place, {CountryID: "9"}}, last.Prefer, "the favourite, then the country used last")
	w.act(view.Action{Do: view.DoOpen, Tab: &view.Tab{ID: 8}})
	last = (*asked)[len(*asked)-1]
	assert.Equal(t, []protocol.Place{place}, last.Places, "over no site, what is usual")
}

func TestCompare(t *testing.T) {
	w := paired(t)
	asked := searches(w, 3)
	w.press("quote:9:5")
	w.press("compare")
	assert.Equal(t, "Telegram", (*asked)[len(*asked)-1].Query)
	assert.Equal(t, "Telegram", w.node("search").Value)
	assert.Len(t, w.node("offers").Children, 3)
}

// A popup closes as soon as something else is clicked, and its worker when the browser
// likes: neither loses where the person was.
func TestAVisitOutlivesPopupAndWorker(t *testing.T) {
	stops := map[string]func(*world){
		"the popup": func(w *world) { w.close() },
		"the worker": func(w *world) {
			w.close()
			w.worker(core.Event{})
		},
	}
	for name, stop := range stops {
		t.Run(name, func(t *testing.T) {
			w := paired(t)
			w.daemon.answer(protocol.OrderQuote, func(json.RawMessage) (any, error) {
				return protocol.Quote{Intent: protocol.Intent{ID: "i1", Price: naira(550), ExpiresAt: w.now.Add(5 * time.Minute)}}, nil
			})
			w.act(view.Action{Do: view.DoSearch, Text: "tele"})
			stop(w)
			w.open()
			assert.Equal(t, "tele", w.node("search").Value)
			w.press("quote:9:5")
			stop(w)
			w.open()
			assert.True(t, w.shows("buy"))
			w.now = w.now.Add(3 * time.Minute)
			stop(w)
			w.open()
			assert.False(t, w.shows("buy"), "after a while it opens on what matters")
			assert.Empty(t, w.node("search").Value)
		})
	}
}

func TestAPriceIsAskedForAgainByTheNextWorker(t *testing.T) {
	w := paired(t)
	w.daemon.silent = protocol.OrderQuote
	w.press("quote:9:5")
	w.daemon.silent = ""
	w.worker(core.Event{})
	w.tell(core.Event{Kind: core.PageOpened, Page: popup, Name: "popup"})
	w.act(view.Action{Do: view.DoOpen, Text: "again", Tab: &view.Tab{ID: theTab, Origin: siteAt, Host: "site.test"}})
	assert.True(t, w.shows("buy"))
	assert.Equal(t, 2, w.daemon.asked[protocol.OrderQuote])
}

// What is pressed just when a worker has ended is done by the next one; but not what was
// pressed long before there is a connection again.
func TestWhatIsPressedWhileConnecting(t *testing.T) {
	for late, bought := range map[time.Duration]int{time.Second: 1, 5 * time.Second: 0} {
		w := paired(t)
		w.daemon.answer(protocol.OrderQuote, func(json.RawMessage) (any, error) {
			return protocol.Quote{Intent: protocol.Intent{ID: "i1", Price: naira(550), ExpiresAt: w.now.Add(5 * time.Minute)}}, nil
		})
		w.press("quote:9:5")
		w.daemon.deaf = true
		w.worker(core.Event{})
		w.tell(core.Event{Kind: core.PageOpened, Page: popup, Name: "popup"})
		w.act(view.Action{Do: view.DoOpen, Text: "again", Tab: &view.Tab{ID: theTab, Origin: siteAt, Host: "site.test"}})
		w.act(view.Action{Do: view.DoBuy})
		assert.Zero(t, w.daemon.asked[protocol.OrderBuy])
		w.now = w.now.Add(late)
		w.tell(core.Event{Kind: core.Opened, Socket: w.socket})
		require.True(t, w.shows("balance"))
		assert.Equal(t, bought, w.daemon.asked[protocol.OrderBuy], late)
	}
}

func TestAPageThatWasOpenGoesOnWhereItWas(t *testing.T) {
	w := paired(t)
	w.act(view.Action{Do: view.DoSection, Section: view.SectionOrders})
	w.act(view.Action{Do: view.DoSearch, Text: "803"})
	w.now = w.now.Add(time.Hour)
	w.worker(core.Event{})
	w.tell(core.Event{Kind: core.PageOpened, Page: popup, Name: "popup"})
	w.act(view.Action{Do: view.DoOpen, Text: "again", Tab: &view.Tab{ID: theTab, Origin: siteAt, Host: "site.test"}})
	assert.True(t, w.node("tab-orders").Current)
	assert.Equal(t, "803", w.node("search").Value)
}

func TestTheNextPopupHasSomethingToShowAtOnce(t *testing.T) {
	w := paired(t)
	require.NotNil(t, w.glance)
	assert.Equal(t, siteAt, w.glance.Origin)
	assert.NotNil(t, find(w.glance.Here.Nodes, "quote:9:5"))
	assert.True(t, find(w.glance.Here.Nodes, "quote:9:5").Disabled)
	assert.NotNil(t, find(w.glance.Here.Nodes, "stale"))
	assert.Nil(t, find(w.glance.Frame.Nodes, "quote:9:5"), "over another site")
	w.act(view.Action{Do: view.DoForget})
	assert.Nil(t, w.glance, "nothing is remembered of a daemon that was left")
}

func TestNotifications(t *testing.T) {
	for name, c := range map[string]struct {
		arrange func(*world)
		want    int
	}{
		"nobody looks":             {func(*world) {}, 1},
		"a page is open":           {func(w *world) { w.open() }, 0},
		"the daemon does":          {func(w *world) { w.daemon.snapshot.ShowsNotifications = true; w.drop(1006); w.pass(time.Second) }, 0},
		"not allowed":              {func(w *world) { w.tell(core.Event{Kind: core.Allowed}) }, 0},
		"switched off":             {func(w *world) { w.act(view.Action{Do: view.DoNotify}) }, 0},
		"off and on":               {func(w *world) { w.act(view.Action{Do: view.DoNotify}); w.act(view.Action{Do: view.DoNotify}) }, 1},
		"the worker was not there": {func(w *world) { w.drop(1006); w.worker(core.Event{}) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := paired(t)
			w.notify = true
			w.tell(core.Event{Kind: core.Allowed, Notify: true})
			w.change(protocol.Change{Order: ref(waitingOrder())})
			w.close()
			c.arrange(w)
			w.change(protocol.Change{Order: received()})
			w.change(protocol.Change{Order: received()})
			if w.daemon.conn == nil {
				w.tell(core.Event{Kind: core.Woken})
			}
			require.Len(t, w.notices, c.want)
			for _, n := range w.notices {
				raw, err := json.Marshal(n)
				require.NoError(t, err)
				assert.NotContains(t, string(raw), "481902", "others may see the screen")
			}
		})
	}
}

func TestCodesByHand(t *testing.T) {
	w := paired(t)
	w.pages = phonePage()
	w.act(view.Action{Do: view.DoAutoFill})
	require.True(t, w.habits.ByHand)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.act(view.Action{Do: view.DoFillNumber, OrderID: "o1"})
	w.pages = codePage()
	fills := len(w.fills)
	w.change(protocol.Change{Order: received()})
	w.tell(core.Event{Kind: core.TabChanged, Tab: theTab})
	assert.Len(t, w.fills, fills)
	w.act(view.Action{Do: view.DoFillCode, OrderID: "o1"})
	assert.Len(t, w.fills, fills+1, "a click fills it")
}
