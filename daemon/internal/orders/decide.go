package orders

import (
	"context"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/phone"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
)

const maxCandidates = 8

// askPerson asks the person what became of a purchase: the provider's list does not say for
// certain, and sending it again could buy twice.
func (s *state) askPerson(p purchase, possible []logspanel.NumberOrder) {
	candidates := make([]protocol.Candidate, 0, maxCandidates)
	for _, o := range possible[:min(len(possible), maxCandidates)] {
		number := phone.E164(o.Number, p.Intent.CallingCode)
		candidates = append(candidates, protocol.Candidate{
			OrderID: string(o.ID), Number: number, Phone: phone.Forms(number, p.Intent.CallingCode), Price: o.Price, CreatedAt: o.CreatedAt,
		})
	}
	if p.Intent.NeedsDecision && slices.Equal(p.Intent.Candidates, candidates) {
		return
	}
	p.Intent.NeedsDecision, p.Intent.Candidates = true, candidates
	_ = s.save(nil, &p) // if it fails, the next lookup asks again
}

// Decide settles a purchase as a browser says: it led to the named order, or to none. It
// works only while the purchase needs a decision, only for the browser that asked for the
// purchase, and only for one of the candidate orders. A browser's secret may be stolen, so
// its decision alone frees nothing in the limit and makes no code readable.
func (s *Service) Decide(ctx context.Context, client string, req protocol.DecideRequest) (protocol.Intent, error) {
	return s.applyUserDecision(ctx, req, func(p *purchase) error {
		if client != "" && p.Intent.Client == client {
			return nil
		}
		return &protocol.Error{
			Code: protocol.CodeOtherClientDecides, Message: "another browser asked for this number: nothing was decided",
			Next: "decide in that browser or in the companion's menu",
		}
	}, false)
}

// DecideByHand settles a purchase as the person says at the companion itself. It works for
// the purchases of any browser, and its decision counts in full. An empty orderID means that
// nothing was bought.
func (s *Service) DecideByHand(ctx context.Context, intentID, orderID string) (protocol.Intent, error) {
	req := protocol.DecideRequest{IntentID: intentID, Journal: s.opts.Journal.ID(), OrderID: orderID}
	return s.applyUserDecision(ctx, req, func(*purchase) error { return nil }, true)
}

// applyUserDecision lists the orders once more before it accepts a decision.
func (s *Service) applyUserDecision(ctx context.Context, req protocol.DecideRequest, may func(*purchase) error, byHand bool) (protocol.Intent, error) {
	s.mu.Lock()
	_, err := s.state.decidable(req, may)
	s.mu.Unlock()
	if err != nil {
		return protocol.Intent{}, err
	}
	listed, err := s.opts.Provider.NumberOrders(ctx, 0)
	s.observe(err)
	if err != nil {
		return protocol.Intent{}, usererr.From(err)
	}
	s.mu.Lock()
	s.state.setListed(listed.Orders)
	p, err := s.state.decidable(req, may)
	if err == nil {
		err = s.state.applyDecision(&p, req.OrderID, listed, byHand)
	}
	s.mu.Unlock()
	if err != nil {
		return protocol.Intent{}, err
	}
	s.opts.Log.Info("purchase decided", "intent", p.Intent.ID, "order", p.Intent.OrderID, "by_hand", byHand)
	s.replan.raise()
	s.refresh(ctx)
	return p.Intent, nil
}

// decidable returns a copy of the purchase, or an error if the person was not asked about it
// or may refuses it.
func (s *state) decidable(req protocol.DecideRequest, may func(*purchase) error) (purchase, error) {
	p, known := s.purchases[req.IntentID]
	if !known || req.Journal != s.journal.ID() {
		return purchase{}, errUnknownIntent()
	}
	if err := may(p); err != nil {
		return purchase{}, err
	}
	if !p.unresolved() || !p.Intent.NeedsDecision || time.Since(p.sent) <= settleTime {
		return purchase{}, &protocol.Error{
			Code: protocol.CodeOutcomeUnknown, Message: "the companion is still checking this purchase", Next: "wait a moment",
		}
	}
	return *p, nil
}

// applyDecision settles a purchase as decided, unless the list now has a certain match.
func (s *state) applyDecision(p *purchase, orderID string, listed logspanel.OrderList, byHand bool) error {
	match, possible := s.match(*p, listed)
	if match != nil {
		return s.recordOrder(p, *match, true)
	}
	if orderID == "" {
		p.Dismissed = !byHand
		p.end(protocol.IntentRefused, &protocol.Error{
			Code: protocol.CodeDismissed, Message: "you said that nothing was bought", Next: "choose the number again if you still need one",
		})
		return s.save(nil, p)
	}
	i := slices.IndexFunc(possible, func(o logspanel.NumberOrder) bool { return string(o.ID) == orderID })
	if i < 0 {
		return &protocol.Error{
			Code: protocol.CodeBadRequest, Message: "this order can't belong to the purchase", Next: "choose another one, or none",
		}
	}
	r := s.newRental(p, possible[i], true)
	if !byHand {
		r.Order.Client = ""
		r.Vouched = p.Intent.Price
		if more, err := r.Order.Price.Cmp(r.Vouched); err == nil && more > 0 {
			r.Vouched = r.Order.Price
		}
	}
	return s.recordRental(p, r, possible[i])
}
