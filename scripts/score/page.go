package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/logspanel/companion/scripts/browser"
)

// What an attempt was for.
const (
	codeWanted = "code"  // into the page's code field
	codeStray  = "clean" // to a page that has no code field
	numberTask = "phone"
)

// result is what became of one page.
type result struct {
	File     string    `json:"file"`
	Lang     string    `json:"lang,omitempty"`
	Hard     string    `json:"hard,omitempty"`
	Attempts []attempt `json:"attempts"`
	Seconds  float64   `json:"seconds"` // from opening to closing
	unopened error
}

// attempt is one click on a button of the popup, and what came of it.
type attempt struct {
	For        string   `json:"for"`
	Right      bool     `json:"right"`
	Reason     string   `json:"reason,omitempty"` // why it is not
	Why        string   `json:"why,omitempty"`    // the backend's own account of its choice
	Values     []string `json:"values,omitempty"` // of the labelled fields, afterwards
	Taken      *taken   `json:"taken,omitempty"`  // nil where the page doesn't tell
	FalseFills []change `json:"false_fills,omitempty"`
	MS         timing   `json:"ms"`
	Pages      any      `json:"pages,omitempty"` // the page as it was described, where it went wrong
	hangs      bool
}

// taken is what the page's own state has.
type taken struct {
	Accepted string `json:"accepted"`
	Tel      string `json:"tel"`
}

// change is a field that was not to change.
type change struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// timing is how long the parts of one fill took, in milliseconds.
type timing struct {
	Describe float64 `json:"describe"`
	Plan     float64 `json:"plan"`
	Fill     float64 `json:"fill"`
}

func (t timing) sum() float64 { return t.Describe + t.Plan + t.Fill }

// round is what the tap heard of one fill.
type round struct {
	Late   bool
	Plan   *struct{ Why string }
	Pages  []any
	Kept   bool
	Detail string
	MS     timing
}

const (
	startTime = 20 * time.Second // for the popup to open
	roundTime = 10 * time.Second // for one fill; after that the page counts as hung
)

// score opens a page and goes through what its label asks for. An error is trouble of
// the harness, not of the page.
func (s *scorer) score(l label) (r result, err error) {
	r = result{File: l.File, Lang: l.Lang, Hard: l.Hard}
	defer func() { err = errors.Join(err, s.world.leave()) }()
	p := &page{scorer: s, label: l}
	if r.unopened = s.world.visit(s.site + "/" + l.File); r.unopened == nil {
		r.unopened = p.press()
	}
	for _, t := range p.tasks() {
		if r.unopened != nil {
			r.Attempts = append(r.Attempts, attempt{For: t.what, Reason: "the page could not be opened: " + r.unopened.Error()})
			continue
		}
		a, err := p.attempt(t)
		if err != nil {
			return r, err
		}
		r.Attempts = append(r.Attempts, a)
		if a.hangs {
			break
		}
	}
	return r, nil
}

// page is one open page.
type page struct {
	*scorer
	label label
	tab   int // the browser's own number of it
}

// task is something to be filled into a page.
type task struct {
	what    string
	order   kind
	button  string            // of the popup
	fields  []string          // that are to be filled
	allowed []string          // that may change
	taken   map[string]string // what the page itself is to have then
	typed   string            // what may stand in no other field
}

// tasks is what a page is to be asked, in order. Every page is offered a code.
func (p *page) tasks() []task {
	l := p.label
	number := task{
		what: numberTask, order: l.numberOrder(), button: "fill-number", fields: l.Expect.Tel, allowed: l.numberFields(),
		taken: map[string]string{"tel": l.Number}, typed: digits(l.Number),
	}
	code := task{
		what: codeWanted, order: l.codeOrder(), button: "fill-code", fields: l.Expect.OTP, allowed: l.codeFields(),
		taken: map[string]string{"accepted": l.Code}, typed: l.code(),
	}
	offered := task{what: codeStray, order: l.codeOrder(), button: "fill-code", typed: l.code()}
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

// attempt does one task.
func (p *page) attempt(t task) (a attempt, err error) {
	a.For = t.what
	if err := p.open(t.order); err != nil {
		return a, err
	}
	// From here on it may be the page that doesn't answer.
	missing, err := ask[[]string](p.world.desk, "ready", p.tab, list(t.fields))
	if err == nil && len(missing) > 0 {
		a.Reason = "these fields never came: " + strings.Join(missing, ", ")
		return a, nil
	}
	if err == nil {
		_, err = ask[any](p.world.desk, "before", p.tab, list(t.allowed))
	}
	if err != nil {
		a.Reason = unanswered(err)
		return a, nil
	}
	if err := p.world.click(browser.Key(t.button)); err != nil {
		return a, err
	}
	done, err := ask[round](p.world.tap, "round", p.tab, p.patience.Milliseconds())
	if err != nil {
		return a, err
	}
	a.MS = done.MS
	if done.Plan != nil {
		a.Why = done.Plan.Why
	}
	if done.Late {
		a.hangs = true
		a.Reason = fmt.Sprintf("nothing came of the click in %s: the page hangs", p.patience)
		return a, nil
	}
	a.Taken, err = ask[*taken](p.world.desk, "taken", p.tab, t.taken)
	if err == nil {
		a.FalseFills, err = ask[[]change](p.world.desk, "after", p.tab, list(t.allowed), t.typed)
	}
	if err == nil {
		a.Values, err = ask[[]string](p.world.desk, "values", p.tab, list(t.fields))
	}
	if err != nil {
		a.Reason = unanswered(err)
		return a, nil
	}
	a.Reason, err = p.judge(t, a, done)
	a.Right = a.Reason == ""
	if !a.Right {
		a.Pages = done.Pages
	}
	return a, err
}

// press has the popup open over the page.
func (p *page) press() error {
	opened, err := p.world.press()
	if err != nil || !opened {
		return err
	}
	at, err := ask[*struct {
		ID     int
		Origin string
	}](p.world.tap, "opening", startTime.Milliseconds())
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

// open has the popup open over the page, with an order in it.
func (p *page) open(w kind) error {
	if err := p.press(); err != nil {
		return err
	}
	o, bought := p.orders[w]
	if !bought {
		return fmt.Errorf("no order was bought for %+v", w)
	}
	if _, err := ask[any](p.world.desk, "show", o.ID); err != nil {
		return err
	}
	return p.world.shows(browser.Key("number"), digits(o.Number))
}

// list is never null.
func list(selectors []string) []string { return append([]string{}, selectors...) }

// unanswered says why a page did not answer: one that has left for where nothing is was
// not to be opened.
func unanswered(err error) string {
	if strings.Contains(err.Error(), "error page") {
		return "the page could not be opened: " + err.Error()
	}
	return err.Error()
}
