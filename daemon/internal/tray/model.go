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
	maxOrders      = 8
	maxRecent      = 8
	maxWarnings    = 6
	maxHandOvers   = 3
	maxBrowsers    = 6
	maxDecisions   = 10
	maxTooltip     = 127 // UTF-16 units: Windows takes 128 with the end mark
	maxName        = 32  // runes of a service's name
	maxLine        = 90  // runes of a notice
	codeShownFor   = 10 * time.Minute
	errorShownFor  = 2 * time.Minute // a click that failed is spoken of
	cancellableFor = 24 * time.Hour  // an order whose time is over
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
	Icon      Icon
	Tooltip   string
	Balance   string
	Spent     string   // in the last 24 hours, of what may be; may be empty
	Warnings  []string // what stands in the way, and what to do; at most six
	Orders    []Line   // newest first; at most eight
	More      string   // about orders that are not listed; may be empty
	HandOvers []Line   // browsers that ask for a code; at most three
	Cancels   []Line   // at most eight
	Decisions []Line   // what may have come of a purchase that only the person can decide; at most ten
	Recent    []Line   // what became of earlier orders, newest first; at most eight
	Pair      string
	Browsers  []Line // those that are paired, the last used first; at most six
	Switches  [switchCount]Toggle
	Changes   time.Time // when the same state reads differently; zero: never
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
type LocalState struct {
	PairingCode    string // for pairing
	PairingExpires time.Time
	LastError      error // why the last click did nothing
	LastErrorAt    time.Time
	Browsers       []browser.Browser
	Switches       Switches
	Shown          Menu // what is shown now
}

// NewMenu says what to show of a state at a time.
func NewMenu(s protocol.Snapshot, local LocalState, now time.Time) Menu {
	m := Menu{Icon: IconIdle, Balance: balanceText(s), Spent: spentText(s.Limits), Pair: "Add a browser…", Switches: switchLines(local.Switches)}
	m.Warnings = warnings(s)
	if until := local.LastErrorAt.Add(errorShownFor); local.LastError != nil && now.Before(until) {
		m.Warnings = append(m.Warnings, desktop.Capitalize(desktop.Plain(local.LastError.Error(), maxLine)))
		m.changesAt(until)
	}
	if len(m.Warnings) > 0 {
		m.Icon = IconAttention
	}
	waiting, codes := m.addOrders(s.Orders, local.Shown, now)
	if left := local.PairingExpires.Sub(now); local.PairingCode != "" && left > 0 {
		text, next := countdown(local.PairingExpires, now)
		m.Pair = fmt.Sprintf("Paste into the extension: %s (%s)", local.PairingCode, text)
		m.changesAt(next)
	}
	m.HandOvers = keepPlaces(local.Shown.HandOvers, handOverLines(s, local.Browsers), maxHandOvers)
	m.Browsers = keepPlaces(local.Shown.Browsers, browserLines(local.Browsers, now), maxBrowsers)
	m.Decisions = keepPlaces(local.Shown.Decisions, decisionLines(s.Intents), maxDecisions)
	if len(m.HandOvers)+len(m.Decisions) > 0 && m.Icon != IconCode {
		m.Icon = IconAttention
	}
	m.Tooltip = tooltipText(m, waiting, codes)
	return m
}

// list makes the lines of orders, and counts the numbers that wait and the codes that
// are there.
func (m *Menu) addOrders(all []protocol.Order, shown Menu, now time.Time) (waiting, codes int) {
	for _, o := range all {
		if line, until, ok := cancelLine(o, now); ok {
			m.Cancels = append(m.Cancels, line)
			m.changesAt(until)
		}
		line, until, ok := currentLine(o, now)
		if !ok {
			m.Recent = append(m.Recent, recentLine(o, now))
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
		m.raiseIcon(o)
	}
	switch n := len(m.Orders); {
	case n == 0:
		m.More = "No number waits for a code"
	case n > maxOrders:
		m.More = fmt.Sprintf("and %d more in the extension", n-maxOrders)
	}
	m.Orders = keepPlaces(shown.Orders, m.Orders, maxOrders)
	m.Cancels = keepPlaces(shown.Cancels, m.Cancels, maxOrders)
	m.Recent = m.Recent[:min(len(m.Recent), maxRecent)]
	return waiting, codes
}

// arrange gives each line the place that it had before, and a new one the first that
// is free.
func keepPlaces(before, now []Line, places int) []Line {
	list := make([]Line, max(min(len(now), places), min(len(before), places)))
	var added []Line
	for _, line := range now {
		place := slices.IndexFunc(before, func(l Line) bool { return l.Text != "" && l.key() == line.key() })
		if place < 0 {
			added = append(added, line)
		} else {
			list[place] = line
		}
	}
	for i := 0; i < places && len(added) > 0; i++ {
		if i == len(list) {
			list = append(list, Line{})
		}
		if list[i].Text == "" {
			list[i], added = added[0], added[1:]
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

func switchLines(s Switches) (list [switchCount]Toggle) {
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

func handOverLines(s protocol.Snapshot, browsers []browser.Browser) (list []Line) {
	for _, o := range s.Orders {
		for _, id := range o.AskedBy {
			i := slices.IndexFunc(browsers, func(source browser.Browser) bool { return source.ID == id })
			if i < 0 {
				continue // it was revoked
			}
			text := fmt.Sprintf("Let %s have the code of %s", desktop.Plain(browsers[i].Label(), maxName), numberLabel(o))
			list = append(list, Line{Text: text, Order: o.ID, Browser: id})
		}
	}
	return list
}

func browserLines(browsers []browser.Browser, now time.Time) (list []Line) {
	browsers = slices.Clone(browsers)
	slices.SortStableFunc(browsers, func(a, source browser.Browser) int { return source.LastUsed.Compare(a.LastUsed) })
	for _, source := range browsers {
		last := "here now"
		if !source.Connected {
			last = "last here " + when(source.LastUsed, now)
		}
		list = append(list, Line{Text: desktop.Plain(source.Label(), maxName) + "  " + last, Browser: source.ID})
	}
	return list
}

// when is a time as the person's clock has it.
func when(at, now time.Time) string { return at.In(now.Location()).Format("2 Jan 15:04") }

// raise makes the icon as urgent as the order is.
func (m *Menu) raiseIcon(o protocol.Order) {
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

func balanceText(s protocol.Snapshot) string {
	text := "Balance: not known yet"
	if s.Wallet != nil {
		text = "Balance: " + s.Wallet.Balance.String()
	}
	if s.Sandbox {
		text += " (play money)"
	}
	return desktop.Plain(text, maxLine)
}

func spentText(l protocol.Limits) string {
	if l.PerDay.IsZero() || l.Unset {
		return ""
	}
	return desktop.Plain(fmt.Sprintf("Spent in 24 hours: %s of %s", l.Spent.Decimal(), l.PerDay), maxLine)
}

func warnings(s protocol.Snapshot) (list []string) {
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
	} else if n := countUnknown(s.Intents); n == 1 {
		list = append(list, "A purchase has no outcome yet: the extension shows it")
	} else if n > 1 {
		list = append(list, fmt.Sprintf("%d purchases have no outcome yet: the extension shows them", n))
	}
	return list
}

func countUnknown(intents []protocol.Intent) (n int) {
	for _, i := range intents {
		if i.State == protocol.IntentUnknown {
			n++
		}
	}
	return n
}

func tooltipText(m Menu, waiting, codes int) string {
	parts := []string{desktop.Name, m.Balance}
	if codes > 0 {
		parts = append(parts, count(codes, "code is there", "codes are there"))
	}
	if waiting > 0 {
		parts = append(parts, count(waiting, "number waits for a code", "numbers wait for a code"))
	}
	parts = append(parts, m.Warnings...)
	return truncateUTF16(strings.Join(parts, "\n"), maxTooltip)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// short cuts a text to a number of UTF-16 units.
func truncateUTF16(text string, units int) string {
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
