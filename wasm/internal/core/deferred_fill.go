package core

import "time"

// deferredFill is a fill that waits for the popup to close: with that open the page has no
// keyboard, and takes some of what is typed for nothing.
type deferredFill struct {
	fill Effect
	due  time.Time
}

// popupCloseTimeout is how long a popup may take to close.
const popupCloseTimeout = 300 * time.Millisecond

// startFill fills, once the popup it was asked for in is out of the way. One in which the
// browser asks the person has to stay.
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

// runDeferredFill does what has waited for a popup.
func (f *filler) runDeferredFill(page int) {
	if deferred, waits := f.deferredFills[page]; waits {
		delete(f.deferredFills, page)
		f.do(deferred.fill)
	}
}

// runOverdueFills does what has waited for a popup that does not close.
func (f *filler) runOverdueFills() {
	for page, deferred := range f.deferredFills {
		if !f.state.Now.Add(timerSlack).Before(deferred.due) {
			f.runDeferredFill(page)
		}
	}
}
