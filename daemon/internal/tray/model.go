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
	maxTooltip     = 127              // UTF-16 units: Windows takes 128 with the terminating zero
	maxName        = 32               // runes of a service's or browser's name
	maxLine        = 90               // runes of a warning
	codeShownFor   = 10 * time.Minute // after that, an order with a code counts as finished
	errorShownFor  = 2 * time.Minute  // how long the menu shows the error of a failed click
	cancellableFor = 24 * time.Hour   // how long an expired order can be cancelled
)

// Icon is the state that the tray icon shows.
type Icon string

// The icons, the least urgent first.
const (
	IconIdle      Icon = "idle"
	IconWaiting   Icon = "waiting"   // a number waits for a code
	IconAttention Icon = "attention" // something needs the person
	IconCode      Icon = "code"      // a code has just arrived
)

// Menu is everything that the tray shows. Texts are plain: the view escapes what a platform
// would read as markup. A Line without text is hidden and keeps its place, so that no other
// line moves under the pointer.
type Menu struct {
	Icon      Icon
	Tooltip   string
	Balance   string
	Spent     string   // in the last 24 hours, and the limit; may be empty
	Warnings  []string // what is wrong, and what to do; at most maxWarnings
	Orders    []Line   // open orders and fresh codes, newest first; at most maxOrders
	More      string   // about open orders that are not listed; may be empty
	HandOvers []Line   // browsers that ask for another's code; at most maxHandOvers
	Cancels   []Line   // numbers that can be cancelled; at most maxOrders
	Decisions []Line   // answers for purchases that only the person can settle; at most maxDecisions
	Recent    []Line   // finished orders, newest first; at most maxRecent
	Pair      string
	Browsers  []Line // paired browsers, the last used first; at most maxBrowsers
	Switches  [switchCount]Toggle
	Changes   time.Time // when the same state leads to another menu; zero: never
}

// Line is a clickable line, and what it is about.
type Line struct {
	Text    string
	Copy    string // what a click copies
	Order   string // id
	Browser string // id
	Intent  string // id of the purchase that the line settles
}

func (l Line) key() string { return l.Order + "\x00" + l.Browser + "\x00" + l.Intent }

// Toggle is a line with a check mark. An empty Text hides it: this system lacks the
// feature.
type Toggle struct {
	Text string
	On   bool
}

// LocalState is what the menu shows in addition to the orders' state.
type LocalState struct {
	PairingCode    string // empty: no pairing code is valid
	PairingExpires time.Time
	LastError      error // of the last click; nil: it worked
	LastErrorAt    time.Time
	Browsers       []browser.Browser
	Switches       Switches
	Shown          Menu // the menu on the screen
}

// NewMenu returns the menu for a state at a time.
func NewMenu(s protocol.Snapshot, local LocalState, now time.Time) Menu {
	m := Menu{Icon: IconIdle, Balance: balanceText(s), Spent: spentText(s.Limits), Pair: "Pair a browser…", Switches: switchLines(local.Switches)}
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

// addOrders adds the lines of all orders. It counts the numbers that wait for a code, and
// the codes that have just arrived.
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
		m.More = "No numbers waiting for a code"
	case n > maxOrders:
		m.More = fmt.Sprintf("and %d more in the extension", n-maxOrders)
	}
	m.Orders = keepPlaces(shown.Orders, m.Orders, maxOrders)
	m.Cancels = keepPlaces(shown.Cancels, m.Cancels, maxOrders)
	m.Recent = m.Recent[:min(len(m.Recent), maxRecent)]
	return waiting, codes
}

// keepPlaces keeps each line at the place it had before, and gives a new line the first
// free one.
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
		Notifications:        "Show notifications",
		CodesInNotifications: "Show codes in notifications",
		AutoCancel:           "Cancel and refund numbers when time is up",
		StartAtLogin:         "Start at login",
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
				continue // it is no longer paired
			}
			text := fmt.Sprintf("Allow %s to see the code for %s", desktop.Plain(browsers[i].Label(), maxName), desktop.Plain(o.DisplayNumber(), maxName))
			list = append(list, Line{Text: text, Order: o.ID, Browser: id})
		}
	}
	return list
}

func browserLines(browsers []browser.Browser, now time.Time) (list []Line) {
	browsers = slices.Clone(browsers)
	slices.SortStableFunc(browsers, func(a, source browser.Browser) int { return source.LastUsed.Compare(a.LastUsed) })
	for _, source := range browsers {
		last := "connected"
		if !source.Connected {
			last = "last used " + when(source.LastUsed, now)
		}
		list = append(list, Line{Text: desktop.Plain(source.Label(), maxName) + "  " + last, Browser: source.ID})
	}
	return list
}

// when formats a time in the person's time zone.
func when(at, now time.Time) string { return at.In(now.Location()).Format("2 Jan 15:04") }

// raiseIcon makes the icon at least as urgent as the order.
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
		list = append(list, "The provider rejected the API key: set a new one below")
	case protocol.KeyBlocked:
		list = append(list, "Your account is blocked: contact the provider")
	case protocol.KeyLocked:
		list = append(list, "The API key can't be read: unlock the keyring")
	}
	if !s.Provider.Reachable {
		list = append(list, "The provider isn't responding: check your connection")
	}
	if s.Recovery.InProgress() {
		list = append(list, "The order history was damaged: reading it from the provider again")
	}
	if s.Limits.Unset {
		list = append(list, "The spending limits were lost: set both below to buy again")
	}
	if slices.ContainsFunc(s.Intents, func(i protocol.Intent) bool { return i.NeedsDecision }) {
		list = append(list, "A purchase needs your decision: see Decide a purchase")
	} else if n := countUnknown(s.Intents); n == 1 {
		list = append(list, "A purchase isn't confirmed yet: see the extension")
	} else if n > 1 {
		list = append(list, fmt.Sprintf("%d purchases aren't confirmed yet: see the extension", n))
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
		parts = append(parts, count(codes, "code received", "codes received"))
	}
	if waiting > 0 {
		parts = append(parts, count(waiting, "number waiting for a code", "numbers waiting for a code"))
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

// truncateUTF16 cuts a text to a number of UTF-16 units.
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
