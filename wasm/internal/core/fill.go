package core

import (
	"strconv"
	"strings"
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/fields"
	"github.com/logspanel/companion/wasm/internal/view"
)

// filler fills numbers and codes into tabs. It owns the requests to tabs, the click that
// waits for the browser's permission, the fills that wait for the popup to close, the
// bindings and the field overrides. It never types without a plan of package fields, and
// knows nothing of purchases or of the connection.
type filler struct {
	*shared
	overrides     map[string]FieldOverride // by host
	bindings      map[string]*tabBinding   // by order id
	requests      map[int]request          // without an answer yet
	lastRequest   int
	pendingClick  *request             // a click that waits for the permission it asked for
	deferredFills map[int]deferredFill // by the popup in front of them
}

func newFiller(s *shared) *filler {
	return &filler{
		shared: s, overrides: map[string]FieldOverride{}, bindings: map[string]*tabBinding{},
		requests: map[int]request{}, deferredFills: map[int]deferredFill{},
	}
}

// isWaiting reports that a code waits for its page, or a click for the browser's permission.
func (f *filler) isWaiting() bool {
	if f.pendingClick != nil {
		return true
	}
	for _, b := range f.bindings {
		if !b.Done {
			return true
		}
	}
	return false
}

// expire ends the bindings and the click that have waited for too long.
func (f *filler) expire() {
	f.expireBindings()
	f.expireClick()
}

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

func (f *filler) sendRequest(r request) {
	f.lastRequest++
	f.requests[f.lastRequest] = r
	if r.kind != Fill {
		e := Effect{Do: r.kind, Tab: r.tab, Request: f.lastRequest}
		if r.kind == ReadSiteNames {
			e.Origin = r.site
		}
		f.do(e)
	}
}

// forNumber reports that it is not a code that is to be filled.
func (r request) forNumber() bool { return r.code.Code == "" }

// mayFill reports that the code is not bound to another site than a frame's.
func (r request) mayFill(origin string) bool {
	return r.code.AllowedInFrame(host(r.site), host(origin))
}

func (f *filler) describe(r request) {
	r.kind = Describe
	f.sendRequest(r)
}

// takeRequest ends the request that an event answers, and returns it; none, with an empty
// kind, where it has ended before.
func (f *filler) takeRequest(e Event) request {
	r := f.requests[e.Request]
	delete(f.requests, e.Request)
	return r
}

// answered goes on with what a tab has described or filled.
func (f *filler) answered(e Event) {
	switch r := f.takeRequest(e); {
	case r.kind == Describe && e.Kind == Described:
		f.described(r, e.Pages)
	case r.kind == Fill && e.Kind == Filled:
		f.filled(r, e.Report)
	}
}

// fillNumber fills an order's number into the tab the popup stands over, and binds
// the order to it.
func (f *filler) fillNumber(a view.Action, popup int) {
	if f.state.Tab.Origin != "" {
		f.startClick(request{tab: f.state.Tab.ID, site: f.state.Tab.Origin, orderID: a.OrderID, frame: a.Frame, popup: popup, permission: f.permissionToAsk(a)})
	}
}

// fillCode fills a code into the tab the popup stands over, whatever is bound.
func (f *filler) fillCode(a view.Action, popup int) {
	if code, sure := f.codeOf(a.OrderID); sure && f.state.Tab.Origin != "" {
		f.startClick(request{tab: f.state.Tab.ID, site: f.state.Tab.Origin, orderID: a.OrderID, code: code, frame: a.Frame, popup: popup, permission: f.permissionToAsk(a)})
	}
}

// fillField fills the field that the person pointed at.
func (f *filler) fillField(a view.Action) {
	r := request{orderID: a.OrderID, noPopup: true, pointed: &pointedField{a.FrameID}}
	if a.Text == view.FillsCode {
		var sure bool
		if r.code, sure = f.codeOf(a.OrderID); !sure {
			return
		}
	}
	if a.Tab != nil && a.Tab.Origin != "" {
		r.tab, r.site = a.Tab.ID, a.Tab.Origin
		f.startClick(r)
	}
}

// fillTab fills what a tab waits for, at the press of a key: the code that is bound
// to it, or the one number that is bound to nothing yet. For all else there is the
// popup, which names number, service and site.
func (f *filler) fillTab(tab *view.Tab) {
	if tab == nil || tab.Origin == "" || f.state.Snapshot == nil {
		return
	}
	r := request{tab: tab.ID, site: tab.Origin, noPopup: true}
	free := 0
	for _, o := range f.state.Snapshot.Orders {
		b := f.bindings[o.ID]
		switch code, sure := f.codeOf(o.ID); {
		case b != nil && b.Tab == tab.ID && fields.SameSite(b.Origin, tab.Origin) && sure:
			r.orderID, r.code, r.frame = o.ID, code, b.Frame
			f.startClick(r)
			return
		case b == nil && o.State == protocol.OrderWaiting:
			r.orderID = o.ID
			free++
		}
	}
	if free != 1 {
		f.do(Effect{Do: OpenPopup})
		return
	}
	f.startClick(r)
}

// codeOf is an order's code, once one is sure.
func (f *filler) codeOf(orderID string) (code protocol.OneTimeCode, sure bool) {
	code = f.state.Codes[orderID].Received
	if o, ok := orderByID(f.state.Snapshot, orderID); ok && o.Code != "" {
		code = o.Received
	}
	return code, code.Code != ""
}

func (f *filler) described(r request, pages []fields.Page) {
	if b := f.bindings[r.orderID]; !r.manual && (b == nil || b.Done || b.Origin != r.site) {
		return
	}
	switch top := pageOf(pages, 0); {
	case fields.SameSite(top.Origin, r.site) && !f.clickExpired(r):
	case !r.manual:
		return // another site: it waits for a click, or for the person to come back
	case top.Origin == "" || f.clickExpired(r):
		f.recordOutcome(r, view.FillNoAccess)
		return
	case !fields.IsSite(top.Origin):
		f.recordOutcome(r, view.FillOpaque)
		return
	default:
		f.recordOutcome(r, view.FillTabMoved)
		return
	}
	if r.pointed != nil && pageOf(pages, r.pointed.frame).Origin == opaqueOrigin {
		f.recordOutcome(r, view.FillOpaque)
		return
	}
	pages = withKnownOrigin(pages)
	if !r.code.AllowedOnPage(host(r.site)) {
		f.recordOutcome(r, view.FillOtherSite)
		return
	}
	plan := f.fillPlan(&r, pages)
	f.state.FillReason, f.state.FillCandidates = plan.Why, candidateLines(plan)
	if !plan.Empty() && (r.manual || !plan.Overwrites) {
		at := pageOf(pages, plan.Frame)
		plan.Document, plan.Origin, plan.Top = at.Document, at.Origin, r.site
		f.fillStarted(r) // at once: a page that goes on as soon as it is filled gives no answer
		r.kind = Fill
		f.sendRequest(r)
		f.startFill(r, Effect{Do: Fill, Tab: r.tab, Request: f.lastRequest, Plan: &plan})
		return
	}
	elsewhere := f.otherFrames(r, pages)
	switch {
	case len(elsewhere) > 0:
		f.offerFrames(r, elsewhere)
	case r.manual:
		f.recordOutcome(r, view.FillNoField)
		return
	}
	if !r.manual {
		f.do(Effect{Do: WatchTab, Tab: r.tab, On: true}) // the field may come with the next step
		if r.pageChanged {
			f.fillBound(r.orderID)
		}
	}
}

// candidateLines is why each of the best few places was or was not chosen, for the report.
func candidateLines(plan fields.Plan) (lines []string) {
	for _, place := range plan.Considered {
		lines = append(lines, strconv.Itoa(place.Score)+" for "+strconv.Itoa(place.Fields)+" in frame "+strconv.Itoa(place.Frame)+": "+strings.Join(place.Reasons, ", "))
	}
	return lines
}

// fillPlan is what to type where the person pointed, or else into the page's own frames and
// the one that they named.
func (f *filler) fillPlan(r *request, pages []fields.Page) fields.Plan {
	if r.pointed != nil {
		at, found := fields.FocusedTarget(pages, r.pointed.frame)
		if !found || !r.mayFill(at.Origin()) {
			return fields.Plan{}
		}
		if at.Origin() != r.site {
			r.frame = at.Origin()
		}
		f.saveOverride(*r, at)
		return f.planInto(*r, at)
	}
	var mine []fields.Page
	for _, p := range pages {
		if (p.Origin == r.site || p.Origin == r.frame) && r.mayFill(p.Origin) {
			mine = append(mine, p)
		}
	}
	return f.findField(*r, mine)
}

// findField finds the field among all of the pages.
func (f *filler) findField(r request, pages []fields.Page) fields.Plan {
	if at, known := f.overriddenField(r, pages); known {
		return f.planInto(r, at)
	}
	if !r.forNumber() {
		return fields.PlanCode(pages, r.code.Written)
	}
	return fields.PlanNumber(pages, f.phone(r.orderID))
}

func (f *filler) planInto(r request, at fields.Target) fields.Plan {
	if !r.forNumber() {
		return fields.PlanCodeAt(at, r.code.Written)
	}
	return fields.PlanNumberAt(at, f.phone(r.orderID))
}

func (f *filler) phone(orderID string) fields.PhoneNumber {
	o, _ := orderByID(f.state.Snapshot, orderID)
	return fields.PhoneNumber{
		E164: o.Number, CallingCode: o.CallingCode, Country: strings.ToUpper(o.CountryShort), CountryName: o.CountryName,
	}
}

// otherFrames is the frames of other sites in which the field may be, likeliest first: one
// that is known to have it, or those that nobody may look into yet.
func (f *filler) otherFrames(r request, pages []fields.Page) []string {
	var others []fields.Page
	for _, p := range pages {
		if p.Origin != r.site && p.Origin != r.frame && r.mayFill(p.Origin) {
			others = append(others, p)
		}
	}
	if plan := f.findField(r, others); !plan.Empty() {
		return []string{pageOf(others, plan.Frame).Origin}
	}
	return fields.UndescribedOrigins(pages)
}

// offerFrames says in which frames the field may be. The person names one with a click.
func (f *filler) offerFrames(r request, origins []string) {
	fill := f.state.Fills[r.orderID]
	fill.Host, fill.Frames = host(r.site), origins
	if !r.forNumber() {
		fill.Code = view.FillInFrame
	} else {
		fill.Number = view.FillInFrame
	}
	f.state.Fills[r.orderID] = fill
	if r.frame != "" {
		f.awaitPermission(r)
	}
	if r.noPopup {
		f.do(Effect{Do: OpenPopup})
	}
}

func (f *filler) filled(r request, report fields.Report) {
	if report.Gone {
		return
	}
	if report.Kept {
		f.recordOutcome(r, view.FillAccepted)
	} else {
		f.recordOutcome(r, view.FillChanged)
	}
}

// fillStarted notes that something was to be filled. The click that fills the number is what
// binds an order to a tab, and a code is filled by itself once.
func (f *filler) fillStarted(r request) {
	switch {
	case !r.forNumber() && !r.manual:
		f.finishBinding(r.orderID)
	case r.forNumber():
		f.bind(r)
	}
}

// recordOutcome records what became of a fill.
func (f *filler) recordOutcome(r request, outcome view.Outcome) {
	fill := f.state.Fills[r.orderID]
	fill.Host, fill.Frames, fill.Site = host(r.site), nil, r.code.Site
	if !r.forNumber() {
		fill.Code = outcome
		if outcome == view.FillAccepted {
			f.finishBinding(r.orderID)
		}
	} else {
		fill.Number = outcome
	}
	f.state.Fills[r.orderID] = fill
	switch outcome {
	case view.FillNoAccess:
		f.awaitPermission(r)
	case view.FillTabMoved, view.FillOpaque: // there was no page of the site to fill
	default:
		f.fillStarted(r)
	}
	if r.forNumber() && !f.state.Preferences.ManualFill {
		f.fillBound(r.orderID)
	}
	if r.noPopup && outcome != view.FillAccepted {
		f.do(Effect{Do: OpenPopup})
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
