package core

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// phase is how far a connection has come.
type phase int

const (
	down     phase = iota
	dialling       // the socket is being opened
	greeting       // the handshake was begun
	hello          // the channel stands, and the daemon has not said welcome
	ready
)

// The websocket's own close codes of a daemon that stops, and of one that can't go on.
const (
	goingAway     = 1001
	internalError = 1011
)

const (
	soonRetry = time.Second // doubled with every failure
	lateRetry = 5 * time.Second
	// patience is how long the other end may take to prove itself, and then to say
	// welcome; the daemon's own patience with a keyring is shorter.
	patience = 10 * time.Second
	early    = 50 * time.Millisecond // that a timer may go off
)

// connect opens the connection, unless it is up or nobody needs it.
func (c *Core) connect() {
	if c.phase != down || c.stored == nil && c.pairing == nil {
		return
	}
	if c.pairing == nil && c.state.Link != view.LinkReady && c.failures == 0 {
		c.state.Link = view.LinkConnecting
	}
	c.socket++
	c.phase, c.since = dialling, c.state.Now
	c.wake(patience)
	c.do(Effect{Do: Connect, Socket: c.socket, URL: "ws://" + c.host(), Protocol: protocol.Subprotocol})
}

func (c *Core) wake(after time.Duration) {
	c.do(Effect{Do: Wake, After: int(after.Milliseconds())})
}

// woken gives up on a peer that takes too long, and connects when it is time again.
func (c *Core) woken() {
	c.uncoverLate()
	if c.phase != down && c.phase != ready && c.lasted(patience) {
		c.lost(c.reluctant())
	}
	if c.needed() && !c.state.Now.Add(early).Before(c.next) {
		c.connect()
	}
}

// lasted reports that the connection is in its phase for at least so long.
func (c *Core) lasted(d time.Duration) bool { return !c.state.Now.Add(early).Before(c.since.Add(d)) }

// reluctant is what is said of a peer that did not go on: before it takes a socket
// nothing is known of it; one that does, and can't shake hands, is another program.
func (c *Core) reluctant() view.Link {
	if c.phase == greeting {
		return view.LinkStranger
	}
	return view.LinkSilent
}

// beat keeps the session alive, and notices when nobody is there any more.
func (c *Core) beat() {
	if c.phase != ready {
		return
	}
	if _, unanswered := c.calls[c.pinged]; unanswered {
		c.lost(view.LinkSilent)
		return
	}
	c.call(protocol.SessionPing, protocol.Empty{}, func(protocol.Message) {})
	c.pinged = c.lastCall
}

func (c *Core) host() string { return fmt.Sprintf("127.0.0.1:%d", c.state.Port) }

func (c *Core) opened(e Event) {
	if e.Socket != c.socket || c.phase != dialling {
		return
	}
	b := channel.Binding{Version: protocol.Version, ClientID: channel.PairingClientID, Origin: c.origin, Host: c.host()}
	var secret []byte
	if c.pairing != nil {
		secret = c.pairing.Key()
	} else {
		b.ClientID, secret = c.stored.ClientID, c.stored.Secret
	}
	opening, first, err := channel.Initiate(secret, b, c.random)
	if err != nil {
		c.lost(view.LinkUnknownClient)
		return
	}
	c.opening, c.phase = opening, greeting
	c.do(Effect{Do: Send, Socket: c.socket, Frames: [][]byte{first}})
}

func (c *Core) received(e Event) {
	if e.Socket != c.socket {
		return
	}
	if c.phase == greeting {
		conn, err := c.opening.Finish(e.Frame)
		c.opening = nil
		if err != nil {
			c.lost(view.LinkStranger)
			return
		}
		c.conn, c.phase, c.since = conn, hello, c.state.Now
		c.wake(patience)
		c.call(protocol.SessionHello, c.introduction(), c.welcomed)
		return
	}
	if c.phase != hello && c.phase != ready {
		return
	}
	message, complete, err := c.conn.Open(e.Frame)
	if err != nil {
		c.lost(view.LinkConnecting)
		return
	}
	if complete {
		c.message(message)
	}
}

func (c *Core) introduction() protocol.Hello {
	hello := protocol.Hello{Version: c.state.Version, Browser: c.browser, Name: c.state.Name}
	if c.pairing != nil {
		hello.Replaces = c.before
		if c.stored != nil {
			hello.Replaces = c.stored.ClientID
		}
	}
	return hello
}

func (c *Core) message(raw []byte) {
	m, err := protocol.Decode(raw)
	if err != nil {
		c.lost(view.LinkStranger)
		return
	}
	if m.Method == protocol.StateChanged {
		c.changed(m)
		return
	}
	if then := c.calls[m.ID]; then != nil {
		delete(c.calls, m.ID)
		then(m)
	}
}

// call sends a request; then, if any, gets its answer, or an error when the
// connection ends before one has come.
func (c *Core) call(method string, params any, then func(protocol.Message)) {
	c.lastCall++
	id := c.lastCall
	m, err := protocol.Request(id, method, params)
	if err == nil && c.conn != nil {
		var raw []byte
		if raw, err = json.Marshal(m); err == nil {
			var frames [][]byte
			if frames, err = c.conn.Seal(raw); err == nil {
				if then != nil {
					c.calls[id] = then
				}
				c.do(Effect{Do: Send, Socket: c.socket, Frames: frames})
				return
			}
		}
	}
	if then != nil {
		then(unanswered(id))
	}
}

func unanswered(id uint64) protocol.Message {
	return protocol.Message{ID: id, Error: &protocol.Error{
		Code: protocol.CodeUnreachable, Message: "the companion on this computer did not answer", Next: "try again once it is connected",
	}}
}

// ask is call for an answer of type T. An error becomes the problem that is shown.
func ask[T any](c *Core, method string, params any, then func(T)) {
	c.call(method, params, func(m protocol.Message) {
		var result T
		if c.failed(m, &result) {
			return
		}
		then(result)
	})
}

// failed reports that m is an error, or can't be read into result, and shows why.
func (c *Core) failed(m protocol.Message, result any) bool {
	c.state.Problem = m.Error
	if m.Error == nil {
		if err := protocol.Bind(m.Result, result); err != nil {
			c.state.Problem = protocol.AsError(err)
		}
	}
	return c.state.Problem != nil
}

func (c *Core) welcomed(m protocol.Message) {
	var w protocol.Welcome
	if m.Error != nil || protocol.Bind(m.Result, &w) != nil {
		c.lost(view.LinkStranger)
		return
	}
	if c.pairing != nil {
		if w.Paired == nil || len(w.Paired.Secret) != channel.SecretSize {
			c.lost(view.LinkStranger)
			return
		}
		c.pairing = nil
		c.keep(Stored{ClientID: w.Paired.ClientID, Secret: w.Paired.Secret})
	}
	c.phase, c.since = ready, c.state.Now
	c.state.Link, c.state.Live, c.state.Daemon, c.state.Client = view.LinkReady, true, w.Version, w.ClientID
	c.state.Problem = nil
	c.replace(w.Snapshot)
	c.resume()
}

// closed reads the daemon's hint, which decides only what is shown.
func (c *Core) closed(e Event) {
	if e.Socket != c.socket || c.phase == down {
		return
	}
	link := view.LinkSilent
	switch e.Code {
	case protocol.CloseLocked:
		link = view.LinkLocked
	case protocol.CloseOtherVersion:
		link = view.LinkOtherVersion
		c.state.Behind = behind(e.Reason)
	case protocol.CloseUnknownClient, protocol.CloseNoPairing:
		link = view.LinkUnknownClient
	case protocol.CloseSlow, goingAway, internalError:
	default:
		link = c.reluctant()
	}
	if c.phase == ready && link == view.LinkSilent {
		link = view.LinkConnecting
	}
	c.phase = down
	c.lost(link)
}

// behind reads which side is of the older version.
func behind(reason string) view.Side {
	switch theirs, told := protocol.VersionIn(reason); {
	case told && theirs > protocol.Version:
		return view.SideExtension
	case told && theirs < protocol.Version:
		return view.SideCompanion
	}
	return ""
}

// hangUp ends the connection. What was asked gets no answer.
func (c *Core) hangUp() {
	if c.phase != down {
		c.do(Effect{Do: Close, Socket: c.socket})
	}
	wasReady := c.state.Live
	c.phase, c.conn, c.opening = down, nil, nil
	c.state.Live, c.state.Searching, c.state.Quoting, c.state.Buying = false, false, nil, false
	for id, then := range c.calls {
		delete(c.calls, id)
		if then != nil && wasReady {
			then(unanswered(id))
		}
	}
}

// lost ends the connection; link says why.
func (c *Core) lost(link view.Link) {
	steady := c.state.Live && c.lasted(patience) // one that never holds is no reason to hurry
	c.hangUp()
	if c.pairing != nil {
		c.unpaired(link)
		return
	}
	c.state.Link = link
	c.failures++
	if link == view.LinkUnknownClient || link == view.LinkOtherVersion {
		c.next = c.state.Now.Add(time.Minute) // only a person can change that
		return
	}
	pause := min(soonRetry<<min(c.failures-1, 5), lateRetry)
	if steady {
		c.failures, pause = 0, 0
	}
	c.next = c.state.Now.Add(pause)
	switch {
	case !c.needed():
	case pause == 0:
		c.connect()
	default:
		c.wake(pause)
	}
}

// needed reports that somebody looks, or waits.
func (c *Core) needed() bool { return len(c.pages) > 0 || c.waiting() }
