package core

import (
	"slices"
	"time"

	"github.com/logspanel/companion/wasm/internal/view"
)

// clickTimeout is how long a click may still be answered: as long as a person takes to read
// the browser's question, and not until they have other things in mind.
const clickTimeout = 30 * time.Second

// startClick describes the page that the person wants to have filled. It takes the place of
// the click before.
func (c *Core) startClick(r request) {
	r.manual, r.expires = true, c.state.Now.Add(clickTimeout)
	c.pendingClick = nil
	c.noteRequestedSite(r.permission)
	c.describe(r)
}

// permissionToAsk is the site permission that a button of the popup asks the browser for, when it
// is clicked.
func (c *Core) permissionToAsk(a view.Action) string {
	switch {
	case a.Frame != "":
		return view.SitePattern(a.Frame)
	case a.Do == view.DoFillNumber && c.state.NeedsSitePermission:
		return view.SitePattern(c.state.Tab.Origin)
	}
	return ""
}

// clickExpired reports that a request comes from a click that was too long ago.
func (c *Core) clickExpired(r request) bool { return r.manual && c.state.Now.After(r.expires) }

// awaitPermission keeps a click while the browser asks the person whether the extension may reach
// the site that it was for.
func (c *Core) awaitPermission(r request) {
	if r.permission != "" && !c.clickExpired(r) {
		c.pendingClick = &r
		c.wake(r.expires.Sub(c.state.Now) + time.Second)
	}
}

func (c *Core) expireClick() {
	if c.pendingClick != nil && c.clickExpired(*c.pendingClick) {
		c.pendingClick = nil
	}
}

// permissionsChanged goes on where the browser gave no access before: with the click that asked for
// one of the site permissions that were added, and with the codes that wait for their page.
func (c *Core) permissionsChanged(added []string) {
	if len(added) == 0 {
		return
	}
	var clicks []request
	if p := c.pendingClick; p != nil && slices.Contains(added, p.permission) {
		c.pendingClick = nil
		clicks = append(clicks, *p)
	}
	for id, r := range c.requests { // looked at too early
		if r.kind == Describe && r.manual && slices.Contains(added, r.permission) {
			delete(c.requests, id)
			clicks = append(clicks, r)
		}
	}
	for _, r := range clicks {
		c.describe(r)
	}
	for id := range c.bindings {
		if !c.state.Preferences.ManualFill {
			c.fillBound(id)
		}
	}
}
