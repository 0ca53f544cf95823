//go:build !darwin || cgo

package tray

import (
	"context"
	"runtime"
	"strings"

	"fyne.io/systray"
)

// Run shows the tray until ctx ends. Where there is no panel to show it in, it gives
// ErrNoTray, once a panel that starts late has had its time. It may be called once, by
// the main goroutine.
func Run(ctx context.Context, opts Options) error {
	if err := awaitPanel(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	followed := make(chan struct{})
	systray.Run(func() {
		clicks := make(chan click)
		d := newDrawing(ctx, clicks, opts.Quit)
		go func() {
			defer close(followed)
			follow(ctx, opts, clicks, d.show, copyText)
		}()
		context.AfterFunc(ctx, systray.Quit)
	}, stop)
	<-followed
	return nil
}

// drawing is the menu on the screen. Its items are made once, and hidden or given
// another text after: the library does not survive one that is removed while clicked.
type drawing struct {
	icon    Icon
	tooltip string
	balance *row
	spent   *row
	notices []*row
	orders  []*row
	more    *row
	asks    []*row
	pair    *row
	paired  []*row
}

func newDrawing(ctx context.Context, clicks chan<- click, quit func()) *drawing {
	send := func(c click) func() {
		return func() {
			select {
			case clicks <- c:
			case <-ctx.Done():
			}
		}
	}
	d := &drawing{balance: newRow(ctx, nil), spent: newRow(ctx, nil)}
	for range maxNotices {
		d.notices = append(d.notices, newRow(ctx, nil))
	}
	systray.AddSeparator()
	for i := range maxOrders {
		d.orders = append(d.orders, newRow(ctx, send(click{copying, i})))
	}
	d.more = newRow(ctx, nil)
	for i := range maxAsks {
		d.asks = append(d.asks, newRow(ctx, send(click{handing, i})))
	}
	systray.AddSeparator()
	d.pair = newRow(ctx, send(click{what: pairing}))
	for i := range maxBrowsers {
		browser := newRow(ctx, func() {})
		newItem(ctx, browser.item.AddSubMenuItem("Revoke: it can no longer connect", ""), send(click{revoking, i}))
		d.paired = append(d.paired, browser)
	}
	newRow(ctx, quit).set("Quit")
	return d
}

func (d *drawing) show(m Menu) {
	if d.icon != m.Icon {
		d.icon = m.Icon
		systray.SetIcon(m.Icon.image())
	}
	if d.tooltip != m.Tooltip {
		d.tooltip = m.Tooltip
		systray.SetTooltip(m.Tooltip)
	}
	d.balance.set(m.Balance)
	d.spent.set(m.Spent)
	for i, r := range d.notices {
		r.set(at(m.Notices, i))
	}
	for i, r := range d.orders {
		r.set(at(m.Orders, i).Text)
	}
	d.more.set(m.More)
	for i, r := range d.asks {
		r.set(at(m.Asks, i).Text)
	}
	d.pair.set(m.Pair)
	for i, r := range d.paired {
		r.set(at(m.Browsers, i).Text)
	}
}

// at is the element, or nothing behind the end.
func at[T any](list []T, i int) (element T) {
	if i < len(list) {
		element = list[i]
	}
	return element
}

// row is an item of the menu; without a text it is hidden.
type row struct {
	item *systray.MenuItem
	text string
}

// newRow is a row that does something when it is clicked; with nothing to do it is grey.
func newRow(ctx context.Context, do func()) *row {
	item := systray.AddMenuItem("", "")
	item.Hide()
	if do == nil {
		item.Disable()
		return &row{item: item}
	}
	return newItem(ctx, item, do)
}

func newItem(ctx context.Context, item *systray.MenuItem, do func()) *row {
	go func() {
		for {
			select {
			case <-item.ClickedCh:
				do()
			case <-ctx.Done():
				return
			}
		}
	}()
	return &row{item: item}
}

func (r *row) set(text string) {
	if r.text == text {
		return
	}
	hidden := r.text == ""
	r.text = text
	if text == "" {
		r.item.Hide()
		return
	}
	r.item.SetTitle(mnemonics.Replace(text))
	if hidden {
		r.item.Show()
	}
}

// mnemonics doubles the character that marks the next one as a key to press.
var mnemonics = func() *strings.Replacer {
	switch runtime.GOOS {
	case "darwin":
		return strings.NewReplacer()
	case "windows":
		return strings.NewReplacer("&", "&&")
	}
	return strings.NewReplacer("_", "__")
}()
