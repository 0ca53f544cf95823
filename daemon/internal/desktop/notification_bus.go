//go:build linux || freebsd || openbsd || netbsd

package desktop

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
)

// These calls use D-Bus directly. The library that wraps the interface waits forever for a
// server, and panics on a malformed signal, which any program on the bus can send.
const (
	notificationsName = "org.freedesktop.Notifications"
	notificationsPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// NotificationsArePrivate reports whether a notification's text reaches the desktop alone.
const NotificationsArePrivate = true

// Notifier shows notifications through whichever notification service is running at that
// time, and reconnects when the bus comes back. It is safe for concurrent use.
type Notifier struct {
	mu      sync.Mutex
	closed  bool
	bus     *dbus.Conn
	buttons []button // of the last notifications shown, at most maxButtons
}

type button struct {
	key   string
	press func()
}

const maxButtons = 32

// NewNotifier returns a Notifier that works until ctx ends.
func NewNotifier(ctx context.Context) *Notifier {
	n := new(Notifier)
	context.AfterFunc(ctx, n.close)
	return n
}

// close closes the bus connection, which ends handlePresses.
func (n *Notifier) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	if n.bus != nil {
		_ = n.bus.Close()
	}
}

// Show shows a notification. It blocks until the service has accepted it, for a few seconds
// at most.
func (n *Notifier) Show(ctx context.Context, notification Notification) error {
	server, err := n.server(ctx)
	if err != nil {
		return err
	}
	supported := serverCapabilities(ctx, server)
	body := Plain(notification.Body, maxBody)
	if slices.Contains(supported, "body-markup") {
		body = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body)
	}
	actions := []string{}
	if notification.Button != "" && slices.Contains(supported, "actions") {
		actions = []string{n.addButton(notification.OnPress), notification.Button}
	}
	urgency := byte(1)
	if notification.Urgent {
		urgency = 2
	}
	hints := map[string]dbus.Variant{"urgency": dbus.MakeVariant(urgency), "desktop-entry": dbus.MakeVariant("logspanel-companion")}
	ctx, cancel := context.WithTimeout(ctx, notificationTimeout)
	defer cancel()
	err = server.CallWithContext(ctx, notificationsName+".Notify", 0,
		Name, uint32(0), "", Plain(notification.Title, maxTitle), body, actions, hints, int32(-1)).Err
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoNotifications, err)
	}
	return nil
}

// serverCapabilities returns the server's capabilities, and none if it does not answer.
func serverCapabilities(ctx context.Context, server dbus.BusObject) (names []string) {
	ctx, cancel := context.WithTimeout(ctx, notificationTimeout)
	defer cancel()
	_ = server.CallWithContext(ctx, notificationsName+".GetCapabilities", 0).Store(&names)
	return names
}

// server returns the service on the session bus. It connects on the first call and after
// the bus died.
func (n *Notifier) server(ctx context.Context) (dbus.BusObject, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil, fmt.Errorf("%w: %w", ErrNoNotifications, context.Canceled)
	}
	if n.bus == nil || !n.bus.Connected() {
		bus, err := Connect(context.WithoutCancel(ctx)) // the connection outlives this notification
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoNotifications, err)
		}
		ctx, cancel := context.WithTimeout(ctx, notificationTimeout)
		defer cancel()
		pressed := make(chan *dbus.Signal, 16)
		bus.Signal(pressed)
		err = bus.AddMatchSignalContext(ctx, dbus.WithMatchSender(notificationsName), dbus.WithMatchObjectPath(notificationsPath),
			dbus.WithMatchInterface(notificationsName), dbus.WithMatchMember("ActionInvoked"))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%w: %w", ErrNoNotifications, err), bus.Close())
		}
		go n.handlePresses(pressed)
		n.bus = bus
	}
	return n.bus.Object(notificationsName, notificationsPath), nil
}

// addButton remembers what a button does and returns its action key. The key is random, so
// that no other program can press the button.
func (n *Notifier) addButton(press func()) (key string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	key = "companion-" + rand.Text()
	n.buttons = append(n.buttons, button{key, press})
	n.buttons = n.buttons[max(0, len(n.buttons)-maxButtons):]
	return key
}

// handlePresses runs the action of each pressed button until the bus closes.
func (n *Notifier) handlePresses(pressed <-chan *dbus.Signal) {
	for signal := range pressed {
		if signal == nil || len(signal.Body) < 2 {
			continue
		}
		key, _ := signal.Body[1].(string)
		n.mu.Lock()
		i := slices.IndexFunc(n.buttons, func(b button) bool { return b.key == key })
		var press func()
		if i >= 0 {
			press = n.buttons[i].press
		}
		n.mu.Unlock()
		if press != nil {
			press()
		}
	}
}
