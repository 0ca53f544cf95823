package orders

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
)

// Buy carries out the intent that client confirmed. It does so once: a repeated call returns
// the first outcome. It blocks until the outcome is known, the purchase is in doubt, or ctx
// ends; the purchase itself goes on in the background.
func (s *Service) Buy(ctx context.Context, client string, req protocol.BuyRequest) (protocol.Intent, error) {
	started, err := s.confirmed(client, req)
	if err == nil && !started {
		_, err, _ = s.sends.Do(req.IntentID, func() (any, error) { return nil, s.send(ctx, client, req.IntentID) })
	}
	if err != nil {
		return protocol.Intent{}, err
	}
	return s.awaitOutcome(ctx, req.IntentID)
}

// confirmed checks that req names an intent of client with its price, and reports whether
// it was confirmed before.
func (s *Service) confirmed(client string, req protocol.BuyRequest) (started bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := s.state.purchases[req.IntentID]
	if !known || p.Intent.Client != client || req.Journal != s.opts.Journal.ID() {
		return false, errUnknownIntent()
	}
	if p.Intent.State != protocol.IntentIntended {
		return true, nil
	}
	if req.Price != p.Intent.Price {
		return false, errPriceChanged(p.Intent.Price, req.Price)
	}
	return false, s.state.checkFresh(p)
}

func errUnknownIntent() error {
	return &protocol.Error{
		Code: protocol.CodeIntentUnknown, Message: "the companion doesn't know this purchase: nothing was bought", Next: "choose the number again",
	}
}

// checkFresh returns an error if the intent may no longer be carried out: it has expired,
// another purchase of the same number is unresolved, or a limit is too low.
func (s *state) checkFresh(p *purchase) error {
	if s.base.Recovery.InProgress() {
		return errRecovering()
	}
	if s.clock.now().After(p.Intent.ExpiresAt) {
		return &protocol.Error{
			Code: protocol.CodeIntentExpired, Message: "this price is out of date: nothing was bought", Next: "check the price and confirm again",
		}
	}
	if s.conflicting(p.Intent) != nil {
		return &protocol.Error{
			Code:    protocol.CodeUnresolved,
			Message: "an earlier purchase of the same number isn't confirmed yet: nothing more was bought",
			Next:    "wait until it is confirmed",
		}
	}
	return s.explainReplacement(s.checkLimits(p.Intent.Price), p.Intent.Replaces)
}

// send starts the purchase. If it replaces an order, it first checks that nothing here
// prevents the purchase, and cancels that order.
func (s *Service) send(ctx context.Context, client, id string) error {
	s.mu.Lock()
	p, known := s.state.purchases[id]
	if !known {
		s.mu.Unlock()
		return errUnknownIntent()
	}
	intent := p.Intent
	s.mu.Unlock()
	if intent.Replaces == "" {
		return s.dispatch(ctx, id)
	}
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.state.reserved, id)
	}()
	if err := s.reserve(ctx, intent); err != nil {
		return err
	}
	order, err := s.Cancel(ctx, client, intent.Replaces)
	if err != nil {
		return err
	}
	if order.CodeReady { // a code that has arrived is worth more than another number
		return usererr.From(&logspanel.Error{Code: logspanel.CodeNumberCodeReceived})
	}
	if err := s.dispatch(ctx, id); err != nil {
		return withCancelledOrder(err, intent.Replaces)
	}
	return nil
}

// reserve checks everything that could make a purchase fail, before the number that it
// replaces is cancelled. It reserves its price within the limits until it is sent.
func (s *Service) reserve(ctx context.Context, i protocol.Intent) error {
	if err := s.offers.checkAreas(ctx, i.CountryID, i.ServiceID, i.AreaCodes); err != nil {
		return err
	}
	if err := s.offers.checkPrice(ctx, i); err != nil {
		return err
	}
	generation, err := s.opts.Provider.Generation(ctx)
	if err != nil {
		s.observe(err)
		return usererr.From(err)
	}
	wallet, err := s.RefreshWallet(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := s.state.purchases[i.ID]
	if !known {
		return errUnknownIntent()
	}
	if err := s.state.checkReplaceable(i.Replaces); err != nil {
		return err
	}
	if err := s.state.checkFresh(p); err != nil {
		return err
	}
	if err := s.state.checkAffordable(wallet.Balance, i.Price, i.Replaces); err != nil {
		return err
	}
	if err := s.checkSendableLocked(p, generation); err != nil {
		return err
	}
	s.state.reserved[i.ID] = struct{}{}
	return nil
}

// withCancelledOrder adds to an error that the number to be replaced was already cancelled.
func withCancelledOrder(err error, order string) error {
	explained := *protocol.AsError(err)
	explained.CancelledOrder = order
	explained.Next += "; the number that was to be replaced is cancelled already, and its money comes back"
	return explained.WithCause(err)
}

// checkSendableLocked returns an error if the API key is no longer the one of the quote, or
// if Run is not running.
func (s *Service) checkSendableLocked(p *purchase, generation string) error {
	if p.Generation != generation { // price and balance belong to another account
		return usererr.From(&logspanel.NotSentError{Call: "the purchase", Cause: logspanel.ErrKeyReplaced})
	}
	if s.start == nil {
		return &protocol.Error{Code: protocol.CodeInternal, Message: "the companion is stopping: nothing was bought", Next: "try again once it runs"}
	}
	return nil
}

// dispatch checks the price one last time, journals the purchase as sent, and starts to
// send it.
func (s *Service) dispatch(ctx context.Context, id string) error {
	s.mu.Lock()
	p, known := s.state.purchases[id]
	if !known {
		s.mu.Unlock()
		return errUnknownIntent()
	}
	intent := p.Intent
	s.mu.Unlock()
	if err := s.offers.checkPrice(ctx, intent); err != nil {
		return err
	}
	generation, err := s.opts.Provider.Generation(ctx)
	if err != nil {
		s.observe(err)
		return usererr.From(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, known = s.state.purchases[id]; !known {
		return errUnknownIntent()
	}
	if p.Intent.State != protocol.IntentIntended {
		return nil // another call was faster
	}
	if _, reserved := s.state.reserved[id]; !reserved {
		if err := s.state.checkFresh(p); err != nil {
			return err
		}
	}
	if err := s.checkSendableLocked(p, generation); err != nil {
		return err
	}
	sent := *p
	now := s.clock.now()
	sent.Intent.State, sent.Intent.SentAt = protocol.IntentSent, &now
	sent.Key, sent.LastSent, sent.SpentAt = rand.Text(), now, s.clock.latestNow()
	sent.ProviderFirst, sent.ProviderClock = s.clock.providerNow()
	sent.ProviderLast = sent.ProviderFirst
	sent.began, sent.sent = time.Now(), time.Now()
	if err := s.state.save(nil, &sent); err != nil {
		return err
	}
	s.state.waiters[id] = make(chan struct{})
	s.start(&inFlight{service: s, id: id})
	return nil
}

// awaitOutcome waits until the outcome of a purchase is known, it is in doubt, or ctx ends. A
// refusal is returned as an error.
func (s *Service) awaitOutcome(ctx context.Context, id string) (protocol.Intent, error) {
	s.mu.Lock()
	waiter := s.state.waiters[id]
	s.mu.Unlock()
	if waiter != nil {
		select {
		case <-waiter:
		case <-ctx.Done():
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := s.state.purchases[id]
	if !known {
		return protocol.Intent{}, errUnknownIntent()
	}
	if p.Intent.State == protocol.IntentRefused && p.Intent.Problem != nil {
		return p.Intent, p.Intent.Problem
	}
	return p.Intent, nil
}
