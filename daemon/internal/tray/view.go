//go:build !darwin || cgo

package tray

import (
	"context"
	"runtime"
	"strings"

	"fyne.io/systray"
)

// Run shows the tray until ctx ends, in whatever panel is there, appears or comes back. It
// logs once that there is none. The main goroutine must call it, and only once.
func Run(ctx context.Context, opts Options) error {
	clicks := make(chan click)
	var d *menuView
	return runInPanels(ctx, opts.Log,
		func() {
			if d != nil {
				d.reset()
			}
			d = newMenuView(ctx, clicks)
		},
		func(act context.Context) { follow(act, opts, clicks, d.show) })
}

// menuView is the menu on the screen. It creates all its items once and then hides them or
// changes their text: the library crashes if an item is removed while it is clicked.
type menuView struct {
	items        []*systray.MenuItem
	stopClicks   func() // ends the goroutines that wait for clicks
	icon         Icon
	tooltip      string
	balance      *row
	spent        *row
	warnings     []*row
	orders       []*row
	more         *row
	handOvers    []*row
	cancelMenu   *row
	cancels      []*row
	decideMenu   *row
	decisions    []*row
	recentMenu   *row
	recent       []*row
	pair         *row
	browsersMenu *row
	browsers     []*row
	switches     []*row
}

func newMenuView(ctx context.Context, clicks chan<- click) *menuView {
	on := func(what action, line int) func() {
		return func() {
			select {
			case clicks <- click{what, line}:
			case <-ctx.Done():
			}
		}
	}
	ctx, end := context.WithCancel(ctx)
	d := &menuView{stopClicks: end}
	d.balance, d.spent = d.addRow(ctx, nil, nil), d.addRow(ctx, nil, nil)
	for range maxWarnings {
		d.warnings = append(d.warnings, d.addRow(ctx, nil, nil))
	}
	systray.AddSeparator()
	for i := range maxOrders {
		d.orders = append(d.orders, d.addRow(ctx, nil, on(copyOrder, i)))
	}
	d.more = d.addRow(ctx, nil, nil)
	for i := range maxHandOvers {
		d.handOvers = append(d.handOvers, d.addRow(ctx, nil, on(handOverCode, i)))
	}
	d.cancelMenu = d.addSubmenu(ctx, nil)
	for i := range maxOrders {
		d.cancels = append(d.cancels, d.addRow(ctx, d.cancelMenu, on(cancelNumber, i)))
	}
	d.decideMenu = d.addSubmenu(ctx, nil)
	for i := range maxDecisions {
		d.decisions = append(d.decisions, d.addRow(ctx, d.decideMenu, on(decidePurchase, i)))
	}
	d.recentMenu = d.addSubmenu(ctx, nil)
	for i := range maxRecent {
		d.recent = append(d.recent, d.addRow(ctx, d.recentMenu, on(copyRecent, i)))
	}
	d.addRow(ctx, nil, on(refreshState, 0)).set("Refresh")
	systray.AddSeparator()
	d.pair = d.addRow(ctx, nil, on(pairBrowser, 0))
	d.browsersMenu = d.addSubmenu(ctx, nil)
	for i := range maxBrowsers {
		browser := d.addSubmenu(ctx, d.browsersMenu)
		d.addRow(ctx, browser, on(revokeBrowser, i)).set("Revoke: it can no longer connect")
		d.browsers = append(d.browsers, browser)
	}
	systray.AddSeparator()
	d.addRow(ctx, nil, on(setKey, 0)).set("Set the API key…")
	d.addRow(ctx, nil, on(setLimits, 0)).set("Spending limits…")
	settings := d.addSubmenu(ctx, nil)
	settings.set("Settings")
	for i := range switchCount {
		d.switches = append(d.switches, d.addToggle(ctx, settings, on(toggleSwitch, int(i))))
	}
	systray.AddSeparator()
	d.addRow(ctx, nil, on(openLog, 0)).set("Open the log")
	d.addRow(ctx, nil, on(showAbout, 0)).set("About")
	d.addRow(ctx, nil, on(quitCompanion, 0)).set("Quit")
	return d
}

// reset removes the menu so that a new one can be built: some panels only read submenus of
// a menu that is new to the library. It clears the channels first, because the library
// would close them while a click is under way.
func (d *menuView) reset() {
	d.stopClicks()
	for _, item := range d.items {
		item.ClickedCh = nil
	}
	systray.ResetMenu()
}

func (d *menuView) show(m Menu) {
	if d.icon != m.Icon && setIcon(m.Icon) {
		d.icon = m.Icon
	}
	if d.tooltip != m.Tooltip {
		systray.SetTooltip(m.Tooltip)
		d.tooltip = m.Tooltip
	}
	d.balance.set(m.Balance)
	d.spent.set(m.Spent)
	for i, r := range d.warnings {
		r.set(at(m.Warnings, i))
	}
	d.more.set(m.More)
	d.pair.set(m.Pair)
	d.cancelMenu.set(menuTitle("Cancel a number", m.Cancels))
	d.decideMenu.set(menuTitle("Decide a purchase", m.Decisions))
	d.recentMenu.set(menuTitle("Recent orders", m.Recent))
	d.browsersMenu.set(menuTitle("Paired browsers", m.Browsers))
	for _, part := range []struct {
		rows  []*row
		lines []Line
	}{{d.orders, m.Orders}, {d.handOvers, m.HandOvers}, {d.cancels, m.Cancels}, {d.decisions, m.Decisions}, {d.recent, m.Recent}, {d.browsers, m.Browsers}} {
		for i, r := range part.rows {
			r.set(at(part.lines, i).Text)
		}
	}
	for i, r := range d.switches {
		r.set(m.Switches[i].Text)
		r.setChecked(m.Switches[i].On)
	}
}

// menuTitle returns a submenu's title, or nothing (which hides it) if it has no lines.
func menuTitle(text string, lines []Line) string {
	if len(lines) == 0 {
		return ""
	}
	return text
}

// row is an item of the menu. It is hidden while its text is empty.
type row struct {
	item *systray.MenuItem
	text string
}

// addRow adds a row that calls do when clicked; without do it is grey.
func (d *menuView) addRow(ctx context.Context, in *row, do func()) *row {
	if in == nil {
		return d.watchClicks(ctx, systray.AddMenuItem("", ""), do)
	}
	return d.watchClicks(ctx, in.item.AddSubMenuItem("", ""), do)
}

// addSubmenu adds a row that contains rows.
func (d *menuView) addSubmenu(ctx context.Context, in *row) *row { return d.addRow(ctx, in, func() {}) }

func (d *menuView) addToggle(ctx context.Context, in *row, do func()) *row {
	return d.watchClicks(ctx, in.item.AddSubMenuItemCheckbox("", "", false), do)
}

func (d *menuView) watchClicks(ctx context.Context, item *systray.MenuItem, do func()) *row {
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
	r.item.SetTitle(escapeMnemonics.Replace(text))
	if hidden {
		r.item.Show()
	}
}

func (r *row) setChecked(on bool) {
	switch {
	case r.text == "": // on some systems, a check mark would show a hidden item
	case on && !r.item.Checked():
		r.item.Check()
	case !on && r.item.Checked():
		r.item.Uncheck()
	}
}

// escapeMnemonics doubles the character that would make the next one a keyboard shortcut.
var escapeMnemonics = func() *strings.Replacer {
	switch runtime.GOOS {
	case "darwin":
		return strings.NewReplacer()
	case "windows":
		return strings.NewReplacer("&", "&&")
	}
	return strings.NewReplacer("_", "__")
}()
