package orders

import (
	"context"
	"slices"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/sentence"
	"github.com/logspanel/companion/shared/protocol"
)

const maxCandidates = 8

// ask leaves a purchase to the person: the provider's list has no clear answer, and
// sending it again could buy twice.
func (b *Book) ask(p purchase, possible []logspanel.NumberOrder) {
	candidates := make([]protocol.Candidate, 0, maxCandidates)
	for _, o := range possible[:min(len(possible), maxCandidates)] {
		candidates = append(candidates, protocol.Candidate{
			OrderID: string(o.ID), Number: international(o.Number, p.Intent.CallingCode), Price: o.Price, CreatedAt: o.CreatedAt,
		})
	}
	if p.Intent.Asks && slices.Equal(p.Intent.Candidates, candidates) {
		return
	}
	p.Intent.Asks, p.Intent.Candidates = true, candidates
	_ = b.save(nil, &p) // it is asked again after the next look
}

// Decide settles a purchase by the person's word, once it can only be settled so: an
// order came of it, or none did.
func (b *Book) Decide(ctx context.Context, req protocol.DecideRequest) (protocol.Intent, error) {
	b.mu.Lock()
	_, err := b.asked(req)
	b.mu.Unlock()
	if err != nil {
		return protocol.Intent{}, err
	}
	var order logspanel.NumberOrder
	if req.OrderID != "" {
		order, err = b.opts.Provider.NumberOrder(ctx, logspanel.ID(req.OrderID))
		b.observe(err)
		if err != nil {
			return protocol.Intent{}, sentence.Of(err)
		}
	}
	b.mu.Lock()
	p, err := b.asked(req)
	if err == nil {
		err = b.settleBy(&p, order)
	}
	b.mu.Unlock()
	if err != nil {
		return protocol.Intent{}, err
	}
	b.opts.Log.Info("a person decided a purchase", "intent", p.Intent.ID, "order", req.OrderID)
	b.plan()
	b.refresh(ctx)
	return p.Intent, nil
}

// asked finds the purchase that the person was asked about.
func (b *Book) asked(req protocol.DecideRequest) (purchase, error) {
	p, known := b.purchases[req.IntentID]
	switch {
	case !known || req.Journal != b.opts.Journal.ID():
		return purchase{}, noIntent()
	case !p.unresolved() || !p.Intent.Asks || time.Since(p.sent) <= settleTime:
		return purchase{}, &protocol.Error{
			Code: protocol.CodeUndecided, Message: "the companion can still find out itself what became of this purchase", Next: "wait a little",
		}
	}
	return *p, nil
}

func (b *Book) settleBy(p *purchase, o logspanel.NumberOrder) error {
	switch {
	case o.ID == "":
		p.Dismissed = true
		p.end(protocol.IntentRefused, &protocol.Error{
			Code: protocol.CodeDismissed, Message: "you said that nothing was bought", Next: "choose the number again if you still need one",
		})
		return b.save(nil, p)
	case !isOf(o, p.Intent):
		return &protocol.Error{
			Code: protocol.CodeBadRequest, Message: "this order is of another service or country", Next: "choose another one",
		}
	}
	return b.own(p, o, true)
}
