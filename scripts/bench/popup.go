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

// popupTimes are the times of a popup's milestones, in milliseconds after its navigation
// began: its scripts were loaded, the cached view was drawn, the worker's view was drawn,
// the browser showed the window, and it was painted. A milestone that was not reached is 0.
type popupTimes struct{ Loaded, Cached, Live, Visible, Paint float64 }

// popupTimesJS waits until a popup has painted and, if %v is true, is live.
const popupTimesJS = `new Promise((resolve) => {
	const at = (name) => performance.getEntriesByName(name)[0]?.startTime ?? 0;
	const look = () => {
		const [page] = performance.getEntriesByType("navigation");
		const visible = performance.getEntriesByType("visibility-state").find(({ name }) => name === "visible");
		const seen = {
			loaded: page.domContentLoadedEventEnd, cached: at("cached"), live: at("live"),
			visible: visible?.startTime ?? 0, paint: at("first-contentful-paint"),
		};
		if (seen.paint && (seen.live || !%v)) resolve(seen);
	};
	new PerformanceObserver(look).observe({ type: "paint", buffered: true });
	new PerformanceObserver(look).observe({ type: "mark", buffered: true });
})`

// measurePopup opens the popup over a page, with its worker running and with it stopped,
// and compares it with an empty popup.
func measurePopup(ctx context.Context) ([]Figure, error) {
	return withSetup(ctx, func(s *setup) ([]Figure, error) {
		page, err := s.chromium.Open(s.site.URL)
		if err != nil {
			return nil, err
		}
		var warms, colds, empties []popupTimes
		for i := range popupRepeats + 1 {
			warm, err := timePopup(s.chromium, page, true)
			if err != nil {
				return nil, err
			}
			empty, err := timePopup(s.baselineChromium, page, false)
			if err != nil {
				return nil, fmt.Errorf("the empty popup: %w", err)
			}
			if err := s.chromium.StopWorker(); err != nil {
				return nil, err
			}
			cold, err := timePopup(s.chromium, page, true)
			if err != nil {
				return nil, fmt.Errorf("over a cold worker: %w", err)
			}
			if i == 0 {
				continue
			}
			warms, colds, empties = append(warms, warm), append(colds, cold), append(empties, empty)
		}
		const beside = "an empty popup's first paint"
		paint := func(o popupTimes) float64 { return o.Paint }
		live := func(o popupTimes) float64 { return o.Live }
		base := pluck(empties, paint)
		first, late := newComparison(paintFigure, "ms", pluck(warms, paint), beside, base), newComparison(coldPaintFigure, "ms", pluck(colds, paint), beside, base)
		for f, all := range map[*Figure][]popupTimes{&first: warms, &late: colds} {
			f.addPart("until its scripts are there", pluck(all, func(o popupTimes) float64 { return o.Loaded }))
			f.addPart("until what was known last is drawn", pluck(all, func(o popupTimes) float64 { return o.Cached }))
			f.addPart("until the browser shows the window", pluck(all, func(o popupTimes) float64 { return o.Visible }))
		}
		return []Figure{
			first, newComparison(liveFigure, "ms", pluck(warms, live), beside, base),
			late, newComparison(coldLiveFigure, "ms", pluck(colds, live), beside, base),
		}, nil
	})
}

func pluck(all []popupTimes, of func(popupTimes) float64) (values []float64) {
	for _, o := range all {
		values = append(values, of(o))
	}
	return values
}

func timePopup(c *browser.Chromium, over *browser.Page, live bool) (o popupTimes, err error) {
	popup, err := c.Popup(over)
	if err != nil {
		return o, err
	}
	o, err = browser.Eval[popupTimes](popup, fmt.Sprintf(popupTimesJS, live))
	return o, errors.Join(err, popup.Close())
}
