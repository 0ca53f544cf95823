package orders

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/sentence"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// Buy carries out the intent that client confirmed, once: asked again, it gives the
// first outcome. It returns when there is an outcome, or a doubt, or ctx ends; the
// purchase itself goes on.
func (b *Book) Buy(ctx context.Context, client string, req protocol.BuyRequest) (protocol.Intent, error) {
	started, err := b.confirmed(client, req)
	if err == nil && !started {
		_, err, _ = b.sends.Do(req.IntentID, func() (any, error) { return nil, b.send(ctx, client, req.IntentID) })
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
	return false, b.fresh(p)
}

func noIntent() error {
	return &protocol.Error{
		Code: protocol.CodeIntentUnknown, Message: "the companion has no such purchase: nothing was bought", Next: "choose the number again",
	}
}

// fresh refuses an intent whose time or place has passed.
func (b *Book) fresh(p *purchase) error {
	if b.state.Recovery.Pending() {
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
	return b.keepFirst(b.within(p.Intent.Price), p.Intent.Replaces)
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

// send gives back the number that is replaced, once nothing here stands in the way of
// the next, and then sends for that.
func (b *Book) send(ctx context.Context, client, id string) error {
	b.mu.Lock()
	p, known := b.purchases[id]
	if !known {
		b.mu.Unlock()
		return noIntent()
	}
	intent := p.Intent
	b.mu.Unlock()
	if intent.Replaces == "" {
		return b.dispatch(ctx, id)
	}
	defer b.unreserve(id)
	if err := b.reserve(ctx, intent); err != nil {
		return err
	}
	if err := b.giveBack(ctx, client, intent.Replaces); err != nil {
		return err
	}
	if err := b.dispatch(ctx, id); err != nil {
		return gaveUp(err, intent.Replaces)
	}
	return nil
}

// reserve looks for everything that could refuse a purchase, before the number that it
// replaces is given up, and keeps the room that it needs until it is sent.
func (b *Book) reserve(ctx context.Context, i protocol.Intent) error {
	if err := b.checkAreas(ctx, protocol.QuoteRequest{CountryID: i.CountryID, ServiceID: i.ServiceID, AreaCodes: i.AreaCodes}); err != nil {
		return err
	}
	if err := b.stillAt(ctx, i); err != nil {
		return err
	}
	generation, err := b.opts.Provider.Generation(ctx)
	if err != nil {
		b.observe(err)
		return sentence.Of(err)
	}
	wallet, err := b.RefreshWallet(ctx)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p, known := b.purchases[i.ID]
	if !known {
		return noIntent()
	}
	if err := b.replaceable(i.Replaces); err != nil {
		return err
	}
	if err := b.fresh(p); err != nil {
		return err
	}
	if err := b.affordable(wallet.Balance, i.Price, i.Replaces); err != nil {
		return err
	}
	if err := b.sendable(p, generation); err != nil {
		return err
	}
	b.reserved[i.ID] = struct{}{}
	return nil
}

func (b *Book) unreserve(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.reserved, id)
}

// gaveUp says that a purchase failed after the number that it replaces was given up.
func gaveUp(err error, order string) error {
	said := *protocol.AsError(err)
	said.GaveUp = order
	said.Next += "; the number that was to be replaced is cancelled already, and its money comes back"
	return said.Because(err)
}

// sendable refuses what would be sent with another key than it was quoted with, or what
// nobody would carry on.
func (b *Book) sendable(p *purchase, generation string) error {
	if p.Generation != generation { // price and balance were another account's
		return sentence.Of(&logspanel.Unsent{Call: "the purchase", Cause: logspanel.ErrKeyReplaced})
	}
	if b.pursue == nil {
		return &protocol.Error{Code: protocol.CodeInternal, Message: "the companion is stopping: nothing was bought", Next: "try again once it runs"}
	}
	return nil
}

// dispatch checks the price a last time, writes down what is about to be sent, and
// starts to send it.
func (b *Book) dispatch(ctx context.Context, id string) error {
	b.mu.Lock()
	p, known := b.purchases[id]
	if !known {
		b.mu.Unlock()
		return noIntent()
	}
	intent := p.Intent
	b.mu.Unlock()
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
	if p, known = b.purchases[id]; !known {
		return noIntent()
	}
	if p.Intent.State != protocol.IntentIntended {
		return nil // another call was faster
	}
	if _, reserved := b.reserved[id]; !reserved {
		if err := b.fresh(p); err != nil {
			return err
		}
	}
	if err := b.sendable(p, generation); err != nil {
		return err
	}
	sent := *p
	now := b.now()
	sent.Intent.State, sent.Intent.SentAt = protocol.IntentSent, &now
	sent.Key, sent.LastSent, sent.SpentAt = rand.Text(), now, b.laterNow()
	sent.ProviderFirst, sent.ProviderClock = b.providerNow()
	sent.ProviderLast = sent.ProviderFirst
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
