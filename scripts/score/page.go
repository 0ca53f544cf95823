package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/logspanel/companion/shared/phone"
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
	Focused    bool     `json:"focused"` // the page had the keyboard before
	MS         timing   `json:"ms"`
	Pages      any      `json:"pages,omitempty"` // the page as it was described, where it went wrong
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

// roundTime is how long one fill may take before the page counts as hung.
const roundTime = 10 * time.Second

// score opens a page and goes through what its label asks for. An error is trouble of
// the harness, not of the page.
func (s *scorer) score(l label) (r result, err error) {
	r = result{File: l.File, Lang: l.Lang, Hard: l.Hard}
	defer func() { err = errors.Join(err, s.world.leave()) }()
	if err := s.world.visit(s.site + "/" + l.File); err != nil {
		return r, err
	}
	if err := s.world.press(); err != nil {
		return r, err
	}
	s.opened++
	if open, err := ask[bool](s.world.listen, "tap.opened(%s, 10000)", s.opened); err != nil || !open {
		return r, errors.Join(errors.New("the popup did not say which page it is over"), err)
	}
	tab, err := ask[int](s.world.desk, "desk.tab()")
	if err != nil {
		return r, err
	}
	p := &page{scorer: s, label: l, tab: tab}
	number, code := len(l.Expect.Tel) > 0, len(l.Expect.OTP) > 0
	tasks := []string{codeStray}
	switch {
	case number && code:
		tasks = []string{numberTask, codeWanted}
	case number:
		tasks = []string{codeStray, numberTask}
	case code:
		tasks = []string{codeWanted}
	}
	for _, task := range tasks {
		a, err := p.attempt(task)
		if err != nil {
			return r, err
		}
		r.Attempts = append(r.Attempts, a)
	}
	return r, nil
}

// page is one open page with the popup over it.
type page struct {
	*scorer
	label label
	tab   int
}

func (p *page) attempt(task string) (a attempt, err error) {
	a.For = task
	l := p.label
	fields, allowed, button := l.Expect.OTP, l.codeFields(), "fill-code"
	need := want{country: "ng", code: l.code()}
	wanted := map[string]string{"accepted": l.code()}
	typed := l.code()
	switch task {
	case numberTask:
		fields, allowed, button = l.Expect.Tel, l.numberFields(), "fill-number"
		need = want{country: strings.ToLower(l.Country), number: l.Number}
		wanted = map[string]string{"tel": l.Number}
		typed = digits(l.Number)
	case codeStray:
		fields, wanted = []string{}, map[string]string{}
	}
	missing, err := ask[[]string](p.world.desk, "desk.read(%s, 'ready', %s)", p.tab, fields)
	if err != nil {
		return p.lost(a, err), nil
	}
	if len(missing) > 0 {
		a.Reason = "these fields never came: " + strings.Join(missing, ", ")
		return a, nil
	}
	if a.Focused, err = ask[bool](p.world.desk, "desk.read(%s, 'before', %s)", p.tab, allowed); err != nil {
		return p.lost(a, err), nil
	}
	o, bought := p.supply.orders[need]
	if !bought {
		return a, fmt.Errorf("no order was bought for %+v", need)
	}
	if _, err := ask[any](p.world.desk, "desk.show(%s)", o.ID); err != nil {
		return a, err
	}
	if err := p.world.shows(key("number"), digits(o.Number)); err != nil {
		return a, err
	}
	if err := p.world.click(key(button)); err != nil {
		return a, err
	}
	done, err := ask[round](p.world.listen, "tap.round(%s)", roundTime.Milliseconds())
	if err != nil {
		return a, err
	}
	a.MS = done.MS
	if done.Plan != nil {
		a.Why = done.Plan.Why
	}
	if done.Late {
		a.Reason = fmt.Sprintf("the page does not answer: nothing came of the click in %s", roundTime)
		return a, nil
	}
	if a.Taken, err = ask[*taken](p.world.desk, "desk.taken(%s, %s)", p.tab, wanted); err != nil {
		return p.lost(a, err), nil
	}
	if a.FalseFills, err = ask[[]change](p.world.desk, "desk.read(%s, 'after', %s, %s)", p.tab, allowed, typed); err != nil {
		return p.lost(a, err), nil
	}
	if a.Values, err = ask[[]string](p.world.desk, "desk.read(%s, 'values', %s)", p.tab, fields); err != nil {
		return p.lost(a, err), nil
	}
	a.Reason, err = p.judge(a, done)
	a.Right = a.Reason == "" && err == nil
	if !a.Right {
		a.Pages = done.Pages
	}
	return a, err
}

// lost is an attempt on a page that can't be read any more.
func (p *page) lost(a attempt, err error) attempt {
	a.Reason = err.Error()
	return a
}

// judge says what is wrong with an attempt, and nothing where it is right.
func (p *page) judge(a attempt, done round) (string, error) {
	l := p.label
	if len(a.FalseFills) > 0 {
		var said []string
		for _, c := range a.FalseFills {
			said = append(said, fmt.Sprintf("%s from %q to %q", c.Field, c.From, c.To))
		}
		return "FALSE FILL: " + strings.Join(said, ", "), nil
	}
	values := strings.Join(a.Values, "")
	switch {
	case a.For == codeStray:
		return "", nil
	case l.Hard == trustedKeys && a.For == codeWanted:
		if values != "" {
			return fmt.Sprintf("half-filled: %q", a.Values), nil
		}
		offered, err := p.world.has(key("copy-code"))
		if err == nil && !offered {
			return "the code is not offered for copying", nil
		}
		return "", err
	case len(done.Pages) == 0:
		return "the extension could not reach the page", nil
	case done.Plan == nil:
		return "no field was found", nil
	}
	ok := false
	switch {
	case a.For == codeWanted && a.Taken != nil:
		ok = a.Taken.Accepted == l.Code
	case a.For == codeWanted:
		ok = letters(values) == l.Code
	case a.Taken != nil:
		ok = a.Taken.Tel == l.Number
	default:
		return p.spelling(values)
	}
	if ok {
		return "", nil
	}
	reason := fmt.Sprintf("the fields hold %q", a.Values)
	if a.Taken != nil {
		reason += fmt.Sprintf(", and the page took %+v", *a.Taken)
	}
	if !done.Kept {
		reason += "; the companion says that it was not kept"
	}
	return reason, nil
}

// spelling says what is wrong with a number where the page does not tell what it made
// of it: it has to be international, or national beside the right country.
func (p *page) spelling(value string) (string, error) {
	l := p.label
	n, err := phone.Parse(l.Number, "")
	if err != nil {
		return "", err
	}
	plain := digits(value)
	international := strings.HasPrefix(strings.TrimSpace(value), "+") || strings.HasPrefix(plain, "00")
	if international && strings.TrimPrefix(plain, "00") == digits(l.Number) {
		return "", nil
	}
	if international || plain != n.National && plain != "0"+n.National {
		return fmt.Sprintf("the field holds %q", value), nil
	}
	if l.Expect.TelCountry == "" {
		return "", nil
	}
	chosen, err := ask[[]string](p.world.desk, "desk.read(%s, 'values', %s)", p.tab, []string{l.Expect.TelCountry})
	if err != nil {
		return "", err
	}
	names, err := ask[[]string](p.world.desk, "desk.names([%s])", l.Country)
	if err != nil {
		return "", err
	}
	words := strings.FieldsFunc(strings.ToLower(chosen[0]), func(r rune) bool { return strings.ContainsRune(" ()-+;,", r) })
	for _, w := range words {
		if w == n.CallingCode || w == strings.ToLower(l.Country) {
			return "", nil
		}
	}
	if strings.Contains(strings.ToLower(chosen[0]), strings.ToLower(names[0])) {
		return "", nil
	}
	return fmt.Sprintf("the number is there, and the country is %q", chosen[0]), nil
}

func callingCode(l label) (string, error) {
	n, err := phone.Parse(l.Number, "")
	return n.CallingCode, err
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// letters drops what a page puts between the parts of a code.
func letters(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }
