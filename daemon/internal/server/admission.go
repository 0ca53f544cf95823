package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/shared/protocol"
)

// extensionOrigin is the Origin of a browser extension. Any of them may come while a
// pairing code lives; pages of the web never. It is compiled for the first that does.
var extensionOrigin = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(chrome|moz)-extension://[0-9a-z-]{1,64}$`)
})

// admit is the only HTTP route. It has no effect but to become a websocket, because
// any page on this machine can send requests here. The websocket lasts no longer than ctx.
func (s *Server) admit(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	s.visits.Add(1)
	defer s.visits.Done()

	origin, known, err := s.origin(r)
	if err != nil {
		s.opts.Log.Debug("a connection was refused", "cause", err)
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
		Subprotocols:    []string{subprotocol},
		CheckOrigin:     func(*http.Request) bool { return true }, // checked above
		WriteBufferPool: &s.buffers,
	}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		s.opts.Log.Debug("a connection did not become a websocket", "cause", err)
		return
	}
	peer := ws.NetConn().(*pendingConn)
	peer.reach(known)
	// In a goroutine of its own it holds neither the request nor the server's buffers: a
	// pending websocket takes a third less memory.
	s.visits.Go(func() { s.serve(ctx, ws, peer, origin) })
}

// serve speaks with a client until either side ends the connection.
func (s *Server) serve(ctx context.Context, ws *websocket.Conn, peer *pendingConn, origin string) {
	defer ws.Close()
	var err error
	if ws.Subprotocol() != protocol.Subprotocol {
		s.strangers.Do(func() {
			s.opts.Log.Warn("a browser's extension speaks another version: update the older of the two", "extension", label(ws.Subprotocol()), "companion", protocol.Subprotocol)
		})
		err = hangUp{protocol.CloseOtherVersion, "this companion speaks " + protocol.Subprotocol}
	} else {
		err = s.meet(ctx, ws, peer, origin)
	}
	s.opts.Log.Debug("a connection ended", "origin", origin, "cause", err)
	peer.reach(unheard) // its farewell takes no place from those who may yet succeed
	part(ws, err)
}

// origin is where the request comes from, if it may come at all, and whether a browser
// was paired from there.
func (s *Server) origin(r *http.Request) (string, stage, error) {
	if r.Host != s.host {
		return "", unheard, fmt.Errorf("it asks for the host %q", r.Host)
	}
	origins := r.Header["Origin"]
	if len(origins) != 1 {
		return "", unheard, fmt.Errorf("it names %d origins", len(origins))
	}
	origin := origins[0]
	clients, err := s.opts.Browsers.List()
	if err == nil && slices.ContainsFunc(clients, func(c browser.Browser) bool { return c.Origin == origin }) {
		return origin, paired, nil
	}
	if _, live := s.pairing.live(s.opts.Now()); live && extensionOrigin().MatchString(origin) {
		return origin, unpaired, nil
	}
	if err != nil {
		return "", unheard, fmt.Errorf("the paired browsers can't be read: %w", err)
	}
	return "", unheard, fmt.Errorf("its origin %q was never paired", origin)
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
