package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/logspanel/companion/scripts/browser"
)

// One figure has a baseline that reaches the page as the companion does, which is in no
// page until there is something to do in it. The other's has its script in every page.
const (
	codeFigure     = "a code, known until accepted"
	residentFigure = "a code, beside a script in every page"
)

const codeRepeats = 20

//go:embed tap.js
var tapFile string

// tapJS is tap.js as an expression.
var tapJS = strings.TrimSuffix(strings.TrimSpace(tapFile), ";")

// moments are those of one code on its way through the worker, in milliseconds since
// 1970: when the worker told the backend of what came, when that had answered, and so on.
type moments struct{ Told, Answered, Injected, Described, Planned, Filled float64 }

// measureCode times codes from the moment at which the provider's answer leaves for the
// companion to the moment at which the page has them, and beside it the same page with the
// plain extension.
func measureCode(ctx context.Context) ([]Figure, error) {
	return withSetup(ctx, func(s *setup) ([]Figure, error) {
		worker, err := s.chromium.Worker()
		if err != nil {
			return nil, err
		}
		if _, err := browser.Eval[bool](worker, "(globalThis.tap = ("+tapJS+")(globalThis), true)"); err != nil {
			return nil, fmt.Errorf("listen to the worker: %w", err)
		}
		var whole, injected, resident, daemon, decide, inject, describe, plan, typing, keeping []float64
		for i := range codeRepeats + 1 {
			c := &code{setup: s, worker: worker}
			if err := c.carry(ctx, i); err != nil {
				return nil, fmt.Errorf("code %d: %w", i+1, err)
			}
			if i == 0 {
				continue // the first of each is another matter: scripts are compiled
			}
			whole, injected, resident = append(whole, ms(c.took)), append(injected, ms(c.injected)), append(resident, ms(c.resident))
			m := c.moments
			daemon = append(daemon, ms(moment(m.Told).Sub(c.known)))
			decide = append(decide, m.Answered-m.Told)
			inject = append(inject, m.Injected-m.Answered)
			describe = append(describe, m.Described-m.Injected)
			plan = append(plan, m.Planned-m.Described)
			typing = append(typing, ms(c.accepted.Sub(moment(m.Planned))))
			keeping = append(keeping, ms(moment(m.Filled).Sub(c.accepted)))
		}
		f := compared(codeFigure, "ms", whole, "plain JSON, constant selector", injected)
		f.divide("provider's answer → worker", daemon)
		f.divide("worker told → effects", decide)
		f.divide("its scripts → page", inject)
		f.divide("describe", describe)
		f.divide("plan", plan)
		f.divide("fill → accepted", typing)
		f.divide("(then, until it is known to stay)", keeping)
		return []Figure{f, compared(residentFigure, "ms", whole, "the same, in the page before", resident)}, nil
	})
}

// code is one code into one page, and another by the plain extension into the same.
type code struct {
	*setup
	worker             *browser.Page
	page               *browser.Page
	number             string
	known, accepted    time.Time
	took               time.Duration
	injected, resident time.Duration // by the plain extension
	moments            moments
}

// carry has the code brought in each way, beginning with another each turn.
func (c *code) carry(ctx context.Context, turn int) (err error) {
	if c.page, err = c.chromium.Open(c.site.URL); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.page.Close()) }()
	if err := c.rent(); err != nil {
		return err
	}
	ways := []func(context.Context) error{
		func(ctx context.Context) (err error) { c.resident, err = c.byPlain(ctx, "code"); return err },
		func(ctx context.Context) (err error) { c.injected, err = c.byPlain(ctx, "inject"); return err },
		c.byCompanion,
	}
	for i := range ways {
		if err := ways[(i+turn)%len(ways)](ctx); err != nil {
			return err
		}
		if _, err := browser.Eval[string](c.page, `document.querySelector("#code").value = ""`); err != nil {
			return err
		}
	}
	return nil
}

// rent buys a number in the popup and fills it, which binds its code to the page.
func (c *code) rent() error {
	popup, err := c.chromium.Popup(c.page)
	if err != nil {
		return err
	}
	if err := popup.Wait(`document.querySelector(".offer:enabled, ` + strings.ReplaceAll(browser.Key("back"), `"`, `\"`) + `")`); err != nil {
		return err
	}
	if _, err := browser.Eval[bool](popup, `(document.querySelector('`+browser.Key("back")+`')?.click(), true)`); err != nil {
		return err
	}
	for _, press := range []string{".offer:enabled", browser.Key("buy")} {
		if err := popup.Click(press); err != nil {
			return err
		}
	}
	number, err := popup.Text(browser.Key("number"))
	if err != nil {
		return err
	}
	c.number = strings.ReplaceAll(number, " ", "")
	if err := popup.Click(browser.Key("fill-number")); err != nil {
		return err
	}
	return c.page.Wait(`document.querySelector("#phone").value.length >= 8`)
}

func (c *code) byPlain(ctx context.Context, how string) (time.Duration, error) {
	const code = "246810"
	known, err := c.plain.send(map[string]string{how: code})
	if err != nil {
		return 0, err
	}
	accepted, err := c.site.awaits(ctx, code)
	return accepted.Sub(known), err
}

// byCompanion has the provider get a code, and waits until the companion, which asks every
// few seconds, has brought it to the page.
func (c *code) byCompanion(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	type heard struct {
		moments string
		err     error
	}
	way := make(chan heard, 1)
	go func() {
		text, err := browser.Eval[string](c.worker, "tap.next()")
		way <- heard{text, err}
	}()
	code, err := c.sandbox.Text(ctx, c.number)
	if err != nil {
		return err
	}
	known := c.provider.await(code)
	if c.accepted, err = c.site.awaits(ctx, code); err != nil {
		return err
	}
	c.known = <-known
	c.took = c.accepted.Sub(c.known)
	h := <-way
	if h.err != nil {
		return fmt.Errorf("hear of the code in the worker: %w", h.err)
	}
	return json.Unmarshal([]byte(h.moments), &c.moments)
}

const patience = 20 * time.Second

// awaits waits for the page to accept a code.
func (s *site) awaits(ctx context.Context, code string) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		select {
		case a := <-s.accepted:
			if a.Code == code {
				return a.At, nil
			}
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("the code %s did not come to the page: %w", code, ctx.Err())
		}
	}
}
