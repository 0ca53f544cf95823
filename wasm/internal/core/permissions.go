package core

import (
	"slices"

	"github.com/logspanel/companion/wasm/internal/view"
)

// maxRequestedSites is how many site permissions are remembered as asked for.
const maxRequestedSites = 100

// noteRequestedSite remembers a site permission that a click asks the browser for. What stands
// already was given by the person's own choice, and is theirs to take back.
func (c *Core) noteRequestedSite(pattern string) {
	h := &c.state.Preferences
	if pattern == "" || slices.Contains(c.state.AllowedSites, pattern) || slices.Contains(h.RequestedSites, pattern) {
		return
	}
	h.RequestedSites = append(slices.Clone(h.RequestedSites), pattern)
	h.RequestedSites = h.RequestedSites[max(0, len(h.RequestedSites)-maxRequestedSites):]
	c.storePreferences()
}

// revokeUnneededSites gives back the site permissions that a click asked for and nothing needs any
// more. That outlives the browser, which forgets the bindings when it ends.
func (c *Core) revokeUnneededSites() {
	var unneeded []string
	for _, pattern := range c.state.Preferences.RequestedSites {
		if slices.Contains(c.state.AllowedSites, pattern) && !c.siteNeeded(pattern) {
			unneeded = append(unneeded, pattern)
		}
	}
	if len(unneeded) > 0 {
		c.revokeSites(unneeded...)
	}
}

// revokeSites gives site permissions back to the browser.
func (c *Core) revokeSites(patterns ...string) {
	h := &c.state.Preferences
	h.RequestedSites = slices.DeleteFunc(slices.Clone(h.RequestedSites), func(p string) bool { return slices.Contains(patterns, p) })
	c.storePreferences()
	c.do(Effect{Do: RevokeSites, Sites: patterns})
}

// siteNeeded reports that a site permission is for a page or frame that waits for a code, or
// that is being filled.
func (c *Core) siteNeeded(pattern string) bool {
	of := func(origins ...string) bool {
		return slices.ContainsFunc(origins, func(origin string) bool { return origin != "" && view.SitePattern(origin) == pattern })
	}
	if c.pendingClick != nil && c.pendingClick.permission == pattern {
		return true
	}
	for _, r := range c.requests {
		if r.kind != ReadSiteNames && (r.permission == pattern || of(r.site, r.frame)) {
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
