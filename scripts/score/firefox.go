package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/logspanel/companion/scripts/browser"
)

// firefox drives a copy of the extension that may access pages on loopback, because a test
// can't answer the browser's permission prompt. The copy has one more page, which runs
// desk.js. It also observes the worker, which no debugger reaches in Firefox.
type firefox struct {
	*browser.Firefox
	dir string // of the copy
}

const extensionPageFile = "score.html"

func startFirefox(ctx context.Context) (_ driver, err error) {
	dir, err := os.MkdirTemp("", "extension-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	if err := copyWithPermission(dir); err != nil {
		return nil, err
	}
	f, err := browser.StartFirefox(ctx, dir, browser.Prefs{
		// Pages can't load anything from the network: nothing listens on the proxy's port.
		"network.proxy.type": 1, "network.proxy.socks": "127.0.0.1", "network.proxy.socks_port": 9,
		"network.proxy.socks_remote_dns": true,
	})
	if err != nil {
		return nil, err
	}
	w := &firefox{f, dir}
	if err := errors.Join(f.AcceptDialogs(), f.Open(extensionPageFile), f.WaitIn(f.ExtensionURL(extensionPageFile), "globalThis.tap")); err != nil {
		f.Close()
		return nil, err
	}
	return w, nil
}

// copyWithPermission makes the copy.
func copyWithPermission(dir string) error {
	if err := os.CopyFS(dir, os.DirFS(extensionDir("firefox"))); err != nil {
		return err
	}
	file := filepath.Join(dir, "manifest.json")
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var manifest map[string]any
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	manifest["host_permissions"] = []string{"http://127.0.0.1/*"}
	if raw, err = json.Marshal(manifest); err != nil {
		return err
	}
	script := deskJS + ";\nchrome.runtime.getBackgroundPage().then((worker) => { globalThis.tap = (" + tapJS + ")(worker); });"
	return errors.Join(
		os.WriteFile(file, raw, 0o600),
		os.WriteFile(filepath.Join(dir, extensionPageFile), []byte(`<!doctype html><meta charset="utf-8"><script src="score.js"></script>`), 0o600),
		os.WriteFile(filepath.Join(dir, "score.js"), []byte(script), 0o600),
	)
}

func (f *firefox) visit(url string) error { return f.Visit(url) }

func (f *firefox) pressButton() (opened bool, err error) {
	if open, err := f.IsPopupOpen(); open || err != nil {
		return false, err
	}
	return true, f.OpenPopup()
}

func (f *firefox) waitForDigits(selector, digits string) error {
	return f.WaitIn(f.ExtensionURL("popup.html"), hasDigitsJS(selector, digits))
}

func (f *firefox) click(selector string) error { return f.ClickInPopup(selector) }

func (f *firefox) hasElement(selector string) (bool, error) {
	return f.HoldsIn(f.ExtensionURL("popup.html"), fmt.Sprintf("document.querySelector(%s)", quote(selector)))
}

func (f *firefox) closePage() error { return errors.Join(f.ClosePopup(), f.CloseTab()) }

func (f *firefox) inExtension(method, args string) (string, error) {
	return f.EvalIn(f.ExtensionURL(extensionPageFile), callExpression("desk", method, args))
}

func (f *firefox) inWorker(method, args string) (string, error) {
	return f.EvalIn(f.ExtensionURL(extensionPageFile), callExpression("tap", method, args))
}

func (f *firefox) version() string {
	agent, _ := f.EvalIn(f.ExtensionURL(extensionPageFile), "navigator.userAgent")
	_, version, _ := strings.Cut(agent, "Firefox/")
	return "Firefox " + version
}

func (f *firefox) close() {
	f.Close()
	_ = os.RemoveAll(f.dir)
}
