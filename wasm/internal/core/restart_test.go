package core_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/core"
	"github.com/logspanel/companion/wasm/internal/view"
)

// last is the last effect of a kind.
func (w *world) last(kind core.EffectKind) (last core.Effect) {
	for _, e := range w.effects {
		if e.Do == kind {
			last = e
		}
	}
	return last
}

// A run takes no answer for its own that an earlier one of the same worker asked for.
func TestARunIgnoresAnswersToTheLastOne(t *testing.T) {
	w := paired(t)
	w.pages, w.gone = codePage(), core.Describe
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.act(view.Action{Do: view.DoFillNumber, OrderID: "o1"})
	asked, socket := w.last(core.Describe), w.socket
	require.NotZero(t, asked.Request)

	w.worker(core.Event{Run: 1})
	w.open()
	require.True(t, w.shows("balance"))
	w.act(view.Action{Do: view.DoFillNumber, OrderID: "o1"})
	assert.NotEqual(t, asked.Request, w.last(core.Describe).Request)
	w.tell(core.Event{Kind: core.Described, Request: asked.Request, Pages: phonePage()})
	assert.Empty(t, w.fills, "another page was meant")
	w.tell(core.Event{Kind: core.Closed, Socket: socket, Code: 1006})
	w.tell(core.Event{Kind: core.Received, Socket: socket, Frame: []byte("late")})
	assert.True(t, w.node("balance") != nil && !w.shows("stale"), "the connection stands")
}

// What the browser keeps without the worker is brought in line by every start.
func TestAStartSettlesWhatTheBrowserKeeps(t *testing.T) {
	w := newWorld(t)
	w.effects = nil
	w.worker(core.Event{})
	assert.Equal(t, 1, w.did(core.ShowMenu), "entries of an earlier run would stay")
	assert.Equal(t, 1, w.did(core.Alive), "its alarm would go on for ever")
	assert.Equal(t, 1, w.did(core.ShowIcon))
	w.effects = nil
	w.tell(core.Event{Kind: core.Woken})
	assert.Empty(t, w.effects)
}

// A purchase and a binding outlive a run that ended in the middle.
func TestARunGoesOnWhereTheLastOneEnded(t *testing.T) {
	w := paired(t)
	w.daemon.silent = protocol.OrderBuy
	w.press("quote:9:5")
	w.press("buy")
	w.daemon.silent = ""
	w.worker(core.Event{Run: 1, Interrupted: true})
	w.open()
	assert.Equal(t, 2, w.daemon.asked[protocol.OrderBuy], "the same intent is confirmed again")

	w.pages = phonePage()
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.act(view.Action{Do: view.DoFillNumber, OrderID: "o1"})
	w.close()
	w.pages, w.fills = codePage(), nil
	w.worker(core.Event{Run: 2})
	w.change(protocol.Change{Order: received()})
	require.Len(t, w.fills, 1, "the code goes where it was to go")
}

// The person is told of an end they may have lost something by, until they go on.
func TestAnInterruptionIsSaid(t *testing.T) {
	crash := view.Crash{At: start, Event: "acted", Cause: "index out of range", Where: "core.(*Core).quote purchase.go:17"}
	w := paired(t)
	w.worker(core.Event{Run: 1, Crashes: []view.Crash{crash}})
	w.open()
	assert.False(t, w.shows("interrupted"), "nobody was looking")
	w.worker(core.Event{Run: 2, Crashes: []view.Crash{crash, crash}, Interrupted: true})
	w.open()
	w.act(view.Action{Do: view.DoOpen, Text: "again", Tab: &view.Tab{ID: theTab, Origin: siteAt, Host: "site.test"}})
	require.True(t, w.shows("interrupted"), "also after the connection stands")
	w.press("interrupted-dismiss")
	assert.False(t, w.shows("interrupted"))
}

// What is remembered keeps digits that JavaScript would round away.
func TestWhatIsRememberedKeepsEveryDigit(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Wallet: &protocol.Wallet{Balance: money.Money{Minor: math.MaxInt64, Currency: "NGN"}, At: start.Add(time.Minute)}})
	assert.Contains(t, w.session, "9223372036854775807")
	w.daemon.down = true
	w.worker(core.Event{})
	w.open()
	assert.Equal(t, "92233720368547758.07", w.node("balance").Text.Args[0].Money.Decimal)
}
