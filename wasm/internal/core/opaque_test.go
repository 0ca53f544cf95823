package core_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/core"
	"github.com/logspanel/companion/wasm/internal/fields"
	"github.com/logspanel/companion/wasm/internal/view"
)

// What is sandboxed is of no site, wherever its address is from.
const noSite = "null"

// within is a page of an origin with a code's field in a frame of another.
func within(top, frame string) []fields.Page {
	inner := codePage()[0]
	inner.Frame, inner.Origin = 4, frame
	return []fields.Page{{Origin: top, Frames: []fields.Frame{{Origin: frame, Name: "verify", W: 400, H: 200}}}, inner}
}

func TestNoCodeGoesIntoAnOpaqueFrame(t *testing.T) {
	for _, frame := range []string{noSite, "", "file://", "about:blank"} {
		t.Run(frame, func(t *testing.T) {
			w := bound(t)
			w.pages = within(siteAt, frame)
			w.change(protocol.Change{Order: received()})
			assert.Empty(t, w.fills, "by itself")
			w.open()
			w.press("fill-code")
			assert.Empty(t, w.fills, "by a click")
			assert.False(t, w.shows("code-frames-0"), "no frame to be named")
			w.act(view.Action{Do: view.DoFillCode, OrderID: "o1", Frame: frame})
			assert.Empty(t, w.fills, "by naming it")
		})
	}
}

// An opaque page is no site's, and no other opaque page is the same.
func TestNoCodeGoesIntoAnOpaquePage(t *testing.T) {
	for _, frame := range []string{noSite, siteAt} {
		w := bound(t)
		w.pages = within(noSite, frame)
		w.change(protocol.Change{Order: received()})
		assert.Empty(t, w.fills)
		w.open()
		w.press("fill-code")
		assert.Empty(t, w.fills)
		assert.Contains(t, w.shown(), "page_opaque")
	}
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.press("order:o1")
	w.pages = phonePage()
	w.pages[0].Origin = noSite
	w.press("fill-number")
	assert.Empty(t, w.fills)
	assert.NotContains(t, w.session, `"origin":"null"`, "nothing is bound to it")
	w.act(view.Action{Do: view.DoOpen, Tab: &view.Tab{ID: theTab, Origin: noSite}})
	w.press("fill-number")
	assert.Empty(t, w.fills, "nor is it what a popup can be over")
}

// A binding of an earlier version may name an opaque origin.
func TestABindingToAnOpaqueOriginIsToNothing(t *testing.T) {
	for bound, top := range map[string]string{`{"tab":7,"origin":"null"}`: noSite, `{"tab":7,"origin":"https://site.test","frame":"null"}`: siteAt} {
		w := paired(t)
		w.close()
		w.session = `{"bindings":{"o1":` + bound + `}}`
		w.worker(core.Event{})
		w.pages = within(top, noSite)
		w.change(protocol.Change{Order: received()})
		w.tell(core.Event{Kind: core.TabChanged, Tab: theTab, Origin: siteAt})
		assert.Empty(t, w.fills, bound)
	}
}

func TestAPointedFieldInAnOpaqueFrame(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.close()
	w.pages = within(siteAt, noSite)
	w.pages[1].Fields[0].Focused = true
	point := w.menu[0].Action
	point.Tab, point.FrameID = &view.Tab{ID: theTab, Origin: siteAt, Host: "site.test"}, 4
	w.act(point)
	assert.Empty(t, w.fills)
	assert.Empty(t, w.lessons, "and nothing is learned of it")
	assert.Equal(t, 1, w.popups, "which says why")
	w.open()
	assert.Contains(t, w.shown(), "page_opaque")

	w.pages[1].Origin = siteAt // a frame that the page wrote itself
	w.act(point)
	require.Len(t, w.fills, 1)
	assert.Equal(t, 4, w.fills[0].Frame)
	assert.Equal(t, siteAt, w.fills[0].Origin)
}
