package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/gorilla/websocket"

	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

// messageConn carries protocol messages over a websocket, encrypted by the channel. One
// goroutine may read while another writes.
type messageConn struct {
	ws           *websocket.Conn
	channel      *channel.Conn
	writeTimeout time.Duration // for the client to receive a frame
}

func readFrame(ws *websocket.Conn) ([]byte, error) {
	kind, frame, err := ws.ReadMessage()
	switch {
	case isTimeout(err):
		return nil, errTimeout
	case err != nil:
		return nil, err
	case kind != websocket.BinaryMessage:
		return nil, errors.New("the frame is not binary")
	}
	return frame, nil
}

// read blocks until a whole message has arrived or the read deadline of ws has passed.
func (c *messageConn) read() (protocol.Message, error) {
	for {
		frame, err := readFrame(c.ws)
		if err != nil {
			return protocol.Message{}, err
		}
		raw, complete, err := c.channel.Open(frame)
		if err != nil {
			return protocol.Message{}, err
		}
		if complete {
			return protocol.Decode(raw)
		}
	}
}

// write sends a message. A result that is too large is replaced by an error.
func (c *messageConn) write(m protocol.Message) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode a message: %w", err)
	}
	frames, err := c.channel.Seal(raw)
	if errors.Is(err, channel.ErrTooLarge) && m.Result != nil {
		return c.write(protocol.Message{Version: m.Version, ID: m.ID, Error: protocol.AsError(err)})
	}
	if err != nil {
		return err
	}
	for _, frame := range frames {
		if err := c.writeFrame(frame); err != nil {
			return err
		}
	}
	return nil
}

func (c *messageConn) writeFrame(frame []byte) error {
	_ = c.ws.SetWriteDeadline(time.Now().Add(c.writeTimeout))
	err := c.ws.WriteMessage(websocket.BinaryMessage, frame)
	if isTimeout(err) {
		return errSlow
	}
	return err
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// refuse answers request id with cause and returns closing, the error that then ends the
// connection.
func (c *messageConn) refuse(id uint64, cause error, closing closeError) error {
	answer, err := protocol.Response(id, nil, cause)
	if err != nil {
		return err
	}
	if err := c.write(answer); err != nil {
		return err
	}
	return closing
}
