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
	notifications     = "org.freedesktop.Notifications"
	notificationsPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// NoticesArePrivate says that a notification's text goes to the desktop alone.
const NoticesArePrivate = true

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
func (n *Notifier) Show(ctx context.Context, notice Notice) error {
	server, err := n.server(ctx)
	if err != nil {
		return err
	}
	can := capabilities(ctx, server)
	body := Plain(notice.Body, maxBody)
	if slices.Contains(can, "body-markup") {
		body = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body)
	}
	actions := []string{}
	if notice.Button != "" && slices.Contains(can, "actions") {
		actions = []string{n.offer(notice.Press), notice.Button}
	}
	urgency := byte(1)
	if notice.Urgent {
		urgency = 2
	}
	hints := map[string]dbus.Variant{"urgency": dbus.MakeVariant(urgency), "desktop-entry": dbus.MakeVariant("logspanel-companion")}
	ctx, cancel := context.WithTimeout(ctx, noticePatience)
	defer cancel()
	err = server.CallWithContext(ctx, notifications+".Notify", 0,
		Name, uint32(0), "", Plain(notice.Title, maxTitle), body, actions, hints, int32(-1)).Err
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoNotices, err)
	}
	return nil
}

// capabilities are what the server can do. One that can't say can do little.
func capabilities(ctx context.Context, server dbus.BusObject) (can []string) {
	ctx, cancel := context.WithTimeout(ctx, noticePatience)
	defer cancel()
	_ = server.CallWithContext(ctx, notifications+".GetCapabilities", 0).Store(&can)
	return can
}

// server is the one on the session's bus, which is connected to again where it died.
func (n *Notifier) server(ctx context.Context) (dbus.BusObject, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil, fmt.Errorf("%w: %w", ErrNoNotices, context.Canceled)
	}
	if n.bus == nil || !n.bus.Connected() {
		bus, err := Connect(context.WithoutCancel(ctx)) // it outlives this one notification
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoNotices, err)
		}
		ctx, cancel := context.WithTimeout(ctx, noticePatience)
		defer cancel()
		pressed := make(chan *dbus.Signal, 16)
		bus.Signal(pressed)
		err = bus.AddMatchSignalContext(ctx, dbus.WithMatchSender(notifications), dbus.WithMatchObjectPath(notificationsPath),
			dbus.WithMatchInterface(notifications), dbus.WithMatchMember("ActionInvoked"))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%w: %w", ErrNoNotices, err), bus.Close())
		}
		go n.listen(pressed)
		n.bus = bus
	}
	return n.bus.Object(notifications, notificationsPath), nil
}

// offer makes a key for a button that nobody else can know.
func (n *Notifier) offer(press func()) (key string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	key = "companion-" + rand.Text()
	n.buttons = append(n.buttons, button{key, press})
	n.buttons = n.buttons[max(0, len(n.buttons)-maxButtons):]
	return key
}

// listen does what buttons are for, until the bus goes.
func (n *Notifier) listen(pressed <-chan *dbus.Signal) {
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
