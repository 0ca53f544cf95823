package browser

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// The extension's id from its manifest, and the fixed UUID of its pages' URLs. Without the
// preference, Firefox would choose another UUID for each profile.
const (
	firefoxID   = "companion@logspanel.com"
	firefoxUUID = "1f0b6c62-6a67-4b6e-9d0e-3a6f6f1f7c11"
)

// Firefox is a running Firefox with the extension loaded. Most methods act on the open
// page, which is the tab that was opened last.
type Firefox struct {
	cmd        *exec.Cmd
	stop       context.CancelFunc
	conn       net.Conn
	reader     *bufio.Reader
	lastID     int
	profileDir string
}

var defaultPrefs = Prefs{
	"app.update.disabledForTesting":                              true,
	"browser.shell.checkDefaultBrowser":                          false,
	"browser.startup.homepage_override.mstone":                   "ignore",
	"datareporting.policy.dataSubmissionEnabled":                 false,
	"extensions.webextensions.uuids":                             fmt.Sprintf(`{%q: %q}`, firefoxID, firefoxUUID),
	"extensions.update.enabled":                                  false,
	"network.captive-portal-service.enabled":                     false,
	"network.connectivity-service.enabled":                       false,
	"services.settings.server":                                   "data:,",
	"toolkit.telemetry.enabled":                                  false,
	"browser.safebrowsing.downloads.enabled":                     false,
	"browser.safebrowsing.malware.enabled":                       false,
	"browser.safebrowsing.phishing.enabled":                      false,
	"browser.topsites.contile.enabled":                           false,
	"browser.newtabpage.activity-stream.feeds.system.topstories": false,
}

// Prefs are Firefox's preferences, by name.
type Prefs map[string]any

// StartFirefox starts a headless Firefox with a temporary profile and the unpacked
// extension in dir. Call Close to end it.
func StartFirefox(ctx context.Context, dir string, more ...Prefs) (f *Firefox, err error) {
	path, err := Find("firefox-esr", "firefox")
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "firefox-")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	f = &Firefox{stop: stop, profileDir: profile}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	var user strings.Builder
	for _, prefs := range append([]Prefs{defaultPrefs}, more...) {
		for name, value := range prefs {
			raw, _ := json.Marshal(value)
			fmt.Fprintf(&user, "user_pref(%q, %s);\n", name, raw)
		}
	}
	fmt.Fprintf(&user, "user_pref(\"marionette.port\", 0);\n")
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(user.String()), 0o600); err != nil {
		return nil, err
	}
	f.cmd = exec.CommandContext(ctx, path, "--headless", "--no-remote", "--profile", profile, "--marionette", "--remote-allow-system-access")
	f.cmd.Env = append(os.Environ(), "HOME="+profile, "LANG=en_US.UTF-8")
	f.cmd.WaitDelay = 5 * time.Second
	if err := f.cmd.Start(); err != nil {
		return nil, err
	}
	if err := f.connect(ctx); err != nil {
		return nil, fmt.Errorf("talk to Firefox: %w", err)
	}
	if err := f.call("WebDriver:NewSession", map[string]any{"acceptInsecureCerts": true}, nil); err != nil {
		return nil, err
	}
	return f, f.Load(dir)
}

// connect waits for the port that Firefox writes into its profile, and connects to it.
func (f *Firefox) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	for {
		raw, err := os.ReadFile(filepath.Join(f.profileDir, "MarionetteActivePort"))
		if port, bad := strconv.Atoi(strings.TrimSpace(string(raw))); err == nil && bad == nil {
			if f.conn, err = net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
				f.reader = bufio.NewReader(f.conn)
				_, err = f.readMessage() // the greeting
				return err
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// readMessage reads one message: its length, a colon and JSON.
func (f *Firefox) readMessage() (json.RawMessage, error) {
	size, err := f.reader.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(size, ":"))
	if err != nil {
		return nil, fmt.Errorf("%q is no length: %w", size, err)
	}
	raw := make([]byte, n)
	_, err = io.ReadFull(f.reader, raw)
	return raw, err
}

func (f *Firefox) call(name string, params, result any) error {
	f.lastID++
	raw, err := json.Marshal([]any{0, f.lastID, name, params})
	if err != nil {
		return err
	}
	if err := f.conn.SetDeadline(time.Now().Add(60 * time.Second)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(f.conn, "%d:%s", len(raw), raw); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	answer, err := f.readMessage()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var parts [4]json.RawMessage
	if err := json.Unmarshal(answer, &parts); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if string(parts[2]) != "null" {
		var failure struct{ Error, Message string }
		_ = json.Unmarshal(parts[2], &failure)
		return fmt.Errorf("%s: %s: %s", name, failure.Error, failure.Message)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(parts[3], result)
}

// Load loads an unpacked extension until the browser ends.
func (f *Firefox) Load(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := f.call("Addon:Install", map[string]any{"path": dir, "temporary": true}, nil); err != nil {
		return fmt.Errorf("load the extension: %w", err)
	}
	return nil
}

// Profile returns the directory in which the browser stores everything.
func (f *Firefox) Profile() string { return f.profileDir }

// ExtensionURL returns the URL of one of the extension's pages.
func (f *Firefox) ExtensionURL(page string) string {
	return "moz-extension://" + firefoxUUID + "/" + page
}

// Visit opens a URL in a new tab, which becomes the open page.
func (f *Firefox) Visit(url string) error {
	var opened struct{ Handle string }
	if err := f.call("WebDriver:NewWindow", map[string]any{"type": "tab"}, &opened); err != nil {
		return err
	}
	if err := f.call("WebDriver:SwitchToWindow", map[string]any{"handle": opened.Handle}, nil); err != nil {
		return err
	}
	if err := f.call("WebDriver:Navigate", map[string]any{"url": url}, nil); err != nil {
		return fmt.Errorf("open %s: %w", url, err)
	}
	return nil
}

// Eval evaluates an expression in the open page, awaits a promise, and returns the value as
// a string. The expression runs outside the page's own scripts, and reaches their globals
// as window.wrappedJSObject.
func (f *Firefox) Eval(expression string) (string, error) {
	// An extension's page allows no eval, so the expression is part of the script.
	script := `const done = arguments[arguments.length - 1];
		(async () => String(await (` + expression + `)))().then(done, (e) => done("failed: " + e));`
	var answer struct{ Value string }
	err := f.call("WebDriver:ExecuteAsyncScript", map[string]any{"script": script, "args": []any{}, "sandbox": "default"}, &answer)
	return answer.Value, err
}

// Open opens one of the extension's pages in a new tab.
func (f *Firefox) Open(page string) error { return f.OpenTrusted(f.ExtensionURL(page)) }

// OpenTrusted opens a URL in a new tab with the browser's own rights, which may open pages
// of any extension.
func (f *Firefox) OpenTrusted(url string) error {
	if err := f.inWindow(`gBrowser.selectedTab = gBrowser.addTrustedTab(args[0]);`, nil, url); err != nil {
		return err
	}
	return f.retry("the page "+url, func() (bool, error) {
		var handles []string
		if err := f.call("WebDriver:GetWindowHandles", struct{}{}, &handles); err != nil {
			return false, err
		}
		for _, h := range handles {
			if err := f.call("WebDriver:SwitchToWindow", map[string]any{"handle": h}, nil); err != nil {
				return false, err
			}
			var at struct{ Value string }
			if err := f.call("WebDriver:GetCurrentURL", struct{}{}, &at); err == nil && at.Value == url {
				return true, nil
			}
		}
		return false, nil
	})
}

func (f *Firefox) script(script string, result any, args ...any) error {
	if args == nil {
		args = []any{}
	}
	var answer struct{ Value json.RawMessage }
	if err := f.call("WebDriver:ExecuteScript", map[string]any{"script": script, "args": args, "sandbox": "default"}, &answer); err != nil {
		return err
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, result)
}

// retry calls is until it reports true. what names the awaited thing in the error.
func (f *Firefox) retry(what string, is func() (bool, error)) error {
	deadline := time.Now().Add(waitTimeout)
	for {
		ok, err := is()
		if ok {
			return nil
		}
		if time.Now().After(deadline) {
			return errors.Join(fmt.Errorf("%s did not appear", what), err)
		}
		<-time.After(30 * time.Millisecond)
	}
}

// Text waits until an element of the open page has text, and returns it.
func (f *Firefox) Text(selector string) (text string, err error) {
	err = f.retry(selector, func() (bool, error) {
		err := f.script(`return document.querySelector(arguments[0])?.innerText.trim() ?? "";`, &text, selector)
		return text != "", err
	})
	return text, err
}

// Type types into a field of the open page as a keyboard does.
func (f *Firefox) Type(selector, text string) error {
	element, err := f.findElement(selector)
	if err != nil {
		return err
	}
	return f.call("WebDriver:ElementSendKeys", map[string]any{"id": element, "text": text}, nil)
}

// Click clicks an element of the open page as a mouse does.
func (f *Firefox) Click(selector string) error {
	element, err := f.findElement(selector)
	if err != nil {
		return err
	}
	return f.call("WebDriver:ElementClick", map[string]any{"id": element}, nil)
}

func (f *Firefox) findElement(selector string) (id string, err error) {
	err = f.retry(selector, func() (bool, error) {
		var found struct{ Value map[string]string }
		if err := f.call("WebDriver:FindElement", map[string]any{"using": "css selector", "value": selector}, &found); err != nil {
			return false, err
		}
		for _, id = range found.Value {
		}
		return id != "", nil
	})
	return id, err
}

// SaveScreenshot writes a picture of the open page to a PNG file.
func (f *Firefox) SaveScreenshot(file string) error {
	var shot struct{ Value string }
	if err := f.call("WebDriver:TakeScreenshot", map[string]any{"full": false}, &shot); err != nil {
		return err
	}
	png, err := base64.StdEncoding.DecodeString(shot.Value)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, png, 0o644)
}

// Close ends the browser.
func (f *Firefox) Close() {
	f.stop()
	if f.conn != nil {
		_ = f.conn.Close()
	}
	if f.cmd != nil && f.cmd.Process != nil {
		_ = f.cmd.Wait()
	}
	_ = os.RemoveAll(f.profileDir)
}

// FirefoxPopup is the open popup.
type FirefoxPopup struct{ f *Firefox }

// Popup opens the popup over the open page as a click on the extension's button does, which
// gives the extension access to that page.
func (f *Firefox) Popup() (FirefoxPopup, error) {
	p := FirefoxPopup{f}
	if err := f.OpenPopup(); err != nil {
		return p, err
	}
	return p, p.Wait("document.readyState === 'complete' && document.querySelector('[data-key]')")
}

// Close closes the popup, as a click outside it does.
func (p FirefoxPopup) Close() error { return p.f.ClosePopup() }

// Eval evaluates an expression in the popup, awaits a promise, and returns the value as a
// string.
func (p FirefoxPopup) Eval(expression string) (string, error) {
	return p.f.EvalIn(p.f.popupURL(), "(async () => String(await ("+expression+")))()")
}

// Wait waits until an expression is true in the popup.
func (p FirefoxPopup) Wait(expression string) error {
	err := p.f.retry(expression, func() (bool, error) {
		value, err := p.Eval("Boolean(" + expression + ")")
		return value == "true", err
	})
	if err != nil {
		text, _ := p.Eval("document.body.innerText")
		return fmt.Errorf("%w; the popup says %q", err, text)
	}
	return nil
}

// Click waits until an element of the popup is enabled, and clicks it.
func (p FirefoxPopup) Click(selector string) error { return p.f.ClickInPopup(selector) }

// Type writes text into a field of the popup.
func (p FirefoxPopup) Type(selector, text string) error {
	if err := p.Wait(queryJS(selector)); err != nil {
		return err
	}
	_, err := p.Eval(fmt.Sprintf(`(() => {
		const field = %s;
		field.focus();
		field.value = %q;
		field.dispatchEvent(new window.Event("input", { bubbles: true }));
		return "typed";
	})()`, queryJS(selector), text))
	return err
}
