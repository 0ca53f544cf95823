package orders

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

const quoteLife = 5 * time.Minute

// Quote creates an intent to buy one number at its present price. client has to confirm it
// with Buy within quoteLife. Quote calls the provider; nothing is bought.
func (s *Service) Quote(ctx context.Context, client string, req protocol.QuoteRequest) (protocol.Quote, error) {
	if s.inRecovery() {
		return protocol.Quote{}, errRecovering()
	}
	if err := s.offers.checkAreas(ctx, req.CountryID, req.ServiceID, req.AreaCodes); err != nil {
		return protocol.Quote{}, err
	}
	country, err := s.offers.country(ctx, req.CountryID)
	if err != nil {
		return protocol.Quote{}, err
	}
	service, err := s.offers.service(ctx, req.CountryID, req.ServiceID)
	if err != nil {
		return protocol.Quote{}, err
	}
	generation, err := s.opts.Provider.Generation(ctx)
	if err != nil {
		s.observe(err)
		return protocol.Quote{}, usererr.From(err)
	}
	wallet, err := s.RefreshWallet(ctx)
	if err != nil {
		return protocol.Quote{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.state.checkReplaceable(req.Replaces); err != nil {
		return protocol.Quote{}, err
	}
	if err := s.state.checkAffordable(wallet.Balance, service.Price, req.Replaces); err != nil {
		return protocol.Quote{}, err
	}
	after, err := s.state.balanceAfter(wallet.Balance, service.Price, req.Replaces)
	if err != nil {
		return protocol.Quote{}, usererr.From(err)
	}
	now := s.clock.now()
	intent := protocol.Intent{
		ID: rand.Text(), Journal: s.opts.Journal.ID(), State: protocol.IntentIntended,
		ServiceID: req.ServiceID, ServiceName: service.Name,
		CountryID: req.CountryID, CountryName: country.Name, CountryShort: country.Short, CallingCode: country.CallingCode,
		AreaCodes: req.AreaCodes, Replaces: req.Replaces, Price: service.Price, Client: client,
		CreatedAt: now, ExpiresAt: now.Add(quoteLife),
	}
	s.state.dropStaleQuotes(intent)
	if err := s.state.save(nil, &purchase{Intent: intent, Generation: generation}); err != nil {
		return protocol.Quote{}, err
	}
	return protocol.Quote{
		Intent: intent, Balance: wallet.Balance, BalanceAfter: after,
		Limits: s.state.limits(service.Price.Currency), Unresolved: s.state.conflicting(intent),
	}, nil
}

// checkAffordable returns an error if a limit or the balance is too low for price.
func (s *state) checkAffordable(balance, price money.Money, replaces string) error {
	err := s.checkLimits(price)
	if err == nil {
		after, mixed := balance.Sub(price)
		if mixed != nil {
			return usererr.From(mixed)
		}
		if after.Minor < 0 {
			err = &protocol.Error{
				Code: protocol.CodeBalanceTooLow, Price: &price, Balance: &balance,
				Message: "your balance is too low for this number", Next: "top up on the provider's site",
			}
		}
	}
	return s.explainReplacement(err, replaces)
}

// explainReplacement adds to a refusal for lack of money that the order to be replaced was
// kept. That order counts until its refund has arrived. When or whether it arrives is
// unknown, so the first number is not cancelled for a second one that would be refused.
func (s *state) explainReplacement(err error, replaces string) error {
	problem := protocol.AsError(err)
	if err == nil || s.refundOf(replaces).IsZero() || problem.Code != protocol.CodeBalanceTooLow && problem.Code != protocol.CodeLimitDay {
		return err
	}
	return (&protocol.Error{
		Code: protocol.CodeNoRoomForReplacement, Price: problem.Price, Balance: problem.Balance, Limit: problem.Limit,
		Message: "your limit or balance isn't enough until the first number is refunded, so that one was kept",
		Next:    "cancel the first number, and buy another after its refund",
	}).WithCause(err)
}

// balanceAfter returns the balance after a purchase and the refund of the order that it
// replaces.
func (s *state) balanceAfter(balance, price money.Money, replaces string) (money.Money, error) {
	after, err := balance.Sub(price)
	if err == nil {
		after, err = after.Add(s.refundOf(replaces))
	}
	return after, err
}

// checkReplaceable returns an error if the order can't be cancelled for another. An empty id is
// fine.
func (s *state) checkReplaceable(id string) error {
	if id == "" {
		return nil
	}
	r, known := s.rentals[id]
	switch {
	case !known:
		return usererr.From(&logspanel.Error{Code: logspanel.CodeNumberOrderNotFound})
	case r.Order.CodeReady:
		return usererr.From(&logspanel.Error{Code: logspanel.CodeNumberCodeReceived})
	}
	return nil
}

// refundOf returns the amount that cancelling an order would refund; zero if there is no
// such order or it is refunded already.
func (s *state) refundOf(id string) money.Money {
	if r, known := s.rentals[id]; known && r.Order.State != protocol.OrderRefunded && r.Order.Price.Minor > 0 {
		return r.Order.Price
	}
	return money.Money{}
}

// dropStaleQuotes deletes quotes that were never confirmed: the expired ones, and the
// earlier ones of the same client for the same service and country.
func (s *state) dropStaleQuotes(fresh protocol.Intent) {
	var stale []string
	for id, p := range s.unfinished {
		old := p.Intent
		if _, reserved := s.reserved[id]; reserved {
			continue
		}
		if old.State == protocol.IntentIntended &&
			(old.ExpiresAt.Before(fresh.CreatedAt) || old.Client == fresh.Client && samePlace(old, fresh)) {
			stale = append(stale, id)
		}
	}
	if len(stale) == 0 {
		return
	}
	err := s.journal.Update(func(tx *store.Tx) error {
		for _, id := range stale {
			if err := purchases.Delete(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.log.Warn("deleting old quotes failed", "cause", err)
		return
	}
	for _, id := range stale {
		delete(s.purchases, id)
		delete(s.unfinished, id)
	}
}

func samePlace(a, b protocol.Intent) bool {
	return a.CountryID == b.CountryID && a.ServiceID == b.ServiceID
}

// conflicting returns another purchase of the same service and country that has no outcome
// yet; nil if there is none.
func (s *state) conflicting(i protocol.Intent) *protocol.Intent {
	for id, p := range s.unfinished {
		_, reserved := s.reserved[id]
		if id != i.ID && (reserved || p.unresolved()) && samePlace(p.Intent, i) {
			other := p.Intent
			return &other
		}
	}
	return nil
}
