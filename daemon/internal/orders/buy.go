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
	after, err := wallet.Balance.Sub(service.Price)
	if err == nil && !back.IsZero() {
		after, err = after.Add(back)
	}
	if err != nil {
		return protocol.Quote{}, sentence.Of(err)
	}
	if after.Minor < 0 {
		return protocol.Quote{}, tooLittle(service.Price, wallet.Balance)
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
	for _, code := range req.AreaCodes {
		if len(req.AreaCodes) > maxAreas || !slices.Contains(listed, code) {
			return &protocol.Error{
				Code: protocol.CodeBadRequest, Message: "the provider does not offer this area code", Next: "choose another, or none",
			}
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
	case r.Order.State == protocol.OrderRefunded:
		return money.Money{}, nil
	}
	return r.Order.Price, nil
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

func tooLittle(price, balance money.Money) error {
	return &protocol.Error{
		Code: protocol.CodeBalance, Price: &price, Balance: &balance,
		Message: "the balance is too low for this number", Next: "top up with the provider",
	}
}

// Buy carries out the intent that client confirmed, once: asked again, it gives the
// first outcome. It returns when there is an outcome, or a doubt, or ctx ends; the
// purchase itself goes on.
func (b *Book) Buy(ctx context.Context, client string, req protocol.BuyRequest) (protocol.Intent, error) {
	started, err := b.confirmed(client, req)
	if err == nil && !started {
		err = b.send(ctx, client, req.IntentID)
	}
	if err != nil {
		return protocol.Intent{}, err
	}
	return b.outcome(ctx, req.IntentID)
}

// confirmed checks that req names an intent of client's at the price it shows, and
// reports whether it has been confirmed before.
func (b *Book) confirmed(client string, req protocol.BuyRequest) (started bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, known := b.purchases[req.IntentID]
	if !known || p.Intent.Client != client || req.Journal != b.opts.Journal.ID() {
		return false, noIntent()
	}
	if p.Intent.State != protocol.IntentIntended {
		return true, nil
	}
	if req.Price != p.Intent.Price {
		return false, dearer(p.Intent.Price, req.Price)
	}
	back := money.Money{}
	if r, known := b.rentals[p.Intent.Replaces]; known && r.Order.State != protocol.OrderRefunded {
		back = r.Order.Price
	}
	return false, b.fresh(p, back)
}

func noIntent() error {
	return &protocol.Error{
		Code: protocol.CodeIntentUnknown, Message: "the companion has no such purchase: nothing was bought", Next: "choose the number again",
	}
}

// fresh refuses an intent whose time or place has passed. Back is what a refund will
// give room for.
func (b *Book) fresh(p *purchase, back money.Money) error {
	if b.settings.Recovery.Pending() {
		return recovering()
	}
	if b.now().After(p.Intent.ExpiresAt) {
		return &protocol.Error{
			Code: protocol.CodeIntentExpired, Message: "the price was looked up too long ago: nothing was bought", Next: "look again and confirm",
		}
	}
	if b.unresolved(p.Intent) != nil {
		return &protocol.Error{
			Code:    protocol.CodeUnresolved,
			Message: "an earlier purchase of the same number has no outcome yet: nothing more was bought",
			Next:    "wait until it is known what became of it",
		}
	}
	return b.within(p.Intent.Price, back)
}

func dearer(price, old money.Money) *protocol.Error {
	return &protocol.Error{
		Code: protocol.CodePriceChanged, Price: &price, OldPrice: &old,
		Message: "the price has changed: nothing was bought", Next: "look at the new price and confirm it",
	}
}

// stillAt refuses an intent that is dearer now than what the person confirmed.
func (b *Book) stillAt(ctx context.Context, i protocol.Intent) error {
	service, err := b.offer(ctx, i.CountryID, i.ServiceID)
	if err != nil {
		return err
	}
	if more, err := service.Price.Cmp(i.Price); err != nil || more > 0 {
		return dearer(service.Price, i.Price)
	}
	return nil
}

// send gives back the number that is replaced, checks the price a last time, writes
// down what is about to be sent, and starts to send it.
func (b *Book) send(ctx context.Context, client, id string) error {
	b.mu.Lock()
	intent := b.purchases[id].Intent
	b.mu.Unlock()
	if intent.Replaces != "" {
		if err := b.stillAt(ctx, intent); err != nil {
			return err
		}
		if err := b.giveBack(ctx, client, intent.Replaces); err != nil {
			return err
		}
	}
	if err := b.stillAt(ctx, intent); err != nil {
		return err
	}
	generation, err := b.opts.Provider.Generation(ctx)
	if err != nil {
		b.observe(err)
		return sentence.Of(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p, known := b.purchases[id]
	if !known {
		return noIntent()
	}
	if p.Intent.State != protocol.IntentIntended {
		return nil // another call was faster
	}
	if err := b.fresh(p, money.Money{}); err != nil {
		return err
	}
	if p.Generation != generation { // price and balance were another account's
		return sentence.Of(&logspanel.Unsent{Call: "the purchase", Cause: logspanel.ErrKeyReplaced})
	}
	if b.pursue == nil {
		return &protocol.Error{Code: protocol.CodeInternal, Message: "the companion is stopping: nothing was bought", Next: "try again once it runs"}
	}
	sent := *p
	now := b.now()
	sent.Intent.State, sent.Intent.SentAt = protocol.IntentSent, &now
	sent.Key, sent.LastSent = rand.Text(), now
	sent.began, sent.sent = time.Now(), time.Now()
	if err := b.save(nil, &sent); err != nil {
		return err
	}
	b.pursuits[id] = make(chan struct{})
	b.pursue(id, false)
	return nil
}

// giveBack cancels the order that a purchase replaces. A code that has come is worth
// more than another number.
func (b *Book) giveBack(ctx context.Context, client, orderID string) error {
	order, err := b.Cancel(ctx, client, orderID)
	if err != nil {
		return err
	}
	if order.CodeReady {
		return sentence.Of(&logspanel.Error{Code: logspanel.CodeNumberCodeReceived})
	}
	return nil
}

// outcome waits until a purchase is decided or in doubt.
func (b *Book) outcome(ctx context.Context, id string) (protocol.Intent, error) {
	b.mu.Lock()
	pursuit := b.pursuits[id]
	b.mu.Unlock()
	if pursuit != nil {
		select {
		case <-pursuit:
		case <-ctx.Done():
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p, known := b.purchases[id]
	if !known {
		return protocol.Intent{}, noIntent()
	}
	if p.Intent.State == protocol.IntentRefused && p.Intent.Problem != nil {
		return p.Intent, p.Intent.Problem
	}
	return p.Intent, nil
}
