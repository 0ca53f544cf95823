package core

import (
	"strconv"
	"strings"

	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// keep stores the pairing, with the port and the name as they are now.
func (c *Core) keep(s Stored) {
	s.Port, s.Name = c.state.Port, c.state.Name
	c.stored = &s
	c.do(Effect{Do: Store, Stored: c.stored})
}

// pair takes a pasted code and tries it.
func (c *Core) pair(text string) {
	code, err := channel.ParsePairingCode(strings.TrimSpace(text))
	if err != nil {
		c.state.Refused = view.LinkUnpaired
		c.state.Problem = &protocol.Error{
			Code: protocol.CodePairing, Message: "that isn't a complete pairing code",
		}
		return
	}
	c.hangUp()
	c.pairing, c.failures = &code, 0
	c.state.Port, c.state.Link, c.state.Problem = int(code.Port), view.LinkPairing, nil
	c.connect()
}

// unpaired says why a pairing code did not work.
func (c *Core) unpaired(link view.Link) {
	c.pairing = nil
	c.state.Link = view.LinkUnpaired
	c.state.Refused = link
	c.state.Problem = &protocol.Error{Code: protocol.CodePairing, Message: "pairing failed: " + string(link)}
}

// forget drops the pairing on this side, and on the other if it can be told.
func (c *Core) forget() {
	if c.stored != nil {
		c.before = c.stored.ClientID
	}
	if c.phase == ready {
		c.call(protocol.SessionLeave, protocol.Empty{}, nil)
	}
	c.hangUp()
	c.stored, c.pairing, c.failures = nil, nil, 0
	version, tab, now := c.state.Version, c.state.Tab, c.state.Now
	c.bindings, c.buying = map[string]*binding{}, nil
	c.state = view.State{
		Now: now, Link: view.LinkUnpaired, Port: protocol.DefaultPort, Version: version, Browser: c.browser, Tab: tab,
		Habits: c.state.Habits, Notify: c.state.Notify, Forgetful: c.state.Forgetful,
		Fills: map[string]view.Fill{}, Codes: map[string]protocol.ReceivedCode{},
	}
	c.do(Effect{Do: Erase})
	c.glance = view.Glance{}
	c.do(Effect{Do: Glimpse})
}

// movePort looks for the daemon at another port.
func (c *Core) movePort(text string) {
	port, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || port < 1 || port > 65535 {
		c.state.Problem = &protocol.Error{
			Code: view.CodePort, Message: "that is not a port",
		}
		return
	}
	c.state.Port, c.state.Problem = port, nil
	if c.stored == nil {
		return
	}
	c.keep(*c.stored)
	c.connectAnew()
}

// rename gives this browser the name under which the daemon lists it.
func (c *Core) rename(name string) {
	c.state.Name = strings.TrimSpace(name)
	if c.stored == nil {
		return
	}
	c.keep(*c.stored)
	c.connectAnew()
}

func (c *Core) connectAnew() {
	c.hangUp()
	c.state.Link, c.state.Problem, c.failures = view.LinkConnecting, nil, 0
	c.connect()
}
