package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
)

// root is the project's top folder, from where this runs.
var root = "./"

// extensionDir is where the extensions are.
func extensionDir(browser string) string { return root + "build/extension/" + browser }

//go:embed desk.js
var deskFile string

//go:embed reader.js
var readerFile string

// deskJS is desk.js with reader.js inside, as one expression.
var deskJS = "(() => {\n" + readerFile + "\nreturn (" + expression(deskFile) + ")\n})()"

//go:embed tap.js
var tapFile string

var tapJS = expression(tapFile)

// expression takes away the semicolon that ends a file of one expression.
func expression(file string) string { return strings.TrimSuffix(strings.TrimSpace(file), ";") }

// driver is a browser with the extension in it, and one page in front at a time.
type driver interface {
	// visit opens a page in a new tab in front.
	visit(url string) error
	// press opens the popup by the extension's button over the page, unless it is open.
	pressButton() (opened bool, err error)
	// shows waits until the popup has an element with these digits in its text.
	waitForDigits(selector, digits string) error
	// click clicks an element of the popup with the mouse, once it is there.
	click(selector string) error
	// has reports whether the popup has an element.
	hasElement(selector string) (bool, error)
	// leave closes the popup and the tab.
	closePage() error
	// desk calls a method of desk.js, which runs in one of the extension's own pages,
	// and tap one of tap.js. Arguments and result are JSON.
	inExtension(method, args string) (result string, err error)
	inWorker(method, args string) (result string, err error)
	version() string
	close()
}

// startBrowser starts the browser of a name with the built extension.
func startBrowser(ctx context.Context, name string) (driver, error) {
	switch name {
	case "chromium":
		return startChromium(ctx)
	case "firefox":
		return startFirefox(ctx)
	}
	return nil, fmt.Errorf("%q is no browser that is driven here: say chromium or firefox", name)
}

// callJS calls a method of the desk or of the tap.
func callJS[T any](call func(method, args string) (string, error), method string, args ...any) (result T, err error) {
	raw, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		return result, err
	}
	text, err := call(method, string(raw))
	if err == nil {
		err = json.Unmarshal([]byte(text), &result)
	}
	return result, err
}

// callExpression is the expression that calls a method of an object.
func callExpression(object, method, args string) string {
	return fmt.Sprintf("%s.call(%s, %s)", object, quote(method), quote(args))
}

// quote writes a text as JavaScript does.
func quote(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}

// hasDigitsJS is the condition that an element's text has digits in it.
func hasDigitsJS(selector, digits string) string {
	return fmt.Sprintf(`document.querySelector(%s)?.innerText.replace(/\D/g, "").includes(%s)`, quote(selector), quote(digits))
}
