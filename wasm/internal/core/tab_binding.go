package core

import (
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/fields"
)

// tabBinding says where an order's code goes by itself: into the tab that the person
// filled the number into, while that shows the same site.
type tabBinding struct {
	Tab         int       `json:"tab"`
	Origin      string    `json:"origin"`          // of the top page
	Frame       string    `json:"frame,omitempty"` // the origin of a frame of another site in it, which the person named
	Done        bool      `json:"done"`            // filled, or tried: never again by itself
	SearchUntil time.Time `json:"until,omitzero"`  // when looking for the code's field ends
}

// fieldTimeout is how long after its code has come a page is watched for its field.
const fieldTimeout = 10 * time.Minute

// bind makes the page that a number was filled into the place of its code.
func (f *filler) bind(r request) {
	f.bindings[r.orderID] = &tabBinding{Tab: r.tab, Origin: r.site, Frame: r.frame}
	f.setBound(r.orderID, true)
}

func (f *filler) setBound(orderID string, bound bool) {
	if fill, known := f.state.Fills[orderID]; known || bound {
		fill.Bound = bound
		f.state.Fills[orderID] = fill
	}
}

// orderChanged fills a code that has come into the tab that it is bound to, and
// unbinds orders that get none any more.
func (f *filler) orderChanged(o protocol.Order) {
	b := f.bindings[o.ID]
	if b == nil || b.Done {
		return
	}
	switch {
	case o.CodeReady && f.state.Preferences.ManualFill: // it waits for a click
	case o.CodeReady:
		f.fillBound(o.ID)
	case !o.Open():
		f.unbind(o.ID)
	}
}

// fillBound fills a code where it is bound to, or looks for its field once more.
func (f *filler) fillBound(orderID string) {
	b := f.bindings[orderID]
	code, sure := f.codeOf(orderID)
	if b == nil || b.Done || !sure {
		return
	}
	if b.SearchUntil.IsZero() {
		b.SearchUntil = f.state.Now.Add(fieldTimeout)
	}
	for id, r := range f.requests {
		if r.orderID == orderID && !r.manual {
			r.pageChanged = true
			f.requests[id] = r
			return
		}
	}
	f.describe(request{tab: b.Tab, site: b.Origin, orderID: orderID, code: code, frame: b.Frame})
}

// finishBinding ends a binding that has done its work.
func (f *filler) finishBinding(orderID string) {
	if b := f.bindings[orderID]; b != nil && !b.Done {
		b.Done = true
		f.setBound(orderID, false)
		f.do(Effect{Do: WatchTab, Tab: b.Tab})
	}
}

func (f *filler) unbind(orderID string) {
	f.finishBinding(orderID)
	delete(f.bindings, orderID)
}

// expireBindings ends the bindings whose field did not come: nothing runs in a page for longer
// than a person waits.
func (f *filler) expireBindings() {
	for id, b := range f.bindings {
		if !b.Done && !b.SearchUntil.IsZero() && f.state.Now.After(b.SearchUntil) {
			f.unbind(id)
		}
	}
}

// tabChanged tries again where a code waits for its field. A page that is gone answers
// nothing any more. A click ends with the site that it was made on.
func (f *filler) tabChanged(tab int, origin string) {
	if p := f.pendingClick; p != nil && p.tab == tab && !fields.SameSite(origin, p.site) {
		f.pendingClick = nil
	}
	for id, r := range f.requests {
		if r.tab == tab && r.kind == Describe && !r.manual {
			delete(f.requests, id)
		}
	}
	for id, b := range f.bindings {
		if b.Tab == tab && !b.Done && !f.state.Preferences.ManualFill {
			f.fillBound(id)
		}
	}
}

func (f *filler) tabClosed(tab int) {
	if f.pendingClick != nil && f.pendingClick.tab == tab {
		f.pendingClick = nil
	}
	for id, b := range f.bindings {
		if b.Tab == tab {
			f.unbind(id)
		}
	}
}
