package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/logspanel/companion/scripts/browser"
)

// The purposes of a task.
const (
	codeTask   = "code"  // into the page's code field
	noCodeTask = "clean" // to a page that has no code field
	numberTask = "phone"
)

// result is the score of one page.
type result struct {
	File      string    `json:"file"`
	Lang      string    `json:"lang,omitempty"`
	Hard      string    `json:"hard,omitempty"`
	Attempts  []attempt `json:"attempts"`
	Seconds   float64   `json:"seconds"` // from opening to closing
	openError error
}

// attempt is one click on a button of the popup, and its outcome.
type attempt struct {
	For        string     `json:"for"`
	Right      bool       `json:"right"`
	Reason     string     `json:"reason,omitempty"` // why it is not
	Why        string     `json:"why,omitempty"`    // the backend's own account of its choice
	Values     []string   `json:"values,omitempty"` // of the labelled fields after the fill
	PageState  *pageState `json:"taken,omitempty"`  // nil where the page doesn't tell
	FalseFills []change   `json:"false_fills,omitempty"`
	MS         timing     `json:"ms"`
	Pages      any        `json:"pages,omitempty"` // the page's description, if the attempt failed
	hung       bool
}

// pageState is what the page itself says that it accepted.
type pageState struct {
	Accepted string `json:"accepted"`
	Tel      string `json:"tel"`
}

// change is a field that changed and should not have.
type change struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// timing is how long the stages of one fill took, in milliseconds.
type timing struct {
	Describe float64 `json:"describe"`
	Plan     float64 `json:"plan"`
	Fill     float64 `json:"fill"`
}

func (t timing) sum() float64 { return t.Describe + t.Plan + t.Fill }

// fillTrace is what tap.js observed of one fill.
type fillTrace struct {
	Late   bool
	Plan   *struct{ Why string }
	Pages  []any
	Kept   bool
	Detail string
	MS     timing
}

const (
	popupTimeout = 20 * time.Second // for the popup to open
	fillTimeout  = 10 * time.Second // for one fill; a page that takes longer counts as hung
)

// scorePage opens a page and runs the tasks of its label. It returns an error only if the
// test setup fails, not if the page does.
func (s *scorer) scorePage(l label) (r result, err error) {
	r = result{File: l.File, Lang: l.Lang, Hard: l.Hard}
	defer func() { err = errors.Join(err, s.driver.closePage()) }()
	p := &page{scorer: s, label: l}
	if r.openError = s.driver.visit(s.site + "/" + l.File); r.openError == nil {
		r.openError = p.openPopup()
	}
	for _, t := range p.tasks() {
		if r.openError != nil {
			r.Attempts = append(r.Attempts, attempt{For: t.purpose, Reason: "the page could not be opened: " + r.openError.Error()})
			continue
		}
		a, err := p.attempt(t)
		if err != nil {
			return r, err
		}
		r.Attempts = append(r.Attempts, a)
		if a.hung {
			break
		}
	}
	return r, nil
}

// page is one open page.
type page struct {
	*scorer
	label label
	tab   int // the browser's id of its tab
}

// task is something to fill into a page.
type task struct {
	purpose  string
	order    orderSpec
	button   string            // of the popup
	fields   []string          // that are to be filled
	allowed  []string          // that may change
	expected map[string]string // the page's own state after a correct fill
	value    string            // must not appear in any other field
}

// tasks returns the tasks of a page, in order. A page without a code field is offered a
// code too, which it must not get.
func (p *page) tasks() []task {
	l := p.label
	number := task{
		purpose: numberTask, order: l.numberOrder(), button: "fill-number", fields: l.Expect.Tel, allowed: l.numberFields(),
		expected: map[string]string{"tel": l.Number}, value: digits(l.Number),
	}
	code := task{
		purpose: codeTask, order: l.codeOrder(), button: "fill-code", fields: l.Expect.OTP, allowed: l.codeFields(),
		expected: map[string]string{"accepted": l.Code}, value: l.offeredCode(),
	}
	offered := task{purpose: noCodeTask, order: l.codeOrder(), button: "fill-code", value: l.offeredCode()}
	switch {
	case len(l.Expect.OTP) > 0 && len(l.Expect.Tel) > 0:
		return []task{number, code}
	case len(l.Expect.OTP) > 0:
		return []task{code}
	case len(l.Expect.Tel) > 0:
		return []task{offered, number}
	}
	return []task{offered}
}

// attempt runs one task.
func (p *page) attempt(t task) (a attempt, err error) {
	a.For = t.purpose
	if err := p.showOrder(t.order); err != nil {
		return a, err
	}
	// From here on, an error may be the page's fault.
	missing, err := callJS[[]string](p.driver.inExtension, "ready", p.tab, nonNil(t.fields))
	if err == nil && len(missing) > 0 {
		a.Reason = "these fields never appeared: " + strings.Join(missing, ", ")
		return a, nil
	}
	if err == nil {
		_, err = callJS[any](p.driver.inExtension, "before", p.tab, nonNil(t.allowed))
	}
	if err != nil {
		a.Reason = noAnswerReason(err)
		return a, nil
	}
	if err := p.driver.click(browser.Key(t.button)); err != nil {
		return a, err
	}
	trace, err := callJS[fillTrace](p.driver.inWorker, "round", p.tab, p.fillTimeout.Milliseconds())
	if err != nil {
		return a, err
	}
	a.MS = trace.MS
	if trace.Plan != nil {
		a.Why = trace.Plan.Why
	}
	if trace.Late {
		a.hung = true
		a.Reason = fmt.Sprintf("the click had no effect within %s: the page hangs", p.fillTimeout)
		return a, nil
	}
	a.PageState, err = callJS[*pageState](p.driver.inExtension, "taken", p.tab, t.expected)
	if err == nil {
		a.FalseFills, err = callJS[[]change](p.driver.inExtension, "after", p.tab, nonNil(t.allowed), t.value)
	}
	if err == nil {
		a.Values, err = callJS[[]string](p.driver.inExtension, "values", p.tab, nonNil(t.fields))
	}
	if err != nil {
		a.Reason = noAnswerReason(err)
		return a, nil
	}
	a.Reason, err = p.judge(t, a, trace)
	a.Right = a.Reason == ""
	if !a.Right {
		a.Pages = trace.Pages
	}
	return a, err
}

// openPopup opens the popup over the page, unless it is open.
func (p *page) openPopup() error {
	opened, err := p.driver.pressButton()
	if err != nil || !opened {
		return err
	}
	at, err := callJS[*struct {
		ID     int
		Origin string
	}](p.driver.inWorker, "opening", popupTimeout.Milliseconds())
	switch {
	case err != nil:
		return err
	case at == nil:
		return errors.New("the popup did not say which page it is over")
	case at.Origin == "":
		return errors.New("the extension sees no page of the web here")
	}
	p.tab = at.ID
	return nil
}

// showOrder opens the popup over the page, and shows an order in it.
func (p *page) showOrder(w orderSpec) error {
	if err := p.openPopup(); err != nil {
		return err
	}
	o, bought := p.orders[w]
	if !bought {
		return fmt.Errorf("no order was bought for %+v", w)
	}
	if _, err := callJS[any](p.driver.inExtension, "show", o.ID); err != nil {
		return err
	}
	return p.driver.waitForDigits(browser.Key("number"), digits(o.Number))
}

// nonNil returns a copy that is encoded as [] when it is empty, and not as null.
func nonNil(selectors []string) []string { return append([]string{}, selectors...) }

// noAnswerReason says why a page did not answer. A page that navigated to an unreachable
// address counts as not opened.
func noAnswerReason(err error) string {
	if strings.Contains(err.Error(), "error page") {
		return "the page could not be opened: " + err.Error()
	}
	return err.Error()
}
