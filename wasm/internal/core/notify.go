package core

import (
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// notifyCode shows a notification for a new code, unless the daemon or an open page already shows
// it. The caller calls it only once per code, by comparing with the previous snapshot, which
// survives the worker.
func (c *Core) notifyCode(o protocol.Order) {
	s := c.state
	if !o.CodeReady || o.Client != s.Client || !s.NotificationsAllowed || s.Preferences.NotificationsOff || s.Snapshot.ShowsNotifications || len(c.pages) > 0 {
		return
	}
	n := view.CodeNotification(o)
	c.do(Effect{Do: ShowNotification, Notification: &n})
}
