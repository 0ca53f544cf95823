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

// replies is how many answers that need no work a session holds for its writer. Reading
// waits when there are more: the client does not take them.
const replies = 16

// sessionsEach is how many sessions one client may have at once. A browser needs one;
// a thief of its secret shall neither fill the memory nor push it out.
const sessionsEach = 8

var (
	errSlow     = hangUp{protocol.CloseSlow, "the browser did not keep up"}
	errStopping = hangUp{websocket.CloseGoingAway, "the companion stops"}
	errCrowded  = hangUp{websocket.CloseTryAgainLater, "this browser has too many connections"}
)

// session is a conversation with a client that has proved itself.
type session struct {
	bridge  *Server
	client  string
	line    *line
	answers chan protocol.Message // to requests that were worked on
	replies chan protocol.Message // to those that need no work, so that they wait for none
	resync  chan uint64           // requests for the whole state, which only the writer may answer
	end     context.CancelCauseFunc
}

// converse holds the session whose hello was request id, until either side ends it.
func (b *Server) converse(visit context.Context, l *line, id uint64, welcome protocol.Welcome) error {
	ctx, end := context.WithCancelCause(visit)
	s := &session{
		bridge: b, client: welcome.ClientID, line: l, end: end,
		answers: make(chan protocol.Message), replies: make(chan protocol.Message, replies), resync: make(chan uint64, replies),
	}
	if err := b.begin(s); err != nil {
		end(nil)
		return err
	}
	b.opts.Changed()
	var beside sync.WaitGroup
	beside.Go(func() { end(s.write(ctx, id, welcome)) })
	beside.Go(func() {
		<-ctx.Done()
		sayGoodbye(l.ws, reason(ctx)) // which also ends the reading
	})
	work := requests{
		do: func(m protocol.Message) (any, error) { return b.perform(ctx, visit, s.client, m) },
		answer: func(m protocol.Message, id uint64, result any, err error) {
			result, err = b.finish(m.Method, s.client, result, err)
			s.answer(ctx, s.answers, id, result, err)
		},
	}
	end(s.read(ctx, visit, &work))
	b.forget(s)
	beside.Wait()
	work.running.Wait()
	return reason(ctx)
}

// reason is why a session ended.
func reason(ctx context.Context) error {
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return errStopping
}

// begin lets revoking find the session, unless it was faster.
func (b *Server) begin(s *session) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.client(s.client); errors.Is(err, errUnknownClient) {
		return errStranger
	}
	own := 0
	for other := range b.sessions {
		if other.client == s.client {
			own++
		}
	}
	if own == sessionsEach {
		return errCrowded
	}
	b.sessions[s] = struct{}{}
	return nil
}

// forget leaves in the record when the browser was last here.
func (b *Server) forget(s *session) {
	b.mu.Lock()
	delete(b.sessions, s)
	b.mu.Unlock()
	err := b.change(s.client, func(c *browser.Browser) { c.LastUsed = b.opts.Now().UTC() })
	if err != nil && !errors.Is(err, errUnknownClient) {
		b.opts.Log.Error("when a browser was last here can't be written down", "client", s.client, "cause", err)
	}
	b.opts.Changed()
}

// endSessions ends a client's sessions, and forgets its secret.
func (b *Server) endSessions(client string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.held, client)
	for s := range b.sessions {
		if s.client == client {
			s.end(errStranger)
		}
	}
}

// write is the only writer. It holds the subscription too, so that the client sees a
// state and then exactly the changes after it.
func (s *session) write(ctx context.Context, hello uint64, welcome protocol.Welcome) error {
	now, changes, stop := s.bridge.opts.Orders.Subscribe()
	defer func() { stop() }()
	welcome.Snapshot = withhold(now, s.client)
	m, err := protocol.Response(hello, welcome, nil)
	for {
		if err != nil {
			return err
		}
		if err := s.line.write(m); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case m = <-s.replies:
		case m = <-s.answers:
		case id := <-s.resync:
			stop()
			now, changes, stop = s.bridge.opts.Orders.Subscribe()
			m, err = protocol.Response(id, withhold(now, s.client), nil)
		case change, more := <-changes:
			if !more {
				return errSlow
			}
			m, err = protocol.Notification(protocol.StateChanged, withhold(change, s.client))
		}
	}
}

// read takes requests until the connection ends, and never waits for work. Those that
// may spend or return money outlive the session; the rest end with it.
func (s *session) read(ctx, visit context.Context, work *requests) error {
	s.line.ws.SetReadLimit(channel.MaxFrame)
	for {
		_ = s.line.ws.SetReadDeadline(time.Now().Add(s.bridge.idle))
		if ctx.Err() != nil {
			return nil
		}
		m, err := s.line.read()
		if err != nil {
			return err
		}
		switch {
		case m.ID == 0 || m.Method == "":
			return errors.New("a message wanted no answer")
		case m.Method == protocol.SessionPing:
			s.answer(ctx, s.replies, m.ID, protocol.Empty{}, nil)
		case m.Method == protocol.SessionLeave:
			if err := s.bridge.Revoke(visit, s.client); err != nil {
				s.answer(ctx, s.replies, m.ID, nil, err)
			}
		case m.Method == protocol.StateGet:
			select {
			case s.resync <- m.ID:
			case <-ctx.Done():
			}
		case !work.add(m, s.bridge.shareKey(m)):
			s.answer(ctx, s.replies, m.ID, nil, errBusy)
		}
	}
}

// answer gives the writer an answer by way of to.
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
