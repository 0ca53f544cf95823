package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
)

// root is the project's top folder.
var root = "./"

// extensionDir returns the folder of the built extension.
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

// expression removes the semicolon at the end of a file that holds one expression.
func expression(file string) string { return strings.TrimSuffix(strings.TrimSpace(file), ";") }

// driver drives a browser with the extension in it, and one page at a time.
type driver interface {
	// visit opens a page in a new tab in front.
	visit(url string) error
	// pressButton opens the popup over the page by the extension's button, unless it is
	// open.
	pressButton() (opened bool, err error)
	// waitForDigits waits until an element of the popup has these digits in its text.
	waitForDigits(selector, digits string) error
	// click waits for an element of the popup, and clicks it with the mouse.
	click(selector string) error
	// hasElement reports whether the popup has an element.
	hasElement(selector string) (bool, error)
	// closePage closes the popup and the tab.
	closePage() error
	// inExtension calls a method of desk.js, which runs in one of the extension's own
	// pages. inWorker calls one of tap.js, which observes the worker. Arguments and result
	// are JSON.
	inExtension(method, args string) (result string, err error)
	inWorker(method, args string) (result string, err error)
	version() string
	close()
}

// startBrowser starts a browser by name, with the built extension.
func startBrowser(ctx context.Context, name string) (driver, error) {
	switch name {
	case "chromium":
		return startChromium(ctx)
	case "firefox":
		return startFirefox(ctx)
	}
	return nil, fmt.Errorf("unknown browser %q: use chromium or firefox", name)
}

// callJS calls a method through inExtension or inWorker, and decodes its result.
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

// callExpression returns the JavaScript that calls a method of an object.
func callExpression(object, method, args string) string {
	return fmt.Sprintf("%s.call(%s, %s)", object, quote(method), quote(args))
}

// quote returns s as a JavaScript string.
func quote(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}

// hasDigitsJS returns the JavaScript condition that an element's text contains digits.
func hasDigitsJS(selector, digits string) string {
	return fmt.Sprintf(`document.querySelector(%s)?.innerText.replace(/\D/g, "").includes(%s)`, quote(selector), quote(digits))
}
