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

// A sandboxed page belongs to no site, whatever its address is.
const opaqueOrigin = "null"

// pageWithFrame returns a page of one origin with a code field in a frame of another.
func pageWithFrame(top, frame string) []fields.Page {
	inner := codePage()[0]
	inner.Frame, inner.Origin = 4, frame
	return []fields.Page{{Origin: top, Frames: []fields.Frame{{Origin: frame, Name: "verify", W: 400, H: 200}}}, inner}
}

func TestOpaqueFrameIsNotFilled(t *testing.T) {
	for _, frame := range []string{opaqueOrigin, "", "file://", "about:blank"} {
		t.Run(frame, func(t *testing.T) {
			b := withNumberFilled(t)
			b.pages = pageWithFrame(siteOrigin, frame)
			b.pushChange(protocol.Change{Order: receivedOrder()})
			assert.Empty(t, b.fills, "not automatically")
			b.openPopup()
			b.press("fill-code")
			assert.Empty(t, b.fills, "not by a click")
			assert.False(t, b.shows("code-frames-0"), "no frame to choose")
			b.act(view.Action{Do: view.DoFillCode, OrderID: "o1", Frame: frame})
			assert.Empty(t, b.fills, "not by choosing the frame")
		})
	}
}

// An opaque page belongs to no site, and no two opaque pages are the same.
func TestOpaquePageIsNotFilled(t *testing.T) {
	for _, frame := range []string{opaqueOrigin, siteOrigin} {
		b := withNumberFilled(t)
		b.pages = pageWithFrame(opaqueOrigin, frame)
		b.pushChange(protocol.Change{Order: receivedOrder()})
		assert.Empty(t, b.fills)
		b.openPopup()
		b.press("fill-code")
		assert.Empty(t, b.fills)
		assert.Contains(t, b.shownJSON(), "page_opaque")
	}
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.press("order:o1")
	b.pages = phonePage()
	b.pages[0].Origin = opaqueOrigin
	b.press("fill-number")
	assert.Empty(t, b.fills)
	assert.NotContains(t, b.session, `"origin":"null"`, "nothing is bound to it")
	b.act(view.Action{Do: view.DoOpen, Tab: &view.Tab{ID: tabID, Origin: opaqueOrigin}})
	b.press("fill-number")
	assert.Empty(t, b.fills, "not from a popup over it either")
}

// A binding stored by an earlier version may contain an opaque origin.
func TestBindingToOpaqueOriginIsIgnored(t *testing.T) {
	for bound, top := range map[string]string{`{"tab":7,"origin":"null"}`: opaqueOrigin, `{"tab":7,"origin":"https://site.test","frame":"null"}`: siteOrigin} {
		b := paired(t)
		b.closePopup()
		b.session = `{"bindings":{"o1":` + bound + `}}`
		b.startWorker(core.Event{})
		b.pages = pageWithFrame(top, opaqueOrigin)
		b.pushChange(protocol.Change{Order: receivedOrder()})
		b.send(core.Event{Kind: core.TabChanged, Tab: tabID, Origin: siteOrigin})
		assert.Empty(t, b.fills, bound)
	}
}

func TestChosenFieldInOpaqueFrame(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.closePopup()
	b.pages = pageWithFrame(siteOrigin, opaqueOrigin)
	b.pages[1].Fields[0].Focused = true
	point := b.menu[0].Action
	point.Tab, point.FrameID = &view.Tab{ID: tabID, Origin: siteOrigin, Host: "site.test"}, 4
	b.act(point)
	assert.Empty(t, b.fills)
	assert.Empty(t, b.overrides, "no override is saved")
	assert.Equal(t, 1, b.popups, "the popup says why")
	b.openPopup()
	assert.Contains(t, b.shownJSON(), "page_opaque")

	b.pages[1].Origin = siteOrigin // a frame that the page wrote itself
	b.act(point)
	require.Len(t, b.fills, 1)
	assert.Equal(t, 4, b.fills[0].Frame)
	assert.Equal(t, siteOrigin, b.fills[0].Origin)
}
