package core

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// phase is a step in the life of a connection.
type phase int

const (
	phaseDown      phase = iota
	phaseDialing         // the socket is being opened
	phaseHandshake       // the encryption handshake is under way
	phaseHello           // the channel is encrypted; the daemon's welcome is missing
	phaseReady           // the daemon takes calls
)

// Standard WebSocket close codes: the daemon sends goingAway when it stops and internalError
// when it can't continue.
const (
	goingAway     = 1001
	internalError = 1011
)

const (
	minRetryDelay = time.Second // doubles with every failure
	maxRetryDelay = 5 * time.Second
	// peerTimeout is how long the peer may take to finish the handshake, and again to send its
	// welcome. It is longer than the daemon's own wait for a keyring.
	peerTimeout = 10 * time.Second
	timerSlack  = 50 * time.Millisecond // how early a timer may fire
)

// connection is the encrypted connection to the daemon. It owns the pairing, the socket and its
// phase, the retry schedule, and the pending calls. It makes no decisions for the person: Core
// tells it whether a connection is needed and handles what the daemon sends.
type connection struct {
	*shared
	random io.Reader
	origin string // the extension's origin

	pairing          *Pairing
	pairingCode      *channel.PairingCode // the code being tried; nil when not pairing
	previousClientID string               // the client id of the last pairing that was removed

	socket     int
	phase      phase
	phaseSince time.Time // start of the current wait for the peer, or when it became ready
	retryAt    time.Time // earliest automatic retry
	failures   int       // failures since the last stable connection
	handshake  *channel.Handshake
	conn       *channel.Conn

	calls    map[uint64]func(protocol.Message)
	lastCall uint64
	lastPing uint64 // call id of the last ping

	// Callbacks into Core.
	needed   func() bool             // reports whether a page is open or something is pending
	onReady  func(protocol.Snapshot) // called after the daemon's welcome
	onChange func(protocol.Message)  // called for every change of the daemon's state
}

func newConnection(s *shared, random io.Reader) *connection {
	return &connection{shared: s, random: random, calls: map[uint64]func(protocol.Message){}}
}

// ready reports whether the daemon takes calls.
func (c *connection) ready() bool { return c.phase == phaseReady }

// opening reports whether a connection is being set up.
func (c *connection) opening() bool { return c.phase != phaseDown && c.phase != phaseReady }

// connect opens the connection. It does nothing if one is open or being set up, or if there is
// neither a pairing nor a pairing code.
func (c *connection) connect() {
	if c.phase != phaseDown || c.pairing == nil && c.pairingCode == nil {
		return
	}
	if c.pairingCode == nil && c.state.Connection != view.ConnectionReady && c.failures == 0 {
		c.state.Connection = view.ConnectionConnecting
	}
	c.socket++
	c.phase, c.phaseSince = phaseDialing, c.state.Now
	c.startTimer(peerTimeout)
	c.do(Effect{Do: Connect, Socket: c.socket, URL: "ws://" + c.host(), Protocol: protocol.Subprotocol})
}

// timerFired gives up on a peer that takes too long, and reconnects once retryAt has come.
func (c *connection) timerFired() {
	if c.opening() && c.phaseLasted(peerTimeout) {
		c.lost(c.stalledConnection())
	}
	if c.needed() && !c.state.Now.Add(timerSlack).Before(c.retryAt) {
		c.connect()
	}
}

// phaseLasted reports whether at least d has passed since phaseSince.
func (c *connection) phaseLasted(d time.Duration) bool {
	return !c.state.Now.Add(timerSlack).Before(c.phaseSince.Add(d))
}

// stalledConnection returns the reason to show when the peer stops answering. A peer that accepts
// the socket but can't finish the handshake is another program. Before the handshake nothing is
// known about the peer.
func (c *connection) stalledConnection() view.Connection {
	if c.phase == phaseHandshake {
		return view.ConnectionNotCompanion
	}
	return view.ConnectionSilent
}

// heartbeat pings the daemon, and drops the connection if the previous ping has no answer yet.
func (c *connection) heartbeat() {
	if c.phase != phaseReady {
		return
	}
	if _, unanswered := c.calls[c.lastPing]; unanswered {
		c.lost(view.ConnectionSilent)
		return
	}
	c.call(protocol.SessionPing, protocol.Empty{}, func(protocol.Message) {})
	c.lastPing = c.lastCall
}

func (c *connection) host() string { return fmt.Sprintf("127.0.0.1:%d", c.state.Port) }

func (c *connection) socketOpened(e Event) {
	if e.Socket != c.socket || c.phase != phaseDialing {
		return
	}
	b := channel.Binding{Version: protocol.Version, ClientID: channel.PairingClientID, Origin: c.origin, Host: c.host()}
	var secret []byte
	if c.pairingCode != nil {
		secret = c.pairingCode.Key()
	} else {
		b.ClientID, secret = c.pairing.ClientID, c.pairing.Secret
	}
	opening, first, err := channel.Initiate(secret, b, c.random)
	if err != nil {
		c.lost(view.ConnectionRevoked)
		return
	}
	c.handshake, c.phase = opening, phaseHandshake
	c.do(Effect{Do: Send, Socket: c.socket, Frames: [][]byte{first}})
}

func (c *connection) frameReceived(e Event) {
	if e.Socket != c.socket {
		return
	}
	if c.phase == phaseHandshake {
		conn, err := c.handshake.Finish(e.Frame)
		c.handshake = nil
		if err != nil {
			c.lost(view.ConnectionNotCompanion)
			return
		}
		c.conn, c.phase, c.phaseSince = conn, phaseHello, c.state.Now
		c.startTimer(peerTimeout)
		c.call(protocol.SessionHello, c.helloParams(), c.welcomed)
		return
	}
	if c.phase != phaseHello && c.phase != phaseReady {
		return
	}
	message, complete, err := c.conn.Open(e.Frame)
	if err != nil {
		c.lost(view.ConnectionConnecting)
		return
	}
	if complete {
		c.handleMessage(message)
	}
}

func (c *connection) helloParams() protocol.Hello {
	hello := protocol.Hello{Version: c.state.Version, Browser: c.state.Browser, Name: c.state.Name}
	if c.pairingCode != nil {
		hello.Replaces = c.previousClientID
		if c.pairing != nil {
			hello.Replaces = c.pairing.ClientID
		}
	}
	return hello
}

func (c *connection) handleMessage(raw []byte) {
	m, err := protocol.Decode(raw)
	if err != nil {
		c.lost(view.ConnectionNotCompanion)
		return
	}
	if m.Method == protocol.StateChanged {
		c.onChange(m)
		return
	}
	if then := c.calls[m.ID]; then != nil {
		delete(c.calls, m.ID)
		then(m)
	}
}

// call sends a request. It passes the answer to then, which may be nil. If the request can't be
// sent or the connection ends first, then gets a CodeUnreachable error.
func (c *connection) call(method string, params any, then func(protocol.Message)) {
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
		then(noAnswer(id))
	}
}

func noAnswer(id uint64) protocol.Message {
	return protocol.Message{ID: id, Error: &protocol.Error{
		Code: protocol.CodeUnreachable, Message: "the companion on this computer did not answer", Next: "try again once it is connected",
	}}
}

// callFor is like call, but decodes the answer into a T. On an error it shows the problem and
// doesn't call then.
func callFor[T any](c *connection, method string, params any, then func(T)) {
	c.call(method, params, func(m protocol.Message) {
		var result T
		if c.failed(m, &result) {
			return
		}
		then(result)
	})
}

// failed decodes m into result. It reports whether m is an error or can't be decoded, and then
// shows that as the problem.
func (c *connection) failed(m protocol.Message, result any) bool {
	c.state.Problem = m.Error
	if m.Error == nil {
		if err := protocol.Bind(m.Result, result); err != nil {
			c.state.Problem = protocol.AsError(err)
		}
	}
	return c.state.Problem != nil
}

func (c *connection) welcomed(m protocol.Message) {
	var w protocol.Welcome
	if m.Error != nil || protocol.Bind(m.Result, &w) != nil {
		c.lost(view.ConnectionNotCompanion)
		return
	}
	if c.pairingCode != nil {
		if w.Paired == nil || len(w.Paired.Secret) != channel.SecretSize {
			c.lost(view.ConnectionNotCompanion)
			return
		}
		c.pairingCode = nil
		c.storePairing(Pairing{ClientID: w.Paired.ClientID, Secret: w.Paired.Secret})
	}
	c.phase, c.phaseSince = phaseReady, c.state.Now
	c.state.Connection, c.state.UpToDate, c.state.Daemon, c.state.Client = view.ConnectionReady, true, w.Version, w.ClientID
	c.state.Problem = nil
	c.onReady(w.Snapshot)
}

// socketClosed ends the connection. The close code is not authenticated, so it only decides what
// the person sees and when to retry; it never removes a pairing.
func (c *connection) socketClosed(e Event) {
	if e.Socket != c.socket || c.phase == phaseDown {
		return
	}
	why := view.ConnectionSilent
	switch e.CloseCode {
	case protocol.CloseLocked:
		why = view.ConnectionKeyringLocked
	case protocol.CloseOtherVersion:
		why = view.ConnectionVersionMismatch
		c.state.Outdated = outdatedSide(e.CloseReason)
	case protocol.CloseUnknownClient, protocol.CloseNoPairing:
		why = view.ConnectionRevoked
	case protocol.CloseSlow, goingAway, internalError:
	default:
		why = c.stalledConnection()
	}
	if c.phase == phaseReady && why == view.ConnectionSilent {
		why = view.ConnectionConnecting
	}
	c.phase = phaseDown
	c.lost(why)
}

// outdatedSide returns the side with the older protocol version, or "" if reason doesn't say.
func outdatedSide(reason string) view.Side {
	switch theirs, known := protocol.VersionIn(reason); {
	case known && theirs > protocol.Version:
		return view.SideExtension
	case known && theirs < protocol.Version:
		return view.SideCompanion
	}
	return ""
}

// close ends the connection. Pending calls fail with CodeUnreachable if the daemon had been ready,
// and are dropped otherwise.
func (c *connection) close() {
	if c.phase != phaseDown {
		c.do(Effect{Do: Close, Socket: c.socket})
	}
	wasReady := c.state.UpToDate
	c.phase, c.conn, c.handshake = phaseDown, nil, nil
	c.state.UpToDate, c.state.Searching, c.state.Quoting, c.state.Buying = false, false, nil, false
	for id, then := range c.calls {
		delete(c.calls, id)
		if then != nil && wasReady {
			then(noAnswer(id))
		}
	}
}

// lost ends the connection and schedules the next attempt. The reason why is shown to the person
// and decides how soon that is.
func (c *connection) lost(why view.Connection) {
	steady := c.state.UpToDate && c.phaseLasted(peerTimeout) // only a connection that was stable is retried at once
	c.close()
	if c.pairingCode != nil {
		c.pairingFailed(why)
		return
	}
	c.state.Connection = why
	c.failures++
	if why == view.ConnectionRevoked || why == view.ConnectionVersionMismatch {
		c.retryAt = c.state.Now.Add(time.Minute) // only the person can fix this, so don't hurry
		return
	}
	pause := min(minRetryDelay<<min(c.failures-1, 5), maxRetryDelay)
	if steady {
		c.failures, pause = 0, 0
	}
	c.retryAt = c.state.Now.Add(pause)
	switch {
	case !c.needed():
	case pause == 0:
		c.connect()
	default:
		c.startTimer(pause)
	}
}
