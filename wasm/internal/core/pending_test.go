package core_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/core"
	"github.com/logspanel/companion/wasm/internal/view"
)

const frameSites = "https://frame.test/*"

// asking is a popup in which the person has named a frame, which the browser asks about.
func asking(t *testing.T) *world {
	w := bound(t)
	w.pages = framed()
	w.change(protocol.Change{Order: received()})
	w.open()
	w.press("code-frames-0")
	require.Empty(t, w.fills)
	w.pages = framed(codePage()...)
	return w
}

// What a click asked for is filled once the browser gives its permission, and by nothing
// else that happens to permissions.
func TestOnlyThePermissionThatWasAskedForWakesAClick(t *testing.T) {
	for name, happens := range map[string]func(*world){
		"a permission is taken back":     func(w *world) { w.tell(core.Event{Kind: core.Allowed, Sites: w.sites}) },
		"notifications are switched on":  func(w *world) { w.tell(core.Event{Kind: core.Allowed, Notify: true}) },
		"another site is allowed":        func(w *world) { w.allow("https://other.test/*") },
		"it is allowed too late":         func(w *world) { w.pass(31 * time.Second); w.allow(frameSites) },
		"the tab has moved on":           func(w *world) { w.navigate("https://other.test"); w.navigate(siteAt); w.allow(frameSites) },
		"nobody says what the tab shows": func(w *world) { w.navigate(""); w.allow(frameSites) },
		"the tab is closed":              func(w *world) { w.tell(core.Event{Kind: core.TabClosed, Tab: theTab}); w.allow(frameSites) },
		"the worker is another":          func(w *world) { w.worker(core.Event{}); w.allow(frameSites) },
	} {
		t.Run(name, func(t *testing.T) {
			w := asking(t)
			happens(w)
			assert.Empty(t, w.fills)
			w.tell(core.Event{Kind: core.Allowed, Notify: true, Sites: w.sites})
			assert.Empty(t, w.fills)
		})
	}
	w := asking(t)
	w.navigate(siteAt)
	w.pass(10 * time.Second)
	w.allow(frameSites)
	assert.Len(t, w.fills, 1, "the same site, in time")
	w.allow(frameSites)
	assert.Len(t, w.fills, 1, "once")
}

// A page that could not be looked into is not filled hours later, whatever it is then.
func TestAClickWithoutAccessIsOver(t *testing.T) {
	w := bound(t)
	w.pages = nil
	w.change(protocol.Change{Order: received()})
	w.open()
	w.press("fill-code")
	require.True(t, w.shows("code-filled"), "there is no access")
	w.close()
	w.pass(3 * time.Hour)
	w.pages = codePage()
	w.pages[0].Origin = "https://evil.test"
	w.tell(core.Event{Kind: core.Allowed, Notify: true})
	w.allow("https://evil.test/*")
	assert.Empty(t, w.fills)
}

// A worker in which a click waits hears of the tab.
func TestAWaitingClickKeepsTheWorkerAwake(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Order: received()})
	w.press("order:o1")
	w.pages = framed()
	w.press("fill-code")
	w.press("code-frames-0")
	w.close()
	w.alive(true)
	w.pass(time.Minute)
	w.alive(false)
}

func (w *world) alive(want bool) {
	w.t.Helper()
	on := false
	for _, e := range w.effects {
		if e.Do == core.Alive {
			on = e.On
		}
	}
	assert.Equal(w.t, want, on)
}

// A click is for the site that the person saw.
func TestATabThatMovedOnIsNotFilled(t *testing.T) {
	for key, order := range map[string]*protocol.Order{"fill-number": ref(waitingOrder()), "fill-code": received()} {
		t.Run(key, func(t *testing.T) {
			w := paired(t)
			w.change(protocol.Change{Order: order})
			w.press("order:o1")
			w.pages = append(phonePage(), codePage()...)
			w.pages[0].Fields = append(w.pages[0].Fields, w.pages[1].Fields...)
			w.pages = w.pages[:1]
			w.pages[0].Origin = "https://evil.test"
			w.press(key)
			assert.Empty(t, w.fills, "the popup names site.test")
			assert.Contains(t, w.shown(), "tab_left")
			assert.NotContains(t, w.shown(), "waits_bound")
			w.pages[0].Origin, w.pages[0].Document = siteAt, "d1"
			w.press(key)
			require.Len(t, w.fills, 1)
			assert.Equal(t, "d1", w.fills[0].Document)
			assert.Equal(t, siteAt, w.fills[0].Origin)
			assert.Equal(t, siteAt, w.fills[0].Top)
		})
	}
}

func TestKeyAndMenuAreForTheSiteTheyWereUsedOn(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.close()
	w.pages = phonePage()
	w.pages[0].Fields[0].Focused = true
	w.pages[0].Origin = "https://evil.test"
	at := &view.Tab{ID: theTab, Origin: siteAt, Host: "site.test"}
	w.act(view.Action{Do: view.DoFill, Tab: at})
	menu := w.menu[0].Action
	menu.Tab = at
	w.act(menu)
	assert.Empty(t, w.fills)
	w.pages[0].Origin = siteAt
	w.act(menu)
	assert.Len(t, w.fills, 1)
}

// A page that answers a look after a minute is not the one that the person has in mind.
func TestALookThatTakesTooLongFillsNothing(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.press("order:o1")
	w.pages, w.gone = phonePage(), core.Describe
	w.press("fill-number")
	request := w.effects[len(w.effects)-1].Request
	for _, e := range w.effects {
		if e.Do == core.Describe {
			request = e.Request
		}
	}
	w.pass(time.Minute)
	w.tell(core.Event{Kind: core.Described, Request: request, Pages: w.pages})
	assert.Empty(t, w.fills)
}

func (w *world) navigate(origin string) {
	w.tell(core.Event{Kind: core.TabChanged, Tab: theTab, Origin: origin})
}
