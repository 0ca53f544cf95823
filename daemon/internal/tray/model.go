package tray

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/phone"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	maxOrders   = 8
	maxNotices  = 4
	maxAsks     = 3
	maxBrowsers = 6
	maxTooltip  = 127 // UTF-16 units: Windows takes 128 with the end mark
	maxName     = 32  // runes of a service's name
	maxLine     = 90  // runes of a notice
	recent      = 10 * time.Minute
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
// markup is escaped where they are drawn.
type Menu struct {
	Icon    Icon
	Tooltip string
	Balance string
	Spent   string   // in the last 24 hours, of what may be; may be empty
	Notices []string // what stands in the way, and what to do; at most four
	Orders  []Line   // newest first; at most eight
	More    string   // about orders that are not listed; may be empty
	Asks    []Ask    // browsers that ask for a code; at most three
	Pair    string
	// Browsers are those that are paired, the last used first; at most six.
	Browsers []Paired
	Changes  time.Time // when the same state reads differently; zero: never
}

// Line is an order, and what a click on it copies.
type Line struct {
	Text string
	Copy string
}

// Ask is a browser that asks for the code of a number that another one bought.
type Ask struct {
	Text    string
	OrderID string
	Client  string
}

// Paired is the line of a paired browser.
type Paired struct {
	Text string
	ID   string
}

// Browser is a paired browser.
type Browser struct {
	ID       string
	Label    string // what the person knows it by
	LastUsed time.Time
	Here     bool // connected now
}

// Own is what the tray knows beside the state.
type Own struct {
	Code     string // for pairing
	Expires  time.Time
	Failed   error // why the last click did nothing
	Browsers []Browser
}

// NewMenu says what to show of a state at a time.
func NewMenu(s protocol.Snapshot, own Own, now time.Time) Menu {
	m := Menu{Icon: IconIdle, Balance: balance(s), Spent: spent(s.Limits), Notices: notices(s, own), Pair: "Add a browser…"}
	if len(m.Notices) > 0 {
		m.Icon = IconAttention
	}
	waiting, codes, shown := 0, 0, 0
	for _, o := range s.Orders {
		line, expires, ok := order(o, now)
		if !ok {
			continue
		}
		m.changesAt(expires)
		if shown++; shown <= maxOrders {
			m.Orders = append(m.Orders, line)
		}
		switch {
		case o.State == protocol.OrderWaiting:
			waiting++
		case o.State == protocol.OrderReceived:
			codes++
		}
		m.raise(o)
	}
	switch {
	case shown == 0:
		m.More = "No number waits for a code"
	case shown > maxOrders:
		m.More = fmt.Sprintf("and %d more in the extension", shown-maxOrders)
	}
	if left := own.Expires.Sub(now); own.Code != "" && left > 0 {
		text, next := countdown(own.Expires, now)
		m.Pair = fmt.Sprintf("Paste into the extension: %s (%s)", own.Code, text)
		m.changesAt(next)
	}
	m.Asks, m.Browsers = asks(s, own.Browsers), paired(own.Browsers, now)
	if len(m.Asks) > 0 && m.Icon == IconIdle {
		m.Icon = IconAttention
	}
	m.Tooltip = tooltip(m, waiting, codes)
	return m
}

func asks(s protocol.Snapshot, browsers []Browser) (list []Ask) {
	for _, o := range s.Orders {
		for _, id := range o.AskedBy {
			i := slices.IndexFunc(browsers, func(b Browser) bool { return b.ID == id })
			if i < 0 {
				continue // it was revoked
			}
			text := fmt.Sprintf("Let %s have the code of %s", plain(browsers[i].Label, maxName), readable(o))
			list = append(list, Ask{Text: text, OrderID: o.ID, Client: id})
		}
	}
	return list[:min(len(list), maxAsks)]
}

func paired(browsers []Browser, now time.Time) (list []Paired) {
	browsers = slices.Clone(browsers)
	slices.SortStableFunc(browsers, func(a, b Browser) int { return b.LastUsed.Compare(a.LastUsed) })
	for _, b := range browsers[:min(len(browsers), maxBrowsers)] {
		last := "here now"
		if !b.Here {
			last = "last here " + b.LastUsed.In(now.Location()).Format("2 Jan 15:04")
		}
		list = append(list, Paired{Text: plain(b.Label, maxName) + "  " + last, ID: b.ID})
	}
	return list
}

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
	return plain(text, maxLine)
}

func spent(l protocol.Limits) string {
	if l.PerDay.IsZero() {
		return ""
	}
	return plain(fmt.Sprintf("Spent in 24 hours: %s of %s", l.Spent.Decimal(), l.PerDay), maxLine)
}

func notices(s protocol.Snapshot, own Own) []string {
	var list []string
	switch s.Key.State {
	case protocol.KeyMissing:
		list = append(list, "No API key: set one with logspanel-companion key set")
	case protocol.KeyRefused:
		list = append(list, "The API key is refused: set another with logspanel-companion key set")
	case protocol.KeyBlocked:
		list = append(list, "The account is blocked: ask the provider's support")
	case protocol.KeyLocked:
		list = append(list, "The API key can't be read: unlock the keyring")
	}
	if !s.Provider.Reachable {
		list = append(list, "The provider does not answer: check the connection")
	}
	if s.Recovery.Pending() {
		list = append(list, "The journal was damaged: orders are being read from the provider")
	}
	if n := unknown(s.Intents); n == 1 {
		list = append(list, "A purchase has no outcome yet: the extension shows it")
	} else if n > 1 {
		list = append(list, fmt.Sprintf("%d purchases have no outcome yet: the extension shows them", n))
	}
	if own.Failed != nil {
		list = append(list, capital(plain(own.Failed.Error(), maxLine)))
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

// order is the line of an order that is worth one now: open, troubled, or with a code
// that has just come. It says when the line changes by itself.
func order(o protocol.Order, now time.Time) (line Line, changes time.Time, ok bool) {
	number := readable(o)
	line = Line{Copy: plain(o.Number, maxName)}
	var text string
	switch {
	case o.State == protocol.OrderReceived:
		if o.CodeAt == nil || !now.Before(o.CodeAt.Add(recent)) {
			return Line{}, time.Time{}, false
		}
		changes = o.CodeAt.Add(recent)
		text = "a code is there"
		if o.Code != "" {
			line.Copy = plain(o.Code, maxName)
			text = "code " + line.Copy
		}
	case o.Problem != nil:
		text = plain(o.Problem.Message, maxLine)
	case o.State == protocol.OrderCancelling:
		text = "cancelled, waiting for the refund"
	case o.State == protocol.OrderWaiting:
		var left string
		left, changes = countdown(o.Deadline, now)
		text = "waiting, " + left
	default:
		return Line{}, time.Time{}, false
	}
	line.Text = plain(o.ServiceName, maxName) + "  " + number + "  " + text
	return line, changes, true
}

func readable(o protocol.Order) string {
	if n, err := phone.Parse(o.Number, o.CallingCode); err == nil {
		return n.Grouped()
	}
	return plain(o.Number, maxName)
}

// countdown is the time left until a deadline, in whole minutes until the last two,
// and when it reads differently. Started minutes and seconds count.
func countdown(deadline, now time.Time) (text string, next time.Time) {
	left := deadline.Sub(now)
	if left <= 0 {
		return "time is up", time.Time{}
	}
	step := time.Second
	if left > 2*time.Minute {
		step = time.Minute
	}
	n := (left + step - 1) / step
	next = deadline.Add(-(n - 1) * step)
	if step == time.Minute {
		return fmt.Sprintf("%d min left", n), next
	}
	return fmt.Sprintf("%d:%02d left", n/60, n%60), next
}

func tooltip(m Menu, waiting, codes int) string {
	parts := []string{"Logspanel Companion", m.Balance}
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

// plain makes a stranger's text one line without anything that changes how its
// surroundings read, of so many runes at most.
func plain(text string, runes int) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	all := []rune(strings.Join(strings.Fields(clean), " "))
	if len(all) > runes {
		all = append(all[:runes-1], '…')
	}
	return string(all)
}

func capital(sentence string) string {
	first, size := utf8.DecodeRuneInString(sentence)
	return string(unicode.ToUpper(first)) + sentence[size:]
}
