//go:build linux && !race

// The systray library reads a version number in GetLayout that its timer writes under
// another lock. The race detector reports that for every test that reads the menu, so it
// does not build this file. The other tests run the same code under it.

package tray

import (
	"bufio"
	"context"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/systray"
	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/scripts/testenv"
	"github.com/logspanel/companion/shared/protocol"
)

func (p *fakePanel) property(name string) dbus.Variant {
	v, err := p.bus.Object(p.item, "/StatusNotifierItem").GetProperty("org.kde.StatusNotifierItem." + name)
	require.NoError(p.t, err)
	return v
}

// layout is an item of the menu in the D-Bus menu protocol.
type layout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

// menu returns an item with everything below it.
func (p *fakePanel) menu(id int32) (l layout) {
	path := p.property("Menu").Value().(dbus.ObjectPath)
	var revision uint32
	call := p.bus.Object(p.item, path).Call("com.canonical.dbusmenu.GetLayout", 0, id, int32(-1), []string{})
	require.NoError(p.t, call.Store(&revision, &l))
	return l
}

// visibleLines maps the labels of the visible items to the items. A submenu's lines have
// its label and a slash before theirs.
func (p *fakePanel) visibleLines() map[string]layout {
	lines := map[string]layout{}
	var walk func(l layout, above string)
	walk = func(l layout, above string) {
		for _, child := range l.Children {
			var c layout
			require.NoError(p.t, dbus.Store([]any{child.Value()}, &c))
			label, set := c.Properties["label"]
			if visible, isSet := c.Properties["visible"]; !set || isSet && visible.Value() == false {
				continue
			}
			text := above + label.Value().(string)
			lines[text] = c
			walk(c, text+"/")
		}
	}
	walk(p.menu(0), "")
	return lines
}

// await waits until the label of a visible line contains text.
func (p *fakePanel) await(text string) (line string, id int32) {
	p.t.Helper()
	for {
		lines := p.visibleLines()
		for line, l := range lines {
			if strings.Contains(line, text) {
				return line, l.ID
			}
		}
		select {
		case <-p.signals:
		case <-p.t.Context().Done():
			require.FailNow(p.t, "no line says "+text, "%v", lines)
		}
	}
}

// awaitNewMenu waits until a line is another item than the old one: the icon may arrive before the
// menu that is built for the new panel, and a click on an item of the old one is lost.
func (p *fakePanel) awaitNewMenu(text string, old int32) {
	p.t.Helper()
	for {
		if _, id := p.await(text); id != old {
			return
		}
		select {
		case <-p.signals:
		case <-p.t.Context().Done():
			require.FailNow(p.t, "the menu is still the old one")
		}
	}
}

// clickLine clicks the line whose label contains text.
func (p *fakePanel) clickLine(text string) {
	p.t.Helper()
	_, id := p.await(text)
	p.click(id)
}

func (p *fakePanel) click(id int32) {
	err := p.bus.Object(p.item, "/StatusNotifierItem/menu").Call("com.canonical.dbusmenu.Event", 0,
		id, "clicked", dbus.MakeVariant(""), uint32(0)).Err
	require.NoError(p.t, err)
}

// iconPixels returns the pixels of the icon.
func (p *fakePanel) iconPixels() []byte {
	var pictures []struct {
		Width, Height int32
		Pixels        []byte
	}
	require.NoError(p.t, p.property("IconPixmap").Store(&pictures))
	require.Len(p.t, pictures, 1)
	require.Len(p.t, pictures[0].Pixels, int(4*pictures[0].Width*pictures[0].Height))
	return pictures[0].Pixels
}

func TestTray(t *testing.T) {
	if !inOwnSession(t) {
		return
	}
	p := newPanel(t)
	p.open()
	order := testOrder(protocol.OrderWaiting)
	order.ServiceName, order.Deadline = "Odd_Name\x07", time.Now().Add(time.Hour)
	old := testOrder(protocol.OrderRefunded)
	old.ID = "2"
	source, c := &fakeSource{state: healthyState(order, old)}, newFakeController()
	close(c.dialogClosed)
	c.browsers = []browser.Browser{{ID: "c1", Product: "Firefox 153", Connected: true}}
	c.switches = Switches{Notifications: true, CodesInNotifications: true, AutoCancel: true, StartAtLogin: false}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, Options{Source: source, Controller: c, Changed: c.changed, Log: slog.New(slog.DiscardHandler)})
	}()
	p.item = <-p.arrived

	p.await("Balance: 12500.00 NGN")
	line, _ := p.await("Odd__Name  +234 803 123 4567  waiting")
	assert.NotContains(t, line, "\x07")
	p.await("Pair a browser…")
	assert.NotContains(t, p.visibleLines(), "No numbers waiting for a code")
	assert.NotContains(t, p.visibleLines(), "")
	waiting := p.iconPixels()

	for text, want := range map[string]string{
		"Odd__Name  +234 803 123 4567  waiting":         "copy +2348031234567",
		"Cancel a number/Odd__Name":                     "cancel 1",
		"Recent orders/WhatsApp":                        "copy +2348031234567",
		"Paired browsers/Firefox 153  connected/Revoke": "revoke c1",
		"Refresh":                     "refresh",
		"Pair a browser…":             "pair",
		"Set the API key…":            "ask key",
		"Spending limits…":            "ask limits",
		"Settings/Show notifications": "switch 0 false",
		"Settings/Show codes":         "switch 1 false",
		"Settings/Cancel and refund":  "switch 2 false",
		"Settings/Start at login":     "switch 3 true",
		"Open log":                    "open log",
		"About":                       "about",
	} {
		p.clickLine(text)
		assert.Equal(t, want, <-c.calls, text)
	}
	p.await("Paste into the extension: ABCD-EFGH")
	state := p.visibleLines()["Settings/Show notifications"].Properties
	assert.Equal(t, "checkmark", state["toggle-type"].Value())
	assert.EqualValues(t, 1, state["toggle-state"].Value())
	assert.EqualValues(t, 0, p.visibleLines()["Settings/Start at login"].Properties["toggle-state"].Value())

	t.Log("a code arrives, and another browser asks for it")
	now := time.Now()
	order.State, order.Code, order.CodeReady, order.CodeAt = protocol.OrderReceived, "482913", true, &now
	order.AskedBy = []string{"c1"}
	source.changes <- protocol.Change{Seq: 2, Order: &order}
	p.clickLine("code 482913")
	assert.Equal(t, "copy 482913", <-c.calls)
	p.clickLine("Allow Firefox 153 to see the code for +234 803 123 4567")
	assert.Equal(t, "hand 1 to c1", <-c.calls)
	assert.NotEqual(t, waiting, p.iconPixels())
	tooltip := p.property("ToolTip").Value().([]any)
	assert.Contains(t, tooltip[2], "1 code received")
	assert.NotContains(t, p.visibleLines(), "Cancel a number", "no number waits any more")

	t.Log("a panel that sends unusual calls")
	menu := p.bus.Object(p.item, "/StatusNotifierItem/menu")
	balance := p.visibleLines()["Balance: 12500.00 NGN"].ID
	for _, id := range []int32{0, -1, balance, 99999} {
		for _, event := range []string{"clicked", "hovered", "opened", "closed", "", "x-odd"} {
			menu.Call("com.canonical.dbusmenu.Event", 0, id, event, dbus.MakeVariant(int32(0)), uint32(0))
		}
		menu.Call("com.canonical.dbusmenu.AboutToShow", 0, id)
		menu.Call("com.canonical.dbusmenu.GetLayout", 0, id, int32(0), []string{"label"})
		menu.Go("com.canonical.dbusmenu.GetProperty", dbus.FlagNoReplyExpected, nil, id, "no such") // the library never answers this
	}
	menu.Call("com.canonical.dbusmenu.AboutToShowGroup", 0, []int32{0, 99999})
	menu.Call("com.canonical.dbusmenu.GetGroupProperties", 0, []int32{0, 99999}, []string{})
	for _, method := range []string{"Activate", "SecondaryActivate", "ContextMenu"} {
		p.bus.Object(p.item, "/StatusNotifierItem").Call("org.kde.StatusNotifierItem."+method, 0, int32(-5), int32(70000))
	}
	assert.Empty(t, c.calls, "none of these counts as a click")
	type event struct {
		ID   int32
		Name string
		Data dbus.Variant
		At   uint32
	}
	refresh := p.visibleLines()["Refresh"].ID
	require.NoError(t, menu.Call("com.canonical.dbusmenu.EventGroup", 0, []event{
		{refresh, "hovered", dbus.MakeVariant(""), 0}, {refresh, "clicked", dbus.MakeVariant(""), 0},
	}).Err)
	assert.Equal(t, "refresh", <-c.calls)

	t.Log("the panel disappears, and another appears")
	_, quit := p.await("Quit")
	_, err := p.bus.ReleaseName(watcher)
	require.NoError(t, err)
	p.open()
	assert.Equal(t, p.item, <-p.arrived)
	p.awaitNewMenu("Quit", quit)
	p.clickLine("Quit")
	assert.Equal(t, "quit", <-c.calls)
	stop()
	require.NoError(t, <-done)
}

// The session bus dies while the menu is being drawn, and comes back at the same address.
func TestBusThatDies(t *testing.T) {
	testenv.NeedsPrograms(t, "dbus-daemon")
	if !inOwnSession(t) {
		return
	}
	busRetry = 10 * time.Millisecond
	address := "unix:path=" + filepath.Join(t.TempDir(), "bus")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	serve := func() (end func()) {
		cmd := exec.CommandContext(t.Context(), "dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+address, "--print-address")
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		_, err = bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)
		return func() { _, _ = cmd.Process.Kill(), cmd.Wait() }
	}
	kill := serve()
	p := newPanel(t)
	p.open()
	source, c, log := &fakeSource{state: healthyState()}, newFakeController(), make(logLines, 100)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, Options{Source: source, Controller: c, Changed: c.changed, Log: log.logger()})
	}()
	p.item = <-p.arrived
	p.await("Balance: 12500.00 NGN")

	kill()
	require.Contains(t, <-log, "bus went away")
	source.state = healthyState(orderDueIn(time.Hour))
	defer serve()()
	p = newPanel(t)
	p.open()
	p.item = <-p.arrived
	require.Contains(t, <-log, "there is a tray icon now")
	p.await("WhatsApp  +234 803 123 4567  waiting")
	p.clickLine("Refresh")
	assert.Equal(t, "refresh", <-c.calls)
	stop()
	require.NoError(t, <-done)
}

// A panic of the library, right after the bus died, must not end the companion.
func TestDrawingWithoutABus(t *testing.T) {
	if !inOwnSession(t) {
		return
	}
	p := newPanel(t)
	p.open()
	begin, end := systray.RunWithExternalLoop(func() {}, nil)
	systray.SetIcon(IconIdle.encoded())
	begin()
	<-p.arrived
	require.True(t, setIcon(IconWaiting))
	shared, err := dbus.SessionBus()
	require.NoError(t, err)
	require.NoError(t, shared.Close())
	assert.False(t, setIcon(IconCode))
	systray.SetTooltip("none")
	systray.AddMenuItem("none", "").Hide()
	quitSystray(end)
}
