package bridge

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/logspanel/companion/shared/protocol"
)

// extensionOrigin is the Origin of a browser extension. Any of them may come while a
// pairing code lives; pages of the web never. It is compiled for the first that does.
var extensionOrigin = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(chrome|moz)-extension://[0-9a-z-]{1,64}$`)
})

// admit is the only HTTP route. It has no effect but to become a websocket, because
// any page on this machine can send requests here.
func (b *Bridge) admit(w http.ResponseWriter, r *http.Request) {
	b.visits.Add(1)
	defer b.visits.Done()

	origin, err := b.origin(r)
	if err != nil {
		b.opts.Log.Debug("a connection was refused", "cause", err)
		http.Error(w, "refused", http.StatusForbidden)
		return
	}
	if r.RequestURI != "/" { // a whole address here would have stood above the header's host
		http.NotFound(w, r)
		return
	}
	subprotocol := choose(websocket.Subprotocols(r))
	if subprotocol == "" || !r.ProtoAtLeast(1, 1) {
		http.Error(w, "this is not a web server", http.StatusBadRequest)
		return
	}
	upgrader := websocket.Upgrader{
		Subprotocols: []string{subprotocol},
		CheckOrigin:  func(*http.Request) bool { return true }, // checked above
	}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		b.opts.Log.Debug("a connection did not become a websocket", "cause", err)
		return
	}
	defer ws.Close()
	if subprotocol != protocol.Subprotocol {
		b.strangers.Do(func() {
			b.opts.Log.Warn("a browser's extension speaks another version: update the older of the two", "extension", label(subprotocol), "companion", protocol.Subprotocol)
		})
		err = hangUp{protocol.CloseOtherVersion, "this companion speaks " + protocol.Subprotocol}
	} else {
		err = b.meet(r.Context(), ws, origin)
	}
	b.opts.Log.Debug("a connection ended", "origin", origin, "cause", err)
	part(ws, err)
}

// origin is where the request comes from, if it may come at all.
func (b *Bridge) origin(r *http.Request) (string, error) {
	if r.Host != b.host {
		return "", fmt.Errorf("it asks for the host %q", r.Host)
	}
	origins := r.Header["Origin"]
	if len(origins) != 1 {
		return "", fmt.Errorf("it names %d origins", len(origins))
	}
	origin := origins[0]
	if _, live := b.pairing.live(b.opts.Now()); live && extensionOrigin().MatchString(origin) {
		return origin, nil
	}
	clients, err := b.opts.Clients.List()
	if err != nil {
		return "", fmt.Errorf("the paired browsers can't be read: %w", err)
	}
	if !slices.ContainsFunc(clients, func(c Client) bool { return c.Origin == origin }) {
		return "", fmt.Errorf("its origin %q was never paired", origin)
	}
	return origin, nil
}

// choose picks our version of the protocol, or else another, to say so inside.
func choose(offered []string) string {
	if slices.Contains(offered, protocol.Subprotocol) {
		return protocol.Subprotocol
	}
	for _, name := range offered {
		if strings.HasPrefix(name, protocol.SubprotocolPrefix) {
			return name
		}
	}
	return ""
}

// hangUp ends a connection with one of the protocol's close codes.
type hangUp struct {
	code   int
	reason string
}

func (h hangUp) Error() string { return h.reason }

// part tells the client why the connection ends, and waits a moment for it to hear:
// a socket closed over unread bytes would take the reason with it.
func part(ws *websocket.Conn, cause error) {
	sayGoodbye(ws, cause)
	for {
		if _, _, err := ws.NextReader(); err != nil {
			return
		}
	}
}

// sayGoodbye sends the close, and bounds the wait for the client's own.
func sayGoodbye(ws *websocket.Conn, cause error) {
	goodbye := hangUp{websocket.CloseProtocolError, "this was not understood"}
	errors.As(cause, &goodbye)
	until := time.Now().Add(farewell)
	_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(goodbye.code, goodbye.reason), until)
	_ = ws.NetConn().SetDeadline(until)
}
