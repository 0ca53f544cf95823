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

// opened is how long after its begin a popup had something to see, and the worker's word,
// in milliseconds. What is not there has no time.
type opened struct{ Paint, Glance, Live float64 }

// milestones waits until a popup has painted, and has all the marks it is to have.
const milestones = `new Promise((resolve) => {
	const at = (name) => performance.getEntriesByName(name)[0]?.startTime ?? 0;
	const look = () => {
		const seen = { paint: at("first-contentful-paint"), glance: at("glance"), live: at("live") };
		if (seen.paint && (seen.live || !%v)) resolve(seen);
	};
	new PerformanceObserver(look).observe({ type: "paint", buffered: true });
	new PerformanceObserver(look).observe({ type: "mark", buffered: true });
})`

// measurePopup opens the popup over a page, with its worker awake and without, and an empty
// popup beside it.
func measurePopup(ctx context.Context) ([]Figure, error) {
	return inScene(ctx, func(s *scene) ([]Figure, error) {
		page, err := s.chromium.Open(s.site.URL)
		if err != nil {
			return nil, err
		}
		var paint, glance, live, coldPaint, coldGlance, coldLive, base []float64
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
			paint, glance, live, base = append(paint, warm.Paint), append(glance, warm.Glance), append(live, warm.Live), append(base, empty.Paint)
			coldPaint, coldGlance, coldLive = append(coldPaint, cold.Paint), append(coldGlance, cold.Glance), append(coldLive, cold.Live)
		}
		const empty = "an empty popup's first paint"
		first := compared(paintFigure, "ms", paint, empty, base)
		first.divide("what was known last is drawn", glance)
		late := compared(coldPaintFigure, "ms", coldPaint, empty, base)
		late.divide("what was known last is drawn", coldGlance)
		return []Figure{
			first, compared(liveFigure, "ms", live, empty, base),
			late, compared(coldLiveFigure, "ms", coldLive, empty, base),
		}, nil
	})
}

func open(c *browser.Chromium, over *browser.Page, live bool) (o opened, err error) {
	popup, err := c.Popup(over)
	if err != nil {
		return o, err
	}
	o, err = browser.Eval[opened](popup, fmt.Sprintf(milestones, live))
	return o, errors.Join(err, popup.Close())
}
