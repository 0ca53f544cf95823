package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/logspanel/companion/scripts/companion"
)

// batchSize is how many codes are held at once. The next batch is ordered meanwhile, and
// the companion sends a browser only the newest fifty orders besides those that wait.
const batchSize = 25

// order is a rented number. The browser that bought it fills it.
type order struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

// orderSpec describes an order: either a number that waits for its code, or a number whose
// code arrives soon.
type orderSpec struct {
	country string
	number  string
	code    string
}

func (l label) numberOrder() orderSpec {
	return orderSpec{country: strings.ToLower(l.Country), number: l.Number}
}

func (l label) codeOrder() orderSpec { return orderSpec{country: "ng", code: l.offeredCode()} }

// purchases are the orders of some pages, by what was asked for.
type purchases map[orderSpec]order

// batches splits labels so that each part needs at most batchSize codes.
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

// stockOffers makes the provider sell numbers in the countries that the labels name. Call
// it before the companion asks for the list of countries.
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
		n, err := phonenumbers.Parse(l.Number, "")
		if err != nil {
			return fmt.Errorf("%s: %w", l.File, err)
		}
		country := map[string]string{"short": strings.ToLower(l.Country), "name": name, "calling_code": strconv.Itoa(int(n.GetCountryCode()))}
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

// service is the service that numbers are bought for.
const service = "Telegram"

// buyCodes buys the codes of some pages. They arrive within ten seconds.
func (s *buyer) buyCodes(ctx context.Context, labels []label) (purchases, error) {
	bought := purchases{}
	for _, l := range labels {
		if err := s.buyOnce(ctx, bought, l.codeOrder()); err != nil {
			return nil, err
		}
	}
	return bought, nil
}

// buyNumbers buys the numbers of some pages. No code is sent to them.
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

// waitForCodes waits until all codes have arrived.
func (s *buyer) waitForCodes(codes purchases) error {
	if _, err := callJS[any](s.driver.inExtension, "all", codes.ids(), "received"); err != nil {
		return fmt.Errorf("wait for the codes: %w", err)
	}
	return nil
}

// cancel cancels numbers, so that the companion stops polling for their codes.
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
	// Enough stock, at a price that no spending limit stops.
	err = s.companion.Control(ctx, "offer", map[string]any{"service_id": offer.ServiceID, "stock": 1_000_000, "price_kobo": 1})
	if err == nil {
		err = s.companion.Control(ctx, "next", map[string]any{"number": w.number, "code": w.code, "sent": w.code != ""})
	}
	if err != nil {
		return o, err
	}
	o, err = callJS[order](s.driver.inExtension, "buy", offer.CountryID, offer.ServiceID)
	if err == nil && w.number != "" && o.Number != w.number {
		err = errors.New("the provider delivered another number")
	}
	if err != nil {
		return o, fmt.Errorf("buy %+v: %w", w, err)
	}
	return o, nil
}
