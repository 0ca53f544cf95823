package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/logspanel/companion/scripts/browser"
)

// chromium has the extension as it ships.
type chromium struct {
	*browser.Chromium
	own    *browser.Page // one of the extension's own
	worker *browser.Page
	page   *browser.Page
	popup  *browser.Page
}

func startChromium(ctx context.Context) (world, error) {
	c, err := browser.StartChromium(ctx, built+"chromium", browser.Flags{
		"host-resolver-rules":      "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", // no page fetches anything from elsewhere
		"disable-component-update": true,
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
	if err := c.Welcomed(); err != nil {
		return err
	}
	if c.own, err = c.Open(c.ExtensionURL("options.html")); err != nil {
		return err
	}
	if c.worker, err = c.Worker(); err != nil {
		return err
	}
	if _, err := browser.Eval[bool](c.worker, "("+tapJS+")(globalThis)"); err != nil {
		return fmt.Errorf("listen to the worker: %w", err)
	}
	_, err = browser.Eval[bool](c.own, "("+deskJS+", true)")
	return err
}

func (c *chromium) visit(url string) (err error) {
	c.page, err = c.Open(url)
	return err
}

func (c *chromium) press() (err error) {
	c.popup, err = c.Popup(c.page)
	return err
}

func (c *chromium) click(selector string) error { return c.popup.Click(selector) }

func (c *chromium) shows(selector, text string) error {
	return c.popup.Wait(fmt.Sprintf("document.querySelector(%q)?.innerText.replace(/\\D/g, \"\").includes(%q)", selector, text))
}

func (c *chromium) has(selector string) (bool, error) {
	return browser.Eval[bool](c.popup, fmt.Sprintf("Boolean(document.querySelector(%q))", selector))
}

func (c *chromium) leave() (err error) {
	for _, p := range []**browser.Page{&c.popup, &c.page} {
		if *p != nil {
			err = errors.Join(err, (*p).Close())
			*p = nil
		}
	}
	return err
}

func (c *chromium) desk(expression string) (string, error) {
	return browser.Eval[string](c.own, expression)
}

func (c *chromium) listen(expression string) (string, error) {
	return browser.Eval[string](c.worker, expression)
}

func (c *chromium) version() string {
	agent, _ := c.desk("navigator.userAgent")
	_, version, _ := strings.Cut(agent, "Chrome/")
	version, _, _ = strings.Cut(version, " ")
	return "Chromium " + version
}

func (c *chromium) close() { c.Close() }
