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

const framePattern = "https://frame.test/*"

// askingForFrame returns a browser that shows a permission prompt, after the person has chosen a
// frame in the popup.
func askingForFrame(t *testing.T) *fakeBrowser {
	b := withNumberFilled(t)
	b.pages = framedPage()
	b.pushChange(protocol.Change{Order: receivedOrder()})
	b.openPopup()
	b.press("code-frames-0")
	require.Empty(t, b.fills)
	b.pages = framedPage(codePage()...)
	return b
}

// A click that waits for a permission fills once that permission is granted, and not after any
// other change of permissions.
func TestOnlyTheRequestedPermissionResumesAClick(t *testing.T) {
	for name, happens := range map[string]func(*fakeBrowser){
		"a permission is taken back":    func(b *fakeBrowser) { b.send(core.Event{Kind: core.PermissionsChanged, AllowedSites: b.sites}) },
		"notifications are switched on": func(b *fakeBrowser) { b.send(core.Event{Kind: core.PermissionsChanged, NotificationsAllowed: true}) },
		"another site is allowed":       func(b *fakeBrowser) { b.grant("https://other.test/*") },
		"it is allowed too late":        func(b *fakeBrowser) { b.advance(31 * time.Second); b.grant(framePattern) },
		"the tab has moved on":          func(b *fakeBrowser) { b.navigate("https://other.test"); b.navigate(siteOrigin); b.grant(framePattern) },
		"the tab's origin is unknown":   func(b *fakeBrowser) { b.navigate(""); b.grant(framePattern) },
		"the tab is closed":             func(b *fakeBrowser) { b.send(core.Event{Kind: core.TabClosed, Tab: tabID}); b.grant(framePattern) },
		"the worker was restarted":      func(b *fakeBrowser) { b.startWorker(core.Event{}); b.grant(framePattern) },
	} {
		t.Run(name, func(t *testing.T) {
			b := askingForFrame(t)
			happens(b)
			assert.Empty(t, b.fills)
			b.send(core.Event{Kind: core.PermissionsChanged, NotificationsAllowed: true, AllowedSites: b.sites})
			assert.Empty(t, b.fills)
		})
	}
	b := askingForFrame(t)
	b.navigate(siteOrigin)
	b.advance(10 * time.Second)
	b.grant(framePattern)
	assert.Len(t, b.fills, 1, "the same site, in time")
	b.grant(framePattern)
	assert.Len(t, b.fills, 1, "once")
}

// A page that was inaccessible at the click is not filled hours later.
func TestClickWithoutAccessEnds(t *testing.T) {
	b := withNumberFilled(t)
	b.pages = nil
	b.pushChange(protocol.Change{Order: receivedOrder()})
	b.openPopup()
	b.press("fill-code")
	require.True(t, b.shows("code-filled"), "there is no access")
	b.closePopup()
	b.advance(3 * time.Hour)
	b.pages = codePage()
	b.pages[0].Origin = "https://evil.test"
	b.send(core.Event{Kind: core.PermissionsChanged, NotificationsAllowed: true})
	b.grant("https://evil.test/*")
	assert.Empty(t, b.fills)
}

// The worker stays awake while a click waits, so that it notices changes of the tab.
func TestWaitingClickKeepsTheWorkerAwake(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Order: receivedOrder()})
	b.press("order:o1")
	b.pages = framedPage()
	b.press("fill-code")
	b.press("code-frames-0")
	b.closePopup()
	b.assertKeptAlive(true)
	b.advance(time.Minute)
	b.assertKeptAlive(false)
}

func (b *fakeBrowser) assertKeptAlive(want bool) {
	b.t.Helper()
	on := false
	for _, e := range b.effects {
		if e.Do == core.KeepAlive {
			on = e.On
		}
	}
	assert.Equal(b.t, want, on)
}

// A click fills only the site that the person saw.
func TestNavigatedTabIsNotFilled(t *testing.T) {
	for key, order := range map[string]*protocol.Order{"fill-number": ptr(waitingOrder()), "fill-code": receivedOrder()} {
		t.Run(key, func(t *testing.T) {
			b := paired(t)
			b.pushChange(protocol.Change{Order: order})
			b.press("order:o1")
			b.pages = append(phonePage(), codePage()...)
			b.pages[0].Fields = append(b.pages[0].Fields, b.pages[1].Fields...)
			b.pages = b.pages[:1]
			b.pages[0].Origin = "https://evil.test"
			b.press(key)
			assert.Empty(t, b.fills, "the popup names site.test")
			assert.Contains(t, b.shownJSON(), "tab_left")
			assert.NotContains(t, b.shownJSON(), "waits_bound")
			b.pages[0].Origin, b.pages[0].Document = siteOrigin, "d1"
			b.press(key)
			require.Len(t, b.fills, 1)
			assert.Equal(t, "d1", b.fills[0].Document)
			assert.Equal(t, siteOrigin, b.fills[0].Origin)
			assert.Equal(t, siteOrigin, b.fills[0].Top)
		})
	}
}

func TestShortcutAndMenuFillOnlyTheSiteTheyWereUsedOn(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.closePopup()
	b.pages = phonePage()
	b.pages[0].Fields[0].Focused = true
	b.pages[0].Origin = "https://evil.test"
	at := &view.Tab{ID: tabID, Origin: siteOrigin, Host: "site.test"}
	b.act(view.Action{Do: view.DoFillTab, Tab: at})
	menu := b.menu[0].Action
	menu.Tab = at
	b.act(menu)
	assert.Empty(t, b.fills)
	b.pages[0].Origin = siteOrigin
	b.act(menu)
	assert.Len(t, b.fills, 1)
}

// A page that describes itself only after a minute may not be the one the person clicked for.
func TestLateDescriptionFillsNothing(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.press("order:o1")
	b.pages, b.ignores = phonePage(), core.Describe
	b.press("fill-number")
	request := b.effects[len(b.effects)-1].Request
	for _, e := range b.effects {
		if e.Do == core.Describe {
			request = e.Request
		}
	}
	b.advance(time.Minute)
	b.send(core.Event{Kind: core.Described, Request: request, Pages: b.pages})
	assert.Empty(t, b.fills)
}

func (b *fakeBrowser) navigate(origin string) {
	b.send(core.Event{Kind: core.TabChanged, Tab: tabID, Origin: origin})
}
