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

const siteSites = "https://site.test/*"

// forgetful is a browser that has to be asked for a number's site, and was.
func forgetful(t *testing.T) *world {
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.origin = "moz-extension://1f0b6c62-6a67-4b6e-9d0e-3a6f6f1f7c11"
	w.worker(core.Event{})
	w.open()
	w.pages = phonePage()
	w.press("fill-number")
	w.allow(siteSites)
	w.close()
	require.Len(t, w.fills, 1)
	require.Equal(t, []string{siteSites}, w.sites, "the code needs it")
	w.pages, w.fills = codePage(), nil
	return w
}

func TestASitePermissionGoesWithItsOrder(t *testing.T) {
	for name, c := range map[string]struct {
		ends  func(*world)
		fills int
	}{
		"the code is filled":           {func(w *world) { w.change(protocol.Change{Order: received()}) }, 1},
		"the order is over":            {func(w *world) { w.change(protocol.Change{Order: ref(over())}) }, 0},
		"the tab is closed":            {func(w *world) { w.tell(core.Event{Kind: core.TabClosed, Tab: theTab}) }, 0},
		"the browser was closed":       {func(w *world) { w.session = ""; w.worker(core.Event{}) }, 0},
		"the field never came":         {func(w *world) { w.pages = nil; w.change(protocol.Change{Order: received()}); w.pass(11 * time.Minute) }, 0},
		"the person wants it back now": {func(w *world) { w.act(view.Action{Do: view.DoGiveBack, Text: siteSites}) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := forgetful(t)
			w.worker(core.Event{}) // which remembers the order's page, and what was asked for
			w.pass(time.Minute)
			require.Equal(t, []string{siteSites}, w.sites)
			c.ends(w)
			assert.Empty(t, w.sites)
			assert.Len(t, w.fills, c.fills)
			assert.Equal(t, 1, w.did(core.GiveBack))
		})
	}
}

func over() protocol.Order {
	o := waitingOrder()
	o.State = protocol.OrderRefunded
	return o
}

// The permission is there until the page has taken what is typed by it.
func TestASitePermissionOutlastsTheFill(t *testing.T) {
	w := forgetful(t)
	w.gone = core.Fill
	w.change(protocol.Change{Order: received()})
	require.Len(t, w.fills, 1)
	assert.Equal(t, []string{siteSites}, w.sites)
}

func TestASitePermissionThatAnotherOrderNeedsStays(t *testing.T) {
	w := forgetful(t)
	second := waitingOrder()
	second.ID = "o2"
	w.change(protocol.Change{Order: &second})
	w.open()
	w.pages = phonePage()
	w.act(view.Action{Do: view.DoFillNumber, OrderID: "o2"})
	w.change(protocol.Change{Order: ref(over())})
	assert.Equal(t, []string{siteSites}, w.sites)
	gone := over()
	gone.ID = "o2"
	w.change(protocol.Change{Order: &gone})
	assert.Empty(t, w.sites)
}

// What the person allowed by themselves is not the extension's to give back.
func TestAPersonsOwnPermissionStays(t *testing.T) {
	w := asking(t)
	w.allow("https://other.test/*")
	w.allow(frameSites)
	require.Len(t, w.fills, 1)
	assert.Equal(t, []string{"https://other.test/*"}, w.sites)

	own := bound(t)
	own.sites = []string{frameSites}
	own.worker(core.Event{})
	own.pages = framed(codePage()...)
	own.change(protocol.Change{Order: received()})
	own.open()
	own.press("code-frames-0")
	require.Len(t, own.fills, 1)
	assert.Equal(t, []string{frameSites}, own.sites, "it stood before the click")
}

// A yes that comes when nobody waits for it any more.
func TestALatePermissionIsGivenBack(t *testing.T) {
	w := asking(t)
	w.close()
	w.pass(time.Minute)
	w.allow(frameSites)
	assert.Empty(t, w.sites)
	assert.Empty(t, w.fills)
}

func TestTheSettingsListWhatStands(t *testing.T) {
	w := paired(t)
	w.close()
	w.allow("https://other.test/*")
	w.tell(core.Event{Kind: core.PageOpened, Page: popup, Name: "options"})
	w.press("give-back:https://other.test/*")
	assert.Empty(t, w.sites)
	assert.False(t, w.shows("give-back:https://other.test/*"))
}
