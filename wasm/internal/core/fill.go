package core

import (
	"strings"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/fields"
	"github.com/logspanel/companion/wasm/internal/site"
	"github.com/logspanel/companion/wasm/internal/view"
)

// binding says where an order's code goes by itself: into the tab that the person
// filled the number into, while that shows the same site.
type binding struct {
	Tab    int    `json:"tab"`
	Origin string `json:"origin"` // of the top page
	Done   bool   `json:"done"`   // filled, or tried: never again by itself
}

// request is something asked of a tab.
type request struct {
	kind    EffectKind // Name, Describe or Fill
	tab     int
	orderID string
	code    string // to fill; none: the number
	byHand  bool   // the person clicked
	again   bool   // the page changed in the meantime
	origin  string // of the top page, when it was described
}

func (c *Core) request(r request) {
	c.lastRequest++
	c.requests[c.lastRequest] = r
	if r.kind != Fill {
		c.do(Effect{Do: r.kind, Tab: r.tab, Request: c.lastRequest})
	}
}

func (c *Core) answered(e Event) {
	r, known := c.requests[e.Request]
	if !known {
		return
	}
	delete(c.requests, e.Request)
	switch {
	case r.kind == Name && e.Kind == Named:
		if r.tab == c.state.Tab.ID && c.state.Tab.Service == "" {
			c.propose(site.Named(e.Names))
		}
	case r.kind == Describe && e.Kind == Described:
		c.described(r, e.Pages)
	case r.kind == Fill && e.Kind == Filled:
		c.filled(r, e.Report)
	}
}

// fillNumber fills an order's number into the tab the popup stands over, and binds
// the order to it.
func (c *Core) fillNumber(orderID string) {
	if c.state.Tab.Origin != "" {
		c.request(request{kind: Describe, tab: c.state.Tab.ID, orderID: orderID, byHand: true})
	}
}

// fillCode fills a code into the tab the popup stands over, whatever is bound.
func (c *Core) fillCode(orderID string) {
	if code := c.codeOf(orderID); code != "" && c.state.Tab.Origin != "" {
		c.request(request{kind: Describe, tab: c.state.Tab.ID, orderID: orderID, code: code, byHand: true})
	}
}

func (c *Core) codeOf(orderID string) string {
	received := c.state.Codes[orderID]
	if o, ok := c.order(orderID); ok && o.Code != "" {
		received = protocol.ReceivedCode{Code: o.Code, Message: o.Message}
	}
	code, _ := fields.Extract(received.Code, received.Message)
	return code
}

func (c *Core) order(id string) (protocol.Order, bool) {
	if c.state.Snapshot != nil {
		for _, o := range c.state.Snapshot.Orders {
			if o.ID == id {
				return o, true
			}
		}
	}
	return protocol.Order{}, false
}

// orderChanged fills a code that has come into the tab that it is bound to, and
// unbinds orders that get none any more.
func (c *Core) orderChanged(o protocol.Order) {
	b := c.bindings[o.ID]
	if b == nil || b.Done {
		return
	}
	switch {
	case o.CodeReady:
		c.fillBound(o.ID)
	case !o.Open():
		c.unbind(o.ID)
	}
}

func (c *Core) fillBound(orderID string) {
	b, code := c.bindings[orderID], c.codeOf(orderID)
	if b == nil || b.Done || code == "" {
		return
	}
	for id, r := range c.requests {
		if r.orderID == orderID && !r.byHand {
			r.again = true
			c.requests[id] = r
			return
		}
	}
	c.request(request{kind: Describe, tab: b.Tab, orderID: orderID, code: code})
}

func (c *Core) described(r request, pages []fields.Page) {
	top := ""
	for _, p := range pages {
		if p.Frame == 0 {
			top = p.Origin
		}
	}
	r.origin = top
	if !r.byHand {
		b := c.bindings[r.orderID]
		if b == nil || b.Done {
			return
		}
		if top == "" || top != b.Origin {
			return // another site: it waits for a click, or for the person to come back
		}
	}
	if top == "" {
		c.outcome(r, view.FillNoPage)
		return
	}
	var plan fields.Plan
	if r.code != "" {
		plan = fields.Code(pages, r.code)
	} else if o, ok := c.order(r.orderID); ok {
		plan = fields.Number(pages, fields.Phone{
			E164: o.Number, CallingCode: o.CallingCode, Country: strings.ToUpper(o.CountryShort), CountryName: o.CountryName,
		})
	}
	if !plan.Empty() {
		r.kind = Fill
		c.request(r)
		c.do(Effect{Do: Fill, Tab: r.tab, Request: c.lastRequest, Plan: &plan})
		return
	}
	if r.byHand {
		c.outcome(r, view.FillNoField)
		return
	}
	c.do(Effect{Do: Watch, Tab: r.tab, On: true}) // the field may come with the next step
	if r.again {
		c.fillBound(r.orderID)
	}
}

func (c *Core) filled(r request, report fields.Report) {
	if report.Kept {
		c.outcome(r, view.FillKept)
	} else {
		c.outcome(r, view.FillPartly)
	}
}

// outcome records what became of a fill. The click that fills the number is what
// binds an order to a tab.
func (c *Core) outcome(r request, outcome view.Outcome) {
	fill := c.state.Fills[r.orderID]
	fill.Host = host(r.origin)
	if fill.Host == "" {
		fill.Host = c.state.Tab.Host
	}
	if r.code != "" {
		fill.Code = outcome
		if outcome == view.FillKept || !r.byHand {
			fill.Bound = false
			c.settle(r.orderID)
		}
	} else {
		fill.Number = outcome
		if r.origin != "" {
			fill.Bound = true
			c.bindings[r.orderID] = &binding{Tab: r.tab, Origin: r.origin}
		}
	}
	c.state.Fills[r.orderID] = fill
	if r.code == "" {
		c.fillBound(r.orderID)
	}
}

func host(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return host
}

// settle ends a binding that has done its work.
func (c *Core) settle(orderID string) {
	if b := c.bindings[orderID]; b != nil && !b.Done {
		b.Done = true
		c.do(Effect{Do: Watch, Tab: b.Tab})
	}
}

func (c *Core) unbind(orderID string) {
	c.settle(orderID)
	delete(c.bindings, orderID)
	if fill, ok := c.state.Fills[orderID]; ok {
		fill.Bound = false
		c.state.Fills[orderID] = fill
	}
}

// tabChanged tries again where a code waits for its field.
func (c *Core) tabChanged(tab int) {
	for id, b := range c.bindings {
		if b.Tab == tab && !b.Done {
			c.fillBound(id)
		}
	}
}

func (c *Core) tabClosed(tab int) {
	for id, b := range c.bindings {
		if b.Tab == tab {
			c.unbind(id)
		}
	}
}
