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

const sitePattern = "https://site.test/*"

// firefoxWithNumberFilled returns a Firefox, which must grant access to the site first, after
// the number was filled.
func firefoxWithNumberFilled(t *testing.T) *fakeBrowser {
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.origin = "moz-extension://1f0b6c62-6a67-4b6e-9d0e-3a6f6f1f7c11"
	b.startWorker(core.Event{})
	b.openPopup()
	b.pages = phonePage()
	b.press("fill-number")
	b.grant(sitePattern)
	b.closePopup()
	require.Len(t, b.fills, 1)
	require.Equal(t, []string{sitePattern}, b.sites, "the code needs it")
	b.pages, b.fills = codePage(), nil
	return b
}

func TestSitePermissionEndsWithItsOrder(t *testing.T) {
	for name, c := range map[string]struct {
		ends  func(*fakeBrowser)
		fills int
	}{
		"the code is filled":     {func(b *fakeBrowser) { b.pushChange(protocol.Change{Order: receivedOrder()}) }, 1},
		"the order is over":      {func(b *fakeBrowser) { b.pushChange(protocol.Change{Order: ptr(refundedOrder())}) }, 0},
		"the tab is closed":      {func(b *fakeBrowser) { b.send(core.Event{Kind: core.TabClosed, Tab: tabID}) }, 0},
		"the browser was closed": {func(b *fakeBrowser) { b.session = ""; b.startWorker(core.Event{}) }, 0},
		"the field never came": {func(b *fakeBrowser) {
			b.pages = nil
			b.pushChange(protocol.Change{Order: receivedOrder()})
			b.advance(11 * time.Minute)
		}, 0},
		"the person revokes it": {func(b *fakeBrowser) { b.act(view.Action{Do: view.DoRevokeSite, Text: sitePattern}) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := firefoxWithNumberFilled(t)
			b.startWorker(core.Event{}) // the order's page and the requested permission are remembered
			b.advance(time.Minute)
			require.Equal(t, []string{sitePattern}, b.sites)
			c.ends(b)
			assert.Empty(t, b.sites)
			assert.Len(t, b.fills, c.fills)
			assert.Equal(t, 1, b.count(core.RevokeSites))
		})
	}
}

func refundedOrder() protocol.Order {
	o := waitingOrder()
	o.State = protocol.OrderRefunded
	return o
}

// The permission stays until the page has accepted the typed text.
func TestSitePermissionOutlivesTheFill(t *testing.T) {
	b := firefoxWithNumberFilled(t)
	b.ignores = core.Fill
	b.pushChange(protocol.Change{Order: receivedOrder()})
	require.Len(t, b.fills, 1)
	assert.Equal(t, []string{sitePattern}, b.sites)
}

func TestSitePermissionNeededByAnotherOrderStays(t *testing.T) {
	b := firefoxWithNumberFilled(t)
	second := waitingOrder()
	second.ID = "o2"
	b.pushChange(protocol.Change{Order: &second})
	b.openPopup()
	b.pages = phonePage()
	b.act(view.Action{Do: view.DoFillNumber, OrderID: "o2"})
	b.pushChange(protocol.Change{Order: ptr(refundedOrder())})
	assert.Equal(t, []string{sitePattern}, b.sites)
	gone := refundedOrder()
	gone.ID = "o2"
	b.pushChange(protocol.Change{Order: &gone})
	assert.Empty(t, b.sites)
}

// The extension does not revoke permissions that the person granted on their own.
func TestPermissionGrantedByThePersonStays(t *testing.T) {
	b := askingForFrame(t)
	b.grant("https://other.test/*")
	b.grant(framePattern)
	require.Len(t, b.fills, 1)
	assert.Equal(t, []string{"https://other.test/*"}, b.sites)

	own := withNumberFilled(t)
	own.sites = []string{framePattern}
	own.startWorker(core.Event{})
	own.pages = framedPage(codePage()...)
	own.pushChange(protocol.Change{Order: receivedOrder()})
	own.openPopup()
	own.press("code-frames-0")
	require.Len(t, own.fills, 1)
	assert.Equal(t, []string{framePattern}, own.sites, "it was granted before the click")
}

// The person grants the permission after the click has expired.
func TestLatePermissionIsRevoked(t *testing.T) {
	b := askingForFrame(t)
	b.closePopup()
	b.advance(time.Minute)
	b.grant(framePattern)
	assert.Empty(t, b.sites)
	assert.Empty(t, b.fills)
}

func TestSettingsListAllowedSites(t *testing.T) {
	b := paired(t)
	b.closePopup()
	b.grant("https://other.test/*")
	b.send(core.Event{Kind: core.PageOpened, Page: popup, PageName: "options"})
	b.press("give-back:https://other.test/*")
	assert.Empty(t, b.sites)
	assert.False(t, b.shows("give-back:https://other.test/*"))
}
