package core

import (
	"strconv"
	"strings"
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/fields"
	"github.com/logspanel/companion/wasm/internal/site"
	"github.com/logspanel/companion/wasm/internal/view"
)

// request is something asked of a tab, for as long as that shows one site.
type request struct {
	kind        EffectKind // Name, Describe or Fill
	tab         int
	site        string // the origin that the person saw, or that the order is bound to
	orderID     string
	code        protocol.OneTimeCode // to fill; none: the number
	manual      bool                 // the person asked for it
	frame       string               // the origin of a frame of another site that the person named
	pointed     *pointedField        // the person pointed at a field
	popup       int                  // the popup that it was asked for in
	noPopup     bool                 // without the popup, which has to open where there is more to say
	pageChanged bool                 // the page changed in the meantime
	permission  string               // the site permission that the click also asks the browser for
	expires     time.Time            // when a click is over, whatever has become of it
}

// pointedField is where a person pointed: the focused field of a frame.
type pointedField struct{ frame int }

func (c *Core) sendRequest(r request) {
	c.lastRequest++
	c.requests[c.lastRequest] = r
	if r.kind != Fill {
		e := Effect{Do: r.kind, Tab: r.tab, Request: c.lastRequest}
		if r.kind == ReadSiteNames {
			e.Origin = r.site
		}
		c.do(e)
	}
}

// forNumber reports that it is not a code that is to be filled.
func (r request) forNumber() bool { return r.code.Code == "" }

// mayFill reports that the code is not bound to another site than a frame's.
func (r request) mayFill(origin string) bool {
	return r.code.AllowedInFrame(host(r.site), host(origin))
}

func (c *Core) describe(r request) {
	r.kind = Describe
	c.sendRequest(r)
}

func (c *Core) requestAnswered(e Event) {
	r, known := c.requests[e.Request]
	if !known {
		return
	}
	delete(c.requests, e.Request)
	switch {
	case r.kind == ReadSiteNames && e.Kind == SiteNamesRead:
		if r.tab == c.state.Tab.ID && c.state.Tab.Service == "" {
			if name := site.Named(e.SiteNames); name != "" {
				c.propose(name)
			}
		}
	case r.kind == Describe && e.Kind == Described:
		c.described(r, e.Pages)
	case r.kind == Fill && e.Kind == Filled:
		c.filled(r, e.Report)
	}
}

// fillNumber fills an order's number into the tab the popup stands over, and binds
// the order to it.
func (c *Core) fillNumber(a view.Action) {
	if c.state.Tab.Origin != "" {
		c.startClick(request{tab: c.state.Tab.ID, site: c.state.Tab.Origin, orderID: a.OrderID, frame: a.Frame, popup: c.actingPage, permission: c.permissionToAsk(a)})
	}
}

// fillCode fills a code into the tab the popup stands over, whatever is bound.
func (c *Core) fillCode(a view.Action) {
	if code, sure := c.codeOf(a.OrderID); sure && c.state.Tab.Origin != "" {
		c.startClick(request{tab: c.state.Tab.ID, site: c.state.Tab.Origin, orderID: a.OrderID, code: code, frame: a.Frame, popup: c.actingPage, permission: c.permissionToAsk(a)})
	}
}

// fillField fills the field that the person pointed at.
func (c *Core) fillField(a view.Action) {
	r := request{orderID: a.OrderID, noPopup: true, pointed: &pointedField{a.FrameID}}
	if a.Text == view.FillsCode {
		var sure bool
		if r.code, sure = c.codeOf(a.OrderID); !sure {
			return
		}
	}
	if a.Tab != nil && a.Tab.Origin != "" {
		r.tab, r.site = a.Tab.ID, a.Tab.Origin
		c.startClick(r)
	}
}

// fillTab fills what a tab waits for, at the press of a key: the code that is bound
// to it, or the one number that is bound to nothing yet. For all else there is the
// popup, which names number, service and site.
func (c *Core) fillTab(tab *view.Tab) {
	if tab == nil || tab.Origin == "" || c.state.Snapshot == nil {
		return
	}
	r := request{tab: tab.ID, site: tab.Origin, noPopup: true}
	free := 0
	for _, o := range c.state.Snapshot.Orders {
		b := c.bindings[o.ID]
		switch code, sure := c.codeOf(o.ID); {
		case b != nil && b.Tab == tab.ID && fields.SameSite(b.Origin, tab.Origin) && sure:
			r.orderID, r.code, r.frame = o.ID, code, b.Frame
			c.startClick(r)
			return
		case b == nil && o.State == protocol.OrderWaiting:
			r.orderID = o.ID
			free++
		}
	}
	if free != 1 {
		c.do(Effect{Do: OpenPopup})
		return
	}
	c.startClick(r)
}

// codeOf is an order's code, once one is sure.
func (c *Core) codeOf(orderID string) (code protocol.OneTimeCode, sure bool) {
	code = c.state.Codes[orderID].Received
	if o, ok := c.order(orderID); ok && o.Code != "" {
		code = o.Received
	}
	return code, code.Code != ""
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

func (c *Core) described(r request, pages []fields.Page) {
	if b := c.bindings[r.orderID]; !r.manual && (b == nil || b.Done || b.Origin != r.site) {
		return
	}
	switch top := pageOf(pages, 0); {
	case fields.SameSite(top.Origin, r.site) && !c.clickExpired(r):
	case !r.manual:
		return // another site: it waits for a click, or for the person to come back
	case top.Origin == "" || c.clickExpired(r):
		c.recordOutcome(r, view.FillNoAccess)
		return
	case !fields.IsSite(top.Origin):
		c.recordOutcome(r, view.FillOpaque)
		return
	default:
		c.recordOutcome(r, view.FillTabMoved)
		return
	}
	if r.pointed != nil && pageOf(pages, r.pointed.frame).Origin == opaqueOrigin {
		c.recordOutcome(r, view.FillOpaque)
		return
	}
	pages = withKnownOrigin(pages)
	if !r.code.AllowedOnPage(host(r.site)) {
		c.recordOutcome(r, view.FillOtherSite)
		return
	}
	plan := c.fillPlan(&r, pages)
	c.state.FillReason, c.state.FillCandidates = plan.Why, candidateLines(plan)
	if !plan.Empty() && (r.manual || !plan.Overwrites) {
		at := pageOf(pages, plan.Frame)
		plan.Document, plan.Origin, plan.Top = at.Document, at.Origin, r.site
		c.fillStarted(r) // at once: a page that goes on as soon as it is filled gives no answer
		r.kind = Fill
		c.sendRequest(r)
		c.startFill(r, Effect{Do: Fill, Tab: r.tab, Request: c.lastRequest, Plan: &plan})
		return
	}
	elsewhere := c.otherFrames(r, pages)
	switch {
	case len(elsewhere) > 0:
		c.offerFrames(r, elsewhere)
	case r.manual:
		c.recordOutcome(r, view.FillNoField)
		return
	}
	if !r.manual {
		c.do(Effect{Do: WatchTab, Tab: r.tab, On: true}) // the field may come with the next step
		if r.pageChanged {
			c.fillBound(r.orderID)
		}
	}
}

// candidateLines is why each of the best few places was or was not chosen, for the report.
func candidateLines(plan fields.Plan) (lines []string) {
	for _, c := range plan.Considered {
		lines = append(lines, strconv.Itoa(c.Score)+" for "+strconv.Itoa(c.Fields)+" in frame "+strconv.Itoa(c.Frame)+": "+strings.Join(c.Reasons, ", "))
	}
	return lines
}

// fillPlan is what to type where the person pointed, or else into the page's own frames and
// the one that they named.
func (c *Core) fillPlan(r *request, pages []fields.Page) fields.Plan {
	if r.pointed != nil {
		at, found := fields.FocusedTarget(pages, r.pointed.frame)
		if !found || !r.mayFill(at.Origin()) {
			return fields.Plan{}
		}
		if at.Origin() != r.site {
			r.frame = at.Origin()
		}
		c.saveOverride(*r, at)
		return c.planInto(*r, at)
	}
	var mine []fields.Page
	for _, p := range pages {
		if (p.Origin == r.site || p.Origin == r.frame) && r.mayFill(p.Origin) {
			mine = append(mine, p)
		}
	}
	return c.findField(*r, mine)
}

// findField finds the field among all of the pages.
func (c *Core) findField(r request, pages []fields.Page) fields.Plan {
	if at, known := c.overriddenField(r, pages); known {
		return c.planInto(r, at)
	}
	if !r.forNumber() {
		return fields.PlanCode(pages, r.code.Written)
	}
	return fields.PlanNumber(pages, c.phone(r.orderID))
}

func (c *Core) planInto(r request, at fields.Target) fields.Plan {
	if !r.forNumber() {
		return fields.PlanCodeAt(at, r.code.Written)
	}
	return fields.PlanNumberAt(at, c.phone(r.orderID))
}

func (c *Core) phone(orderID string) fields.PhoneNumber {
	o, _ := c.order(orderID)
	return fields.PhoneNumber{
		E164: o.Number, CallingCode: o.CallingCode, Country: strings.ToUpper(o.CountryShort), CountryName: o.CountryName,
	}
}

// otherFrames is the frames of other sites in which the field may be, likeliest first: one
// that is known to have it, or those that nobody may look into yet.
func (c *Core) otherFrames(r request, pages []fields.Page) []string {
	var others []fields.Page
	for _, p := range pages {
		if p.Origin != r.site && p.Origin != r.frame && r.mayFill(p.Origin) {
			others = append(others, p)
		}
	}
	if plan := c.findField(r, others); !plan.Empty() {
		return []string{pageOf(others, plan.Frame).Origin}
	}
	return fields.UndescribedOrigins(pages)
}

// offerFrames says in which frames the field may be. The person names one with a click.
func (c *Core) offerFrames(r request, origins []string) {
	fill := c.state.Fills[r.orderID]
	fill.Host, fill.Frames = host(r.site), origins
	if !r.forNumber() {
		fill.Code = view.FillInFrame
	} else {
		fill.Number = view.FillInFrame
	}
	c.state.Fills[r.orderID] = fill
	if r.frame != "" {
		c.awaitPermission(r)
	}
	if r.noPopup {
		c.do(Effect{Do: OpenPopup})
	}
}

func (c *Core) filled(r request, report fields.Report) {
	if report.Gone {
		return
	}
	if report.Kept {
		c.recordOutcome(r, view.FillAccepted)
	} else {
		c.recordOutcome(r, view.FillChanged)
	}
}

// fillStarted notes that something was to be filled. The click that fills the number is what
// binds an order to a tab, and a code is filled by itself once.
func (c *Core) fillStarted(r request) {
	switch {
	case !r.forNumber() && !r.manual:
		c.finishBinding(r.orderID)
	case r.forNumber():
		c.bind(r)
	}
}

// recordOutcome records what became of a fill.
func (c *Core) recordOutcome(r request, outcome view.Outcome) {
	fill := c.state.Fills[r.orderID]
	fill.Host, fill.Frames, fill.Site = host(r.site), nil, r.code.Site
	if !r.forNumber() {
		fill.Code = outcome
		if outcome == view.FillAccepted {
			c.finishBinding(r.orderID)
		}
	} else {
		fill.Number = outcome
	}
	c.state.Fills[r.orderID] = fill
	switch outcome {
	case view.FillNoAccess:
		c.awaitPermission(r)
	case view.FillTabMoved, view.FillOpaque: // there was no page of the site to fill
	default:
		c.fillStarted(r)
	}
	if r.forNumber() && !c.state.Preferences.ManualFill {
		c.fillBound(r.orderID)
	}
	if r.noPopup && outcome != view.FillAccepted {
		c.do(Effect{Do: OpenPopup})
	}
}

// pageOf is what a frame shows; nothing where the browser gives no access to it.
func pageOf(pages []fields.Page, frame int) fields.Page {
	for _, p := range pages {
		if p.Frame == frame {
			return p
		}
	}
	return fields.Page{}
}

// opaqueOrigin is how a browser writes the origin of what is of no site.
const opaqueOrigin = "null"

// withKnownOrigin leaves out the frames that nobody can say whose they are: a sandboxed one is
// not of the site that its address names.
func withKnownOrigin(pages []fields.Page) (known []fields.Page) {
	for _, p := range pages {
		if fields.IsSite(p.Origin) {
			known = append(known, p)
		}
	}
	return known
}

func host(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return host
}
