package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/logspanel/companion/scripts/browser"
)

// chromium drives the extension as it ships.
type chromium struct {
	*browser.Chromium
	extensionPage *browser.Page // runs desk.js
	worker        *browser.Page
	page          *browser.Page
	popup         *browser.Page
}

func startChromium(ctx context.Context) (driver, error) {
	c, err := browser.StartChromium(ctx, extensionDir("chromium"), browser.Flags{
		"host-resolver-rules": "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", // no page fetches anything from elsewhere
	})
	if err != nil {
		return nil, err
	}
	w := &chromium{Chromium: c}
	if err := w.prepare(); err != nil {
		c.Close()
		return nil, err
	}
	return w, nil
}

func (c *chromium) prepare() (err error) {
	if err := c.WaitForWelcome(); err != nil {
		return err
	}
	if c.extensionPage, err = c.Open(c.ExtensionURL("options.html")); err != nil {
		return err
	}
	if c.worker, err = c.Worker(); err != nil {
		return err
	}
	if _, err := browser.Eval[bool](c.worker, "(globalThis.tap = ("+tapJS+")(globalThis), true)"); err != nil {
		return fmt.Errorf("listen to the worker: %w", err)
	}
	_, err = browser.Eval[bool](c.extensionPage, "("+deskJS+", true)")
	return err
}

func (c *chromium) visit(url string) (err error) {
	c.page, err = c.Open(url)
	return err
}

func (c *chromium) pressButton() (opened bool, err error) {
	if c.popup != nil {
		if there, err := c.IsOpen(c.popup); there || err != nil {
			return false, err
		}
	}
	c.popup, err = c.Popup(c.page)
	return true, err
}

func (c *chromium) waitForDigits(selector, digits string) error {
	return c.popup.Wait(hasDigitsJS(selector, digits))
}

func (c *chromium) click(selector string) error { return c.popup.Click(selector) }

func (c *chromium) hasElement(selector string) (bool, error) {
	return browser.Eval[bool](c.popup, fmt.Sprintf("Boolean(document.querySelector(%s))", quote(selector)))
}

func (c *chromium) closePage() (err error) {
	for _, p := range []**browser.Page{&c.popup, &c.page} {
		if *p == nil {
			continue
		}
		there, failed := c.IsOpen(*p)
		if there {
			failed = (*p).Close()
		}
		*p, err = nil, errors.Join(err, failed)
	}
	return err
}

func (c *chromium) inExtension(method, args string) (string, error) {
	return browser.Eval[string](c.extensionPage, callExpression("desk", method, args))
}

func (c *chromium) inWorker(method, args string) (string, error) {
	return browser.Eval[string](c.worker, callExpression("tap", method, args))
}

func (c *chromium) version() string {
	agent, _ := browser.Eval[string](c.extensionPage, "navigator.userAgent")
	_, version, _ := strings.Cut(agent, "Chrome/")
	version, _, _ = strings.Cut(version, ".")
	return "Chromium " + version
}

func (c *chromium) close() { c.Close() }
