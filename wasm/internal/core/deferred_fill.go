package core

import "time"

// deferredFill is a fill that waits for the popup to close. While the popup is open, the page has
// no keyboard focus and may ignore typed text.
type deferredFill struct {
	fill Effect
	due  time.Time
}

// popupCloseTimeout is how long a popup may take to close.
const popupCloseTimeout = 300 * time.Millisecond

// startFill fills once the popup that requested the fill has closed. It fills at once if there is
// no such popup, or if the popup must stay open for the browser's permission prompt.
func (f *filler) startFill(r request, fill Effect) {
	if r.popup == 0 || f.pages[r.popup] != "popup" || r.frame != "" || r.forNumber() && f.state.NeedsSitePermission {
		f.do(fill)
		return
	}
	r.noPopup = true
	f.requests[fill.Request] = r
	f.deferredFills[r.popup] = deferredFill{fill, f.state.Now.Add(popupCloseTimeout)}
	f.do(Effect{Do: ClosePopup, Page: r.popup})
	f.startTimer(popupCloseTimeout)
}

// runDeferredFill runs the fill that waited for this popup, if any.
func (f *filler) runDeferredFill(page int) {
	if deferred, waits := f.deferredFills[page]; waits {
		delete(f.deferredFills, page)
		f.do(deferred.fill)
	}
}

// runOverdueFills runs the fills whose popup did not close in time.
func (f *filler) runOverdueFills() {
	for page, deferred := range f.deferredFills {
		if !f.state.Now.Add(timerSlack).Before(deferred.due) {
			f.runDeferredFill(page)
		}
	}
}
