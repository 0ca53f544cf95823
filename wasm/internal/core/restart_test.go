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

// lastEffect returns the last effect of a kind.
func (b *fakeBrowser) lastEffect(kind core.EffectKind) (last core.Effect) {
	for _, e := range b.effects {
		if e.Do == kind {
			last = e
		}
	}
	return last
}

// A run ignores answers to requests of an earlier run of the same worker.
func TestRunIgnoresAnswersToAnEarlierRun(t *testing.T) {
	b := paired(t)
	b.pages, b.ignores = codePage(), core.Describe
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.act(view.Action{Do: view.DoFillNumber, OrderID: "o1"})
	asked, socket := b.lastEffect(core.Describe), b.socket
	require.NotZero(t, asked.Request)

	b.startWorker(core.Event{Run: 1})
	b.openPopup()
	require.True(t, b.shows("balance"))
	b.act(view.Action{Do: view.DoFillNumber, OrderID: "o1"})
	assert.NotEqual(t, asked.Request, b.lastEffect(core.Describe).Request)
	b.send(core.Event{Kind: core.Described, Request: asked.Request, Pages: phonePage()})
	assert.Empty(t, b.fills, "the answer is for the earlier run")
	b.send(core.Event{Kind: core.SocketClosed, Socket: socket, CloseCode: 1006})
	b.send(core.Event{Kind: core.FrameReceived, Socket: socket, Frame: []byte("late")})
	assert.True(t, b.node("balance") != nil && !b.shows("stale"), "the connection is ready")
}

// Each start resets what the browser keeps while no worker runs.
func TestStartResetsWhatTheBrowserKept(t *testing.T) {
	b := newFakeBrowser(t)
	b.effects = nil
	b.startWorker(core.Event{})
	assert.Equal(t, 1, b.count(core.ShowMenu), "entries of an earlier run would stay")
	assert.Equal(t, 1, b.count(core.KeepAlive), "an earlier run's alarm would never stop")
	assert.Equal(t, 1, b.count(core.ShowIcon))
	b.effects = nil
	b.send(core.Event{Kind: core.TimerFired})
	assert.Empty(t, b.effects)
}

// A purchase and a binding outlive a run that crashed.
func TestRunContinuesTheEarlierRun(t *testing.T) {
	b := paired(t)
	b.daemon.unanswered = protocol.OrderBuy
	b.press("quote:9:5")
	b.press("buy")
	b.daemon.unanswered = ""
	b.startWorker(core.Event{Run: 1, Interrupted: true})
	b.openPopup()
	assert.Equal(t, 2, b.daemon.calls[protocol.OrderBuy], "the same intent is confirmed again")

	b.pages = phonePage()
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.act(view.Action{Do: view.DoFillNumber, OrderID: "o1"})
	b.closePopup()
	b.pages, b.fills = codePage(), nil
	b.startWorker(core.Event{Run: 2})
	b.pushChange(protocol.Change{Order: receivedOrder()})
	require.Len(t, b.fills, 1, "the code goes to the bound tab")
}

// After a crash that may have lost an action, the popup says so until the next action.
func TestInterruptionIsShown(t *testing.T) {
	crash := view.Crash{At: start, Event: "acted", Cause: "index out of range", Where: "core.(*Core).quote purchase.go:17"}
	b := paired(t)
	b.startWorker(core.Event{Run: 1, Crashes: []view.Crash{crash}})
	b.openPopup()
	assert.False(t, b.shows("interrupted"), "no page was open")
	b.startWorker(core.Event{Run: 2, Crashes: []view.Crash{crash, crash}, Interrupted: true})
	b.openPopup()
	b.act(view.Action{Do: view.DoOpen, Text: "again", Tab: &view.Tab{ID: tabID, Origin: siteOrigin, Host: "site.test"}})
	require.True(t, b.shows("interrupted"), "it stays once the connection is ready")
	b.press("interrupted-dismiss")
	assert.False(t, b.shows("interrupted"))
}

// The session keeps digits that JavaScript would round.
func TestSessionKeepsEveryDigit(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Wallet: &protocol.Wallet{Balance: money.Money{Minor: math.MaxInt64, Currency: "NGN"}, At: start.Add(time.Minute)}})
	assert.Contains(t, b.session, "9223372036854775807")
	b.daemon.down = true
	b.startWorker(core.Event{})
	b.openPopup()
	assert.Equal(t, "92233720368547758.07", b.node("balance").Text.Args[0].Money.Decimal)
}
