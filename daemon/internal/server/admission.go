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

// extensionOrigin matches the Origin of a browser extension. While a pairing code is
// valid, any extension may connect; web pages never may. It is compiled on first use.
var extensionOrigin = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(chrome|moz)-extension://[0-9a-z-]{1,64}$`)
})

// admit handles every HTTP request. It can only upgrade to a websocket and has no other
// effect, because any web page on this machine can send requests here. The websocket is
// closed when ctx ends.
func (s *Server) admit(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	s.handlers.Add(1)
	defer s.handlers.Done()

	origin, known, err := s.checkOrigin(r)
	if err != nil {
		s.opts.Log.Debug("refused a connection", "cause", err)
		http.Error(w, "refused", http.StatusForbidden)
		return
	}
	if r.RequestURI != "/" { // an absolute URI overrides the Host header, which was checked
		http.NotFound(w, r)
		return
	}
	subprotocol := chooseSubprotocol(websocket.Subprotocols(r))
	if subprotocol == "" || !r.ProtoAtLeast(1, 1) {
		http.Error(w, "this is not a web server", http.StatusBadRequest)
		return
	}
	upgrader := websocket.Upgrader{
		Subprotocols:    []string{subprotocol},
		CheckOrigin:     func(*http.Request) bool { return true }, // checked above
		WriteBufferPool: &s.writeBuffers,
	}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		s.opts.Log.Debug("a connection did not become a websocket", "cause", err)
		return
	}
	peer := ws.NetConn().(*pendingConn)
	peer.moveTo(known)
	// A goroutine of its own keeps neither the request nor net/http's buffers alive: a
	// pending websocket takes a third less memory.
	s.handlers.Go(func() { s.serveConn(ctx, ws, peer, origin) })
}

// serveConn runs a websocket from the handshake to its close.
func (s *Server) serveConn(ctx context.Context, ws *websocket.Conn, peer *pendingConn, origin string) {
	defer ws.Close()
	var err error
	if ws.Subprotocol() != protocol.Subprotocol {
		s.refusals.Do(func() {
			s.opts.Log.Warn("a browser's extension speaks another version: update the older of the two", "extension", cleanLabel(ws.Subprotocol()), "companion", protocol.Subprotocol)
		})
		err = closeError{protocol.CloseOtherVersion, "this companion speaks " + protocol.Subprotocol}
	} else {
		err = s.authenticate(ctx, ws, peer, origin)
	}
	s.opts.Log.Debug("a connection ended", "origin", origin, "cause", err)
	peer.moveTo(stageNew) // while it closes, it must not displace connections that may still succeed
	closeGracefully(ws, err)
}

// checkOrigin returns the request's Origin and the stage in which it is admitted, or an
// error if it may not connect.
func (s *Server) checkOrigin(r *http.Request) (string, stage, error) {
	if r.Host != s.host {
		return "", stageNew, fmt.Errorf("it asks for the host %q", r.Host)
	}
	origins := r.Header["Origin"]
	if len(origins) != 1 {
		return "", stageNew, fmt.Errorf("it names %d origins", len(origins))
	}
	origin := origins[0]
	browsers, err := s.opts.Browsers.List()
	if err == nil && slices.ContainsFunc(browsers, func(b browser.Browser) bool { return b.Origin == origin }) {
		return origin, stagePairedOrigin, nil
	}
	if _, valid := s.pairing.current(s.opts.Now()); valid && extensionOrigin().MatchString(origin) {
		return origin, stageUnpairedOrigin, nil
	}
	if err != nil {
		return "", stageNew, fmt.Errorf("read the paired browsers: %w", err)
	}
	return "", stageNew, fmt.Errorf("its origin %q was never paired", origin)
}

// chooseSubprotocol picks our version of the protocol. Failing that it picks another
// version, because only a websocket can tell the extension what is wrong; empty if the
// peer offers none.
func chooseSubprotocol(offered []string) string {
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

// closeError ends a connection with a close code of the protocol or of RFC 6455.
type closeError struct {
	code   int
	reason string
}

func (e closeError) Error() string { return e.reason }

// closeGracefully sends the close frame and waits briefly for the client's. A socket that
// is closed over unread bytes would lose the close frame.
func closeGracefully(ws *websocket.Conn, cause error) {
	sendClose(ws, cause)
	for {
		if _, _, err := ws.NextReader(); err != nil {
			return
		}
	}
}

// sendClose sends the close frame for cause and sets the deadline for the client's.
func sendClose(ws *websocket.Conn, cause error) {
	closing := closeError{websocket.CloseProtocolError, "this was not understood"}
	errors.As(cause, &closing)
	deadline := time.Now().Add(closeTimeout)
	_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(closing.code, closing.reason), deadline)
	_ = ws.NetConn().SetDeadline(deadline)
}
