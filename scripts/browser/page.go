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

// Page is a page in Chromium: a site, or one of the extension's pages.
type Page struct {
	ctx    context.Context
	cancel func()
	target target.ID
}

// acceptDialogs accepts every dialog of the page, since an open dialog blocks it.
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

// Eval evaluates an expression in a page, awaits a promise, and returns the value.
func Eval[T any](p *Page, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, waitTimeout)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Wait waits until an expression is true in the page.
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
			return fmt.Errorf("this never became true: %s; the page says %q: %w", expression, strings.TrimSpace(text), errors.Join(err, context.Cause(ctx)))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Key returns the selector of the node with this key in one of the extension's pages.
func Key(key string) string { return `[data-key=` + quote(key) + `]` }

func quote(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}

func queryJS(selector string) string { return "document.querySelector(" + quote(selector) + ")" }

// Text waits for an element, and returns its text.
func (p *Page) Text(selector string) (string, error) {
	if err := p.Wait(queryJS(selector)); err != nil {
		return "", err
	}
	return Eval[string](p, queryJS(selector)+".innerText.trim()")
}

// Click waits until an element is enabled, and clicks it with the mouse.
func (p *Page) Click(selector string) error {
	if err := p.Wait(queryJS(selector) + " && !" + queryJS(selector) + ".disabled"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.ctx, waitTimeout)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Click(chromedp.CSS(selector)))
	return err
}

// Type waits for a field, empties it and types text into it.
func (p *Page) Type(selector, text string) error {
	if err := p.Wait(queryJS(selector) + " && !" + queryJS(selector) + ".disabled"); err != nil {
		return err
	}
	if _, err := Eval[bool](p, "("+queryJS(selector)+".focus(), "+queryJS(selector)+".select?.(), true)"); err != nil {
		return err
	}
	return p.Press(text)
}

// Screenshot returns a picture of the page as a PNG.
func (p *Page) Screenshot() ([]byte, error) {
	ctx, cancel := context.WithTimeout(p.ctx, waitTimeout)
	defer cancel()
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

// BusyTime returns how long the page's main thread has worked so far.
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

// SaveScreenshot writes a picture of the page to a PNG file.
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

// Size is the size of a window in CSS pixels. Scale is the number of device pixels for one
// CSS pixel.
type Size struct {
	Width, Height int64
	Scale         float64
}

// Resize changes the size of the page's window.
func (p *Page) Resize(s Size) error {
	_, err := chromedp.Call(p.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.Width, Height: s.Height, DeviceScaleFactor: s.Scale})
	return err
}

// SetMedia sets media features, such as prefers-color-scheme.
func (p *Page) SetMedia(features map[string]string) error {
	var set []*emulation.MediaFeature
	for name, value := range features {
		set = append(set, &emulation.MediaFeature{Name: name, Value: value})
	}
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: set})
	return err
}

// Press sends keystrokes to the page. Package kb of chromedp has the keys that are no
// characters.
func (p *Page) Press(keys string) error {
	ctx, cancel := context.WithTimeout(p.ctx, waitTimeout)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.KeyEvent(keys))
	return err
}

// BringToFront brings the page's tab to the front. The browser only paints the tab in
// front.
func (p *Page) BringToFront() error {
	_, err := chromedp.Call(p.ctx, page.BringToFront, cdp.Empty{})
	return err
}
