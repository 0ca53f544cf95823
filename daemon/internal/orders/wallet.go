package orders

import (
	"context"

	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
)

// walletTries is how often the balance is read at most, if money moves meanwhile.
const walletTries = 3

// RefreshWallet reads the balance from the provider, updates the ledger and publishes it.
func (s *Service) RefreshWallet(ctx context.Context) (protocol.Wallet, error) {
	for try := 1; ; try++ {
		r, err := s.readWallet(ctx)
		s.observe(err)
		if err != nil {
			return protocol.Wallet{}, usererr.From(err)
		}
		wallet := protocol.Wallet{Balance: r.balance, At: s.clock.now()}
		s.mu.Lock()
		if r.revision == s.state.walletRevision || try == walletTries {
			defer s.mu.Unlock()
			s.state.reconcile(r)
			s.state.setWallet(wallet)
			return wallet, nil
		}
		s.mu.Unlock()
	}
}

func (s *Service) readWallet(ctx context.Context) (r reading, err error) {
	s.mu.Lock()
	r.revision = s.state.walletRevision
	s.mu.Unlock()
	if r.generation, err = s.opts.Provider.Generation(ctx); err != nil {
		return r, err
	}
	r.balance, err = s.opts.Provider.Wallet(ctx)
	return r, err
}

func (s *state) setWallet(w protocol.Wallet) {
	s.base.Wallet = &w
	limits := s.limits(w.Balance.Currency)
	s.feed.publish(protocol.Change{Wallet: &w, Limits: &limits})
}

func (s *Service) refresh(ctx context.Context) {
	if _, err := s.RefreshWallet(ctx); err != nil && ctx.Err() == nil {
		s.opts.Log.Warn("reading the balance failed", "cause", err)
	}
}
