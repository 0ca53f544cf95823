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
const batchSize = 25

// order is a rented number, bought by the browser that fills it.
type order struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

// orderSpec is what an order is bought for: a number that waits for its code, or a code
// that is there.
type orderSpec struct {
	country string
	number  string
	code    string
}

func (l label) numberOrder() orderSpec {
	return orderSpec{country: strings.ToLower(l.Country), number: l.Number}
}

func (l label) codeOrder() orderSpec { return orderSpec{country: "ng", code: l.offeredCode()} }

// purchases is what was bought for some pages.
type purchases map[orderSpec]order

// batches are the labels in parts that need so many codes each.
func batches(labels []label) (parts [][]label) {
	codes := map[orderSpec]bool{}
	from := 0
	for i, l := range labels {
		codes[l.codeOrder()] = true
		if len(codes) > batchSize {
			parts = append(parts, labels[from:i])
			from, codes = i, map[orderSpec]bool{l.codeOrder(): true}
		}
	}
	return append(parts, labels[from:])
}

// buyer buys orders through the paired extension.
type buyer struct {
	companion *companion.Companion
	driver    driver
	offers    map[string]companion.Offer // by country
}

// open makes the provider sell numbers in the countries that the labels name. It has to
// come before the companion asks which countries there are.
func (s *buyer) stockOffers(ctx context.Context, labels []label) error {
	open := map[string]bool{}
	for _, l := range labels {
		if len(l.Expect.Tel) == 0 || open[l.Country] {
			continue
		}
		open[l.Country] = true
		name, err := callJS[string](s.driver.inExtension, "name", strings.ToUpper(l.Country))
		if err != nil {
			return err
		}
		n, err := phone.Parse(l.Number, "")
		if err != nil {
			return fmt.Errorf("%s: %w", l.File, err)
		}
		country := map[string]string{"short": strings.ToLower(l.Country), "name": name, "calling_code": n.CallingCode}
		if err := s.companion.Control(ctx, "country", country); err != nil {
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
func (s *buyer) buyCodes(ctx context.Context, labels []label) (purchases, error) {
	bought := purchases{}
	for _, l := range labels {
		if err := s.buyOnce(ctx, bought, l.codeOrder()); err != nil {
			return nil, err
		}
	}
	return bought, nil
}

// numbers buys the numbers of some pages, which wait for codes of their own.
func (s *buyer) buyNumbers(ctx context.Context, labels []label) (purchases, error) {
	bought := purchases{}
	for _, l := range labels {
		if len(l.Expect.Tel) == 0 {
			continue
		}
		if err := s.buyOnce(ctx, bought, l.numberOrder()); err != nil {
			return nil, err
		}
	}
	return bought, nil
}

func (s *buyer) buyOnce(ctx context.Context, bought purchases, w orderSpec) (err error) {
	if _, there := bought[w]; !there {
		bought[w], err = s.buy(ctx, w)
	}
	return err
}

// came waits until all codes are there.
func (s *buyer) waitForCodes(codes purchases) error {
	if _, err := callJS[any](s.driver.inExtension, "all", codes.ids(), "received"); err != nil {
		return fmt.Errorf("wait for the codes: %w", err)
	}
	return nil
}

// giveBack cancels numbers, so that nobody goes on looking for their codes.
func (s *buyer) cancel(numbers purchases) error {
	if _, err := callJS[any](s.driver.inExtension, "cancel", numbers.ids()); err != nil {
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

func (s *buyer) buy(ctx context.Context, w orderSpec) (o order, err error) {
	offer := s.offers[w.country]
	// As many as there are pages, at a price that no limit minds.
	err = s.companion.Control(ctx, "offer", map[string]any{"service_id": offer.ServiceID, "stock": 1_000_000, "price_kobo": 1})
	if err == nil {
		err = s.companion.Control(ctx, "next", map[string]any{"number": w.number, "code": w.code, "sent": w.code != ""})
	}
	if err != nil {
		return o, err
	}
	o, err = callJS[order](s.driver.inExtension, "buy", offer.CountryID, offer.ServiceID)
	if err == nil && w.number != "" && o.Number != w.number {
		err = errors.New("the number that came is another one")
	}
	if err != nil {
		return o, fmt.Errorf("buy %+v: %w", w, err)
	}
	return o, nil
}
