package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/companion"
)

// setup is a Chromium with the paired extension and the plain one in it, and what is
// around it.
type setup struct {
	sandbox          *companion.Companion // for its provider alone
	provider         *providerProxy
	companion        *companion.Companion
	baselineApp      *baselineApp
	site             *site
	chromium         *browser.Chromium // as the companion's extension has it
	baselineChromium *browser.Chromium // as the plain one has it
}

const binary = "build/logspanel-companion"

// withSetup sets the scene for some figures.
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
	for _, o := range offers { // so many at a price that no limit minds
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

// service is what the site calls itself, and numbers are bought for.
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

// stop ends all of it.
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
