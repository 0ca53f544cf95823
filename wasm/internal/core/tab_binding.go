package core

import (
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/fields"
)

// tabBinding is where an order's code is filled automatically: the tab that the person filled the
// number into, as long as it shows the same site.
type tabBinding struct {
	Tab         int       `json:"tab"`
	Origin      string    `json:"origin"`          // the origin of the top page
	Frame       string    `json:"frame,omitempty"` // the origin of another site's frame that the person chose
	Done        bool      `json:"done"`            // filled or tried, so never again automatically
	SearchUntil time.Time `json:"until,omitzero"`  // when the search for the code's field ends
}

// fieldTimeout is how long a page is watched for the code's field once the code has arrived.
const fieldTimeout = 10 * time.Minute

// bind makes the tab that a number was filled into the place for its code.
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

// orderChanged fills a code that has arrived into the tab that its order is bound to. It unbinds
// an order that can't get a code any more.
func (f *filler) orderChanged(o protocol.Order) {
	b := f.bindings[o.ID]
	if b == nil || b.Done {
		return
	}
	switch {
	case o.CodeReady && f.state.Preferences.ManualFill: // wait for a click
	case o.CodeReady:
		f.fillBound(o.ID)
	case !o.Open():
		f.unbind(o.ID)
	}
}

// fillBound asks the bound tab to describe its page, so that the code can be filled. If such a
// request is pending, it marks that one to be repeated.
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

// finishBinding ends automatic filling for an order, and stops watching its tab.
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

// expireBindings ends bindings whose field never appeared, so that no page is watched forever.
func (f *filler) expireBindings() {
	for id, b := range f.bindings {
		if !b.Done && !b.SearchUntil.IsZero() && f.state.Now.After(b.SearchUntil) {
			f.unbind(id)
		}
	}
}

// tabChanged retries the codes that wait for a field in this tab. It drops requests to the previous
// page, which never answers them, and a click that was made on another site.
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
