package core_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/core"
	"github.com/logspanel/companion/wasm/internal/fields"
	"github.com/logspanel/companion/wasm/internal/view"
)

const frameOrigin = "https://frame.test"

// framedPage returns a page with a cross-site frame; pages are the parts that the browser
// allows the extension to see.
func framedPage(pages ...fields.Page) []fields.Page {
	top := fields.Page{Origin: siteOrigin, Frames: []fields.Frame{{Origin: frameOrigin, Name: "verify", W: 400, H: 200}}}
	for i := range pages {
		pages[i].Frame, pages[i].Origin = 4+i, frameOrigin
	}
	return append([]fields.Page{top}, pages...)
}

func TestCodeInCrossSiteFrameNeedsAClick(t *testing.T) {
	b := withNumberFilled(t)
	b.pages = framedPage()
	b.pushChange(protocol.Change{Order: receivedOrder()})
	assert.Empty(t, b.fills)
	b.openPopup()
	require.True(t, b.shows("code-frames-0"))
	assert.Equal(t, "https://frame.test/*", b.node("code-frames-0").Permission)
	b.press("code-frames-0")
	assert.Empty(t, b.fills, "the browser has not asked yet")
	b.pages = framedPage(codePage()...)
	b.grant("https://frame.test/*")
	require.Len(t, b.fills, 1)
	assert.Equal(t, 4, b.fills[0].Frame)
	assert.True(t, b.shows("code-filled"))
}

func TestAccessibleFrameNeedsAClickToo(t *testing.T) {
	b := withNumberFilled(t)
	b.pages = framedPage(codePage()...)
	b.pushChange(protocol.Change{Order: receivedOrder()})
	b.openPopup()
	assert.Empty(t, b.fills)
	b.press("fill-code")
	assert.Empty(t, b.fills, "the person chose the page, not its frame")
	b.press("code-frames-0")
	assert.Len(t, b.fills, 1)
}

func TestCodeIsFilledIntoTheFrameOfTheNumber(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.press("order:o1")
	b.pages = framedPage(phonePage()...)
	b.press("fill-number")
	assert.Empty(t, b.fills)
	b.press("number-frames-0")
	require.Len(t, b.fills, 1)
	b.closePopup()
	b.pages = framedPage(codePage()...)
	b.pushChange(protocol.Change{Order: receivedOrder()})
	assert.Len(t, b.fills, 2, "automatically, in that frame of that page")

	other := withNumberFilled(t)
	other.pages = framedPage(codePage()...)
	other.pages[0].Origin = "https://evil.test"
	other.pushChange(protocol.Change{Order: receivedOrder()})
	assert.Empty(t, other.fills)
}

func TestFirefoxRequestsTheSitePermission(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.press("order:o1")
	assert.Empty(t, b.node("fill-number").Permission)
	b.origin = "moz-extension://1f0b6c62-6a67-4b6e-9d0e-3a6f6f1f7c11"
	b.startWorker(core.Event{})
	b.openPopup()
	assert.Equal(t, "https://site.test/*", b.node("fill-number").Permission)
}

func TestFieldChosenByThePerson(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.closePopup()
	require.Len(t, b.menu, 1)
	at := &view.Tab{ID: tabID, Origin: siteOrigin, Host: "site.test"}
	point := func() {
		a := b.menu[0].Action
		a.Tab = at
		b.act(a)
	}
	nameless := fields.Field{Ref: 3, Kind: fields.Input, Type: "text", Visibility: fields.Shown, W: 200, H: 30, Focused: true}
	b.pages = []fields.Page{{Origin: siteOrigin, Fields: append(phonePage()[0].Fields, nameless)}}
	point()
	require.Len(t, b.fills, 1)
	assert.Equal(t, 3, b.fills[0].Steps[0].Ref, "the chosen field, not the one that looks like a phone field")

	b.pushChange(protocol.Change{Order: receivedOrder()})
	b.fills = nil
	point()
	require.Len(t, b.fills, 1)
	assert.Equal(t, "481902", b.fills[0].Steps[0].Value)
	assert.Zero(t, b.popups)

	b.pages[0].Fields[1].Focused = false
	point()
	assert.Len(t, b.fills, 1)
	assert.Equal(t, 1, b.popups, "the popup says that there is no field")
}

func TestChosenFieldIsRemembered(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.closePopup()
	point := func(label string) {
		b.pages = []fields.Page{{Origin: siteOrigin, Fields: append(phonePage()[0].Fields, fields.Field{
			Ref: 3, ID: "x" + label, Kind: fields.Input, Type: "text", Label: label, Visibility: fields.Shown, W: 200, H: 30, Focused: true,
		})}}
		a := b.menu[0].Action
		a.Tab = &view.Tab{ID: tabID, Origin: siteOrigin, Host: "site.test"}
		b.act(a)
	}
	point("")
	point("Line")
	b.startWorker(core.Event{})
	b.openPopup()
	b.pages[0].Fields[1].Focused, b.pages[0].Fields[1].ID = false, "rerendered"
	b.press("fill-number")
	require.Len(t, b.fills, 3)
	assert.Equal(t, 3, b.fills[2].Steps[0].Ref)

	b.pages[0].Origin = "https://other.test"
	b.openPopupOver("https://other.test")
	b.press("fill-number")
	assert.Equal(t, 1, b.fills[3].Steps[0].Ref, "each site has its own override")

	b.act(view.Action{Do: view.DoClearOverrides})
	b.pages[0].Origin = siteOrigin
	b.openPopup()
	b.press("fill-number")
	assert.Equal(t, 1, b.fills[4].Steps[0].Ref)
	assert.Empty(t, b.overrides)
}

func TestFieldOverridesAreBounded(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	for i := range 310 {
		b.now = b.now.Add(time.Second)
		at := "https://site" + strconv.Itoa(i) + ".test"
		b.pages = []fields.Page{{Origin: at, Fields: []fields.Field{{Ref: 1, Name: "n", Kind: fields.Input, Type: "text", Visibility: fields.Shown, W: 200, H: 30, Focused: true}}}}
		a := b.menu[0].Action
		a.Tab = &view.Tab{ID: tabID, Origin: at}
		b.act(a)
	}
	assert.Len(t, b.overrides, 300)
	assert.NotContains(t, b.overrides, "site9.test")
	assert.Contains(t, b.overrides, "site309.test")
}

func TestShortcutFillsWhatTheTabWaitsFor(t *testing.T) {
	press := func(b *fakeBrowser, origin string) {
		b.act(view.Action{Do: view.DoFillTab, Tab: &view.Tab{ID: tabID, Origin: origin, Host: "site.test"}})
	}
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.closePopup()
	b.pages = phonePage()
	press(b, siteOrigin)
	require.Len(t, b.fills, 1)
	b.pages = nil // the page is inaccessible when the code arrives
	b.pushChange(protocol.Change{Order: receivedOrder()})
	b.pages = codePage()
	press(b, siteOrigin)
	require.Len(t, b.fills, 2)
	assert.Equal(t, "481902", b.fills[1].Steps[0].Value)
	press(b, "https://other.test")
	assert.Len(t, b.fills, 2)
	assert.Equal(t, 1, b.popups, "on another site the popup opens instead")
}

func TestBoundCodeIsFilledOnlyOnItsSite(t *testing.T) {
	bindTo := func(site, frame string) *protocol.Order {
		o := receivedOrder()
		o.Received.Site, o.Received.Frame = site, frame
		return o
	}
	other := withNumberFilled(t)
	other.pushChange(protocol.Change{Order: bindTo("bank.test", "")})
	assert.Empty(t, other.fills)
	other.openPopup()
	assert.Equal(t, []view.Arg{{Plain: "bank.test"}, {Plain: "site.test"}}, other.node("code-filled").Text.Args)
	other.press("fill-code")
	assert.Empty(t, other.fills, "not even by a click")

	own := withNumberFilled(t)
	own.pushChange(protocol.Change{Order: bindTo("site.test", "")})
	assert.Len(t, own.fills, 1)

	framedOnly := withNumberFilled(t)
	framedOnly.pages[0].Frames = framedPage()[0].Frames
	framedOnly.pushChange(protocol.Change{Order: bindTo("site.test", "frame.test")})
	assert.Empty(t, framedOnly.fills, "the code is only for a frame in the page")
	framedOnly.openPopup()
	framedOnly.pages = framedPage(codePage()...)
	framedOnly.press("code-frames-0")
	require.Len(t, framedOnly.fills, 1)
	assert.Equal(t, 4, framedOnly.fills[0].Frame)
}

func TestPageThatNavigatesDuringAFill(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.press("order:o1")
	b.pages, b.ignores = phonePage(), core.Fill
	b.press("fill-number")
	b.closePopup()
	b.pages, b.ignores = codePage(), core.Describe
	b.pushChange(protocol.Change{Order: receivedOrder()})
	require.Len(t, b.fills, 1, "only the number, because the page did not describe itself")
	b.ignores = core.Fill
	b.send(core.Event{Kind: core.TabChanged, Tab: tabID})
	require.Len(t, b.fills, 2, "the order was bound to the tab anyway")
	b.ignores = ""
	b.send(core.Event{Kind: core.TabChanged, Tab: tabID})
	assert.Len(t, b.fills, 2, "a code is filled automatically only once")
}

func TestTextTypedByThePersonStays(t *testing.T) {
	b := withNumberFilled(t)
	b.pages[0].Fields[0].Value = "1234"
	b.pushChange(protocol.Change{Order: receivedOrder()})
	assert.Empty(t, b.fills)
	b.openPopup()
	b.press("fill-code")
	assert.Len(t, b.fills, 1, "a click overwrites it")
}

func TestPopupClosesForAFill(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.press("order:o1")
	b.pages, b.popupStays = phonePage(), true
	b.press("fill-number")
	assert.Empty(t, b.fills, "the popup has the keyboard focus")
	b.advance(time.Second)
	require.Len(t, b.fills, 1, "the fill runs even if the popup stays open")

	b.popupStays, b.accepts = false, false
	b.press("fill-number")
	assert.Len(t, b.fills, 2)
	assert.Equal(t, 1, b.popups, "the popup opens to explain")
}

func TestWatchingAPageEnds(t *testing.T) {
	b := withNumberFilled(t)
	b.pages = phonePage()
	b.pushChange(protocol.Change{Order: receivedOrder()})
	require.True(t, b.watched)
	b.advance(11 * time.Minute)
	assert.False(t, b.watched)
	b.pages = codePage()
	b.send(core.Event{Kind: core.TabChanged, Tab: tabID})
	assert.Empty(t, b.fills)
}

func TestReportListsFillCandidates(t *testing.T) {
	b := withNumberFilled(t)
	b.pages = codePage()
	b.pushChange(protocol.Change{Order: receivedOrder()})
	b.send(core.Event{Kind: core.PageOpened, Page: popup, PageName: "options"})
	report := b.node("report")
	require.NotNil(t, report)
	assert.Regexp(t, `(?m)^weighed: \d+ for 1 in frame 0: 100 one-time-code, 60 its label says verification code`, report.Value)
}

// The region of the number outranks the country it was bought in. Both are tried.
func TestCountryOfANumber(t *testing.T) {
	page := phonePage()
	page[0].Fields[0].Ref, page[0].Fields[0].Y = 2, 50
	countries := fields.Field{Ref: 1, Kind: fields.Select, Label: "Country", Visibility: fields.Shown, W: 200, H: 30}
	for _, region := range []string{"CA", "US", "JM"} {
		countries.Options = append(countries.Options, fields.Option{Value: region + " 1", Text: "+1", Region: region})
	}
	page[0].Fields = append([]fields.Field{countries}, page[0].Fields...)
	for region, want := range map[string]int{"CA": 0, "US": 1, "PR": 1, "": 1} {
		t.Run(region, func(t *testing.T) {
			b := paired(t)
			b.press("quote:9:5")
			o := waitingOrder()
			o.Number, o.CallingCode, o.CountryName, o.CountryShort = "+14165550123", "1", "United States", "us"
			o.Phone = protocol.Number{E164: o.Number, CallingCode: "1", SharedCode: true, Digits: "4165550123", National: "(416) 555-0123", Region: region}
			b.pushChange(protocol.Change{Order: &o})
			b.press("buy")
			b.pages = page
			b.press("fill-number")
			require.Len(t, b.fills, 1)
			require.Len(t, b.fills[0].Steps, 2)
			assert.Equal(t, want, b.fills[0].Steps[0].Option)
			assert.Equal(t, "4165550123", b.fills[0].Steps[1].Value)
		})
	}
}

func TestPageThatWantsSomethingElse(t *testing.T) {
	app := codePage()
	app[0].Fields[0].Label = "Enter the code from your authenticator app"
	for _, c := range []struct {
		pages    []fields.Page
		received bool
		said     string
	}{
		{app, true, "wants_app_code"},
		{phonePage(), true, "wants_number"},
		{app, false, "wants_app_code"},
		{codePage(), false, "wants_code"},
	} {
		b := paired(t)
		b.pages = c.pages
		b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
		if c.received {
			b.pushChange(protocol.Change{Order: receivedOrder()})
		}
		b.openPopup()
		b.act(view.Action{Do: view.DoOrder, OrderID: "o1"})
		fill, key := view.DoFillNumber, "number-filled"
		if c.received {
			fill, key = view.DoFillCode, "code-filled"
		}
		b.act(view.Action{Do: fill, OrderID: "o1"})
		assert.Empty(t, b.fills)
		if said := b.node(key); assert.NotNil(t, said, c.said) && assert.Len(t, said.Children, 2, c.said) {
			assert.Equal(t, c.said, said.Children[0].Text.Key)
		}
		b.send(core.Event{Kind: core.PageOpened, Page: popup, PageName: "options"})
		assert.Contains(t, b.node("report").Value, "\npage wants: "+strings.TrimPrefix(c.said, "wants_")+"\n")
	}
}
