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
const NoticesArePrivate = runtime.GOOS != "windows"

// Notifier shows notifications.
type Notifier struct{}

// NewNotifier is one that can be used until ctx ends.
func NewNotifier(context.Context) *Notifier { return &Notifier{} }

// Show shows a notification, without its button.
func (n *Notifier) Show(ctx context.Context, notice Notice) error {
	ctx, cancel := context.WithTimeout(ctx, noticePatience)
	defer cancel()
	icon := zenity.InfoIcon
	if notice.Urgent {
		icon = zenity.WarningIcon
	}
	if err := zenity.Notify(Plain(notice.Body, maxBody), zenity.Title(Plain(notice.Title, maxTitle)), icon, zenity.Context(ctx)); err != nil {
		return fmt.Errorf("%w: %w", ErrNoNotices, err)
	}
	return nil
}
