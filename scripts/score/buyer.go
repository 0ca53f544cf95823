package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/shared/phone"
)

// batch is how many codes are held at once. So many again are on their way, and the
// companion tells a browser of the newest fifty orders, beside those that wait.
const batch = 25

// order is a rented number, bought by the browser that fills it.
type order struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

// kind is what an order is bought for: a number that waits for its code, or a code
// that is there.
type kind struct {
	country string
	number  string
	code    string
}

func (l label) numberOrder() kind {
	return kind{country: strings.ToLower(l.Country), number: l.Number}
}

func (l label) codeOrder() kind { return kind{country: "ng", code: l.code()} }

// purchases is what was bought for some pages.
type purchases map[kind]order

// batches are the labels in parts that need so many codes each.
func batches(labels []label) (parts [][]label) {
	codes := map[kind]bool{}
	from := 0
	for i, l := range labels {
		codes[l.codeOrder()] = true
		if len(codes) > batch {
			parts = append(parts, labels[from:i])
			from, codes = i, map[kind]bool{l.codeOrder(): true}
		}
	}
	return append(parts, labels[from:])
}

// buyer buys orders through the paired extension.
type buyer struct {
	companion *companion.Companion
	world     driver
	offers    map[string]companion.Offer // by country
}

// open makes the provider sell numbers in the countries that the labels name. It has to
// come before the companion asks which countries there are.
func (s *buyer) open(ctx context.Context, labels []label) error {
	open := map[string]bool{}
	for _, l := range labels {
		if len(l.Expect.Tel) == 0 || open[l.Country] {
			continue
		}
		open[l.Country] = true
		name, err := ask[string](s.world.desk, "name", strings.ToUpper(l.Country))
		if err != nil {
			return err
		}
		n, err := phone.Parse(l.Number, "")
		if err != nil {
			return fmt.Errorf("%s: %w", l.File, err)
		}
		country := map[string]string{"short": strings.ToLower(l.Country), "name": name, "calling_code": n.CallingCode}
		if err := s.companion.Sandbox(ctx, "country", country); err != nil {
			return err
		}
	}
	offers, err := s.companion.Offers(ctx)
	for _, o := range offers {
		if o.Service == service {
			s.offers[o.Country] = o
		}
	}
	return err
}

// service is what the numbers are for.
const service = "Telegram"

// codes buys the codes of some pages, which come within ten seconds.
func (s *buyer) codes(ctx context.Context, labels []label) (purchases, error) {
	bought := purchases{}
	for _, l := range labels {
		if err := s.add(ctx, bought, l.codeOrder()); err != nil {
			return nil, err
		}
	}
	return bought, nil
}

// numbers buys the numbers of some pages, which wait for codes of their own.
func (s *buyer) numbers(ctx context.Context, labels []label) (purchases, error) {
	bought := purchases{}
	for _, l := range labels {
		if len(l.Expect.Tel) == 0 {
			continue
		}
		if err := s.add(ctx, bought, l.numberOrder()); err != nil {
			return nil, err
		}
	}
	return bought, nil
}

func (s *buyer) add(ctx context.Context, bought purchases, w kind) (err error) {
	if _, there := bought[w]; !there {
		bought[w], err = s.buy(ctx, w)
	}
	return err
}

// came waits until all codes are there.
func (s *buyer) came(codes purchases) error {
	if _, err := ask[any](s.world.desk, "all", codes.ids(), "received"); err != nil {
		return fmt.Errorf("wait for the codes: %w", err)
	}
	return nil
}

// giveBack cancels numbers, so that nobody goes on looking for their codes.
func (s *buyer) giveBack(numbers purchases) error {
	if _, err := ask[any](s.world.desk, "cancel", numbers.ids()); err != nil {
		return fmt.Errorf("give the numbers back: %w", err)
	}
	return nil
}

func (b purchases) ids() []string {
	ids := []string{}
	for _, o := range b {
		ids = append(ids, o.ID)
	}
	return ids
}

func (s *buyer) buy(ctx context.Context, w kind) (o order, err error) {
	offer := s.offers[w.country]
	// As many as there are pages, at a price that no limit minds.
	err = s.companion.Sandbox(ctx, "offer", map[string]any{"service_id": offer.ServiceID, "stock": 1_000_000, "price_kobo": 1})
	if err == nil {
		err = s.companion.Sandbox(ctx, "next", map[string]any{"number": w.number, "code": w.code, "sent": w.code != ""})
	}
	if err != nil {
		return o, err
	}
	o, err = ask[order](s.world.desk, "buy", offer.CountryID, offer.ServiceID)
	if err == nil && w.number != "" && o.Number != w.number {
		err = errors.New("the number that came is another one")
	}
	if err != nil {
		return o, fmt.Errorf("buy %+v: %w", w, err)
	}
	return o, nil
}
