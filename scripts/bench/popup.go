package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/logspanel/companion/scripts/browser"
)

const (
	paintFigure     = "a popup, until its first paint"
	liveFigure      = "a popup, until it is live"
	coldPaintFigure = "a popup over a cold worker, until its first paint"
	coldLiveFigure  = "a popup over a cold worker, until it is live"
)

const popupRepeats = 20

// opened is how long after its begin a popup had its scripts, what was known last and the
// worker's word, was put on the screen by the browser, and painted, in milliseconds. What
// is not there has no time.
type opened struct{ Loaded, Glance, Live, Visible, Paint float64 }

// milestones waits until a popup has painted, and has all the marks it is to have.
const milestones = `new Promise((resolve) => {
	const at = (name) => performance.getEntriesByName(name)[0]?.startTime ?? 0;
	const look = () => {
		const [page] = performance.getEntriesByType("navigation");
		const visible = performance.getEntriesByType("visibility-state").find(({ name }) => name === "visible");
		const seen = {
			loaded: page.domContentLoadedEventEnd, glance: at("glance"), live: at("live"),
			visible: visible?.startTime ?? 0, paint: at("first-contentful-paint"),
		};
		if (seen.paint && (seen.live || !%v)) resolve(seen);
	};
	new PerformanceObserver(look).observe({ type: "paint", buffered: true });
	new PerformanceObserver(look).observe({ type: "mark", buffered: true });
})`

// measurePopup opens the popup over a page, with its worker awake and without, and an empty
// popup beside it.
func measurePopup(ctx context.Context) ([]Figure, error) {
	return withSetup(ctx, func(s *setup) ([]Figure, error) {
		page, err := s.chromium.Open(s.site.URL)
		if err != nil {
			return nil, err
		}
		var warms, colds, empties []opened
		for i := range popupRepeats + 1 {
			warm, err := open(s.chromium, page, true)
			if err != nil {
				return nil, err
			}
			empty, err := open(s.beside, page, false)
			if err != nil {
				return nil, fmt.Errorf("the empty popup: %w", err)
			}
			if err := s.chromium.StopWorker(); err != nil {
				return nil, err
			}
			cold, err := open(s.chromium, page, true)
			if err != nil {
				return nil, fmt.Errorf("over a cold worker: %w", err)
			}
			if i == 0 {
				continue
			}
			warms, colds, empties = append(warms, warm), append(colds, cold), append(empties, empty)
		}
		const beside = "an empty popup's first paint"
		paint := func(o opened) float64 { return o.Paint }
		live := func(o opened) float64 { return o.Live }
		base := each(empties, paint)
		first, late := compared(paintFigure, "ms", each(warms, paint), beside, base), compared(coldPaintFigure, "ms", each(colds, paint), beside, base)
		for f, all := range map[*Figure][]opened{&first: warms, &late: colds} {
			f.divide("until its scripts are there", each(all, func(o opened) float64 { return o.Loaded }))
			f.divide("until what was known last is drawn", each(all, func(o opened) float64 { return o.Glance }))
			f.divide("until the browser shows the window", each(all, func(o opened) float64 { return o.Visible }))
		}
		return []Figure{
			first, compared(liveFigure, "ms", each(warms, live), beside, base),
			late, compared(coldLiveFigure, "ms", each(colds, live), beside, base),
		}, nil
	})
}

func each(all []opened, of func(opened) float64) (values []float64) {
	for _, o := range all {
		values = append(values, of(o))
	}
	return values
}

func open(c *browser.Chromium, over *browser.Page, live bool) (o opened, err error) {
	popup, err := c.Popup(over)
	if err != nil {
		return o, err
	}
	o, err = browser.Eval[opened](popup, fmt.Sprintf(milestones, live))
	return o, errors.Join(err, popup.Close())
}
