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

const (
	quoteLife = 5 * time.Minute
)

// Quote makes the intent to buy one number at today's price, for client to confirm.
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
	if err := s.state.replaceable(req.Replaces); err != nil {
		return protocol.Quote{}, err
	}
	if err := s.state.affordable(wallet.Balance, service.Price, req.Replaces); err != nil {
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

// affordable refuses a price for which limits or balance have no room.
func (s *state) affordable(balance, price money.Money, replaces string) error {
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

// explainReplacement says of a refusal for want of room that the order to be replaced was kept.
// That one counts until its refund is there: how long this takes, or whether it comes,
// nobody knows before, and a first number is not given up for a second that is refused.
func (s *state) explainReplacement(err error, replaces string) error {
	said := protocol.AsError(err)
	if err == nil || s.refundOf(replaces).IsZero() || said.Code != protocol.CodeBalanceTooLow && said.Code != protocol.CodeLimitDay {
		return err
	}
	return (&protocol.Error{
		Code: protocol.CodeNoRoomForReplacement, Price: said.Price, Balance: said.Balance, Limit: said.Limit,
		Message: "your limit or balance isn't enough until the first number is refunded, so that one was kept",
		Next:    "cancel the first number, and buy another after its refund",
	}).WithCause(err)
}

// balanceAfter is what a purchase leaves of a balance once the order that it replaces is paid
// back.
func (s *state) balanceAfter(balance, price money.Money, replaces string) (money.Money, error) {
	after, err := balance.Sub(price)
	if err == nil {
		after, err = after.Add(s.refundOf(replaces))
	}
	return after, err
}

// replaceable refuses an order that can't be given back for another; none is no refusal.
func (s *state) replaceable(id string) error {
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

// refundOf is what cancelling an order will still give back; nothing where there is none.
func (s *state) refundOf(id string) money.Money {
	if r, known := s.rentals[id]; known && r.Order.State != protocol.OrderRefunded && r.Order.Price.Minor > 0 {
		return r.Order.Price
	}
	return money.Money{}
}

// dropStaleQuotes drops quotes that were never confirmed: all that are too old, and
// what the same client asked before about the same number.
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
		s.log.Warn("old quotes could not be dropped", "cause", err)
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

// conflicting finds another purchase of the same service and country without an outcome.
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
