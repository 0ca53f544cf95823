package core

import (
	"strconv"
	"strings"

	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// storePairing stores the pairing, with the port and the name as they are now.
func (c *Core) storePairing(s Pairing) {
	s.Port, s.Name = c.state.Port, c.state.Name
	c.pairing = &s
	c.do(Effect{Do: StorePairing, Pairing: c.pairing})
}

// pair takes a pasted code and tries it.
func (c *Core) pair(text string) {
	code, err := channel.ParsePairingCode(strings.TrimSpace(text))
	if err != nil {
		c.state.PairingFailure = view.ConnectionUnpaired
		c.state.Problem = &protocol.Error{
			Code: protocol.CodePairing, Message: "that isn't a complete pairing code",
		}
		return
	}
	c.closeConnection()
	c.pairingCode, c.failures = &code, 0
	c.state.Port, c.state.Connection, c.state.Problem = int(code.Port), view.ConnectionPairing, nil
	c.connect()
}

// pairingFailed says why a pairing code did not work.
func (c *Core) pairingFailed(link view.Connection) {
	c.pairingCode = nil
	c.state.Connection = view.ConnectionUnpaired
	c.state.PairingFailure = link
	c.state.Problem = &protocol.Error{Code: protocol.CodePairing, Message: "pairing failed: " + string(link)}
}

// forgetPairing drops the pairing on this side, and on the other if it can be told.
func (c *Core) forgetPairing() {
	if c.pairing != nil {
		c.previousClientID = c.pairing.ClientID
	}
	if c.phase == phaseReady {
		c.call(protocol.SessionLeave, protocol.Empty{}, nil)
	}
	c.closeConnection()
	c.pairing, c.pairingCode, c.failures = nil, nil, 0
	version, tab, now := c.state.Version, c.state.Tab, c.state.Now
	c.bindings, c.confirmed = map[string]*tabBinding{}, nil
	c.state = view.State{
		Now: now, Connection: view.ConnectionUnpaired, Port: protocol.DefaultPort, Version: version, Browser: c.browser, Tab: tab,
		Preferences: c.state.Preferences, NotificationsAllowed: c.state.NotificationsAllowed, NeedsSitePermission: c.state.NeedsSitePermission,
		Fills: map[string]view.Fill{}, Codes: map[string]protocol.ReceivedCode{},
	}
	c.do(Effect{Do: ErasePairing})
	c.cachedView = view.CachedView{}
	c.do(Effect{Do: CacheView})
}

// setPort looks for the daemon at another port.
func (c *Core) setPort(text string) {
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
func (c *Core) setName(name string) {
	c.state.Name = strings.TrimSpace(name)
	if c.pairing == nil {
		return
	}
	c.storePairing(*c.pairing)
	c.reconnect()
}

func (c *Core) reconnect() {
	c.closeConnection()
	c.state.Connection, c.state.Problem, c.failures = view.ConnectionConnecting, nil, 0
	c.connect()
}
