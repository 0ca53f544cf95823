package view

import (
	"time"

	"github.com/logspanel/companion/shared/money"
)

// View is one screen, for the pages to render.
type View struct {
	Title  Text    `json:"title"`
	Nodes  []Node  `json:"nodes"`
	Screen string  `json:"screen,omitempty"` // which one this is, so that each keeps its scrolling
	Escape *Action `json:"escape,omitempty"` // what the Escape key does; nothing: the browser closes the popup
}

// Kind is what a node is rendered as.
type Kind string

// The kinds of node.
const (
	KindBox       Kind = "box"       // a group, laid out by Class
	KindHeader    Kind = "header"    // a group at the top
	KindMain      Kind = "main"      // the group that matters, which scrolls
	KindFooter    Kind = "footer"    // a group at the bottom
	KindNav       Kind = "nav"       // a group of ways to elsewhere; Label
	KindFold      Kind = "fold"      // Children, shown on asking; Text
	KindTitle     Kind = "title"     // Text: of the whole screen
	KindHeading   Kind = "heading"   // Text
	KindText      Kind = "text"      // Text
	KindButton    Kind = "button"    // Text, Action
	KindToggle    Kind = "toggle"    // Text, Action: a button that is on while Current
	KindCopy      Kind = "copy"      // Text: a button that copies Value; Label: what is copied
	KindLink      Kind = "link"      // Text, to the web address in Value
	KindInput     Kind = "input"     // Label, Value, Action with what is typed as its Text
	KindSelect    Kind = "select"    // Label, Value, Options, Action with what is chosen as its Text
	KindForm      Kind = "form"      // Children; Action on Enter, with its input's value as Text
	KindList      Kind = "list"      // Children: those from First on of Total; Action asks for others
	KindTerm      Kind = "term"      // Label, Text: one line of a summary; Value can be copied
	KindCommand   Kind = "command"   // Value: something to type into a terminal, to be copied
	KindReport    Kind = "report"    // Value: many lines, to be copied; Label
	KindPicture   Kind = "picture"   // Value: one of the extension's own drawings, that says nothing more than the text
	KindCountdown Kind = "countdown" // to Until, in Text as its argument; Label: what is read out, each minute
	KindProgress  Kind = "progress"  // from Since to Until
	KindBusy      Kind = "busy"      // Text: something is going on
)

// Node is one element of a screen.
type Node struct {
	Key           string    `json:"key,omitempty"` // stable, unique on the screen
	Kind          Kind      `json:"kind"`
	Class         string    `json:"class,omitempty"`
	Text          *Text     `json:"text,omitempty"`
	Label         *Text     `json:"label,omitempty"` // for those who can't see, and an input's placeholder
	Value         string    `json:"value,omitempty"`
	Options       []Option  `json:"options,omitempty"`
	Action        *Action   `json:"action,omitempty"`
	Permission    string    `json:"ask,omitempty"` // a button also asks the browser for the sites of this pattern, or for this permission
	Disabled      bool      `json:"disabled,omitempty"`
	Current       bool      `json:"current,omitempty"` // the tab that is shown
	Focus         bool      `json:"focus,omitempty"`   // takes the keyboard when it appears
	SubmitOnPaste bool      `json:"pasted,omitempty"`  // its form is sent as soon as something is pasted
	Live          bool      `json:"live,omitempty"`    // read out when it appears or changes: Label, or else all its text
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

// Text is a sentence of the interface by its key in _locales, or text that is
// nobody's to translate, such as a name.
type Text struct {
	Key   string `json:"key,omitempty"`
	Args  []Arg  `json:"args,omitempty"` // $1, $2 …
	Plain string `json:"plain,omitempty"`
}

// Arg is one thing said in a sentence; the page writes it in the person's locale.
type Arg struct {
	Plain string    `json:"plain,omitempty"`
	Money *Amount   `json:"money,omitempty"`
	Count *int      `json:"count,omitempty"`
	Time  time.Time `json:"time,omitzero"`
	Span  int       `json:"span,omitempty"` // seconds
}

// Amount is an amount of money as decimal text with exactly the digits to show: how many a
// currency has, JavaScript knows otherwise than ISO 4217.
type Amount struct {
	Decimal  string `json:"decimal"`
	Currency string `json:"currency"`
}

func message(key string, args ...Arg) *Text { return &Text{Key: key, Args: args} }

func plain(s string) *Text { return &Text{Plain: s} }

func plainArg(s string) Arg { return Arg{Plain: s} }

// amountArg says an amount of money, or that there is none: a browser formats no amount
// without a currency.
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

// primary is the one button that most people want.
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

// toggleGroup is a row of toggles of which one is on.
func toggleGroup(key, label string, toggles ...Node) Node {
	return Node{Key: key, Kind: KindBox, Class: "chips", Label: message(label), Children: toggles}
}

func busy(key string, t *Text) Node { return Node{Key: key, Kind: KindBusy, Text: t} }
