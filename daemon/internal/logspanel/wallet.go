package logspanel

import (
	"context"

	"github.com/logspanel/companion/shared/money"
)

// Wallet reads the account's balance. It may be negative.
func (c *Client) Wallet(ctx context.Context) (money.Money, error) {
	return get[walletWire](ctx, c, walletEndpoint, "", nil)
}

type walletWire struct {
	Balance  amount `json:"balance"`
	Currency text   `json:"currency"`
}

func (w walletWire) value() (money.Money, error) {
	balance := w.Balance.in(w.Currency)
	if balance.IsZero() {
		return balance, missing("balance")
	}
	return balance, nil
}
