// Package browser defines what the daemon knows about a paired browser. The server
// stores and authenticates browsers, the commands list them over the control socket, and
// the tray and the doctor show them; all of them use this one type.
//
// On the wire between daemon and extension a paired browser is a client: the ID here is
// the client ID there. The secret that proves a browser's identity is in the keyring and
// never in this type.
package browser

import "time"

// Browser is a paired browser. Its JSON is both the stored record and what the control
// socket carries; Connected is never stored.
type Browser struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`              // given by the person; may be empty
	Product   string    `json:"browser"`           // such as "Chromium 156"; may be empty
	Version   string    `json:"version,omitempty"` // of the extension; records of early versions lack it
	Origin    string    `json:"origin"`            // of the extension, such as "moz-extension://…"
	PairedAt  time.Time `json:"paired_at"`         // in UTC
	LastUsed  time.Time `json:"last_used"`         // start or end of its latest session, in UTC
	Revoked   bool      `json:"revoked,omitempty"` // kept so that the browser learns why it is refused
	Connected bool      `json:"here,omitempty"`    // has a session now
}

// Label returns the browser's name and product as the interface shows them. Both come
// from the browser itself, so a caller that draws them limits their length.
func (b Browser) Label() string {
	switch {
	case b.Name == "" && b.Product == "":
		return "a browser"
	case b.Name == "":
		return b.Product
	case b.Product == "":
		return b.Name
	}
	return b.Name + " (" + b.Product + ")"
}
