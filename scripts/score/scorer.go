package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/logspanel/companion/scripts/companion"
)

// scorer scores pages in one browser.
type scorer struct {
	driver      driver
	buyer       *buyer
	site        string        // where the pages are
	fillTimeout time.Duration // with one fill
	orders      purchases     // what can be filled now
}

// withScorer serves pages, starts a companion that sells the numbers of the labels, pairs a
// browser with it, and calls do.
func withScorer(ctx context.Context, browser string, pages http.Handler, labels []label, do func(*scorer) error) (err error) {
	c, err := companion.Start(ctx, root+"build/logspanel-companion")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%w\nthe companion's log:\n%s", err, c.Log())
		}
		err = errors.Join(err, c.Stop())
	}()
	w, err := startBrowser(ctx, browser)
	if err != nil {
		return err
	}
	defer w.close()
	server := httptest.NewServer(pages)
	defer server.Close()
	s := &scorer{
		driver: w, site: server.URL, fillTimeout: fillTimeout,
		buyer: &buyer{companion: c, driver: w, offers: map[string]companion.Offer{}},
	}
	if err := s.buyer.stockOffers(ctx, labels); err != nil {
		return err
	}
	code, err := c.Pair(ctx)
	if err != nil {
		return err
	}
	if _, err := callJS[any](w.inExtension, "pair", code); err != nil {
		return err
	}
	return do(s)
}

// scoreAll scores all pages in batches, and prints mistakes at once. It orders the codes of
// the next batch before it scores the current one.
func (s *scorer) scoreAll(ctx context.Context, labels []label) (r report, err error) {
	began := time.Now()
	r = report{Browser: s.driver.version(), Pages: []result{}}
	parts := batches(labels)
	next, err := s.buyer.buyCodes(ctx, parts[0])
	for i := 0; err == nil && i < len(parts); i++ {
		s.orders = next
		if i+1 < len(parts) {
			if next, err = s.buyer.buyCodes(ctx, parts[i+1]); err != nil {
				break
			}
		}
		err = s.scoreBatch(ctx, parts[i], &r)
	}
	r.Seconds = time.Since(began).Seconds()
	return r, err
}

// maxFailures is how many pages in a row may fail to open before the run is aborted.
const maxFailures = 3

func (s *scorer) scoreBatch(ctx context.Context, labels []label, r *report) error {
	if err := s.buyer.waitForCodes(s.orders); err != nil {
		return err
	}
	numbers, err := s.buyer.buyNumbers(ctx, labels)
	if err != nil {
		return err
	}
	for w, o := range numbers {
		s.orders[w] = o
	}
	failures := 0
	for _, l := range labels {
		began := time.Now()
		page, err := s.scorePage(l)
		if err != nil {
			return fmt.Errorf("%s: %w", l.File, err)
		}
		page.Seconds = time.Since(began).Seconds()
		page.print()
		r.Pages = append(r.Pages, page)
		if failures++; page.openError == nil {
			failures = 0
		} else if failures == maxFailures {
			return fmt.Errorf("%d pages in a row could not be opened: %w", failures, page.openError)
		}
	}
	return s.buyer.cancel(numbers)
}
