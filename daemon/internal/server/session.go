package server

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

// immediateBuffer is how many immediate answers may wait for the writer. When there are
// more, the client does not receive them, and the session stops reading.
const immediateBuffer = 16

// maxSessionsPerClient limits a client's concurrent sessions. A browser needs one. Whoever
// stole its secret can neither fill the memory nor displace the browser's own sessions.
const maxSessionsPerClient = 8

// Errors that end a session.
var (
	errSlow            = closeError{protocol.CloseSlow, "the browser did not keep up"}
	errStopping        = closeError{websocket.CloseGoingAway, "the companion stops"}
	errTooManySessions = closeError{websocket.CloseTryAgainLater, "this browser has too many connections"}
)

// session is the connection of an authenticated client. One goroutine writes, one reads,
// and the workers of a requestQueue answer the requests.
type session struct {
	server    *Server
	client    string
	conn      *messageConn
	answers   chan protocol.Message // from the request queue
	immediate chan protocol.Message // answers that need no work and don't wait for the queue
	resync    chan uint64           // IDs of state.get requests, which only the writer may answer
	end       context.CancelCauseFunc
}

// runSession registers and runs the session whose hello was request id. It blocks until
// either side ends it and all of its requests have returned. serverCtx lives as long as
// the server.
func (s *Server) runSession(serverCtx context.Context, conn *messageConn, id uint64, welcome protocol.Welcome) error {
	ctx, end := context.WithCancelCause(serverCtx)
	sess := &session{
		server: s, client: welcome.ClientID, conn: conn, end: end,
		answers: make(chan protocol.Message), immediate: make(chan protocol.Message, immediateBuffer), resync: make(chan uint64, immediateBuffer),
	}
	if err := s.register(sess); err != nil {
		end(nil)
		return err
	}
	s.opts.BrowsersChanged()
	var background sync.WaitGroup
	background.Go(func() { end(sess.write(ctx, id, welcome)) })
	background.Go(func() {
		<-ctx.Done()
		sendClose(conn.ws, closeCause(ctx)) // its deadline also ends the reading
	})
	queue := requestQueue{
		do: func(m protocol.Message) (any, error) { return s.dispatch(ctx, serverCtx, sess.client, m) },
		answer: func(m protocol.Message, id uint64, result any, err error) {
			result, err = s.finish(m.Method, sess.client, result, err)
			sess.answer(ctx, sess.answers, id, result, err)
		},
	}
	end(sess.read(ctx, serverCtx, &queue))
	s.unregister(sess)
	background.Wait()
	queue.running.Wait()
	return closeCause(ctx)
}

// closeCause returns the reason for which a session ended.
func closeCause(ctx context.Context) error {
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return errStopping
}

// register makes the session visible to Revoke. It fails if the browser was revoked in
// the meantime or has too many sessions.
func (s *Server) register(sess *session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.browser(sess.client); errors.Is(err, errNotPaired) {
		return errUnknownClient
	}
	own := 0
	for other := range s.sessions {
		if other.client == sess.client {
			own++
		}
	}
	if own == maxSessionsPerClient {
		return errTooManySessions
	}
	s.sessions[sess] = struct{}{}
	return nil
}

// unregister removes the session and stores when it ended.
func (s *Server) unregister(sess *session) {
	s.mu.Lock()
	delete(s.sessions, sess)
	s.mu.Unlock()
	err := s.update(sess.client, func(b *browser.Browser) { b.LastUsed = s.opts.Now().UTC() })
	if err != nil && !errors.Is(err, errNotPaired) {
		s.opts.Log.Error("the time of a browser's session can't be stored", "client", sess.client, "cause", err)
	}
	s.opts.BrowsersChanged()
}

// endSessions ends a client's sessions and removes its secret from the cache.
func (s *Server) endSessions(client string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.secrets, client)
	for sess := range s.sessions {
		if sess.client == client {
			sess.end(errUnknownClient)
		}
	}
}

// write is the only writer. It also holds the subscription, so that the client gets a
// state and then exactly the changes after it.
func (s *session) write(ctx context.Context, hello uint64, welcome protocol.Welcome) error {
	now, changes, stop := s.server.opts.Orders.Subscribe()
	defer func() { stop() }()
	welcome.Snapshot = redact(now, s.client)
	m, err := protocol.Response(hello, welcome, nil)
	for {
		if err != nil {
			return err
		}
		if err := s.conn.write(m); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case m = <-s.immediate:
		case m = <-s.answers:
		case id := <-s.resync:
			stop()
			now, changes, stop = s.server.opts.Orders.Subscribe()
			m, err = protocol.Response(id, redact(now, s.client), nil)
		case change, open := <-changes:
			if !open {
				return errSlow
			}
			m, err = protocol.Notification(protocol.StateChanged, redact(change, s.client))
		}
	}
}

// read reads requests until the connection ends, and never waits for one to finish.
func (s *session) read(ctx, serverCtx context.Context, queue *requestQueue) error {
	s.conn.ws.SetReadLimit(channel.MaxFrame)
	for {
		_ = s.conn.ws.SetReadDeadline(time.Now().Add(s.server.idleTimeout))
		if ctx.Err() != nil {
			return nil
		}
		m, err := s.conn.read()
		if err != nil {
			return err
		}
		switch {
		case m.ID == 0 || m.Method == "":
			return errors.New("the message is not a request")
		case m.Method == protocol.SessionPing:
			s.answer(ctx, s.immediate, m.ID, protocol.Empty{}, nil)
		case m.Method == protocol.SessionLeave:
			if err := s.server.Revoke(serverCtx, s.client); err != nil {
				s.answer(ctx, s.immediate, m.ID, nil, err)
			}
		case m.Method == protocol.StateGet:
			select {
			case s.resync <- m.ID:
			case <-ctx.Done():
			}
		case !queue.add(m, s.server.shareKey(m)):
			s.answer(ctx, s.immediate, m.ID, nil, errBusy)
		}
	}
}

// answer hands an answer to the writer through to. It blocks while the channel is full.
func (s *session) answer(ctx context.Context, to chan<- protocol.Message, id uint64, result any, err error) {
	m, err := protocol.Response(id, result, err)
	if err != nil {
		s.end(err)
		return
	}
	select {
	case to <- m:
	case <-ctx.Done():
	}
}
