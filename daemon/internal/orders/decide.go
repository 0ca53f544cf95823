package orders

import (
	"context"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
)

const maxCandidates = 8

// askPerson leaves a purchase to the person: the provider's list has no clear answer, and
// sending it again could buy twice.
func (s *state) askPerson(p purchase, possible []logspanel.NumberOrder) {
	candidates := make([]protocol.Candidate, 0, maxCandidates)
	for _, o := range possible[:min(len(possible), maxCandidates)] {
		candidates = append(candidates, protocol.Candidate{
			OrderID: string(o.ID), Number: international(o.Number, p.Intent.CallingCode), Price: o.Price, CreatedAt: o.CreatedAt,
		})
	}
	if p.Intent.NeedsDecision && slices.Equal(p.Intent.Candidates, candidates) {
		return
	}
	p.Intent.NeedsDecision, p.Intent.Candidates = true, candidates
	_ = s.save(nil, &p) // it is asked again after the next look
}

// Decide settles a purchase by the word of a browser, once it can only be settled so: an
// order came of it, or none did. It has to be the browser that asked for the purchase,
// and the order one of those that may have come of it. The word of a browser alone makes
// no room in the limit and no code readable: its secret may have been stolen.
func (s *Service) Decide(ctx context.Context, client string, req protocol.DecideRequest) (protocol.Intent, error) {
	return s.decide(ctx, req, func(p *purchase) error {
		if client != "" && p.Intent.Client == client {
			return nil
		}
		return &protocol.Error{
			Code: protocol.CodeOtherClientDecides, Message: "another browser asked for this number: nothing was decided",
			Next: "decide in that browser or in the companion's menu",
		}
	}, false)
}

// DecideByHand settles a purchase by the word of the person at the daemon's side, who
// may answer for any browser, and whose word counts in full. No order: none came of it.
func (s *Service) DecideByHand(ctx context.Context, intentID, orderID string) (protocol.Intent, error) {
	req := protocol.DecideRequest{IntentID: intentID, Journal: s.opts.Journal.ID(), OrderID: orderID}
	return s.decide(ctx, req, func(*purchase) error { return nil }, true)
}

// decide asks the provider once more before it takes a word for it.
func (s *Service) decide(ctx context.Context, req protocol.DecideRequest, may func(*purchase) error, byHand bool) (protocol.Intent, error) {
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
	s.opts.Log.Info("a purchase was decided", "intent", p.Intent.ID, "order", p.Intent.OrderID, "by_hand", byHand)
	s.replan.raise()
	s.refresh(ctx)
	return p.Intent, nil
}

// decidable finds the purchase that the person was asked about.
func (s *state) decidable(req protocol.DecideRequest, may func(*purchase) error) (purchase, error) {
	p, known := s.purchases[req.IntentID]
	if !known || req.Journal != s.journal.ID() {
		return purchase{}, noIntent()
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

// applyDecision settles a purchase by a word, unless the list has its one order by now.
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
