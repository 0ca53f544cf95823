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

// Two figures time the same codes against two baselines. The first baseline injects its
// script when the code arrives, as the companion does. The second has its script in every
// page already.
const (
	codeFigure     = "a code, known until accepted"
	residentFigure = "a code, beside a script in every page"
)

const codeRepeats = 20

//go:embed tap.js
var tapFile string

// tapJS is tap.js as an expression.
var tapJS = strings.TrimSuffix(strings.TrimSpace(tapFile), ";")

// codeTimes are the times at which one code passed each stage in the worker, in
// milliseconds since 1970. Told is when the worker passed the event to the backend,
// Answered when the backend had answered.
type codeTimes struct{ Told, Answered, Injected, Described, Planned, Filled float64 }

// measureCode times codes from the moment the provider's answer leaves for the companion
// until the page has the code, and compares them with the baseline on the same page.
func measureCode(ctx context.Context) ([]Figure, error) {
	return withSetup(ctx, func(s *setup) ([]Figure, error) {
		worker, err := s.chromium.Worker()
		if err != nil {
			return nil, err
		}
		if _, err := browser.Eval[bool](worker, "(globalThis.tap = ("+tapJS+")(globalThis), true)"); err != nil {
			return nil, fmt.Errorf("observe the worker: %w", err)
		}
		var whole, injected, resident, daemon, decide, inject, describe, plan, typing, keeping []float64
		for i := range codeRepeats + 1 {
			c := &codeRun{setup: s, worker: worker}
			if err := c.run(ctx, i); err != nil {
				return nil, fmt.Errorf("code %d: %w", i+1, err)
			}
			if i == 0 {
				continue // the first run compiles scripts
			}
			whole, injected, resident = append(whole, millis(c.duration)), append(injected, millis(c.injected)), append(resident, millis(c.resident))
			m := c.times
			daemon = append(daemon, millis(jsTime(m.Told).Sub(c.sentAt)))
			decide = append(decide, m.Answered-m.Told)
			inject = append(inject, m.Injected-m.Answered)
			describe = append(describe, m.Described-m.Injected)
			plan = append(plan, m.Planned-m.Described)
			typing = append(typing, millis(c.acceptedAt.Sub(jsTime(m.Planned))))
			keeping = append(keeping, millis(jsTime(m.Filled).Sub(c.acceptedAt)))
		}
		f := newComparison(codeFigure, "ms", whole, "plain JSON, constant selector", injected)
		f.addPart("provider's answer → worker", daemon)
		f.addPart("worker told → effects", decide)
		f.addPart("its scripts → page", inject)
		f.addPart("describe", describe)
		f.addPart("plan", plan)
		f.addPart("fill → accepted", typing)
		f.addPart("(then, until it is known to stay)", keeping)
		return []Figure{f, newComparison(residentFigure, "ms", whole, "the same, in the page before", resident)}, nil
	})
}

// codeRun is one code that the companion fills into a page, and one by each baseline into
// the same page.
type codeRun struct {
	*setup
	worker             *browser.Page
	page               *browser.Page
	number             string
	sentAt, acceptedAt time.Time
	duration           time.Duration
	injected, resident time.Duration // by the baseline
	times              codeTimes
}

// run fills a code in each of the three ways. The order rotates with turn.
func (c *codeRun) run(ctx context.Context, turn int) (err error) {
	if c.page, err = c.chromium.Open(c.site.URL); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.page.Close()) }()
	if err := c.rentNumber(); err != nil {
		return err
	}
	ways := []func(context.Context) error{
		func(ctx context.Context) (err error) { c.resident, err = c.fillByBaseline(ctx, "code"); return err },
		func(ctx context.Context) (err error) { c.injected, err = c.fillByBaseline(ctx, "inject"); return err },
		c.fillByCompanion,
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

// rentNumber buys a number in the popup and fills it, which binds its code to the page.
func (c *codeRun) rentNumber() error {
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

func (c *codeRun) fillByBaseline(ctx context.Context, how string) (time.Duration, error) {
	const code = "246810"
	known, err := c.baselineApp.send(map[string]string{how: code})
	if err != nil {
		return 0, err
	}
	accepted, err := c.site.waitForCode(ctx, code)
	return accepted.Sub(known), err
}

// fillByCompanion makes the provider receive a code, and waits until the companion, which
// polls every few seconds, has filled it into the page.
func (c *codeRun) fillByCompanion(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, codeTimeout)
	defer cancel()
	type workerReport struct {
		moments string
		err     error
	}
	reports := make(chan workerReport, 1)
	go func() {
		text, err := browser.Eval[string](c.worker, "tap.next()")
		reports <- workerReport{text, err}
	}()
	code, err := c.sandbox.SendSMS(ctx, c.number)
	if err != nil {
		return err
	}
	known := c.provider.watch(code)
	if c.acceptedAt, err = c.site.waitForCode(ctx, code); err != nil {
		return err
	}
	c.sentAt = <-known
	c.duration = c.acceptedAt.Sub(c.sentAt)
	h := <-reports
	if h.err != nil {
		return fmt.Errorf("observe the code in the worker: %w", h.err)
	}
	return json.Unmarshal([]byte(h.moments), &c.times)
}

const codeTimeout = 20 * time.Second

// waitForCode waits until the page has accepted a code, and returns when it did.
func (s *site) waitForCode(ctx context.Context, code string) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, codeTimeout)
	defer cancel()
	for {
		select {
		case a := <-s.accepted:
			if a.Code == code {
				return a.At, nil
			}
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("the page did not get the code %s: %w", code, ctx.Err())
		}
	}
}
