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
func (f *filler) startClick(r request) {
	r.manual, r.expires = true, f.state.Now.Add(clickTimeout)
	f.pendingClick = nil
	f.noteRequestedSite(r.permission)
	f.describe(r)
}

// permissionToAsk is the site permission that a button of the popup asks the browser for, when it
// is clicked.
func (f *filler) permissionToAsk(a view.Action) string {
	switch {
	case a.Frame != "":
		return view.SitePattern(a.Frame)
	case a.Do == view.DoFillNumber && f.state.NeedsSitePermission:
		return view.SitePattern(f.state.Tab.Origin)
	}
	return ""
}

// clickExpired reports that a request comes from a click that was too long ago.
func (f *filler) clickExpired(r request) bool { return r.manual && f.state.Now.After(r.expires) }

// awaitPermission keeps a click while the browser asks the person whether the extension may reach
// the site that it was for.
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

// permissionsChanged goes on where the browser gave no access before: with the click that asked for
// one of the site permissions that were added, and with the codes that wait for their page.
func (f *filler) permissionsChanged(added []string) {
	if len(added) == 0 {
		return
	}
	var clicks []request
	if p := f.pendingClick; p != nil && slices.Contains(added, p.permission) {
		f.pendingClick = nil
		clicks = append(clicks, *p)
	}
	for id, r := range f.requests { // looked at too early
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
