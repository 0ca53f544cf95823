package core

import (
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// notifyCode tells of a code that has come, where neither the daemon nor an open page does.
// It is called when an order's code is first seen: the state before says whether it was
// seen, and outlives the worker.
func (c *Core) notifyCode(o protocol.Order) {
	s := c.state
	if !o.CodeReady || o.Client != s.Client || !s.NotificationsAllowed || s.Preferences.NotificationsOff || s.Snapshot.ShowsNotifications || len(c.pages) > 0 {
		return
	}
	n := view.CodeNotification(o)
	c.do(Effect{Do: ShowNotification, Notification: &n})
}
