//go:build !darwin || cgo

package tray

import (
	"context"
	"runtime"
	"strings"

	"fyne.io/systray"
)

// Run shows the tray until ctx ends, in whatever panel is there, comes or comes back.
// It says once in the log when there is none. It may be called once, by the main
// goroutine.
func Run(ctx context.Context, opts Options) error {
	clicks := make(chan click)
	var d *drawing
	return perform(ctx, opts.Log,
		func() {
			if d != nil {
				d.forget()
			}
			d = newDrawing(ctx, clicks)
		},
		func(act context.Context) { follow(act, opts, clicks, d.show) })
}

// drawing is the menu on the screen. Its items are made once, and hidden or given
// another text after: the library does not survive one that is removed while clicked.
type drawing struct {
	items    []*systray.MenuItem
	end      func() // nothing is clicked any more
	icon     Icon
	tooltip  string
	balance  *row
	spent    *row
	notices  []*row
	orders   []*row
	more     *row
	asks     []*row
	cancel   *row
	cancels  []*row
	decide   *row
	decides  []*row
	recent   *row
	recents  []*row
	pair     *row
	browsers *row
	paired   []*row
	switches []*row
}

func newDrawing(ctx context.Context, clicks chan<- click) *drawing {
	on := func(what choice, line int) func() {
		return func() {
			select {
			case clicks <- click{what, line}:
			case <-ctx.Done():
			}
		}
	}
	ctx, end := context.WithCancel(ctx)
	d := &drawing{end: end}
	d.balance, d.spent = d.row(ctx, nil, nil), d.row(ctx, nil, nil)
	for range maxNotices {
		d.notices = append(d.notices, d.row(ctx, nil, nil))
	}
	systray.AddSeparator()
	for i := range maxOrders {
		d.orders = append(d.orders, d.row(ctx, nil, on(copying, i)))
	}
	d.more = d.row(ctx, nil, nil)
	for i := range maxAsks {
		d.asks = append(d.asks, d.row(ctx, nil, on(handing, i)))
	}
	d.cancel = d.menu(ctx, nil)
	for i := range maxOrders {
		d.cancels = append(d.cancels, d.row(ctx, d.cancel, on(cancelling, i)))
	}
	d.decide = d.menu(ctx, nil)
	for i := range maxDecides {
		d.decides = append(d.decides, d.row(ctx, d.decide, on(deciding, i)))
	}
	d.recent = d.menu(ctx, nil)
	for i := range maxRecent {
		d.recents = append(d.recents, d.row(ctx, d.recent, on(recalling, i)))
	}
	d.row(ctx, nil, on(refreshing, 0)).set("Refresh")
	systray.AddSeparator()
	d.pair = d.row(ctx, nil, on(pairing, 0))
	d.browsers = d.menu(ctx, nil)
	for i := range maxBrowsers {
		browser := d.menu(ctx, d.browsers)
		d.row(ctx, browser, on(revoking, i)).set("Revoke: it can no longer connect")
		d.paired = append(d.paired, browser)
	}
	systray.AddSeparator()
	d.row(ctx, nil, on(keying, 0)).set("Set the API key…")
	d.row(ctx, nil, on(limiting, 0)).set("Spending limits…")
	settings := d.menu(ctx, nil)
	settings.set("Settings")
	for i := range switchCount {
		d.switches = append(d.switches, d.toggle(ctx, settings, on(switching, int(i))))
	}
	systray.AddSeparator()
	d.row(ctx, nil, on(logging, 0)).set("Open the log")
	d.row(ctx, nil, on(introducing, 0)).set("About")
	d.row(ctx, nil, on(quitting, 0)).set("Quit")
	return d
}

// forget takes the menu away, so that another can be made: some panels that come later
// fill the menus in a menu only while it is new to the library. An item without a
// channel is one that the library does not close under a click.
func (d *drawing) forget() {
	d.end()
	for _, item := range d.items {
		item.ClickedCh = nil
	}
	systray.ResetMenu()
}

func (d *drawing) show(m Menu) {
	if d.icon != m.Icon && setIcon(m.Icon) {
		d.icon = m.Icon
	}
	if d.tooltip != m.Tooltip {
		systray.SetTooltip(m.Tooltip)
		d.tooltip = m.Tooltip
	}
	d.balance.set(m.Balance)
	d.spent.set(m.Spent)
	for i, r := range d.notices {
		r.set(at(m.Notices, i))
	}
	d.more.set(m.More)
	d.pair.set(m.Pair)
	d.cancel.set(title("Cancel a number", m.Cancels))
	d.decide.set(title("Decide a purchase", m.Decides))
	d.recent.set(title("Recent orders", m.Recent))
	d.browsers.set(title("Paired browsers", m.Browsers))
	for _, part := range []struct {
		rows  []*row
		lines []Line
	}{{d.orders, m.Orders}, {d.asks, m.Asks}, {d.cancels, m.Cancels}, {d.decides, m.Decides}, {d.recents, m.Recent}, {d.paired, m.Browsers}} {
		for i, r := range part.rows {
			r.set(at(part.lines, i).Text)
		}
	}
	for i, r := range d.switches {
		r.set(m.Switches[i].Text)
		r.mark(m.Switches[i].On)
	}
}

// title is that of a menu with lines in it; without any it is hidden.
func title(text string, lines []Line) string {
	if len(lines) == 0 {
		return ""
	}
	return text
}

// row is an item of the menu; without a text it is hidden.
type row struct {
	item *systray.MenuItem
	text string
}

// row is a row that does something when it is clicked; with nothing to do it is grey.
func (d *drawing) row(ctx context.Context, in *row, do func()) *row {
	if in == nil {
		return d.item(ctx, systray.AddMenuItem("", ""), do)
	}
	return d.item(ctx, in.item.AddSubMenuItem("", ""), do)
}

// menu is a row with rows in it.
func (d *drawing) menu(ctx context.Context, in *row) *row { return d.row(ctx, in, func() {}) }

func (d *drawing) toggle(ctx context.Context, in *row, do func()) *row {
	return d.item(ctx, in.item.AddSubMenuItemCheckbox("", "", false), do)
}

func (d *drawing) item(ctx context.Context, item *systray.MenuItem, do func()) *row {
	d.items = append(d.items, item)
	if do == nil {
		item.Disable()
	}
	item.Hide()
	if do == nil {
		return &row{item: item}
	}
	clicked := item.ClickedCh
	go func() {
		for {
			select {
			case <-clicked:
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

func (r *row) mark(on bool) {
	switch {
	case r.text == "": // hidden, which a mark would undo on some systems
	case on && !r.item.Checked():
		r.item.Check()
	case !on && r.item.Checked():
		r.item.Uncheck()
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
