package core

import (
	"slices"

	"github.com/logspanel/companion/wasm/internal/view"
)

// maxRequestedSites is how many site permissions are remembered as asked for.
const maxRequestedSites = 100

// noteRequestedSite remembers a site permission that a click asks the browser for. What stands
// already was given by the person's own choice, and is theirs to take back.
func (f *filler) noteRequestedSite(pattern string) {
	h := &f.state.Preferences
	if pattern == "" || slices.Contains(f.state.AllowedSites, pattern) || slices.Contains(h.RequestedSites, pattern) {
		return
	}
	h.RequestedSites = append(slices.Clone(h.RequestedSites), pattern)
	h.RequestedSites = h.RequestedSites[max(0, len(h.RequestedSites)-maxRequestedSites):]
	f.storePreferences()
}

// revokeUnneededSites gives back the site permissions that a click asked for and nothing needs any
// more. That outlives the browser, which forgets the bindings when it ends.
func (f *filler) revokeUnneededSites() {
	var unneeded []string
	for _, pattern := range f.state.Preferences.RequestedSites {
		if slices.Contains(f.state.AllowedSites, pattern) && !f.siteNeeded(pattern) {
			unneeded = append(unneeded, pattern)
		}
	}
	if len(unneeded) > 0 {
		f.revokeSites(unneeded...)
	}
}

// revokeSites gives site permissions back to the browser.
func (f *filler) revokeSites(patterns ...string) {
	h := &f.state.Preferences
	h.RequestedSites = slices.DeleteFunc(slices.Clone(h.RequestedSites), func(p string) bool { return slices.Contains(patterns, p) })
	f.storePreferences()
	f.do(Effect{Do: RevokeSites, Sites: patterns})
}

// siteNeeded reports that a site permission is for a page or frame that waits for a code, or
// that is being filled.
func (f *filler) siteNeeded(pattern string) bool {
	of := func(origins ...string) bool {
		return slices.ContainsFunc(origins, func(origin string) bool { return origin != "" && view.SitePattern(origin) == pattern })
	}
	if f.pendingClick != nil && f.pendingClick.permission == pattern {
		return true
	}
	for _, r := range f.requests {
		if r.kind != ReadSiteNames && (r.permission == pattern || of(r.site, r.frame)) {
			return true
		}
	}
	for _, b := range f.bindings {
		if !b.Done && of(b.Origin, b.Frame) {
			return true
		}
	}
	return false
}
