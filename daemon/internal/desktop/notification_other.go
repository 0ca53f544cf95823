//go:build windows || darwin

package desktop

import (
	"context"
	"fmt"
	"runtime"

	"github.com/ncruces/zenity"
)

// NoticesArePrivate says that a notification's text goes to the desktop alone. On
// Windows it is in a file for a moment, so no code may be in it.
const NotificationsArePrivate = runtime.GOOS != "windows"

// Notifier shows notifications.
type Notifier struct{}

// NewNotifier is one that can be used until ctx ends.
func NewNotifier(context.Context) *Notifier { return &Notifier{} }

// Show shows a notification, without its button.
func (n *Notifier) Show(ctx context.Context, notification Notification) error {
	ctx, cancel := context.WithTimeout(ctx, notificationTimeout)
	defer cancel()
	icon := zenity.InfoIcon
	if notification.Urgent {
		icon = zenity.WarningIcon
	}
	if err := zenity.Notify(Plain(notification.Body, maxBody), zenity.Title(Plain(notification.Title, maxTitle)), icon, zenity.Context(ctx)); err != nil {
		return fmt.Errorf("%w: %w", ErrNoNotifications, err)
	}
	return nil
}
