package core

import (
	"slices"

	"github.com/logspanel/companion/wasm/internal/view"
)

// mostAsked is how many site permissions are remembered as asked for.
const mostAsked = 100

// noteAsked remembers a site permission that a click asks the browser for. What stands
// already was given by the person's own choice, and is theirs to take back.
func (c *Core) noteAsked(pattern string) {
	h := &c.state.Habits
	if pattern == "" || slices.Contains(c.state.Sites, pattern) || slices.Contains(h.Asked, pattern) {
		return
	}
	h.Asked = append(slices.Clone(h.Asked), pattern)
	h.Asked = h.Asked[max(0, len(h.Asked)-mostAsked):]
	c.keepHabits()
}

// giveBack gives back the site permissions that a click asked for and nothing needs any
// more. That outlives the browser, which forgets the bindings when it ends.
func (c *Core) giveBack() {
	var over []string
	for _, pattern := range c.state.Habits.Asked {
		if slices.Contains(c.state.Sites, pattern) && !c.needs(pattern) {
			over = append(over, pattern)
		}
	}
	if len(over) > 0 {
		c.surrender(over...)
	}
}

// surrender gives site permissions back to the browser.
func (c *Core) surrender(patterns ...string) {
	h := &c.state.Habits
	h.Asked = slices.DeleteFunc(slices.Clone(h.Asked), func(p string) bool { return slices.Contains(patterns, p) })
	c.keepHabits()
	c.do(Effect{Do: GiveBack, Sites: patterns})
}

// needs reports that a site permission is for a page or frame that waits for a code, or
// that is being filled.
func (c *Core) needs(pattern string) bool {
	of := func(origins ...string) bool {
		return slices.ContainsFunc(origins, func(origin string) bool { return origin != "" && view.SitePattern(origin) == pattern })
	}
	if c.pending != nil && c.pending.ask == pattern {
		return true
	}
	for _, r := range c.requests {
		if r.kind != Name && (r.ask == pattern || of(r.site, r.frame)) {
			return true
		}
	}
	for _, b := range c.bindings {
		if !b.Done && of(b.Origin, b.Frame) {
			return true
		}
	}
	return false
}
