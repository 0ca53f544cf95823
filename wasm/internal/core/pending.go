package core

import (
	"slices"
	"time"

	"github.com/logspanel/companion/wasm/internal/view"
)

// clickLasts is how long a click may still be answered: as long as a person takes to read
// the browser's question, and not until they have other things in mind.
const clickLasts = 30 * time.Second

// click describes the page that the person wants to have filled. It takes the place of
// the click before.
func (c *Core) click(r request) {
	r.byHand, r.until = true, c.state.Now.Add(clickLasts)
	c.pending = nil
	c.noteAsked(r.ask)
	c.describe(r)
}

// asked is the site permission that a button of the popup asks the browser for, when it
// is clicked.
func (c *Core) asked(a view.Action) string {
	switch {
	case a.Frame != "":
		return view.SitePattern(a.Frame)
	case a.Do == view.DoFillNumber && c.state.Forgetful:
		return view.SitePattern(c.state.Tab.Origin)
	}
	return ""
}

// over reports that a request comes from a click that was too long ago.
func (c *Core) over(r request) bool { return r.byHand && c.state.Now.After(r.until) }

// await keeps a click while the browser asks the person whether the extension may reach
// the site that it was for.
func (c *Core) await(r request) {
	if r.ask != "" && !c.over(r) {
		c.pending = &r
		c.wake(r.until.Sub(c.state.Now) + time.Second)
	}
}

func (c *Core) expireClick() {
	if c.pending != nil && c.over(*c.pending) {
		c.pending = nil
	}
}

// allowed goes on where the browser gave no access before: with the click that asked for
// one of the site permissions that were added, and with the codes that wait for their page.
func (c *Core) allowed(added []string) {
	if len(added) == 0 {
		return
	}
	var clicks []request
	if p := c.pending; p != nil && slices.Contains(added, p.ask) {
		c.pending = nil
		clicks = append(clicks, *p)
	}
	for id, r := range c.requests { // looked at too early
		if r.kind == Describe && r.byHand && slices.Contains(added, r.ask) {
			delete(c.requests, id)
			clicks = append(clicks, r)
		}
	}
	for _, r := range clicks {
		c.describe(r)
	}
	for id := range c.bindings {
		if !c.state.Habits.ByHand {
			c.fillBound(id)
		}
	}
}
