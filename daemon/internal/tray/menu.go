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
	pair    *row
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
		d.orders = append(d.orders, newRow(ctx, send(click(i))))
	}
	d.more = newRow(ctx, nil)
	systray.AddSeparator()
	d.pair = newRow(ctx, send(pairing))
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
	d.pair.set(m.Pair)
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
	if do == nil {
		item.Disable()
	}
	item.Hide()
	if do != nil {
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
	}
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
