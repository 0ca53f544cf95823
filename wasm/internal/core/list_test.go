package core_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/core"
	"github.com/logspanel/companion/wasm/internal/view"
)

// inParts answers order.list in parts of a fixed size, until a part that is refused.
func (d *fakeDaemon) inParts(t *testing.T, orders []protocol.Order, each, refused int) {
	d.on(protocol.OrderList, func(raw json.RawMessage) (any, error) {
		var asked protocol.ListRequest
		require.NoError(t, json.Unmarshal(raw, &asked))
		from := 0
		if asked.Cursor != "" {
			_, err := fmt.Sscanf(asked.Cursor, "at %d", &from)
			require.NoError(t, err)
		}
		if refused > 0 && from >= refused {
			return nil, &protocol.Error{Code: protocol.CodeCatalogueStale, Message: "gone"}
		}
		page := protocol.OrderPage{Orders: orders[from:min(len(orders), from+each)]}
		if from+each < len(orders) {
			page.Next = fmt.Sprint("at ", from+each)
		}
		return page, nil
	})
}

func oldOrders(n int) (orders []protocol.Order) {
	for i := range n {
		orders = append(orders, protocol.Order{
			ID: fmt.Sprint("old", i), State: protocol.OrderRefunded, ServiceName: fmt.Sprint("Service", i), CountryName: "Nigeria",
			Number: fmt.Sprintf("+23480%08d", i), Price: naira(550), CreatedAt: start.Add(-time.Duration(i) * time.Hour),
		})
	}
	return orders
}

func TestOldestOrderOfALongHistoryIsFound(t *testing.T) {
	b := paired(t)
	b.daemon.inParts(t, oldOrders(1000), 300, 0)
	b.act(view.Action{Do: view.DoSection, Section: view.SectionOrders})
	assert.Equal(t, 4, b.daemon.calls[protocol.OrderList])
	assert.Equal(t, 1000, b.node("orders").Total)
	assert.Nil(t, b.node("listing"), "loading has ended")
	b.act(view.Action{Do: view.DoSearch, Text: "service999"})
	require.NotNil(t, b.node("order:old999"))
	b.act(view.Action{Do: view.DoRefresh})
	assert.Equal(t, 8, b.daemon.calls[protocol.OrderList])
	require.NotNil(t, b.node("order:old999"))
}

// While parts are still being loaded, a search without results says that it continues.
func TestIncompleteListIsMarked(t *testing.T) {
	b := paired(t)
	b.daemon.inParts(t, oldOrders(1000), 300, 300)
	b.act(view.Action{Do: view.DoSection, Section: view.SectionOrders})
	assert.Equal(t, 300, b.node("orders").Total, "the first part is shown at once")
	assert.NotNil(t, b.node("listing"))
	b.act(view.Action{Do: view.DoSearch, Text: "service999"})
	assert.NotNil(t, b.node("searching"))
	assert.Nil(t, b.node("nothing"))
}

// A complete list stays complete while it is reloaded.
func TestOldListStaysDuringReload(t *testing.T) {
	b := paired(t)
	b.daemon.inParts(t, oldOrders(1000), 300, 0)
	b.act(view.Action{Do: view.DoSection, Section: view.SectionOrders})
	b.daemon.inParts(t, oldOrders(1000), 300, 600)
	b.act(view.Action{Do: view.DoRefresh})
	assert.Equal(t, 1000, b.node("orders").Total)
}

// An older companion sends the whole list at once, without a next cursor.
func TestListOfAnOlderCompanion(t *testing.T) {
	b := paired(t)
	b.daemon.inParts(t, oldOrders(1000), 1000, 0)
	b.act(view.Action{Do: view.DoSection, Section: view.SectionOrders})
	assert.Equal(t, 1, b.daemon.calls[protocol.OrderList])
	assert.Equal(t, 1000, b.node("orders").Total)
}

// Later changes do not notify about the same code again, even if the worker was stopped in
// between.
func TestCodeIsNotifiedOnceAcrossWorkers(t *testing.T) {
	b := paired(t)
	b.notificationsAllowed = true
	b.send(core.Event{Kind: core.PermissionsChanged, NotificationsAllowed: true})
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.closePopup()
	b.pushChange(protocol.Change{Order: receivedOrder()})
	require.Len(t, b.notifications, 1)
	b.dropConnection(1006)
	b.startWorker(core.Event{})
	b.openPopup()
	b.closePopup()
	later := receivedOrder()
	later.AskedBy = []string{"c9"}
	b.pushChange(protocol.Change{Order: later})
	assert.Len(t, b.notifications, 1)
}

// The extension drops a code that the daemon has erased, even one that was handed over.
func TestErasedCodeIsDropped(t *testing.T) {
	b := paired(t)
	o := receivedOrder()
	o.Client = "another"
	o.Code, o.Message, o.Received = "", "", protocol.OneTimeCode{}
	b.pushChange(protocol.Change{Order: o})
	b.daemon.on(protocol.OrderCode, func(json.RawMessage) (any, error) {
		return protocol.ReceivedCode{OrderID: o.ID, Code: "481902"}, nil
	})
	b.act(view.Action{Do: view.DoOrder, OrderID: o.ID})
	b.act(view.Action{Do: view.DoReveal, OrderID: o.ID})
	shown := func() string {
		raw, err := json.Marshal(b.view)
		require.NoError(t, err)
		return string(raw)
	}
	require.Contains(t, shown(), "481902")
	erased := *o
	erased.Erased = true
	b.pushChange(protocol.Change{Order: &erased})
	assert.NotContains(t, shown(), "481902")
	assert.NotContains(t, b.session, "481902")
	assert.Nil(t, b.node("reveal"), "there is no code to reveal")
	assert.Contains(t, shown(), "code_erased")
}
