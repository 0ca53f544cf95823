package server_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/server"
	"github.com/logspanel/companion/shared/protocol"
)

func TestOnlyTheBuyerSeesTheCode(t *testing.T) {
	h := newHarness(t)
	buyer, creds := h.pair(chromium, hello)
	other, _ := h.pair(firefox, hello)
	order := protocol.Order{
		ID: "o1", Client: creds.ClientID, State: protocol.OrderReceived, Code: "13579", CodeReady: true, Message: "Your code is 13579",
	}
	h.orders.publish(protocol.Change{Order: &order})

	assert.Equal(t, &order, (<-buyer.Changes()).Order)
	hidden := order
	hidden.Code, hidden.Message = "", ""
	assert.Equal(t, &hidden, (<-other.Changes()).Order)
	assert.Equal(t, "13579", order.Code, "the original order is unchanged")

	var now protocol.Snapshot
	require.NoError(t, other.Call(t.Context(), protocol.StateGet, protocol.Empty{}, &now))
	assert.Equal(t, []protocol.Order{hidden}, now.Orders)
	require.NoError(t, buyer.Call(t.Context(), protocol.StateGet, protocol.Empty{}, &now))
	assert.Equal(t, []protocol.Order{order}, now.Orders)

	var page protocol.OrderPage
	require.NoError(t, other.Call(t.Context(), protocol.OrderList, protocol.Empty{}, &page))
	assert.Equal(t, []protocol.Order{hidden}, page.Orders)
	var cancelled protocol.Order
	require.NoError(t, other.Call(t.Context(), protocol.OrderCancel, protocol.OrderRef{OrderID: "o1"}, &cancelled))
	assert.Equal(t, hidden, cancelled)

	late, _ := h.pair("chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba", hello)
	assert.Equal(t, []protocol.Order{hidden}, late.Welcome().Snapshot.Orders)

	handed := order
	handed.HandedTo = []string{other.Welcome().ClientID}
	h.orders.publish(protocol.Change{Order: &handed})
	assert.Equal(t, &handed, (<-other.Changes()).Order, "the person handed the code over")

	var code protocol.ReceivedCode
	require.NoError(t, other.Call(t.Context(), protocol.OrderCode, protocol.OrderRef{OrderID: "o1"}, &code))
	assert.Equal(t, protocol.ReceivedCode{OrderID: "o1", Code: "13579", Message: "Your code is 13579"}, code)
}

// No message type that can contain an order is sent with another client's code.
func TestNoMessageTypeLeaksACode(t *testing.T) {
	shapes := []any{protocol.Change{}}
	for _, method := range protocol.Methods {
		if method.Name != protocol.SessionHello { // its result contains a Snapshot, which is checked below
			shapes = append(shapes, method.Result)
		}
	}
	holding := 0
	for _, shape := range shapes {
		full := reflect.New(reflect.TypeOf(shape)).Elem()
		if !fill(full) {
			continue
		}
		holding++
		var seen any
		switch v := full.Interface().(type) {
		case protocol.Change:
			seen = server.Redact(v, "me")
		case protocol.Snapshot:
			seen = server.Redact(v, "me")
		case protocol.Order:
			seen = server.Redact(v, "me")
		case protocol.OrderPage:
			seen = server.Redact(v, "me")
		default:
			seen = v // a type that contains an order and that redact does not handle
		}
		raw, err := json.Marshal(seen)
		require.NoError(t, err)
		assert.NotContains(t, string(raw), "13579", "%T", shape)
	}
	assert.Equal(t, 4, holding)
}

// fill puts an order of another client wherever v can contain one.
func fill(v reflect.Value) (filled bool) {
	switch v.Kind() {
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		if filled = fill(p.Elem()); filled {
			v.Set(p)
		}
	case reflect.Slice:
		e := reflect.New(v.Type().Elem()).Elem()
		if filled = fill(e); filled {
			v.Set(reflect.Append(v, e))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[protocol.Order]() {
			v.Set(reflect.ValueOf(protocol.Order{Client: "another", Code: "13579", CodeReady: true, Message: "it is 13579"}))
			return true
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && fill(v.Field(i)) {
				filled = true
			}
		}
	}
	return filled
}
