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
// waits for a site permission, the fills that wait for the popup to close, the bindings and the
// field overrides. It only types what a plan of package fields says, and knows nothing about
// purchases or the connection.
type filler struct {
	*shared
	overrides     map[string]FieldOverride // by host
	bindings      map[string]*tabBinding   // by order id
	requests      map[int]request          // unanswered, by request id
	lastRequest   int
	pendingClick  *request             // a click that waits for the permission it needs
	deferredFills map[int]deferredFill // by the popup that must close first
}

func newFiller(s *shared) *filler {
	return &filler{
		shared: s, overrides: map[string]FieldOverride{}, bindings: map[string]*tabBinding{},
		requests: map[int]request{}, deferredFills: map[int]deferredFill{},
	}
}

// isWaiting reports whether a binding is not done or a click waits for a site permission.
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

// expire drops bindings and a pending click that have waited too long.
func (f *filler) expire() {
	f.expireBindings()
	f.expireClick()
}

// request is a question to a tab. It is only valid while the tab shows the same site.
type request struct {
	kind        EffectKind // Name, Describe or Fill
	tab         int
	site        string // the origin that the person saw, or that the order is bound to
	orderID     string
	code        protocol.OneTimeCode // the code to fill; if empty, the number is filled
	manual      bool                 // the person requested it
	frame       string               // the origin of another site's frame that the person chose
	pointed     *pointedField        // the field that the person pointed at, if any
	popup       int                  // the popup that the request came from
	noPopup     bool                 // made without a popup, so one opens if the fill needs more from the person
	pageChanged bool                 // the page changed while the request was pending
	permission  string               // the site permission that the click also asks the browser for
	expires     time.Time            // when a manual request stops being valid
	wants       fields.Wanted        // with FillNoField: what the page asks for instead
}

// pointedField is the field that the person pointed at: the focused one of a frame.
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

// forNumber reports whether the request fills the number rather than a code.
func (r request) forNumber() bool { return r.code.Code == "" }

// mayFill reports whether the code may go into a frame of this origin. An SMS can bind its code
// to one site.
func (r request) mayFill(origin string) bool {
	return r.code.AllowedInFrame(host(r.site), host(origin))
}

func (f *filler) describe(r request) {
	r.kind = Describe
	f.sendRequest(r)
}

// takeRequest removes and returns the request that e answers. If it was removed before, the
// result has an empty kind.
func (f *filler) takeRequest(e Event) request {
	r := f.requests[e.Request]
	delete(f.requests, e.Request)
	return r
}

// answered handles a tab's answer to Describe or Fill.
func (f *filler) answered(e Event) {
	switch r := f.takeRequest(e); {
	case r.kind == Describe && e.Kind == Described:
		f.described(r, e.Pages)
	case r.kind == Fill && e.Kind == Filled:
		f.filled(r, e.Report)
	}
}

// fillNumber fills an order's number into the tab under the popup, and binds the order to
// that tab.
func (f *filler) fillNumber(a view.Action, popup int) {
	if f.state.Tab.Origin != "" {
		f.startClick(request{tab: f.state.Tab.ID, site: f.state.Tab.Origin, orderID: a.OrderID, frame: a.Frame, popup: popup, permission: f.permissionToAsk(a)})
	}
}

// fillCode fills a code into the tab under the popup, even if the order is bound to another tab.
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

// fillTab handles the keyboard shortcut. It fills the code that is bound to the tab, or else the
// only number that is bound to no tab yet. If there is no such number or more than one, it opens
// the popup, where the person can choose.
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

// codeOf returns an order's code. It reports false if there is none that can be filled.
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
		return // another site: wait for a click, or for the person to come back
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
	f.state.FillReason, f.state.FillWants, f.state.FillCandidates = plan.Why, plan.Wants, candidateLines(plan)
	if !plan.Empty() && (r.manual || !plan.Overwrites) {
		at := pageOf(pages, plan.Frame)
		plan.Document, plan.Origin, plan.Top = at.Document, at.Origin, r.site
		f.fillStarted(r) // now, because a page that navigates as soon as it is filled never answers
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
		r.wants = plan.Wants
		f.recordOutcome(r, view.FillNoField)
		return
	}
	if !r.manual {
		f.do(Effect{Do: WatchTab, Tab: r.tab, On: true}) // the page's next step may have the field
		if r.pageChanged {
			f.fillBound(r.orderID)
		}
	}
}

// candidateLines explains, for the problem report, why each of the best few places was chosen or
// not.
func candidateLines(plan fields.Plan) (lines []string) {
	for _, place := range plan.Considered {
		lines = append(lines, strconv.Itoa(place.Score)+" for "+strconv.Itoa(place.Fields)+" in frame "+strconv.Itoa(place.Frame)+": "+strings.Join(place.Reasons, ", "))
	}
	return lines
}

// fillPlan plans what to type into the field that the person pointed at. Without one it searches
// the page's own frames and the frame that the person chose.
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

// findField plans a fill of the best field in pages. A field override comes first.
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

// phone returns an order's number. The country that it was bought in counts if it has the number's calling
// code.
func (f *filler) phone(orderID string) fields.PhoneNumber {
	o, _ := orderByID(f.state.Snapshot, orderID)
	number := fields.PhoneNumber{Number: o.Forms()}
	if strings.HasPrefix(strings.TrimPrefix(o.CallingCode, "+"), number.CallingCode) {
		number.Country, number.CountryName = strings.ToUpper(o.CountryShort), o.CountryName
	}
	return number
}

// otherFrames returns the origins of other sites' frames that may contain the field, the likeliest
// first. That is the one frame that is known to have it, or else all frames that the extension may
// not read yet.
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

// offerFrames shows the frames that may contain the field. The person chooses one with a click.
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

// fillStarted records that a fill begins. Filling the number binds the order to the tab. Filling
// the code automatically ends the binding, because that happens only once.
func (f *filler) fillStarted(r request) {
	switch {
	case !r.forNumber() && !r.manual:
		f.finishBinding(r.orderID)
	case r.forNumber():
		f.bind(r)
	}
}

// recordOutcome shows the outcome of a fill and does what follows from it.
func (f *filler) recordOutcome(r request, outcome view.Outcome) {
	fill := f.state.Fills[r.orderID]
	fill.Host, fill.Frames, fill.Site, fill.Wants = host(r.site), nil, r.code.Site, r.wants
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
	case view.FillTabMoved, view.FillOpaque: // the tab shows no page of the site
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

// pageOf returns the page in a frame, or an empty one if the extension can't access the frame.
func pageOf(pages []fields.Page, frame int) fields.Page {
	for _, p := range pages {
		if p.Frame == frame {
			return p
		}
	}
	return fields.Page{}
}

// opaqueOrigin is how a browser writes the origin of a page that belongs to no site, such as a
// sandboxed frame.
const opaqueOrigin = "null"

// withKnownOrigin leaves out frames that belong to no site. A sandboxed frame doesn't belong to
// the site in its address.
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
