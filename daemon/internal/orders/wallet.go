package orders

import (
	"context"

	"github.com/logspanel/companion/daemon/internal/sentence"
	"github.com/logspanel/companion/shared/protocol"
)

// walletTries is how often the balance is read again because money moved meanwhile.
const walletTries = 3

// RefreshWallet reads the balance.
func (b *Book) RefreshWallet(ctx context.Context) (protocol.Wallet, error) {
	for try := 1; ; try++ {
		r, err := b.readWallet(ctx)
		b.observe(err)
		if err != nil {
			return protocol.Wallet{}, sentence.Of(err)
		}
		wallet := protocol.Wallet{Balance: r.balance, At: b.now()}
		b.mu.Lock()
		if r.moves == b.moves || try == walletTries {
			defer b.mu.Unlock()
			b.reconcile(r)
			b.setWallet(wallet)
			return wallet, nil
		}
		b.mu.Unlock()
	}
}

func (b *Book) readWallet(ctx context.Context) (r reading, err error) {
	b.mu.Lock()
	r.moves = b.moves
	b.mu.Unlock()
	if r.generation, err = b.opts.Provider.Generation(ctx); err != nil {
		return r, err
	}
	r.balance, err = b.opts.Provider.Wallet(ctx)
	return r, err
}

func (b *Book) setWallet(w protocol.Wallet) {
	b.state.Wallet = &w
	limits := b.limits(w.Balance.Currency)
	b.publish(protocol.Change{Wallet: &w, Limits: &limits})
}

func (b *Book) refresh(ctx context.Context) {
	if _, err := b.RefreshWallet(ctx); err != nil && ctx.Err() == nil {
		b.opts.Log.Warn("the balance could not be read", "cause", err)
	}
}
