package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/logspanel/companion/scripts/browser"
)

// world is a browser with the extension in it, and one page in front at a time.
type world interface {
	// visit opens a page in a new tab in front.
	visit(url string) error
	// press opens the popup by the extension's button over the page.
	press() error
	// click clicks an element of the popup with the mouse, once it is there.
	click(selector string) error
	// shows waits until the popup has an element with these digits in its text.
	shows(selector, digits string) error
	// has reports whether the popup has an element.
	has(selector string) (bool, error)
	// leave closes popup and tab.
	leave() error
	// desk evaluates an expression in one of the extension's own pages, where desk.js
	// is, and listen one in its worker, where tap.js is. Both give JSON.
	desk(expression string) (string, error)
	listen(expression string) (string, error)
	version() string
	close()
}

// ask reads what an expression comes to.
func ask[T any](evaluate func(string) (string, error), format string, args ...any) (result T, err error) {
	for i, arg := range args {
		raw, err := json.Marshal(arg)
		if err != nil {
			return result, err
		}
		args[i] = string(raw)
	}
	text, err := evaluate(fmt.Sprintf("(async () => JSON.stringify(await ("+format+") ?? null))()", args...))
	if err == nil {
		err = json.Unmarshal([]byte(text), &result)
	}
	return result, err
}

// start starts the browser of a name with the built extension.
func start(ctx context.Context, name string) (world, error) {
	switch name {
	case "chromium":
		return startChromium(ctx)
	}
	return nil, fmt.Errorf("%q is no browser that is driven here: say chromium or firefox", name)
}

// key is the selector of a node of the popup.
func key(name string) string { return browser.Key(name) }
