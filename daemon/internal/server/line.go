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

// line carries the protocol's messages through the channel, over a websocket. One
// goroutine reads and one writes.
type line struct {
	ws       *websocket.Conn
	conn     *channel.Conn
	patience time.Duration // for the client to take a message
}

func readFrame(ws *websocket.Conn) ([]byte, error) {
	kind, frame, err := ws.ReadMessage()
	switch {
	case late(err):
		return nil, errSilent
	case err != nil:
		return nil, err
	case kind != websocket.BinaryMessage:
		return nil, errors.New("a frame was not binary")
	}
	return frame, nil
}

func (l *line) read() (protocol.Message, error) {
	for {
		frame, err := readFrame(l.ws)
		if err != nil {
			return protocol.Message{}, err
		}
		raw, complete, err := l.conn.Open(frame)
		if err != nil {
			return protocol.Message{}, err
		}
		if complete {
			return protocol.Decode(raw)
		}
	}
}

func (l *line) write(m protocol.Message) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode a message: %w", err)
	}
	frames, err := l.conn.Seal(raw)
	if errors.Is(err, channel.ErrTooLarge) && m.Result != nil {
		return l.write(protocol.Message{Version: m.Version, ID: m.ID, Error: protocol.AsError(err)})
	}
	if err != nil {
		return err
	}
	for _, frame := range frames {
		if err := l.send(frame); err != nil {
			return err
		}
	}
	return nil
}

func (l *line) send(frame []byte) error {
	_ = l.ws.SetWriteDeadline(time.Now().Add(l.patience))
	err := l.ws.WriteMessage(websocket.BinaryMessage, frame)
	if late(err) {
		return errSlow
	}
	return err
}

func late(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// refuse answers a request with why not, and ends the connection with goodbye.
func (l *line) refuse(id uint64, why error, goodbye hangUp) error {
	answer, err := protocol.Response(id, nil, why)
	if err != nil {
		return err
	}
	if err := l.write(answer); err != nil {
		return err
	}
	return goodbye
}
