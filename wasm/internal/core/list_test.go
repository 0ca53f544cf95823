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

// inParts answers order.list in parts of so many orders, until a part that is refused.
func (d *daemon) inParts(t *testing.T, orders []protocol.Order, each, refused int) {
	d.answer(protocol.OrderList, func(raw json.RawMessage) (any, error) {
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

func longAgo(n int) (orders []protocol.Order) {
	for i := range n {
		orders = append(orders, protocol.Order{
			ID: fmt.Sprint("old", i), State: protocol.OrderRefunded, ServiceName: fmt.Sprint("Service", i), CountryName: "Nigeria",
			Number: fmt.Sprintf("+23480%08d", i), Price: naira(550), CreatedAt: start.Add(-time.Duration(i) * time.Hour),
		})
	}
	return orders
}

func TestTheOldestOfALongHistoryIsFound(t *testing.T) {
	w := paired(t)
	w.daemon.inParts(t, longAgo(1000), 300, 0)
	w.act(view.Action{Do: view.DoSection, Section: view.SectionOrders})
	assert.Equal(t, 4, w.daemon.asked[protocol.OrderList])
	assert.Equal(t, 1000, w.node("orders").Total)
	assert.Nil(t, w.node("listing"), "nothing is on its way any more")
	w.act(view.Action{Do: view.DoSearch, Text: "service999"})
	require.NotNil(t, w.node("order:old999"))
	w.act(view.Action{Do: view.DoRefresh})
	assert.Equal(t, 8, w.daemon.asked[protocol.OrderList])
	require.NotNil(t, w.node("order:old999"))
}

// While parts are still to come, a search that finds nothing says that it goes on.
func TestAnIncompleteListSaysSo(t *testing.T) {
	w := paired(t)
	w.daemon.inParts(t, longAgo(1000), 300, 300)
	w.act(view.Action{Do: view.DoSection, Section: view.SectionOrders})
	assert.Equal(t, 300, w.node("orders").Total, "the first part is shown at once")
	assert.NotNil(t, w.node("listing"))
	w.act(view.Action{Do: view.DoSearch, Text: "service999"})
	assert.NotNil(t, w.node("searching"))
	assert.Nil(t, w.node("nothing"))
}

// A list that stands whole is not cut short while it is read again.
func TestAListIsReadAgainBehindTheOldOne(t *testing.T) {
	w := paired(t)
	w.daemon.inParts(t, longAgo(1000), 300, 0)
	w.act(view.Action{Do: view.DoSection, Section: view.SectionOrders})
	w.daemon.inParts(t, longAgo(1000), 300, 600)
	w.act(view.Action{Do: view.DoRefresh})
	assert.Equal(t, 1000, w.node("orders").Total)
}

// An older companion sends all at once, and names no next part.
func TestAnOlderCompanionsList(t *testing.T) {
	w := paired(t)
	w.daemon.inParts(t, longAgo(1000), 1000, 0)
	w.act(view.Action{Do: view.DoSection, Section: view.SectionOrders})
	assert.Equal(t, 1, w.daemon.asked[protocol.OrderList])
	assert.Equal(t, 1000, w.node("orders").Total)
}

// A code that was told of is not told of again by what changes later, also when the
// worker was stopped in between.
func TestACodeIsNotifiedOnceAcrossWorkers(t *testing.T) {
	w := paired(t)
	w.notify = true
	w.tell(core.Event{Kind: core.Allowed, Notify: true})
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.close()
	w.change(protocol.Change{Order: received()})
	require.Len(t, w.notices, 1)
	w.drop(1006)
	w.worker(core.Event{})
	w.open()
	w.close()
	later := received()
	later.AskedBy = []string{"c9"}
	w.change(protocol.Change{Order: later})
	assert.Len(t, w.notices, 1)
}

// A code that the daemon has erased is gone from the extension, also one that was handed
// over.
func TestAnErasedCodeIsGone(t *testing.T) {
	w := paired(t)
	o := received()
	o.Client = "another"
	o.Code, o.Message, o.Received = "", "", protocol.OneTimeCode{}
	w.change(protocol.Change{Order: o})
	w.daemon.answer(protocol.OrderCode, func(json.RawMessage) (any, error) {
		return protocol.ReceivedCode{OrderID: o.ID, Code: "481902"}, nil
	})
	w.act(view.Action{Do: view.DoOrder, OrderID: o.ID})
	w.act(view.Action{Do: view.DoReveal, OrderID: o.ID})
	shown := func() string {
		raw, err := json.Marshal(w.view)
		require.NoError(t, err)
		return string(raw)
	}
	require.Contains(t, shown(), "481902")
	erased := *o
	erased.Erased = true
	w.change(protocol.Change{Order: &erased})
	assert.NotContains(t, shown(), "481902")
	assert.NotContains(t, w.session, "481902")
	assert.Nil(t, w.node("reveal"), "there is nothing to ask for")
	assert.Contains(t, shown(), "code_erased")
}
