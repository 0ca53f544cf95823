package main

import (
	"context"

	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// reconcile compares the intents, the ledger and the orders that the companion shows with
// the provider's own statements before and after.
func (c *crashTest) reconcile(ctx context.Context, before statement) error {
	report := c.report
	client, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	var wallet protocol.Wallet
	var state protocol.Snapshot
	for method, result := range map[string]any{protocol.WalletRefresh: &wallet, protocol.StateGet: &state} {
		if err := callWithRetry(ctx, client, method, protocol.Empty{}, result); err != nil {
			return err
		}
	}
	shown, err := allOrders(ctx, client)
	if err != nil {
		return err
	}
	ledger, err := c.readLedger(ctx)
	if err != nil {
		return err
	}
	after, err := c.account.readStatement(ctx)
	if err != nil {
		return err
	}

	intents := map[string]string{} // by order
	for intent, order := range c.orders {
		if other, taken := intents[order]; taken && order != "" {
			report.differencef("order %s is the outcome of both %s and %s", order, intent, other)
		}
		intents[order] = intent
	}
	if n := len(state.Intents); n > 0 {
		report.differencef("%d purchases have no outcome", n)
	}
	c.reconcileOrders(before, after, intents, shown)
	c.reconcileLedger(ledger, after, wallet.Balance)
	if wallet.Balance != after.balance {
		report.differencef("the companion shows a balance of %s, the provider has %s", wallet.Balance, after.balance)
	}
	spent, err := before.balance.Sub(after.balance)
	if err != nil {
		return err
	}
	owed := money.Money{Currency: spent.Currency}
	for id, o := range after.orders {
		if _, old := before.orders[id]; old {
			continue
		}
		report.Charges++
		if o.Refunded {
			report.Refunds++
		} else if owed, err = owed.Add(o.Price); err != nil {
			return err
		}
	}
	if spent != owed {
		report.differencef("the wallet lost %s, and the orders that were not refunded cost %s", spent, owed)
	}
	return nil
}

// reconcileOrders checks that each new order of the provider belongs to exactly one intent,
// and that the companion shows it so.
func (c *crashTest) reconcileOrders(before, after statement, intents map[string]string, shown []protocol.Order) {
	report := c.report
	seen := map[string]protocol.Order{}
	for _, o := range shown {
		seen[o.ID] = o
	}
	for id := range after.orders {
		if _, old := before.orders[id]; old {
			continue
		}
		intent, ours := intents[id]
		if !ours {
			report.differencef("order %s was charged, and no intent asked for it", id)
		} else if seen[id].IntentID != intent {
			report.differencef("order %s belongs to intent %s, and is shown with %q", id, intent, seen[id].IntentID)
		}
	}
	for intent, order := range c.orders {
		if _, there := after.orders[order]; order != "" && !there {
			report.differencef("intent %s bought order %s, which the provider does not know", intent, order)
		}
	}
}

// reconcileLedger checks that the ledger has one charge for each purchase, one refund for
// each refunded order and no other movement, and that each entry begins with the balance at
// which the last one ended.
func (c *crashTest) reconcileLedger(ledger []control.Entry, after statement, balance money.Money) {
	report := c.report
	charged, refunded := map[string]int{}, map[string]int{}
	last := money.Money{}
	for n, e := range ledger {
		if n > 0 && e.Before != last {
			report.differencef("ledger entry %d begins at %s, the one before ended at %s", e.N, e.Before, last)
		}
		last = e.After
		switch e.Kind {
		case "charge":
			charged[e.OrderID]++
		case "refund":
			refunded[e.OrderID]++
		case "other":
			report.differencef("ledger entry %d: the wallet moved by %s without the companion", e.N, e.Amount)
		}
	}
	if last != balance {
		report.differencef("the ledger ends at %s, the balance is %s", last, balance)
	}
	for intent, order := range c.orders {
		if order == "" {
			continue
		}
		refunds := 0
		if after.orders[order].Refunded {
			refunds = 1
		}
		if charged[order] != 1 || refunded[order] != refunds {
			report.differencef("intent %s, order %s: the ledger has %d charges and %d refunds, the provider 1 and %d", intent, order, charged[order], refunded[order], refunds)
		}
	}
}
