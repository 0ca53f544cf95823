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

// The library that wraps this interface waits for a server without end, and panics over
// a signal that is not as it should be, which any program on the bus can send.
const (
	notificationsName = "org.freedesktop.Notifications"
	notificationsPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// NoticesArePrivate says that a notification's text goes to the desktop alone.
const NotificationsArePrivate = true

// Notifier shows notifications by the desktop's own server, whichever is there at the
// time. It is safe for concurrent use.
type Notifier struct {
	mu      sync.Mutex
	closed  bool
	bus     *dbus.Conn
	buttons []button // the newest of those that were shown
}

type button struct {
	key   string
	press func()
}

const maxButtons = 32

// NewNotifier is one that can be used until ctx ends.
func NewNotifier(ctx context.Context) *Notifier {
	n := new(Notifier)
	context.AfterFunc(ctx, n.close)
	return n
}

// close gives up the bus, and with it what listens to it.
func (n *Notifier) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	if n.bus != nil {
		_ = n.bus.Close()
	}
}

// Show shows a notification.
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

// capabilities are what the server can do. One that can't say can do little.
func serverCapabilities(ctx context.Context, server dbus.BusObject) (names []string) {
	ctx, cancel := context.WithTimeout(ctx, notificationTimeout)
	defer cancel()
	_ = server.CallWithContext(ctx, notificationsName+".GetCapabilities", 0).Store(&names)
	return names
}

// server is the one on the session's bus, which is connected to again where it died.
func (n *Notifier) server(ctx context.Context) (dbus.BusObject, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil, fmt.Errorf("%w: %w", ErrNoNotifications, context.Canceled)
	}
	if n.bus == nil || !n.bus.Connected() {
		bus, err := Connect(context.WithoutCancel(ctx)) // it outlives this one notification
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

// offer makes a key for a button that nobody else can know.
func (n *Notifier) addButton(press func()) (key string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	key = "companion-" + rand.Text()
	n.buttons = append(n.buttons, button{key, press})
	n.buttons = n.buttons[max(0, len(n.buttons)-maxButtons):]
	return key
}

// listen does what buttons are for, until the bus goes.
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
