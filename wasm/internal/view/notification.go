package view

import "github.com/logspanel/companion/shared/protocol"

// Notification is a notification of the browser.
type Notification struct {
	ID    string `json:"id"` // a later one of the same replaces it
	Title Text   `json:"title"`
	Text  Text   `json:"text"`
}

// CodeNotification tells of a code, without the code: others may see the screen.
func CodeNotification(o protocol.Order) Notification {
	return Notification{ID: o.ID, Title: *message("notify_title", plainArg(o.ServiceName)), Text: *message("notify_text", plainArg(o.DisplayNumber()))}
}
