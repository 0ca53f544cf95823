package desktop

import (
	"errors"
	"time"
)

// ErrNoNotices says that nothing here shows notifications.
var ErrNoNotifications = errors.New("nothing here shows notifications")

const (
	notificationTimeout = 5 * time.Second // with whoever shows notifications
	maxTitle            = 80              // runes
	maxBody             = 240
)

// Notice is a notification. Its texts may be a stranger's: they are shown as they stand.
type Notification struct {
	Title   string
	Body    string
	Urgent  bool
	Button  string // empty: none; it is left out where the desktop has none
	OnPress func() // what the button does
}
