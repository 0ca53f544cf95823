// Package protocol defines the messages between the browser extension and the daemon:
// JSON-RPC 2.0, inside the encryption of package channel. PROTOCOL.md is generated from
// the comments here.
//
// The extension sends requests; Methods lists them with the types of their params and
// results. The daemon sends responses and one notification, state.changed. Every message
// is a Message; Request, Notification and Response make one, Decode and Bind read one.
//
// The response to session.hello contains a Snapshot of the whole state. Each Change has
// the next sequence number, and Snapshot.Apply applies it. After a gap the extension
// requests the Snapshot again.
//
// Errors are values of type Error: a Code for programs, a Message and a next step for the
// person. Codes are only ever added. Unknown fields are ignored, so fields can be added
// without a new version; a change that an older peer would misread raises Version.
//
// Names are noun.verb, fields snake_case, times RFC 3339 in UTC, money in minor units
// (package money).
package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Version is the version of the protocol. Subprotocol contains it, so that a mismatch can be
// reported before the handshake.
const Version = 1

// Subprotocol is the value that the extension sends in Sec-WebSocket-Protocol.
const Subprotocol = "logspanel-companion.v1"

// SubprotocolPrefix is the prefix of Subprotocol in every version.
const SubprotocolPrefix = "logspanel-companion.v"

// VersionIn returns the version whose subprotocol ends a text, such as the close reason of
// CloseOtherVersion.
func VersionIn(text string) (version int, ok bool) {
	_, number, _ := strings.Cut(text, SubprotocolPrefix)
	version, err := strconv.Atoi(number)
	return version, err == nil
}

// DefaultPort is the port on 127.0.0.1 that the daemon listens on unless configured otherwise.
const DefaultPort = 47615

// MaxMessage is the maximum size of a message in bytes, in either direction.
const MaxMessage = 4 << 20

// WebSocket close codes of the daemon. They are sent outside the encrypted channel, so they may
// choose the message on the screen, but must never decide anything else.
const (
	CloseLocked        = 4001 // the keyring that holds the clients' secrets is locked
	CloseOtherVersion  = 4002 // the peers speak different versions
	CloseUnknownClient = 4003 // the client was never paired here, or was revoked
	CloseNoPairing     = 4004 // no pairing code is valid, or there were too many guesses
	CloseSlow          = 4005 // the client reads too slowly, or did not send its first message in time
)

// Message is one JSON-RPC 2.0 request (ID and Method), notification (Method alone)
// or response (ID with Result or Error).
type Message struct {
	Version string          `json:"jsonrpc"`
	ID      uint64          `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *Error          `json:"error,omitempty"`
}

// Request returns a request. The id must be 1 or more.
func Request(id uint64, method string, params any) (Message, error) {
	raw, err := json.Marshal(params)
	if err != nil {
		return Message{}, fmt.Errorf("encode %s: %w", method, err)
	}
	return Message{Version: "2.0", ID: id, Method: method, Params: raw}, nil
}

// Notification returns a message that expects no response.
func Notification(method string, params any) (Message, error) {
	return Request(0, method, params)
}

// Response returns the response to request id: err if it is not nil, otherwise result.
func Response(id uint64, result any, err error) (Message, error) {
	m := Message{Version: "2.0", ID: id}
	if err != nil {
		m.Error = AsError(err)
		return m, nil
	}
	raw, err := json.Marshal(result)
	if err != nil {
		return Message{}, fmt.Errorf("encode the answer: %w", err)
	}
	m.Result = raw
	return m, nil
}

// Decode decodes one message. It fails if the data is not a valid JSON-RPC message.
func Decode(data []byte) (Message, error) {
	var m Message
	if len(data) > MaxMessage {
		return m, errors.New("message is larger than the protocol allows")
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return Message{}, fmt.Errorf("not a JSON-RPC message: %w", err)
	}
	switch {
	case m.Version != "2.0":
		return Message{}, errors.New("not a JSON-RPC 2.0 message")
	case m.Method != "" && (m.Result != nil || m.Error != nil):
		return Message{}, errors.New("message is both a request and an answer")
	case m.Method == "" && m.ID == 0:
		return Message{}, errors.New("answer names no request")
	case m.Method == "" && (m.Result == nil) == (m.Error == nil):
		return Message{}, errors.New("answer needs either a result or an error")
	}
	return m, nil
}

// Bind decodes a request's params or a response's result into v. If raw is empty or null, v
// keeps its value.
func Bind(raw json.RawMessage, v any) error {
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return &Error{Code: CodeBadRequest, Message: "the message could not be understood: " + err.Error()}
	}
	return nil
}
