package core

import (
	"strconv"
	"strings"

	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// storePairing stores the pairing with the current port and name.
func (c *connection) storePairing(s Pairing) {
	s.Port, s.Name = c.state.Port, c.state.Name
	c.pairing = &s
	c.do(Effect{Do: StorePairing, Pairing: c.pairing})
}

// pair tries to pair with the code that the person pasted.
func (c *connection) pair(text string) {
	code, err := channel.ParsePairingCode(strings.TrimSpace(text))
	if err != nil {
		c.state.PairingFailure = view.ConnectionUnpaired
		c.state.Problem = &protocol.Error{
			Code: protocol.CodePairing, Message: "that isn't a complete pairing code",
		}
		return
	}
	c.close()
	c.pairingCode, c.failures = &code, 0
	c.state.Port, c.state.Connection, c.state.Problem = int(code.Port), view.ConnectionPairing, nil
	c.connect()
}

// pairingFailed drops the pairing code and shows why it did not work.
func (c *connection) pairingFailed(why view.Connection) {
	c.pairingCode = nil
	c.state.Connection = view.ConnectionUnpaired
	c.state.PairingFailure = why
	c.state.Problem = &protocol.Error{Code: protocol.CodePairing, Message: "pairing failed: " + string(why)}
}

// forget drops the pairing here, and in the daemon too if that is connected.
func (c *connection) forget() {
	if c.pairing != nil {
		c.previousClientID = c.pairing.ClientID
	}
	if c.phase == phaseReady {
		c.call(protocol.SessionLeave, protocol.Empty{}, nil)
	}
	c.close()
	c.pairing, c.pairingCode, c.failures = nil, nil, 0
}

// forgetPairing drops the pairing and everything that came from the daemon.
func (c *Core) forgetPairing() {
	c.daemon.forget()
	c.filler.bindings, c.confirmed = map[string]*tabBinding{}, nil
	old := c.state
	c.state = unpairedState()
	c.state.Now, c.state.Version, c.state.Browser, c.state.Tab = old.Now, old.Version, old.Browser, old.Tab
	c.state.Preferences, c.state.NotificationsAllowed, c.state.NeedsSitePermission = old.Preferences, old.NotificationsAllowed, old.NeedsSitePermission
	c.do(Effect{Do: ErasePairing})
	c.display.dropCachedView()
}

// setPort makes the connection use another port.
func (c *connection) setPort(text string) {
	port, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || port < 1 || port > 65535 {
		c.state.Problem = &protocol.Error{
			Code: view.CodePort, Message: "that is not a port",
		}
		return
	}
	c.state.Port, c.state.Problem = port, nil
	if c.pairing == nil {
		return
	}
	c.storePairing(*c.pairing)
	c.reconnect()
}

// setName gives this browser the name under which the daemon lists it.
func (c *connection) setName(name string) {
	c.state.Name = strings.TrimSpace(name)
	if c.pairing == nil {
		return
	}
	c.storePairing(*c.pairing)
	c.reconnect()
}

func (c *connection) reconnect() {
	c.close()
	c.state.Connection, c.state.Problem, c.failures = view.ConnectionConnecting, nil, 0
	c.connect()
}
