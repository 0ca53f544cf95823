package view

import "github.com/logspanel/companion/shared/protocol"

// Notification is a notification that the browser shows.
type Notification struct {
	ID    string `json:"id"` // a later notification with the same id replaces it
	Title Text   `json:"title"`
	Text  Text   `json:"text"`
}

// CodeNotification announces that a code arrived. It does not contain the code, because other
// people may see the screen.
func CodeNotification(o protocol.Order) Notification {
	return Notification{ID: o.ID, Title: *message("notify_title", plainArg(o.ServiceName)), Text: *message("notify_text", plainArg(o.DisplayNumber()))}
}
