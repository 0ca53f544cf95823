// Package browser drives Chromium and Firefox with the extension in them, for the demo and
// for tests.
//
// Chromium is driven over the DevTools protocol, and Firefox over Marionette, because
// Firefox's other remote protocols refuse an extension's own pages. Each browser is
// headless and has a temporary profile; starting one takes a few seconds. Both can open
// pages and the popup, evaluate JavaScript, click, type and take screenshots. Methods that
// wait give up after waitTimeout.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/extensions"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// ErrMissing means that a browser is not installed.
var ErrMissing = errors.New("is not installed: make install brings it")

// Chromium is a running Chromium with the extension loaded.
type Chromium struct {
	ctx  context.Context
	stop func()
	id   string // of the extension
}

// Find returns the path of the first program that is installed, or an error that wraps
// ErrMissing.
func Find(programs ...string) (string, error) {
	for _, p := range programs {
		if path, err := exec.LookPath(p); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s %w", programs[0], ErrMissing)
}

// Flags are Chromium's command-line flags, by name without the dashes.
type Flags map[string]any

// StartChromium starts a headless Chromium with a temporary profile and the unpacked
// extension in dir. Call Close to end it.
func StartChromium(ctx context.Context, dir string, more ...Flags) (*Chromium, error) {
	path, err := Find("chromium", "chromium-browser", "google-chrome-for-testing")
	if err != nil {
		return nil, err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.Flag("disable-extensions", false), chromedp.WindowSize(1000, 800),
		chromedp.Flag("lang", "en-US"), chromedp.Env("LANGUAGE=en"),
	)
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	for _, flags := range more {
		for name, value := range flags {
			opts = append(opts, chromedp.Flag(name, value))
		}
	}
	allocator, stop := chromedp.NewExecAllocator(ctx, opts...)
	tab, cancel := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {})) // errors are returned instead
	c := &Chromium{ctx: tab, stop: func() { cancel(); stop() }}
	if c.id, err = c.Load(dir); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

// Load loads an unpacked extension, and returns its id.
func (c *Chromium) Load(dir string) (id string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	loaded, err := chromedp.CallBrowser(c.ctx, extensions.LoadUnpacked, extensions.LoadUnpackedParams{Path: dir})
	if err != nil {
		return "", fmt.Errorf("load the extension: %w", err)
	}
	return loaded.ID, nil
}

// LoadBeside loads another unpacked extension. The result drives that extension in the same
// browser.
func (c *Chromium) LoadBeside(dir string) (*Chromium, error) {
	id, err := c.Load(dir)
	return &Chromium{ctx: c.ctx, stop: func() {}, id: id}, err
}

// GrantPermission grants a permission to every page.
func (c *Chromium) GrantPermission(permission string) error {
	_, err := chromedp.CallBrowser(c.ctx, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
		Permission: &cdpbrowser.PermissionDescriptor{Name: permission}, Setting: cdpbrowser.PermissionSettingGranted,
	})
	if err != nil {
		return fmt.Errorf("allow %s: %w", permission, err)
	}
	return nil
}

// WaitForWelcome waits for the page that the extension opens after its installation. A tab
// that is opened earlier would end up behind it.
func (c *Chromium) WaitForWelcome() error {
	_, err := c.waitForTarget("the welcome page", func(t target.Info) bool { return t.Type == "page" && t.URL == c.ExtensionURL("welcome.html") })
	return err
}

// Close ends the browser.
func (c *Chromium) Close() { c.stop() }

// Open opens a URL in a new tab in front. If the page did not load, it returns the page and
// an error, and the page still has to be closed.
func (c *Chromium) Open(url string) (*Page, error) {
	made, err := chromedp.CallBrowser(c.ctx, target.CreateTarget, target.CreateTargetParams{URL: "about:blank"})
	if err != nil {
		return nil, fmt.Errorf("open a tab: %w", err)
	}
	p, err := c.attach(made.TargetID)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(p.ctx, waitTimeout)
	defer cancel()
	if _, err := chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: url}); err != nil {
		return p, fmt.Errorf("open %s: %w", url, err)
	}
	return p, p.Wait(pageLoadedJS)
}

// pageLoadedJS is true once a page has loaded. A new tab has an empty page first, which is
// complete too.
const pageLoadedJS = "location.href !== 'about:blank' && document.readyState !== 'loading'"

func (c *Chromium) attach(id target.ID) (*Page, error) {
	ctx, cancel := chromedp.NewContext(c.ctx, chromedp.WithTargetID(id))
	p := &Page{ctx, cancel, id}
	// The connection lives as long as the context of the first Run.
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("true")); err != nil {
		cancel()
		return nil, fmt.Errorf("attach to a page: %w", err)
	}
	go p.acceptDialogs(chromedp.Events(ctx, page.JavascriptDialogOpening))
	return p, nil
}

// ExtensionURL returns the URL of one of the extension's pages.
func (c *Chromium) ExtensionURL(name string) string { return "chrome-extension://" + c.id + "/" + name }

// Popup opens the popup over a page as a click on the extension's button does, which gives
// the extension access to that page.
func (c *Chromium) Popup(over *Page) (*Page, error) {
	tab, err := c.tabTarget(over)
	if err != nil {
		return nil, err
	}
	if _, err := chromedp.CallBrowser(c.ctx, extensions.TriggerAction, extensions.TriggerActionParams{ID: c.id, TargetID: string(tab)}); err != nil {
		return nil, fmt.Errorf("press the extension's button: %w", err)
	}
	popup, err := c.waitForTarget("the popup", func(t target.Info) bool { return t.Type == "page" && t.URL == c.ExtensionURL("popup.html") })
	if err != nil {
		return nil, err
	}
	p, err := c.attach(popup)
	if err != nil {
		return nil, err
	}
	return p, p.Wait(pageLoadedJS)
}

// tabTarget returns the tab that holds a page. Both have the same URL.
func (c *Chromium) tabTarget(p *Page) (target.ID, error) {
	name, err := chromedp.CallBrowser(c.ctx, target.GetTargetInfo, target.GetTargetInfoParams{TargetID: p.target})
	if err != nil {
		return "", fmt.Errorf("look for a page: %w", err)
	}
	url := name.TargetInfo.URL
	return c.waitForTarget("the tab of "+url, func(t target.Info) bool { return t.Type == "tab" && t.URL == url })
}

// waitForTarget waits for a target that matches.
func (c *Chromium) waitForTarget(what string, is func(target.Info) bool) (target.ID, error) {
	ctx, cancel := context.WithTimeout(c.ctx, waitTimeout)
	defer cancel()
	for {
		all, err := chromedp.CallBrowser(ctx, target.GetTargets, target.GetTargetsParams{Filter: target.Filter{{}}})
		if err != nil {
			return "", fmt.Errorf("look for %s: %w", what, err)
		}
		for _, t := range all.TargetInfos {
			if is(*t) {
				return t.TargetID, nil
			}
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("%s did not appear", what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// IsOpen reports whether a page still exists.
func (c *Chromium) IsOpen(p *Page) (bool, error) {
	all, err := chromedp.CallBrowser(c.ctx, target.GetTargets, target.GetTargetsParams{})
	if err != nil {
		return false, fmt.Errorf("look for a page: %w", err)
	}
	return slices.ContainsFunc(all.TargetInfos, func(t *target.Info) bool { return t.TargetID == p.target }), nil
}

const waitTimeout = 20 * time.Second

// Worker returns the extension's service worker as a Page that shows nothing.
func (c *Chromium) Worker() (*Page, error) {
	id, err := c.waitForTarget("the worker", func(t target.Info) bool {
		return t.Type == "service_worker" && strings.HasPrefix(t.URL, c.ExtensionURL(""))
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := chromedp.NewContext(c.ctx, chromedp.WithTargetID(id))
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("true")); err != nil {
		cancel()
		return nil, fmt.Errorf("attach to the worker: %w", err)
	}
	return &Page{ctx, cancel, id}, nil
}

// OpenWithScript opens a URL in a new tab and runs a script before the page's own. The
// window has the given size and media features, such as prefers-color-scheme.
func (c *Chromium) OpenWithScript(url, script string, size Size, features map[string]string) (*Page, error) {
	p, err := c.Open("about:blank#stage")
	if err != nil {
		return nil, err
	}
	if _, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		return nil, fmt.Errorf("set the stage: %w", err)
	}
	if err := errors.Join(p.Resize(size), p.SetMedia(features)); err != nil {
		return nil, err
	}
	if _, err := chromedp.Call(p.ctx, page.Navigate, page.NavigateParams{URL: url}); err != nil {
		return nil, fmt.Errorf("open %s: %w", url, err)
	}
	return p, p.Wait("location.href !== 'about:blank#stage' && document.readyState === 'complete'")
}

// StopWorker ends the extension's service worker, as the browser may do at any time.
func (c *Chromium) StopWorker() error {
	id, err := c.waitForTarget("the worker", func(t target.Info) bool {
		return t.Type == "service_worker" && strings.HasPrefix(t.URL, c.ExtensionURL(""))
	})
	if err != nil {
		return err
	}
	if _, err := chromedp.CallBrowser(c.ctx, target.CloseTarget, target.CloseTargetParams{TargetID: id}); err != nil {
		return fmt.Errorf("stop the worker: %w", err)
	}
	return nil
}
