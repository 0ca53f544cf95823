package core_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/core"
	"github.com/logspanel/companion/wasm/internal/view"
)

// A daemon that has proved itself may still have to wait for its keyring.
func TestTheWelcomeHasATimeOfItsOwn(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.daemon.deaf, w.daemon.silent = true, protocol.SessionHello
	w.act(view.Action{Do: view.DoPair, Text: w.daemon.code.String()})
	w.pass(8 * time.Second)
	w.tell(core.Event{Kind: core.Opened, Socket: w.socket})
	w.pass(9 * time.Second)
	assert.False(t, w.shows("problem"))
	w.pass(2 * time.Second)
	assert.True(t, w.shows("problem"))
}
