package orders

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/journal"
	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/sentence"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	quoteLife = 5 * time.Minute
	maxAreas  = 8
)

// Quote makes the intent to buy one number at today's price, for client to confirm.
func (b *Book) Quote(ctx context.Context, client string, req protocol.QuoteRequest) (protocol.Quote, error) {
	if b.recovering() {
		return protocol.Quote{}, recovering()
	}
	if err := b.checkAreas(ctx, req); err != nil {
		return protocol.Quote{}, err
	}
	country, err := b.country(ctx, req.CountryID)
	if err != nil {
		return protocol.Quote{}, err
	}
	service, err := b.offer(ctx, req.CountryID, req.ServiceID)
	if err != nil {
		return protocol.Quote{}, err
	}
	generation, err := b.opts.Provider.Generation(ctx)
	if err != nil {
		b.observe(err)
		return protocol.Quote{}, sentence.Of(err)
	}
	wallet, err := b.RefreshWallet(ctx)
	if err != nil {
		return protocol.Quote{}, err
	}
	back, err := b.replaceable(req.Replaces)
	if err != nil {
		return protocol.Quote{}, err
	}
	after, err := left(wallet.Balance, service.Price, back)
	if err != nil {
		return protocol.Quote{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	intent := protocol.Intent{
		ID: rand.Text(), Journal: b.opts.Journal.ID(), State: protocol.IntentIntended,
		ServiceID: req.ServiceID, ServiceName: service.Name,
		CountryID: req.CountryID, CountryName: country.Name, CountryShort: country.Short, CallingCode: country.CallingCode,
		AreaCodes: req.AreaCodes, Replaces: req.Replaces, Price: service.Price, Client: client,
		CreatedAt: now, ExpiresAt: now.Add(quoteLife),
	}
	if err := b.within(service.Price, back); err != nil {
		return protocol.Quote{}, err
	}
	b.forgetQuotes(intent)
	if err := b.save(nil, &purchase{Intent: intent, Generation: generation}); err != nil {
		return protocol.Quote{}, err
	}
	return protocol.Quote{
		Intent: intent, Balance: wallet.Balance, BalanceAfter: after,
		Limits: b.limits(service.Price.Currency), Unresolved: b.unresolved(intent),
	}, nil
}

// left is what a purchase leaves of a balance, with what is given back for the order
// that it replaces.
func left(balance, price, back money.Money) (money.Money, error) {
	after, err := balance.Sub(price)
	if err == nil && !back.IsZero() {
		after, err = after.Add(back)
	}
	if err != nil {
		return money.Money{}, sentence.Of(err)
	}
	if after.Minor < 0 {
		return money.Money{}, &protocol.Error{
			Code: protocol.CodeBalance, Price: &price, Balance: &balance,
			Message: "the balance is too low for this number", Next: "top up with the provider",
		}
	}
	return after, nil
}

// checkAreas refuses area codes that the provider does not list.
func (b *Book) checkAreas(ctx context.Context, req protocol.QuoteRequest) error {
	if len(req.AreaCodes) == 0 {
		return nil
	}
	listed, err := b.opts.Provider.AreaCodes(ctx, logspanel.ID(req.CountryID), logspanel.ID(req.ServiceID))
	b.observe(err)
	if err != nil {
		return sentence.Of(err)
	}
	unlisted := func(code string) bool { return !slices.Contains(listed, code) }
	if len(req.AreaCodes) > maxAreas || slices.ContainsFunc(req.AreaCodes, unlisted) {
		return &protocol.Error{
			Code: protocol.CodeBadRequest, Message: "the provider does not offer this area code", Next: "choose another, or none",
		}
	}
	return nil
}

// replaceable is what cancelling an order will give back: nothing where id is empty.
func (b *Book) replaceable(id string) (money.Money, error) {
	if id == "" {
		return money.Money{}, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	r, known := b.rentals[id]
	switch {
	case !known:
		return money.Money{}, sentence.Of(&logspanel.Error{Code: logspanel.CodeNumberOrderNotFound})
	case r.Order.CodeReady:
		return money.Money{}, sentence.Of(&logspanel.Error{Code: logspanel.CodeNumberCodeReceived})
	}
	return b.refundOf(id), nil
}

// refundOf is what cancelling an order will still give back; nothing where there is none.
func (b *Book) refundOf(id string) money.Money {
	if r, known := b.rentals[id]; known && r.Order.State != protocol.OrderRefunded {
		return r.Order.Price
	}
	return money.Money{}
}

// forgetQuotes drops quotes that were never confirmed: all that are too old, and
// what the same client asked before about the same number.
func (b *Book) forgetQuotes(fresh protocol.Intent) {
	var stale []string
	for id, p := range b.undone {
		old := p.Intent
		if old.State == protocol.IntentIntended &&
			(old.ExpiresAt.Before(fresh.CreatedAt) || old.Client == fresh.Client && samePlace(old, fresh)) {
			stale = append(stale, id)
		}
	}
	if len(stale) == 0 {
		return
	}
	err := b.opts.Journal.Update(func(tx *journal.Tx) error {
		for _, id := range stale {
			if err := purchases.Delete(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.opts.Log.Warn("old quotes could not be dropped", "cause", err)
		return
	}
	for _, id := range stale {
		delete(b.purchases, id)
		delete(b.undone, id)
	}
}

func samePlace(a, b protocol.Intent) bool {
	return a.CountryID == b.CountryID && a.ServiceID == b.ServiceID
}

// unresolved finds another purchase of the same service and country without an outcome.
func (b *Book) unresolved(i protocol.Intent) *protocol.Intent {
	for _, p := range b.undone {
		if p.Intent.ID != i.ID && p.unresolved() && samePlace(p.Intent, i) {
			other := p.Intent
			return &other
		}
	}
	return nil
}

func (b *Book) country(ctx context.Context, id string) (protocol.Country, error) {
	list, err := b.opts.Countries.Countries(ctx)
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
func (b *Book) offer(ctx context.Context, countryID, serviceID string) (logspanel.Service, error) {
	services, err := b.opts.Provider.Services(ctx, logspanel.ID(countryID))
	b.observe(err)
	if err != nil {
		return logspanel.Service{}, sentence.Of(err)
	}
	i := slices.IndexFunc(services, func(s logspanel.Service) bool { return string(s.ID) == serviceID })
	switch {
	case i < 0:
		return logspanel.Service{}, gone()
	case services[i].Available <= 0:
		return logspanel.Service{}, &protocol.Error{
			Code: protocol.CodeOutOfStock, Message: "no number is left for this service in this country",
			Next: "choose another country",
		}
	case services[i].Price.IsZero():
		return logspanel.Service{}, &protocol.Error{
			Code: protocol.CodeProvider, Message: "the provider gives no price for this number",
			Next: "choose another country, or try again later",
		}
	}
	return services[i], nil
}

func gone() error {
	return &protocol.Error{
		Code: protocol.CodeStale, Message: "the provider no longer offers this service here", Next: "search again",
	}
}
