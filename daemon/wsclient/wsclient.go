// Package wsclient connects to the daemon's websocket server from a Go program, as tests
// and end-to-end programs do. It is the counterpart of package server: Pair or Connect
// runs the same handshake as the extension and returns a Client, whose Call sends requests
// and whose Changes delivers the state. The product itself never uses it.
package wsclient

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"

	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

// backlog is how many unread changes a Client keeps.
const backlog = 256

// Client is an open session. It is safe for concurrent use.
type Client struct {
	ws      *websocket.Conn
	conn    *channel.Conn
	welcome protocol.Welcome
	changes chan protocol.Change
	done    chan struct{}

	writing sync.Mutex
	mu      sync.Mutex
	tap     io.Writer
	last    uint64
	waiting map[uint64]chan<- protocol.Message
	err     error // why the session ended
}

// Pair redeems a pairing code. It returns the first session, and the credentials for later
// ones. The origin must be that of an extension, such as "moz-extension://…".
func Pair(ctx context.Context, code, origin string, hello protocol.Hello) (*Client, protocol.Credentials, error) {
	parsed, err := channel.ParsePairingCode(code)
	if err != nil {
		return nil, protocol.Credentials{}, err
	}
	key := protocol.Credentials{ClientID: channel.PairingClientID, Secret: parsed.Key()}
	c, err := Connect(ctx, int(parsed.Port), key, origin, hello)
	if err != nil {
		return nil, protocol.Credentials{}, err
	}
	if c.welcome.Paired == nil {
		_ = c.Close()
		return nil, protocol.Credentials{}, errors.New("the companion issued no credentials")
	}
	return c, *c.welcome.Paired, nil
}

// Connect opens a session of a client that was paired from origin, and waits for Welcome.
func Connect(ctx context.Context, port int, creds protocol.Credentials, origin string, hello protocol.Hello) (*Client, error) {
	host := fmt.Sprintf("127.0.0.1:%d", port)
	dialer := websocket.Dialer{Subprotocols: []string{protocol.Subprotocol}}
	ws, response, err := dialer.DialContext(ctx, "ws://"+host+"/", http.Header{"Origin": {origin}})
	if errors.Is(err, websocket.ErrBadHandshake) {
		return nil, fmt.Errorf("the companion at %s refuses the connection: %s", host, response.Status)
	}
	if err != nil {
		return nil, fmt.Errorf("reach the companion at %s: %w", host, err)
	}
	c := &Client{
		ws: ws, changes: make(chan protocol.Change, backlog), done: make(chan struct{}),
		waiting: map[uint64]chan<- protocol.Message{},
	}
	ws.SetReadLimit(channel.MaxFrame)
	unblock := context.AfterFunc(ctx, func() { _ = ws.Close() })
	defer unblock()
	binding := channel.Binding{Version: protocol.Version, ClientID: creds.ClientID, Origin: origin, Host: host}
	if err := c.handshake(creds.Secret, binding); err != nil {
		_ = ws.Close()
		return nil, errors.Join(ctx.Err(), err)
	}
	go c.read()
	if err := c.Call(ctx, protocol.SessionHello, hello, &c.welcome); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

func (c *Client) handshake(secret []byte, b channel.Binding) error {
	opening, first, err := channel.Initiate(secret, b, rand.Reader)
	if err != nil {
		return err
	}
	if err := c.ws.WriteMessage(websocket.BinaryMessage, first); err != nil {
		return fmt.Errorf("begin the handshake: %w", err)
	}
	_, answer, err := c.ws.ReadMessage()
	if err != nil {
		return fmt.Errorf("await the handshake's answer: %w", err)
	}
	c.conn, err = opening.Finish(answer)
	return err
}

// Welcome returns the answer to the hello, with the first snapshot.
func (c *Client) Welcome() protocol.Welcome { return c.welcome }

// Tap copies all later traffic in both directions to w: each message in plain text, and
// its encrypted frames.
func (c *Client) Tap(w io.Writer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tap = w
}

func (c *Client) record(what ...[]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tap == nil {
		return
	}
	for _, said := range what {
		_, _ = c.tap.Write(said)
		_, _ = c.tap.Write([]byte{'\n'})
	}
}

// Changes returns the changes after Welcome's snapshot. The channel is closed when the
// session ends. A reader that falls behind loses the oldest, which Seq shows.
func (c *Client) Changes() <-chan protocol.Change { return c.changes }

// Call sends a request, waits for its answer and stores it in result, unless that is nil.
// If the daemon answers with an error, Call returns it as a *protocol.Error.
func (c *Client) Call(ctx context.Context, method string, params, result any) error {
	answer := make(chan protocol.Message, 1)
	c.mu.Lock()
	c.last++
	id := c.last
	c.waiting[id] = answer
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.waiting, id)
	}()

	request, err := protocol.Request(id, method, params)
	if err != nil {
		return err
	}
	if err := c.write(request); err != nil && !errors.Is(err, errSend) {
		return err
	}
	select {
	case m := <-answer:
		return unpack(m, result)
	case <-ctx.Done():
		return ctx.Err()
	case <-c.done:
	}
	select {
	case m := <-answer: // it arrived just before the session ended
		return unpack(m, result)
	default:
		return c.Err()
	}
}

func unpack(answer protocol.Message, result any) error {
	if answer.Error != nil {
		return answer.Error
	}
	if result == nil {
		return nil
	}
	return protocol.Bind(answer.Result, result)
}

// errSend means that the session is ending; its reader learns why.
var errSend = errors.New("the session ends")

func (c *Client) write(m protocol.Message) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode a request: %w", err)
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	frames, err := c.conn.Seal(raw)
	if err != nil {
		return err
	}
	c.record(raw)
	c.record(frames...)
	for _, frame := range frames {
		if err := c.ws.WriteMessage(websocket.BinaryMessage, frame); err != nil {
			return fmt.Errorf("%w: %w", errSend, err)
		}
	}
	return nil
}

func (c *Client) read() {
	err := c.receive()
	c.mu.Lock()
	c.err = err
	c.mu.Unlock()
	_ = c.ws.Close()
	close(c.done)
	close(c.changes)
}

func (c *Client) receive() error {
	for {
		_, frame, err := c.ws.ReadMessage()
		if err != nil {
			return fmt.Errorf("the session ended: %w", err)
		}
		raw, complete, err := c.conn.Open(frame)
		if err != nil {
			return err
		}
		c.record(frame)
		if !complete {
			continue
		}
		c.record(raw)
		m, err := protocol.Decode(raw)
		if err != nil {
			return err
		}
		if err := c.take(m); err != nil {
			return err
		}
	}
}

func (c *Client) take(m protocol.Message) error {
	if m.Method == "" {
		c.mu.Lock()
		defer c.mu.Unlock()
		if answer, ok := c.waiting[m.ID]; ok {
			answer <- m
			delete(c.waiting, m.ID)
		}
		return nil
	}
	if m.Method != protocol.StateChanged {
		return nil
	}
	var change protocol.Change
	if err := protocol.Bind(m.Params, &change); err != nil {
		return err
	}
	for {
		select {
		case c.changes <- change:
			return nil
		default:
		}
		select {
		case <-c.changes:
		default:
		}
	}
}

// Done is closed when the session has ended; Err then says why.
func (c *Client) Done() <-chan struct{} { return c.done }

// Err returns why the session ended, or nil while it lasts. See CloseCode.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// CloseCode returns the websocket close code in err, or 0 if there is none.
func CloseCode(err error) int {
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		return closed.Code
	}
	return 0
}

// Close ends the session and blocks until it has ended.
func (c *Client) Close() error {
	err := c.ws.Close()
	<-c.done
	return err
}
