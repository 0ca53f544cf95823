package tray

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	maxOrders   = 8
	maxRecent   = 8
	maxNotices  = 6
	maxAsks     = 3
	maxBrowsers = 6
	maxDecides  = 10
	maxTooltip  = 127 // UTF-16 units: Windows takes 128 with the end mark
	maxName     = 32  // runes of a service's name
	maxLine     = 90  // runes of a notice
	recent      = 10 * time.Minute
	complaint   = 2 * time.Minute // a click that failed is spoken of
	cancellable = 24 * time.Hour  // an order whose time is over
)

// Icon is what the tray says at a glance.
type Icon string

// The icons, the less urgent first.
const (
	IconIdle      Icon = "idle"
	IconWaiting   Icon = "waiting"   // for a code
	IconAttention Icon = "attention" // something stands in the way
	IconCode      Icon = "code"      // a code has just come
)

// Menu is everything that the tray shows. Texts are plain: what a platform reads as
// markup is escaped where they are drawn. A line without a text is not shown: it keeps
// the place of the others, so that what is clicked is what was seen.
type Menu struct {
	Icon     Icon
	Tooltip  string
	Balance  string
	Spent    string   // in the last 24 hours, of what may be; may be empty
	Notices  []string // what stands in the way, and what to do; at most six
	Orders   []Line   // newest first; at most eight
	More     string   // about orders that are not listed; may be empty
	Asks     []Line   // browsers that ask for a code; at most three
	Cancels  []Line   // at most eight
	Decides  []Line   // what may have come of a purchase that only the person can decide; at most ten
	Recent   []Line   // what became of earlier orders, newest first; at most eight
	Pair     string
	Browsers []Line // those that are paired, the last used first; at most six
	Switches [switchCount]Toggle
	Changes  time.Time // when the same state reads differently; zero: never
}

// Line is a line that can be clicked, and what it is about.
type Line struct {
	Text    string
	Copy    string
	Order   string
	Browser string
	Intent  string // the purchase that the line decides
}

func (l Line) key() string { return l.Order + "\x00" + l.Browser + "\x00" + l.Intent }

// Toggle is a line with a mark; without a text this system has no such thing.
type Toggle struct {
	Text string
	On   bool
}

// Own is what the tray knows beside the state.
type Own struct {
	Code     string // for pairing
	Expires  time.Time
	Failed   error // why the last click did nothing
	FailedAt time.Time
	Browsers []browser.Browser
	Switches Switches
	Last     Menu // what is shown now
}

// NewMenu says what to show of a state at a time.
func NewMenu(s protocol.Snapshot, own Own, now time.Time) Menu {
	m := Menu{Icon: IconIdle, Balance: balance(s), Spent: spent(s.Limits), Pair: "Add a browser…", Switches: toggles(own.Switches)}
	m.Notices = notices(s)
	if until := own.FailedAt.Add(complaint); own.Failed != nil && now.Before(until) {
		m.Notices = append(m.Notices, desktop.Sentence(desktop.Plain(own.Failed.Error(), maxLine)))
		m.changesAt(until)
	}
	if len(m.Notices) > 0 {
		m.Icon = IconAttention
	}
	waiting, codes := m.list(s.Orders, own.Last, now)
	if left := own.Expires.Sub(now); own.Code != "" && left > 0 {
		text, next := countdown(own.Expires, now)
		m.Pair = fmt.Sprintf("Paste into the extension: %s (%s)", own.Code, text)
		m.changesAt(next)
	}
	m.Asks = arrange(own.Last.Asks, asks(s, own.Browsers), maxAsks)
	m.Browsers = arrange(own.Last.Browsers, paired(own.Browsers, now), maxBrowsers)
	m.Decides = arrange(own.Last.Decides, decides(s.Intents), maxDecides)
	if len(m.Asks)+len(m.Decides) > 0 && m.Icon != IconCode {
		m.Icon = IconAttention
	}
	m.Tooltip = tooltip(m, waiting, codes)
	return m
}

// list makes the lines of orders, and counts the numbers that wait and the codes that
// are there.
func (m *Menu) list(all []protocol.Order, last Menu, now time.Time) (waiting, codes int) {
	for _, o := range all {
		if line, until, ok := cancel(o, now); ok {
			m.Cancels = append(m.Cancels, line)
			m.changesAt(until)
		}
		line, until, ok := current(o, now)
		if !ok {
			m.Recent = append(m.Recent, earlier(o, now))
			continue
		}
		m.changesAt(until)
		m.Orders = append(m.Orders, line)
		switch {
		case o.State == protocol.OrderWaiting:
			waiting++
		case o.State == protocol.OrderReceived:
			codes++
		}
		m.raise(o)
	}
	switch n := len(m.Orders); {
	case n == 0:
		m.More = "No number waits for a code"
	case n > maxOrders:
		m.More = fmt.Sprintf("and %d more in the extension", n-maxOrders)
	}
	m.Orders = arrange(last.Orders, m.Orders, maxOrders)
	m.Cancels = arrange(last.Cancels, m.Cancels, maxOrders)
	m.Recent = m.Recent[:min(len(m.Recent), maxRecent)]
	return waiting, codes
}

// arrange gives each line the place that it had before, and a new one the first that
// is free.
func arrange(before, now []Line, places int) []Line {
	list := make([]Line, max(min(len(now), places), min(len(before), places)))
	var fresh []Line
	for _, line := range now {
		held := slices.IndexFunc(before, func(l Line) bool { return l.Text != "" && l.key() == line.key() })
		if held < 0 {
			fresh = append(fresh, line)
		} else {
			list[held] = line
		}
	}
	for i := 0; i < places && len(fresh) > 0; i++ {
		if i == len(list) {
			list = append(list, Line{})
		}
		if list[i].Text == "" {
			list[i], fresh = fresh[0], fresh[1:]
		}
	}
	for len(list) > 0 && list[len(list)-1].Text == "" {
		list = list[:len(list)-1]
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

func toggles(s Switches) (list [switchCount]Toggle) {
	for i, text := range [switchCount]string{
		Notifications: "Show notifications",
		CodesInThem:   "Show codes in notifications",
		GiveBack:      "Give numbers back when their time is over",
		AtLogin:       "Start at login",
	} {
		if on, there := s[Switch(i)]; there {
			list[i] = Toggle{text, on}
		}
	}
	return list
}

func asks(s protocol.Snapshot, browsers []browser.Browser) (list []Line) {
	for _, o := range s.Orders {
		for _, id := range o.AskedBy {
			i := slices.IndexFunc(browsers, func(b browser.Browser) bool { return b.ID == id })
			if i < 0 {
				continue // it was revoked
			}
			text := fmt.Sprintf("Let %s have the code of %s", desktop.Plain(browsers[i].Label(), maxName), shown(o))
			list = append(list, Line{Text: text, Order: o.ID, Browser: id})
		}
	}
	return list
}

func paired(browsers []browser.Browser, now time.Time) (list []Line) {
	browsers = slices.Clone(browsers)
	slices.SortStableFunc(browsers, func(a, b browser.Browser) int { return b.LastUsed.Compare(a.LastUsed) })
	for _, b := range browsers {
		last := "here now"
		if !b.Connected {
			last = "last here " + when(b.LastUsed, now)
		}
		list = append(list, Line{Text: desktop.Plain(b.Label(), maxName) + "  " + last, Browser: b.ID})
	}
	return list
}

// when is a time as the person's clock has it.
func when(at, now time.Time) string { return at.In(now.Location()).Format("2 Jan 15:04") }

// raise makes the icon as urgent as the order is.
func (m *Menu) raise(o protocol.Order) {
	switch {
	case o.State == protocol.OrderReceived:
		m.Icon = IconCode
	case o.Problem != nil && m.Icon != IconCode:
		m.Icon = IconAttention
	case o.State == protocol.OrderWaiting && m.Icon == IconIdle:
		m.Icon = IconWaiting
	}
}

func (m *Menu) changesAt(t time.Time) {
	if !t.IsZero() && (m.Changes.IsZero() || t.Before(m.Changes)) {
		m.Changes = t
	}
}

func balance(s protocol.Snapshot) string {
	text := "Balance: not known yet"
	if s.Wallet != nil {
		text = "Balance: " + s.Wallet.Balance.String()
	}
	if s.Sandbox {
		text += " (play money)"
	}
	return desktop.Plain(text, maxLine)
}

func spent(l protocol.Limits) string {
	if l.PerDay.IsZero() || l.Unset {
		return ""
	}
	return desktop.Plain(fmt.Sprintf("Spent in 24 hours: %s of %s", l.Spent.Decimal(), l.PerDay), maxLine)
}

func notices(s protocol.Snapshot) (list []string) {
	switch s.Key.State {
	case protocol.KeyMissing:
		list = append(list, "No API key: set one below")
	case protocol.KeyRefused:
		list = append(list, "The API key is refused: set another below")
	case protocol.KeyBlocked:
		list = append(list, "The account is blocked: ask the provider's support")
	case protocol.KeyLocked:
		list = append(list, "The API key can't be read: unlock the keyring")
	}
	if !s.Provider.Reachable {
		list = append(list, "The provider does not answer: check the connection")
	}
	if s.Recovery.InProgress() {
		list = append(list, "The journal was lost: orders are being read from the provider")
	}
	if s.Limits.Unset {
		list = append(list, "The spending limits were lost: set both below to buy again")
	}
	if slices.ContainsFunc(s.Intents, func(i protocol.Intent) bool { return i.NeedsDecision }) {
		list = append(list, "Only you can say what came of a purchase: see Decide a purchase")
	} else if n := unknown(s.Intents); n == 1 {
		list = append(list, "A purchase has no outcome yet: the extension shows it")
	} else if n > 1 {
		list = append(list, fmt.Sprintf("%d purchases have no outcome yet: the extension shows them", n))
	}
	return list
}

func unknown(intents []protocol.Intent) (n int) {
	for _, i := range intents {
		if i.State == protocol.IntentUnknown {
			n++
		}
	}
	return n
}

func tooltip(m Menu, waiting, codes int) string {
	parts := []string{desktop.Name, m.Balance}
	if codes > 0 {
		parts = append(parts, count(codes, "code is there", "codes are there"))
	}
	if waiting > 0 {
		parts = append(parts, count(waiting, "number waits for a code", "numbers wait for a code"))
	}
	parts = append(parts, m.Notices...)
	return short(strings.Join(parts, "\n"), maxTooltip)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// short cuts a text to a number of UTF-16 units.
func short(text string, units int) string {
	n, fits := 0, 0
	for i, r := range text {
		if n <= units-1 {
			fits = i
		}
		if n += utf16.RuneLen(r); n > units {
			return text[:fits] + "…"
		}
	}
	return text
}
