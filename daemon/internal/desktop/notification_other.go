//go:build windows || darwin

package desktop

import (
	"context"
	"fmt"
	"runtime"

	"github.com/ncruces/zenity"
)

// NotificationsArePrivate reports whether a notification's text reaches the desktop alone.
// On Windows the text is briefly in a file, so it must not contain a code.
const NotificationsArePrivate = runtime.GOOS != "windows"

// Notifier shows notifications. It is safe for concurrent use.
type Notifier struct{}

// NewNotifier returns a Notifier.
func NewNotifier(context.Context) *Notifier { return &Notifier{} }

// Show shows a notification, without its button. It blocks for a few seconds at most.
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
