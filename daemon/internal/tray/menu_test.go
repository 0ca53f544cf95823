//go:build linux && !race

// The library's GetLayout reads a version number that its own timer writes under another
// lock. The race detector reports that to whoever asks for the menu, so this file is
// built without it; it watches the same code in the other tests.

package tray

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
)

func (p *panel) property(name string) dbus.Variant {
	v, err := p.bus.Object(p.item, "/StatusNotifierItem").GetProperty("org.kde.StatusNotifierItem." + name)
	require.NoError(p.t, err)
	return v
}

// layout is an item of the menu, as the protocol has it.
type layout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

// lines are the visible items by their labels.
func (p *panel) lines() map[string]int32 {
	path := p.property("Menu").Value().(dbus.ObjectPath)
	var revision uint32
	var menu layout
	call := p.bus.Object(p.item, path).Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{})
	require.NoError(p.t, call.Store(&revision, &menu))
	lines := map[string]int32{}
	for _, child := range menu.Children {
		var l layout
		require.NoError(p.t, dbus.Store([]any{child.Value()}, &l))
		if visible, set := l.Properties["visible"]; set && visible.Value() == false {
			continue
		}
		if label, set := l.Properties["label"]; set {
			lines[label.Value().(string)] = l.ID
		}
	}
	return lines
}

// below is the one item under another.
func (p *panel) below(id int32) int32 {
	path := p.property("Menu").Value().(dbus.ObjectPath)
	var revision uint32
	var menu, child layout
	call := p.bus.Object(p.item, path).Call("com.canonical.dbusmenu.GetLayout", 0, id, int32(-1), []string{})
	require.NoError(p.t, call.Store(&revision, &menu))
	require.Len(p.t, menu.Children, 1)
	require.NoError(p.t, dbus.Store([]any{menu.Children[0].Value()}, &child))
	return child.ID
}

// await waits until a line with this text is there, looking again at each signal.
func (p *panel) await(text string) (line string, id int32) {
	for {
		lines := p.lines()
		for line, id := range lines {
			if strings.Contains(line, text) {
				return line, id
			}
		}
		select {
		case <-p.signals:
		case <-p.t.Context().Done():
			require.FailNow(p.t, "no line says "+text, "%v", lines)
		}
	}
}

func (p *panel) click(id int32) {
	err := p.bus.Object(p.item, "/StatusNotifierItem/menu").Call("com.canonical.dbusmenu.Event", 0,
		id, "clicked", dbus.MakeVariant(""), uint32(0)).Err
	require.NoError(p.t, err)
}

// picture is the icon's pixels.
func (p *panel) picture() []byte {
	var pictures []struct {
		Width, Height int32
		Pixels        []byte
	}
	require.NoError(p.t, p.property("IconPixmap").Store(&pictures))
	require.Len(p.t, pictures, 1)
	require.Len(p.t, pictures[0].Pixels, int(4*pictures[0].Width*pictures[0].Height))
	return pictures[0].Pixels
}

// copier puts a program into the path that hands over what is copied.
func copier(t *testing.T) (copied string) {
	dir := t.TempDir()
	copied = filepath.Join(dir, "copied")
	require.NoError(t, syscall.Mkfifo(copied, 0o600))
	script := "#!/bin/sh\n[ \"$*\" = '-selection clipboard' ] && exec cat >'" + copied + "'\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "xclip"), []byte(script), 0o700))
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return copied
}

func TestTray(t *testing.T) {
	if !again(t) {
		return
	}
	copied := copier(t)
	p := newPanel(t)
	p.open()
	order := rented(protocol.OrderWaiting)
	order.ServiceName, order.Deadline = "Odd_Name\x07", time.Now().Add(time.Hour)
	b := &book{state: fine(order)}
	ctx, quit := context.WithCancel(t.Context())
	done, revoked := make(chan error, 1), make(chan string, 1)
	go func() {
		done <- Run(ctx, Options{
			Book: b, Quit: quit,
			Browsers: func() []Browser { return []Browser{{ID: "c1", Label: "Firefox 153", Here: true}} },
			HandOver: func(order, browser string) error { return nil },
			Revoke: func(_ context.Context, browser string) error {
				revoked <- browser
				return nil
			},
			Pair: func() (string, time.Time) { return "ABCD-EFGH", time.Now().Add(2 * time.Minute) },
		})
	}()
	p.item = <-p.arrived

	p.await("Balance: 12500.00 NGN")
	line, id := p.await("Odd__Name  +234 803 123 4567  waiting")
	assert.NotContains(t, line, "\x07")
	p.await("Add a browser…")
	assert.NotContains(t, p.lines(), "No number waits for a code")
	assert.NotContains(t, p.lines(), "")
	waiting := p.picture()

	t.Log("a code comes")
	now := time.Now()
	order.State, order.Code, order.CodeReady, order.CodeAt = protocol.OrderReceived, "482913", true, &now
	b.changes <- protocol.Change{Seq: 2, Order: &order}
	p.await("code 482913")
	assert.NotEqual(t, waiting, p.picture())
	tooltip := p.property("ToolTip").Value().([]any)
	assert.Contains(t, tooltip[2], "1 code is there")

	t.Log("clicks")
	p.click(id)
	text, err := os.ReadFile(copied)
	require.NoError(t, err)
	assert.Equal(t, "482913", string(text))
	_, id = p.await("Add a browser…")
	p.click(id)
	text, err = os.ReadFile(copied)
	require.NoError(t, err)
	assert.Equal(t, "ABCD-EFGH", string(text))
	p.await("Paste into the extension: ABCD-EFGH")

	_, id = p.await("Firefox 153  here now")
	p.click(p.below(id))
	assert.Equal(t, "c1", <-revoked)
	_, id = p.await("Quit")
	p.click(id)
	require.NoError(t, <-done)
}
