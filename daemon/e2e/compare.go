package main

import (
	"context"

	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// compare holds the intents, the journal, the orders shown and the provider's own
// books against each other.
func (c *crasher) compare(ctx context.Context, before statement) error {
	f := c.figures
	client, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	var wallet protocol.Wallet
	var state protocol.Snapshot
	for method, result := range map[string]any{protocol.WalletRefresh: &wallet, protocol.StateGet: &state} {
		if err := ask(ctx, client, method, protocol.Empty{}, result); err != nil {
			return err
		}
	}
	shown, err := allOrders(ctx, client)
	if err != nil {
		return err
	}
	book, err := c.ledger(ctx)
	if err != nil {
		return err
	}
	after, err := c.account.read(ctx)
	if err != nil {
		return err
	}

	intents := map[string]string{} // by order
	for intent, order := range c.orders {
		if other, taken := intents[order]; taken && order != "" {
			f.differ("order %s is the outcome of both %s and %s", order, intent, other)
		}
		intents[order] = intent
	}
	if n := len(state.Intents); n > 0 {
		f.differ("%d purchases have no outcome", n)
	}
	c.compareOrders(before, after, intents, shown)
	c.compareLedger(book, after, wallet.Balance)
	if wallet.Balance != after.balance {
		f.differ("the companion shows a balance of %s, the provider has %s", wallet.Balance, after.balance)
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
		f.Charges++
		if o.Refunded {
			f.Refunds++
		} else if owed, err = owed.Add(o.Price); err != nil {
			return err
		}
	}
	if spent != owed {
		f.differ("the wallet lost %s, and the orders that were not refunded cost %s", spent, owed)
	}
	return nil
}

// compareOrders: each order of the provider's is one intent's, and is shown as such.
func (c *crasher) compareOrders(before, after statement, intents map[string]string, shown []protocol.Order) {
	f := c.figures
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
			f.differ("order %s was charged, and no intent asked for it", id)
		} else if seen[id].IntentID != intent {
			f.differ("order %s came of intent %s, and is shown as of %q", id, intent, seen[id].IntentID)
		}
	}
	for intent, order := range c.orders {
		if _, there := after.orders[order]; order != "" && !there {
			f.differ("intent %s is said to have bought order %s, which the provider does not know", intent, order)
		}
	}
}

// compareLedger: one charge an intent, one refund an order that was refunded, nothing
// else that moved the wallet, and each entry begins where the last one ended.
func (c *crasher) compareLedger(book []control.Entry, after statement, balance money.Money) {
	f := c.figures
	charged, repaid := map[string]int{}, map[string]int{}
	last := money.Money{}
	for n, e := range book {
		if n > 0 && e.Before != last {
			f.differ("ledger entry %d begins at %s, the one before ended at %s", e.N, e.Before, last)
		}
		last = e.After
		switch e.Kind {
		case "charge":
			charged[e.OrderID]++
		case "refund":
			repaid[e.OrderID]++
		case "other":
			f.differ("ledger entry %d: the wallet moved by %s without the companion", e.N, e.Amount)
		}
	}
	if last != balance {
		f.differ("the ledger ends at %s, the balance is %s", last, balance)
	}
	for intent, order := range c.orders {
		if order == "" {
			continue
		}
		refunds := 0
		if after.orders[order].Refunded {
			refunds = 1
		}
		if charged[order] != 1 || repaid[order] != refunds {
			f.differ("intent %s, order %s: the ledger has %d charges and %d refunds, the provider 1 and %d", intent, order, charged[order], repaid[order], refunds)
		}
	}
}
