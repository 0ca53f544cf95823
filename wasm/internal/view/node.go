package view

import (
	"time"

	"github.com/logspanel/companion/shared/money"
)

// View is one screen as a page renders it.
type View struct {
	Title  Text    `json:"title"`
	Nodes  []Node  `json:"nodes"`
	Screen string  `json:"screen,omitempty"` // identifies the screen, so that the page keeps a scroll position for each
	Escape *Action `json:"escape,omitempty"` // what the Escape key does; nil: the browser closes the popup
}

// Kind says how a node is rendered.
type Kind string

// The kinds of nodes, each with the Node fields it uses.
const (
	KindBox       Kind = "box"       // a group, laid out by Class
	KindHeader    Kind = "header"    // a group at the top
	KindMain      Kind = "main"      // the main group, which scrolls
	KindFooter    Kind = "footer"    // a group at the bottom
	KindNav       Kind = "nav"       // a group of links to other screens; Label
	KindFold      Kind = "fold"      // Text: a heading that unfolds Children
	KindTitle     Kind = "title"     // Text: the title of the screen
	KindHeading   Kind = "heading"   // Text
	KindText      Kind = "text"      // Text
	KindButton    Kind = "button"    // Text, Action
	KindToggle    Kind = "toggle"    // Text, Action: a button that is on while Current
	KindCopy      Kind = "copy"      // Text: a button that copies Value; Label: what is copied
	KindLink      Kind = "link"      // Text: a link to the URL in Value
	KindInput     Kind = "input"     // Label, Value; Action gets the typed text as Text
	KindSelect    Kind = "select"    // Label, Value, Options; Action gets the chosen value as Text
	KindForm      Kind = "form"      // Children; Enter sends Action with the input's value as Text
	KindList      Kind = "list"      // Children: the rows from First on, out of Total; Action requests other rows
	KindTerm      Kind = "term"      // Label, Text: one line of a summary; Value can be copied
	KindCommand   Kind = "command"   // Value: a terminal command to copy
	KindReport    Kind = "report"    // Value: several lines to copy; Label
	KindPicture   Kind = "picture"   // Value: the name of a decorative image of the extension
	KindCountdown Kind = "countdown" // Text, with the time until Until as its argument; Label: read aloud each minute
	KindProgress  Kind = "progress"  // a bar from Since to Until
	KindBusy      Kind = "busy"      // Text: a spinner
)

// Node is one element of a screen.
type Node struct {
	Key           string    `json:"key,omitempty"` // stable, unique on the screen
	Kind          Kind      `json:"kind"`
	Class         string    `json:"class,omitempty"`
	Text          *Text     `json:"text,omitempty"`
	Label         *Text     `json:"label,omitempty"` // for screen readers; also the placeholder of an input
	Value         string    `json:"value,omitempty"`
	Options       []Option  `json:"options,omitempty"`
	Action        *Action   `json:"action,omitempty"`
	Permission    string    `json:"ask,omitempty"` // a match pattern or permission that a button also requests from the browser
	Disabled      bool      `json:"disabled,omitempty"`
	Current       bool      `json:"current,omitempty"` // the selected tab or toggle
	Focus         bool      `json:"focus,omitempty"`   // gets the keyboard focus when it appears
	SubmitOnPaste bool      `json:"pasted,omitempty"`  // pasting submits the form
	Live          bool      `json:"live,omitempty"`    // read aloud when it appears or changes: Label, or else all of its text
	Total         int       `json:"total,omitempty"`
	First         int       `json:"first,omitempty"`
	Since         time.Time `json:"since,omitzero"`
	Until         time.Time `json:"until,omitzero"`
	Children      []Node    `json:"children,omitempty"`
}

// Option is one choice of a select.
type Option struct {
	Value string `json:"value"`
	Text  Text   `json:"text"`
}

// Text is a message of the interface by its key in _locales, or text that needs no translation,
// such as a name.
type Text struct {
	Key   string `json:"key,omitempty"`
	Args  []Arg  `json:"args,omitempty"` // the values of $1, $2 …
	Plain string `json:"plain,omitempty"`
}

// Arg is one argument of a message. The page formats it for the person's locale.
type Arg struct {
	Plain string    `json:"plain,omitempty"`
	Money *Amount   `json:"money,omitempty"`
	Count *int      `json:"count,omitempty"`
	Time  time.Time `json:"time,omitzero"`
	Span  int       `json:"span,omitempty"` // seconds
}

// Amount is an amount of money as decimal text with exactly the digits to show. JavaScript must
// not choose them: for some currencies its number of digits differs from ISO 4217.
type Amount struct {
	Decimal  string `json:"decimal"`
	Currency string `json:"currency"`
}

func message(key string, args ...Arg) *Text { return &Text{Key: key, Args: args} }

func plain(s string) *Text { return &Text{Plain: s} }

func plainArg(s string) Arg { return Arg{Plain: s} }

// amountArg returns an argument for an amount of money. An amount without a currency becomes a
// dash, because a browser can't format it.
func amountArg(m money.Money) Arg {
	if !money.ValidCurrency(m.Currency) {
		return plainArg("–")
	}
	return Arg{Money: &Amount{Decimal: m.Decimal(), Currency: m.Currency}}
}

func countArg(n int) Arg { return Arg{Count: &n} }

func durationArg(d time.Duration) Arg { return Arg{Span: max(1, int(d.Seconds()))} }

func priceText(m money.Money) *Text { return message("amount", amountArg(m)) }

func box(class string, children ...Node) Node {
	return Node{Kind: KindBox, Class: class, Children: children}
}

func heading(t *Text) Node { return Node{Kind: KindHeading, Text: t} }

func text(class string, t *Text) Node { return Node{Kind: KindText, Class: class, Text: t} }

func term(key, label string, t *Text) Node {
	return Node{Key: key, Kind: KindTerm, Label: message(label), Text: t}
}

func button(key string, t *Text, a Action) Node {
	return Node{Key: key, Kind: KindButton, Text: t, Action: &a}
}

// primary returns the main button of a screen.
func primary(key string, t *Text, a Action) Node {
	b := button(key, t, a)
	b.Class = "go"
	return b
}

func toggle(key string, t *Text, on bool, a Action) Node {
	return Node{Key: key, Kind: KindToggle, Class: "chip", Text: t, Current: on, Action: &a}
}

func copyButton(key, label, value string) Node {
	return Node{Key: key, Kind: KindCopy, Text: message("copy"), Label: message(label), Value: value}
}

func withKey(key string, n Node) Node {
	n.Key = key
	return n
}

// toggleGroup returns a row of toggles, exactly one of which is on.
func toggleGroup(key, label string, toggles ...Node) Node {
	return Node{Key: key, Kind: KindBox, Class: "chips", Label: message(label), Children: toggles}
}

func busy(key string, t *Text) Node { return Node{Key: key, Kind: KindBusy, Text: t} }
