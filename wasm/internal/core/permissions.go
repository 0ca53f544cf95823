package core

import (
	"slices"

	"github.com/logspanel/companion/wasm/internal/view"
)

// maxRequestedSites limits the remembered site permissions that clicks asked for.
const maxRequestedSites = 100

// noteRequestedSite remembers a site permission that a click asks the browser for, so that it can
// be given back. It skips one that is already granted: the person chose that, so only they revoke
// it.
func (f *filler) noteRequestedSite(pattern string) {
	h := &f.state.Preferences
	if pattern == "" || slices.Contains(f.state.AllowedSites, pattern) || slices.Contains(h.RequestedSites, pattern) {
		return
	}
	h.RequestedSites = append(slices.Clone(h.RequestedSites), pattern)
	h.RequestedSites = h.RequestedSites[max(0, len(h.RequestedSites)-maxRequestedSites):]
	f.storePreferences()
}

// revokeUnneededSites gives back the site permissions that a click asked for and that nothing needs
// any more. The list of them survives a restart of the browser, while the bindings don't.
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

// siteNeeded reports whether a pending click needs a site permission, or whether it covers a page or
// frame that waits for a code or is being filled.
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
