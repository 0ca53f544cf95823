package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/logspanel/companion/scripts/companion"
)

// batch is how many orders are bought at once: the companion tells a browser of all
// open orders, and of the newest fifty others.
const batch = 40

// order is a rented number, bought by the browser that fills it.
type order struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

// want is what an order is bought for: a number that waits for its code, or a code
// that is there.
type want struct {
	country string
	number  string
	code    string
}

func (l label) numberOrder() want {
	return want{country: strings.ToLower(l.Country), number: l.Number}
}

func (l label) codeOrder() want { return want{country: "ng", code: l.code()} }

// orders is what a page needs.
func (l label) orders() []want {
	if len(l.Expect.Tel) > 0 {
		return []want{l.numberOrder(), l.codeOrder()}
	}
	return []want{l.codeOrder()}
}

// supply buys orders through the paired extension.
type supply struct {
	companion *companion.Companion
	world     world
	offers    map[string]map[string]any // by country
	orders    map[want]order
}

// open makes the provider sell numbers in the countries that the labels name. It has to
// come before the companion asks which countries there are.
func (s *supply) open(ctx context.Context, labels []label) error {
	for _, l := range labels {
		for _, w := range l.orders() {
			if _, known := s.offers[w.country]; known || w.number == "" {
				continue
			}
			s.offers[w.country] = nil
			name, err := ask[string](s.world.desk, "name", strings.ToUpper(w.country))
			if err != nil {
				return err
			}
			code, err := callingCode(l)
			if err != nil {
				return err
			}
			country := map[string]string{"short": w.country, "name": name, "calling_code": code}
			if err := s.companion.Sandbox(ctx, "country", country); err != nil {
				return err
			}
		}
	}
	clear(s.offers)
	return nil
}

// service is what the numbers are for.
const service = "Telegram"

func (s *supply) offer(ctx context.Context, country string) (map[string]any, error) {
	if known := s.offers[country]; known != nil {
		return known, nil
	}
	offer, err := ask[map[string]any](s.world.desk, "offer", service, country)
	if err != nil {
		return nil, fmt.Errorf("find numbers in %q: %w", country, err)
	}
	s.offers[country] = offer
	// As many as there are pages, at a price that no limit minds.
	return offer, s.companion.Sandbox(ctx, "offer", map[string]any{"service_id": offer["service_id"], "stock": 1_000_000, "price_kobo": 1})
}

// fill buys what the first of the labels need, gives back what the ones before had, and
// says how many labels have all of theirs.
func (s *supply) fill(ctx context.Context, labels []label) (n int, err error) {
	if err := s.empty(); err != nil {
		return 0, err
	}
	var ready []string
	for _, l := range labels {
		var missing []want
		for _, w := range l.orders() {
			if _, there := s.orders[w]; !there {
				missing = append(missing, w)
			}
		}
		if len(s.orders)+len(missing) > batch {
			break
		}
		n++
		for _, w := range missing {
			o, err := s.buy(ctx, w)
			if err != nil {
				return 0, err
			}
			s.orders[w] = o
			if w.code != "" {
				ready = append(ready, o.ID)
			}
		}
	}
	if _, err := ask[any](s.world.desk, "all", ready, "received"); err != nil {
		return 0, fmt.Errorf("wait for the codes: %w", err)
	}
	return n, nil
}

func (s *supply) buy(ctx context.Context, w want) (o order, err error) {
	offer, err := s.offer(ctx, w.country)
	if err != nil {
		return o, err
	}
	next := map[string]any{"number": w.number, "code": w.code, "sent": w.code != ""}
	if err := s.companion.Sandbox(ctx, "next", next); err != nil {
		return o, err
	}
	o, err = ask[order](s.world.desk, "buy", offer)
	if err == nil && w.number != "" && o.Number != w.number {
		err = errors.New("the number that came is another one")
	}
	if err != nil {
		return o, fmt.Errorf("buy %+v: %w", w, err)
	}
	return o, nil
}

// empty gives back the numbers that wait.
func (s *supply) empty() error {
	var waiting []string
	for w, o := range s.orders {
		if w.code == "" {
			waiting = append(waiting, o.ID)
		}
	}
	clear(s.orders)
	if len(waiting) == 0 {
		return nil
	}
	_, err := ask[any](s.world.desk, "cancel", waiting)
	return err
}
