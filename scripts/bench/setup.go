package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/companion"
)

// setup is a Chromium with two extensions, the companion's (paired) and the baseline's, and
// the programs they talk to.
type setup struct {
	sandbox          *companion.Companion // only its provider is used
	provider         *providerProxy
	companion        *companion.Companion
	baselineApp      *baselineApp
	site             *site
	chromium         *browser.Chromium // drives the companion's extension
	baselineChromium *browser.Chromium // drives the baseline's extension
}

const binary = "build/logspanel-companion"

// withSetup starts everything, calls do and stops everything again.
func withSetup(ctx context.Context, do func(*setup) ([]Figure, error)) (figures []Figure, err error) {
	s := &setup{}
	defer func() {
		if err != nil && s.companion != nil {
			err = fmt.Errorf("%w\nthe companion's log:\n%s", err, s.companion.Log())
		}
		err = errors.Join(err, s.stop())
	}()
	if err := errors.Join(s.startPrograms(ctx), s.startBrowser(ctx)); err != nil {
		return nil, err
	}
	if err := s.pair(ctx); err != nil {
		return nil, err
	}
	return do(s)
}

func (s *setup) startPrograms(ctx context.Context) (err error) {
	if s.sandbox, err = companion.Start(ctx, binary); err != nil {
		return err
	}
	offers, err := s.sandbox.Offers(ctx)
	if err != nil {
		return err
	}
	for _, o := range offers { // enough stock, at a price that no spending limit stops
		if o.Service == service {
			cheap := map[string]any{"service_id": o.ServiceID, "stock": 1_000, "price_kobo": 1}
			if err := s.sandbox.Control(ctx, "offer", cheap); err != nil {
				return err
			}
		}
	}
	s.provider = startProviderProxy(s.sandbox.Provider)
	s.companion, err = companion.StartWithProvider(ctx, binary, s.provider.URL+"/api/v1", sandboxKey)
	if err != nil {
		return err
	}
	s.site = startSite()
	s.baselineApp, err = startBaselineApp()
	return err
}

// service is the name of the site, and the service that numbers are bought for.
const service = "Telegram"

func (s *setup) startBrowser(ctx context.Context) (err error) {
	if s.chromium, err = browser.StartChromium(ctx, "build/extension/chromium"); err != nil {
		return err
	}
	if err := s.chromium.WaitForWelcome(); err != nil {
		return err
	}
	s.baselineChromium, err = s.chromium.LoadBeside(s.baselineApp.dir)
	return err
}

// pair pairs the extension in its popup, and waits until the catalogue is loaded.
func (s *setup) pair(ctx context.Context) error {
	page, err := s.chromium.Open(s.site.URL)
	if err != nil {
		return err
	}
	popup, err := s.chromium.Popup(page)
	if err != nil {
		return err
	}
	code, err := s.companion.Pair(ctx)
	if err != nil {
		return err
	}
	err = popup.Type(browser.Key("pair-code"), code)
	if err == nil {
		err = popup.Click(browser.Key("pair"))
	}
	if err == nil {
		err = popup.Wait(`document.querySelector(".offer:enabled") && !document.querySelector('[data-key="loading"]')`)
	}
	if err == nil {
		err = errors.Join(popup.Close(), page.Close())
	}
	return err
}

// stop stops everything that was started.
func (s *setup) stop() (err error) {
	if s.chromium != nil {
		s.chromium.Close()
	}
	if s.baselineApp != nil {
		s.baselineApp.stop()
	}
	if s.site != nil {
		s.site.Close()
	}
	if s.companion != nil {
		err = s.companion.Stop()
	}
	if s.provider != nil {
		s.provider.Close()
	}
	if s.sandbox != nil {
		err = errors.Join(err, s.sandbox.Stop())
	}
	return err
}
