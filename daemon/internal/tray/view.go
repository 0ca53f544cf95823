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
	var v *menuView
	return runInPanels(ctx, opts.Log,
		func() {
			if v != nil {
				v.reset()
			}
			v = newMenuView(ctx, clicks)
		},
		func(panelCtx context.Context) { follow(panelCtx, opts, clicks, v.show) })
}

// menuView is the menu on the screen. It creates all its items once and then hides them or
// changes their text: the library crashes if an item is removed while it is clicked.
type menuView struct {
	items         []*systray.MenuItem
	stopClicks    func() // ends the goroutines that wait for clicks
	icon          Icon
	tooltip       string
	balance       *row
	spent         *row
	warnings      []*row
	orders        []*row
	more          *row
	handOvers     []*row
	cancelsMenu   *row
	cancels       []*row
	decisionsMenu *row
	decisions     []*row
	recentMenu    *row
	recent        []*row
	pair          *row
	browsersMenu  *row
	browsers      []*row
	switches      []*row
}

func newMenuView(ctx context.Context, clicks chan<- click) *menuView {
	onClick := func(act action, line int) func() {
		return func() {
			select {
			case clicks <- click{act, line}:
			case <-ctx.Done():
			}
		}
	}
	ctx, stop := context.WithCancel(ctx)
	v := &menuView{stopClicks: stop}
	v.balance, v.spent = v.addRow(ctx, nil, nil), v.addRow(ctx, nil, nil)
	for range maxWarnings {
		v.warnings = append(v.warnings, v.addRow(ctx, nil, nil))
	}
	systray.AddSeparator()
	for i := range maxOrders {
		v.orders = append(v.orders, v.addRow(ctx, nil, onClick(copyOrder, i)))
	}
	v.more = v.addRow(ctx, nil, nil)
	for i := range maxHandOvers {
		v.handOvers = append(v.handOvers, v.addRow(ctx, nil, onClick(handOverCode, i)))
	}
	v.cancelsMenu = v.addSubmenu(ctx, nil)
	for i := range maxOrders {
		v.cancels = append(v.cancels, v.addRow(ctx, v.cancelsMenu, onClick(cancelNumber, i)))
	}
	v.decisionsMenu = v.addSubmenu(ctx, nil)
	for i := range maxDecisions {
		v.decisions = append(v.decisions, v.addRow(ctx, v.decisionsMenu, onClick(decidePurchase, i)))
	}
	v.recentMenu = v.addSubmenu(ctx, nil)
	for i := range maxRecent {
		v.recent = append(v.recent, v.addRow(ctx, v.recentMenu, onClick(copyRecent, i)))
	}
	v.addRow(ctx, nil, onClick(refreshState, 0)).set("Refresh")
	systray.AddSeparator()
	v.pair = v.addRow(ctx, nil, onClick(pairBrowser, 0))
	v.browsersMenu = v.addSubmenu(ctx, nil)
	for i := range maxBrowsers {
		browser := v.addSubmenu(ctx, v.browsersMenu)
		v.addRow(ctx, browser, onClick(revokeBrowser, i)).set("Revoke access")
		v.browsers = append(v.browsers, browser)
	}
	systray.AddSeparator()
	v.addRow(ctx, nil, onClick(setKey, 0)).set("Set the API key…")
	v.addRow(ctx, nil, onClick(setLimits, 0)).set("Spending limits…")
	settings := v.addSubmenu(ctx, nil)
	settings.set("Settings")
	for i := range switchCount {
		v.switches = append(v.switches, v.addToggle(ctx, settings, onClick(toggleSwitch, int(i))))
	}
	systray.AddSeparator()
	v.addRow(ctx, nil, onClick(openLog, 0)).set("Open log")
	v.addRow(ctx, nil, onClick(showAbout, 0)).set("About")
	v.addRow(ctx, nil, onClick(quitCompanion, 0)).set("Quit")
	return v
}

// reset removes the menu so that a new one can be built: some panels only read submenus of
// a menu that is new to the library. It clears the channels first, because the library
// would close them while a click is under way.
func (v *menuView) reset() {
	v.stopClicks()
	for _, item := range v.items {
		item.ClickedCh = nil
	}
	systray.ResetMenu()
}

func (v *menuView) show(m Menu) {
	if v.icon != m.Icon && setIcon(m.Icon) {
		v.icon = m.Icon
	}
	if v.tooltip != m.Tooltip {
		systray.SetTooltip(m.Tooltip)
		v.tooltip = m.Tooltip
	}
	v.balance.set(m.Balance)
	v.spent.set(m.Spent)
	for i, r := range v.warnings {
		r.set(at(m.Warnings, i))
	}
	v.more.set(m.More)
	v.pair.set(m.Pair)
	v.cancelsMenu.set(menuTitle("Cancel a number", m.Cancels))
	v.decisionsMenu.set(menuTitle("Decide a purchase", m.Decisions))
	v.recentMenu.set(menuTitle("Recent orders", m.Recent))
	v.browsersMenu.set(menuTitle("Paired browsers", m.Browsers))
	for _, part := range []struct {
		rows  []*row
		lines []Line
	}{{v.orders, m.Orders}, {v.handOvers, m.HandOvers}, {v.cancels, m.Cancels}, {v.decisions, m.Decisions}, {v.recent, m.Recent}, {v.browsers, m.Browsers}} {
		for i, r := range part.rows {
			r.set(at(part.lines, i).Text)
		}
	}
	for i, r := range v.switches {
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
func (v *menuView) addRow(ctx context.Context, in *row, do func()) *row {
	if in == nil {
		return v.watchClicks(ctx, systray.AddMenuItem("", ""), do)
	}
	return v.watchClicks(ctx, in.item.AddSubMenuItem("", ""), do)
}

// addSubmenu adds a row that contains rows.
func (v *menuView) addSubmenu(ctx context.Context, in *row) *row { return v.addRow(ctx, in, func() {}) }

func (v *menuView) addToggle(ctx context.Context, in *row, do func()) *row {
	return v.watchClicks(ctx, in.item.AddSubMenuItemCheckbox("", "", false), do)
}

func (v *menuView) watchClicks(ctx context.Context, item *systray.MenuItem, do func()) *row {
	v.items = append(v.items, item)
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
