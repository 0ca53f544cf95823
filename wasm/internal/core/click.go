package core

import (
	"slices"
	"time"

	"github.com/logspanel/companion/wasm/internal/view"
)

// clickTimeout is how long a click stays valid: long enough to read the browser's permission
// prompt, but too short for the person to have moved on to something else.
const clickTimeout = 30 * time.Second

// startClick starts a manual fill: it asks the tab to describe its page. It replaces the previous
// click.
func (f *filler) startClick(r request) {
	r.manual, r.expires = true, f.state.Now.Add(clickTimeout)
	f.pendingClick = nil
	f.noteRequestedSite(r.permission)
	f.describe(r)
}

// permissionToAsk returns the site permission that the popup's button also asks the browser for,
// or "" if it asks for none.
func (f *filler) permissionToAsk(a view.Action) string {
	switch {
	case a.Frame != "":
		return view.SitePattern(a.Frame)
	case a.Do == view.DoFillNumber && f.state.NeedsSitePermission:
		return view.SitePattern(f.state.Tab.Origin)
	}
	return ""
}

// clickExpired reports whether a request comes from a click that is too old.
func (f *filler) clickExpired(r request) bool { return r.manual && f.state.Now.After(r.expires) }

// awaitPermission keeps a click while the browser asks the person whether the extension may access
// the site.
func (f *filler) awaitPermission(r request) {
	if r.permission != "" && !f.clickExpired(r) {
		f.pendingClick = &r
		f.startTimer(r.expires.Sub(f.state.Now) + time.Second)
	}
}

func (f *filler) expireClick() {
	if f.pendingClick != nil && f.clickExpired(*f.pendingClick) {
		f.pendingClick = nil
	}
}

// permissionsChanged retries what lacked access: the click that asked for one of the added site
// permissions, and the codes that wait for their page.
func (f *filler) permissionsChanged(added []string) {
	if len(added) == 0 {
		return
	}
	var clicks []request
	if p := f.pendingClick; p != nil && slices.Contains(added, p.permission) {
		f.pendingClick = nil
		clicks = append(clicks, *p)
	}
	for id, r := range f.requests { // sent before the permission was granted
		if r.kind == Describe && r.manual && slices.Contains(added, r.permission) {
			delete(f.requests, id)
			clicks = append(clicks, r)
		}
	}
	for _, r := range clicks {
		f.describe(r)
	}
	for id := range f.bindings {
		if !f.state.Preferences.ManualFill {
			f.fillBound(id)
		}
	}
}
