package protocol_test

import (
	"encoding/json"
	"fmt"

	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// A request as the extension sends it, and the response of a daemon that refuses.
func Example() {
	request, err := protocol.Request(7, protocol.OrderCancel, protocol.OrderRef{OrderID: "123"})
	if err != nil {
		fmt.Println(err)
		return
	}
	raw, _ := json.Marshal(request)
	fmt.Println(string(raw))

	received, err := protocol.Decode(raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	var params protocol.OrderRef
	if err := protocol.Bind(received.Params, &params); err != nil {
		fmt.Println(err)
		return
	}
	refusal := &protocol.Error{Code: protocol.CodeOrderNotFound, Message: "order " + params.OrderID + " does not exist"}
	response, _ := protocol.Response(received.ID, nil, refusal)
	raw, _ = json.Marshal(response)
	fmt.Println(string(raw))
	// Output:
	// {"jsonrpc":"2.0","id":7,"method":"order.cancel","params":{"order_id":"123"}}
	// {"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"order 123 does not exist","data":{"code":"order_not_found","message":"order 123 does not exist"}}}
}

// Changes are applied in sequence. After a gap the whole state has to be requested.
func ExampleSnapshot_Apply() {
	state := protocol.Snapshot{Seq: 10}
	wallet := &protocol.Wallet{Balance: money.FromMajor(500, "NGN")}
	fmt.Println(state.Apply(protocol.Change{Seq: 11, Wallet: wallet}), state.Wallet.Balance)
	fmt.Println(state.Apply(protocol.Change{Seq: 13}), state.Seq)
	// Output:
	// true 500.00 NGN
	// false 11
}
