package core_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/core"
	"github.com/logspanel/companion/wasm/internal/fields"
	"github.com/logspanel/companion/wasm/internal/view"
)

const frameAt = "https://frame.test"

// framed is a page with a frame of another site; pages are what the browser lets be seen
// of it.
func framed(pages ...fields.Page) []fields.Page {
	top := fields.Page{Origin: siteAt, Frames: []fields.Frame{{Origin: frameAt, Name: "verify", W: 400, H: 200}}}
	for i := range pages {
		pages[i].Frame, pages[i].Origin = 4+i, frameAt
	}
	return append([]fields.Page{top}, pages...)
}

func TestACodeInAFrameOfAnotherSiteTakesAClick(t *testing.T) {
	w := bound(t)
	w.pages = framed()
	w.change(protocol.Change{Order: received()})
	assert.Empty(t, w.fills)
	w.open()
	require.True(t, w.shows("code-frames-0"))
	assert.Equal(t, "https://frame.test/*", w.node("code-frames-0").Ask)
	w.press("code-frames-0")
	assert.Empty(t, w.fills, "the browser has not asked yet")
	w.pages = framed(codePage()...)
	w.allow("https://frame.test/*")
	require.Len(t, w.fills, 1)
	assert.Equal(t, 4, w.fills[0].Frame)
	assert.True(t, w.shows("code-filled"))
}

func TestAFrameThatCanBeReachedTakesAClickToo(t *testing.T) {
	w := bound(t)
	w.pages = framed(codePage()...)
	w.change(protocol.Change{Order: received()})
	w.open()
	assert.Empty(t, w.fills)
	w.press("fill-code")
	assert.Empty(t, w.fills, "the page was named, not its frame")
	w.press("code-frames-0")
	assert.Len(t, w.fills, 1)
}

func TestTheCodeFollowsTheNumberIntoItsFrame(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.press("order:o1")
	w.pages = framed(phonePage()...)
	w.press("fill-number")
	assert.Empty(t, w.fills)
	w.press("number-frames-0")
	require.Len(t, w.fills, 1)
	w.close()
	w.pages = framed(codePage()...)
	w.change(protocol.Change{Order: received()})
	assert.Len(t, w.fills, 2, "by itself, in that frame of that page")

	other := bound(t)
	other.pages = framed(codePage()...)
	other.pages[0].Origin = "https://evil.test"
	other.change(protocol.Change{Order: received()})
	assert.Empty(t, other.fills)
}

func TestAFirefoxAsksForTheSiteOfTheNumber(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.press("order:o1")
	assert.Empty(t, w.node("fill-number").Ask)
	w.origin = "moz-extension://1f0b6c62-6a67-4b6e-9d0e-3a6f6f1f7c11"
	w.worker(core.Event{})
	w.open()
	assert.Equal(t, "https://site.test/*", w.node("fill-number").Ask)
}

func TestAFieldThatThePersonPointsAt(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.close()
	require.Len(t, w.menu, 1)
	at := &view.Tab{ID: theTab, Origin: siteAt, Host: "site.test"}
	point := func() {
		a := w.menu[0].Action
		a.Tab = at
		w.act(a)
	}
	nameless := fields.Field{Ref: 3, Kind: fields.Input, Type: "text", Visibility: fields.Shown, W: 200, H: 30, Focused: true}
	w.pages = []fields.Page{{Origin: siteAt, Fields: append(phonePage()[0].Fields, nameless)}}
	point()
	require.Len(t, w.fills, 1)
	assert.Equal(t, 3, w.fills[0].Steps[0].Ref, "not the field that looks like one")

	w.change(protocol.Change{Order: received()})
	w.fills = nil
	point()
	require.Len(t, w.fills, 1)
	assert.Equal(t, "481902", w.fills[0].Steps[0].Value)
	assert.Zero(t, w.popups)

	w.pages[0].Fields[1].Focused = false
	point()
	assert.Len(t, w.fills, 1)
	assert.Equal(t, 1, w.popups, "which says that there is no field")
}

func TestAFieldPointedAtIsRemembered(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.close()
	point := func(label string) {
		w.pages = []fields.Page{{Origin: siteAt, Fields: append(phonePage()[0].Fields, fields.Field{
			Ref: 3, ID: "x" + label, Kind: fields.Input, Type: "text", Label: label, Visibility: fields.Shown, W: 200, H: 30, Focused: true,
		})}}
		a := w.menu[0].Action
		a.Tab = &view.Tab{ID: theTab, Origin: siteAt, Host: "site.test"}
		w.act(a)
	}
	point("")
	point("Line")
	w.worker(core.Event{})
	w.open()
	w.pages[0].Fields[1].Focused, w.pages[0].Fields[1].ID = false, "drawn anew"
	w.press("fill-number")
	require.Len(t, w.fills, 3)
	assert.Equal(t, 3, w.fills[2].Steps[0].Ref)

	w.pages[0].Origin = "https://other.test"
	w.over("https://other.test")
	w.press("fill-number")
	assert.Equal(t, 1, w.fills[3].Steps[0].Ref, "each site has its own")

	w.act(view.Action{Do: view.DoUnlearn})
	w.pages[0].Origin = siteAt
	w.open()
	w.press("fill-number")
	assert.Equal(t, 1, w.fills[4].Steps[0].Ref)
	assert.Empty(t, w.lessons)
}

func TestLessonsAreBounded(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	for i := range 310 {
		w.now = w.now.Add(time.Second)
		at := "https://site" + strconv.Itoa(i) + ".test"
		w.pages = []fields.Page{{Origin: at, Fields: []fields.Field{{Ref: 1, Name: "n", Kind: fields.Input, Type: "text", Visibility: fields.Shown, W: 200, H: 30, Focused: true}}}}
		a := w.menu[0].Action
		a.Tab = &view.Tab{ID: theTab, Origin: at}
		w.act(a)
	}
	assert.Len(t, w.lessons, 300)
	assert.NotContains(t, w.lessons, "site9.test")
	assert.Contains(t, w.lessons, "site309.test")
}

func TestTheKeyFillsWhatTheTabWaitsFor(t *testing.T) {
	press := func(w *world, origin string) {
		w.act(view.Action{Do: view.DoFill, Tab: &view.Tab{ID: theTab, Origin: origin, Host: "site.test"}})
	}
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.close()
	w.pages = phonePage()
	press(w, siteAt)
	require.Len(t, w.fills, 1)
	w.pages = nil // nobody may look at the page when the code comes
	w.change(protocol.Change{Order: received()})
	w.pages = codePage()
	press(w, siteAt)
	require.Len(t, w.fills, 2)
	assert.Equal(t, "481902", w.fills[1].Steps[0].Value)
	press(w, "https://other.test")
	assert.Len(t, w.fills, 2)
	assert.Equal(t, 1, w.popups, "over another site the popup names what goes where")
}

func TestACodeThatIsBoundToASiteGoesNowhereElse(t *testing.T) {
	bindTo := func(site, frame string) *protocol.Order {
		o := received()
		o.Received.Site, o.Received.Frame = site, frame
		return o
	}
	other := bound(t)
	other.change(protocol.Change{Order: bindTo("bank.test", "")})
	assert.Empty(t, other.fills)
	other.open()
	assert.Equal(t, []view.Arg{{Plain: "bank.test"}, {Plain: "site.test"}}, other.node("code-filled").Text.Args)
	other.press("fill-code")
	assert.Empty(t, other.fills, "nor by a click")

	own := bound(t)
	own.change(protocol.Change{Order: bindTo("site.test", "")})
	assert.Len(t, own.fills, 1)

	framedOnly := bound(t)
	framedOnly.pages[0].Frames = framed()[0].Frames
	framedOnly.change(protocol.Change{Order: bindTo("site.test", "frame.test")})
	assert.Empty(t, framedOnly.fills, "it is for a frame in the page")
	framedOnly.open()
	framedOnly.pages = framed(codePage()...)
	framedOnly.press("code-frames-0")
	require.Len(t, framedOnly.fills, 1)
	assert.Equal(t, 4, framedOnly.fills[0].Frame)
}

func TestAPageThatGoesOnAtOnceGivesNoAnswer(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.press("order:o1")
	w.pages, w.gone = phonePage(), core.Fill
	w.press("fill-number")
	w.close()
	w.pages, w.gone = codePage(), core.Describe
	w.change(protocol.Change{Order: received()})
	require.Len(t, w.fills, 1, "the page was gone before it was looked at")
	w.gone = core.Fill
	w.tell(core.Event{Kind: core.TabChanged, Tab: theTab})
	require.Len(t, w.fills, 2, "the number's page was bound all the same")
	w.gone = ""
	w.tell(core.Event{Kind: core.TabChanged, Tab: theTab})
	assert.Len(t, w.fills, 2, "a code is filled by itself once")
}

func TestWhatAPersonTypedStays(t *testing.T) {
	w := bound(t)
	w.pages[0].Fields[0].Value = "1234"
	w.change(protocol.Change{Order: received()})
	assert.Empty(t, w.fills)
	w.open()
	w.press("fill-code")
	assert.Len(t, w.fills, 1, "but for a click")
}

func TestThePopupMakesRoomForAFill(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.press("order:o1")
	w.pages, w.stubborn = phonePage(), true
	w.press("fill-number")
	assert.Empty(t, w.fills, "the popup has the keyboard")
	w.pass(time.Second)
	require.Len(t, w.fills, 1, "it does not close, and nobody waits for ever")

	w.stubborn, w.kept = false, false
	w.press("fill-number")
	assert.Len(t, w.fills, 2)
	assert.Equal(t, 1, w.popups, "there is something to say")
}

func TestNoPageIsWatchedForEver(t *testing.T) {
	w := bound(t)
	w.pages = phonePage()
	w.change(protocol.Change{Order: received()})
	require.True(t, w.watched)
	w.pass(11 * time.Minute)
	assert.False(t, w.watched)
	w.pages = codePage()
	w.tell(core.Event{Kind: core.TabChanged, Tab: theTab})
	assert.Empty(t, w.fills)
}

func TestTheReportSaysWhatWasWeighed(t *testing.T) {
	w := bound(t)
	w.pages = codePage()
	w.change(protocol.Change{Order: received()})
	w.tell(core.Event{Kind: core.PageOpened, Page: popup, Name: "options"})
	report := w.node("report")
	require.NotNil(t, report)
	assert.Regexp(t, `(?m)^weighed: \d+ for 1 in frame 0: 100 one-time-code, 60 its label says verification code`, report.Value)
}
