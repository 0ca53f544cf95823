package desktop

import (
	"errors"
	"time"
)

// ErrNoNotifications means that no notification service answers.
var ErrNoNotifications = errors.New("nothing here shows notifications")

const (
	notificationTimeout = 5 * time.Second // for one call of the notification service
	maxTitle            = 80              // runes
	maxBody             = 240
)

// Notification is what the desktop shows. Its texts may come from strangers: they appear as
// plain text, never as markup.
type Notification struct {
	Title   string
	Body    string
	Urgent  bool
	Button  string // label; empty: no button. Left out where the desktop shows no buttons
	OnPress func() // called from another goroutine when the button is pressed
}
