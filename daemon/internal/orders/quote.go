package orders

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	quoteLife = 5 * time.Minute
	maxAreas  = 8
)

// Quote makes the intent to buy one number at today's price, for client to confirm.
func (s *Service) Quote(ctx context.Context, client string, req protocol.QuoteRequest) (protocol.Quote, error) {
	if s.recovering() {
		return protocol.Quote{}, recovering()
	}
	if err := s.checkAreas(ctx, req); err != nil {
		return protocol.Quote{}, err
	}
	country, err := s.country(ctx, req.CountryID)
	if err != nil {
		return protocol.Quote{}, err
	}
	service, err := s.offer(ctx, req.CountryID, req.ServiceID)
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
	if err := s.replaceable(req.Replaces); err != nil {
		return protocol.Quote{}, err
	}
	if err := s.affordable(wallet.Balance, service.Price, req.Replaces); err != nil {
		return protocol.Quote{}, err
	}
	after, err := s.left(wallet.Balance, service.Price, req.Replaces)
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
	s.forgetQuotes(intent)
	if err := s.save(nil, &purchase{Intent: intent, Generation: generation}); err != nil {
		return protocol.Quote{}, err
	}
	return protocol.Quote{
		Intent: intent, Balance: wallet.Balance, BalanceAfter: after,
		Limits: s.limits(service.Price.Currency), Unresolved: s.unresolved(intent),
	}, nil
}

// affordable refuses a price for which limits or balance have no room.
func (s *Service) affordable(balance, price money.Money, replaces string) error {
	err := s.within(price)
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
	return s.keepFirst(err, replaces)
}

// keepFirst says of a refusal for want of room that the order to be replaced was kept.
// That one counts until its refund is there: how long this takes, or whether it comes,
// nobody knows before, and a first number is not given up for a second that is refused.
func (s *Service) keepFirst(err error, replaces string) error {
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

// left is what a purchase leaves of a balance once the order that it replaces is paid
// back.
func (s *Service) left(balance, price money.Money, replaces string) (money.Money, error) {
	after, err := balance.Sub(price)
	if err == nil {
		after, err = after.Add(s.refundOf(replaces))
	}
	return after, err
}

// checkAreas refuses area codes that the provider does not list.
func (s *Service) checkAreas(ctx context.Context, req protocol.QuoteRequest) error {
	if len(req.AreaCodes) == 0 {
		return nil
	}
	listed, err := s.opts.Provider.AreaCodes(ctx, logspanel.ID(req.CountryID), logspanel.ID(req.ServiceID))
	s.observe(err)
	if err != nil {
		return usererr.From(err)
	}
	unlisted := func(code string) bool { return !slices.Contains(listed, code) }
	if len(req.AreaCodes) > maxAreas || slices.ContainsFunc(req.AreaCodes, unlisted) {
		return &protocol.Error{
			Code: protocol.CodeBadRequest, Message: "the provider does not offer this area code", Next: "choose another, or none",
		}
	}
	return nil
}

// replaceable refuses an order that can't be given back for another; none is no refusal.
func (s *Service) replaceable(id string) error {
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
func (s *Service) refundOf(id string) money.Money {
	if r, known := s.rentals[id]; known && r.Order.State != protocol.OrderRefunded && r.Order.Price.Minor > 0 {
		return r.Order.Price
	}
	return money.Money{}
}

// forgetQuotes drops quotes that were never confirmed: all that are too old, and
// what the same client asked before about the same number.
func (s *Service) forgetQuotes(fresh protocol.Intent) {
	var stale []string
	for id, p := range s.undone {
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
	err := s.opts.Journal.Update(func(tx *store.Tx) error {
		for _, id := range stale {
			if err := purchases.Delete(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.opts.Log.Warn("old quotes could not be dropped", "cause", err)
		return
	}
	for _, id := range stale {
		delete(s.purchases, id)
		delete(s.undone, id)
	}
}

func samePlace(a, b protocol.Intent) bool {
	return a.CountryID == b.CountryID && a.ServiceID == b.ServiceID
}

// unresolved finds another purchase of the same service and country without an outcome.
func (s *Service) unresolved(i protocol.Intent) *protocol.Intent {
	for id, p := range s.undone {
		_, reserved := s.reserved[id]
		if id != i.ID && (reserved || p.unresolved()) && samePlace(p.Intent, i) {
			other := p.Intent
			return &other
		}
	}
	return nil
}

func (s *Service) country(ctx context.Context, id string) (protocol.Country, error) {
	list, err := s.opts.Countries.Countries(ctx)
	if err != nil {
		return protocol.Country{}, err
	}
	i := slices.IndexFunc(list.Countries, func(c protocol.Country) bool { return c.ID == id })
	if i < 0 {
		return protocol.Country{}, gone()
	}
	return list.Countries[i], nil
}

// offer reads what a number costs now.
func (b *Service) offer(ctx context.Context, countryID, serviceID string) (logspanel.Service, error) {
	services, err := b.opts.Provider.Services(ctx, logspanel.ID(countryID))
	b.observe(err)
	if err != nil {
		return logspanel.Service{}, usererr.From(err)
	}
	i := slices.IndexFunc(services, func(s logspanel.Service) bool { return string(s.ID) == serviceID })
	switch {
	case i < 0:
		return logspanel.Service{}, gone()
	case services[i].Available <= 0:
		return logspanel.Service{}, &protocol.Error{
			Code: protocol.CodeOutOfStock, Message: "no numbers left for this service in this country",
			Next: "choose another country",
		}
	case services[i].Price.Minor <= 0:
		return logspanel.Service{}, unpriced()
	}
	return services[i], nil
}

func unpriced() error {
	return &protocol.Error{
		Code: protocol.CodeProvider, Message: "the provider gives no price for this number",
		Next: "choose another country, or try again later",
	}
}

func gone() error {
	return &protocol.Error{
		Code: protocol.CodeCatalogueStale, Message: "the provider no longer offers this service here", Next: "search again",
	}
}
