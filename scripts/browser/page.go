package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Page is one page that the browser shows: a site, or one of the extension's.
type Page struct {
	ctx    context.Context
	cancel func()
	target target.ID
}

// acceptDialogs says yes to what a page asks in a dialog, which would hold up everything.
func (p *Page) acceptDialogs(dialogs iter.Seq2[page.EventJavascriptDialogOpening, error]) {
	for _, err := range dialogs {
		if err == nil {
			_, err = chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}
		if err != nil {
			return
		}
	}
}

// Close closes the page.
func (p *Page) Close() error {
	ctx, cancel := context.WithTimeout(p.ctx, waitTimeout)
	defer cancel()
	_, err := chromedp.CallBrowser(ctx, target.CloseTarget, target.CloseTargetParams{TargetID: p.target})
	p.cancel()
	return err
}

// Eval runs an expression in a page and waits for its value.
func Eval[T any](p *Page, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, waitTimeout)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Wait waits until an expression holds in the page.
func (p *Page) Wait(expression string) error {
	ctx, cancel := context.WithTimeout(p.ctx, waitTimeout)
	defer cancel()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if err == nil && ok {
			return nil
		}
		select {
		case <-ctx.Done():
			text, _ := Eval[string](p, "document.body.innerText")
			return fmt.Errorf("this never held: %s; the page says %q: %w", expression, strings.TrimSpace(text), errors.Join(err, context.Cause(ctx)))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Key is the selector of a node of the extension's pages.
func Key(key string) string { return `[data-key=` + quote(key) + `]` }

func quote(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}

func queryJS(selector string) string { return "document.querySelector(" + quote(selector) + ")" }

// Text waits for an element and reads its text.
func (p *Page) Text(selector string) (string, error) {
	if err := p.Wait(queryJS(selector)); err != nil {
		return "", err
	}
	return Eval[string](p, queryJS(selector)+".innerText.trim()")
}

// Click waits for an element that can be clicked, and clicks it with the mouse.
func (p *Page) Click(selector string) error {
	if err := p.Wait(queryJS(selector) + " && !" + queryJS(selector) + ".disabled"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.ctx, waitTimeout)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Click(chromedp.CSS(selector)))
	return err
}

// Type waits for a field, empties it and types into it.
func (p *Page) Type(selector, text string) error {
	if err := p.Wait(queryJS(selector) + " && !" + queryJS(selector) + ".disabled"); err != nil {
		return err
	}
	if _, err := Eval[bool](p, "("+queryJS(selector)+".focus(), "+queryJS(selector)+".select?.(), true)"); err != nil {
		return err
	}
	return p.Press(text)
}

// Screenshot is what the page shows, as a PNG.
func (p *Page) Screenshot() ([]byte, error) {
	ctx, cancel := context.WithTimeout(p.ctx, waitTimeout)
	defer cancel()
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

// BusyTime is how long the page's thread has worked so far.
func (p *Page) BusyTime() (time.Duration, error) {
	if _, err := chromedp.Call(p.ctx, performance.Enable, performance.EnableParams{}); err != nil {
		return 0, fmt.Errorf("count the page's work: %w", err)
	}
	counted, err := chromedp.Call(p.ctx, performance.GetMetrics, cdp.Empty{})
	if err != nil {
		return 0, fmt.Errorf("count the page's work: %w", err)
	}
	for _, m := range counted.Metrics {
		if m.Name == "TaskDuration" {
			return time.Duration(m.Value * float64(time.Second)), nil
		}
	}
	return 0, errors.New("the browser does not count the page's work")
}

// SaveScreenshot writes what the page shows to a PNG file.
func (p *Page) SaveScreenshot(file string) error {
	png, err := p.Screenshot()
	if err != nil {
		return fmt.Errorf("take the picture %s: %w", file, err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, png, 0o644)
}

// Size is that of a window, in CSS pixels, each of Scale dots a side.
type Size struct {
	Width, Height int64
	Scale         float64
}

// Resize gives a page's window another size.
func (p *Page) Resize(s Size) error {
	_, err := chromedp.Call(p.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.Width, Height: s.Height, DeviceScaleFactor: s.Scale})
	return err
}

// SetMedia sets what media queries see.
func (p *Page) SetMedia(features map[string]string) error {
	var set []*emulation.MediaFeature
	for name, value := range features {
		set = append(set, &emulation.MediaFeature{Name: name, Value: value})
	}
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: set})
	return err
}

// Press presses keys as a keyboard does; kb names those that write nothing.
func (p *Page) Press(keys string) error {
	ctx, cancel := context.WithTimeout(p.ctx, waitTimeout)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.KeyEvent(keys))
	return err
}

// BringToFront brings a page's tab to the front, which alone paints.
func (p *Page) BringToFront() error {
	_, err := chromedp.Call(p.ctx, page.BringToFront, cdp.Empty{})
	return err
}
