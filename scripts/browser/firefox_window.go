package browser

import (
	"encoding/json"
	"fmt"
)

// Firefox shows the popup in a panel of the browser's own window, where Marionette does not
// look. The methods in this file run scripts in that window, and reach any page through the
// part of Marionette that runs in every page.

// inWindow runs a script in the browser's own window with args, and decodes what it
// returns.
func (f *Firefox) inWindow(script string, result any, args ...any) (err error) {
	if err := f.call("Marionette:SetContext", map[string]any{"value": "chrome"}, nil); err != nil {
		return err
	}
	defer func() {
		if back := f.call("Marionette:SetContext", map[string]any{"value": "content"}, nil); err == nil {
			err = back
		}
	}()
	whole := `
		const shown = (url) => [...document.querySelectorAll("browser")].find((page) => page.currentURI?.spec === url);
		const driver = (page) => page.browsingContext.currentWindowGlobal.getActor("MarionetteCommands");
		const done = arguments[arguments.length - 1];
		(async (...args) => {` + script + `})(...arguments).then((value) => done(JSON.stringify({value})), (error) => done(JSON.stringify({error: String(error)})));`
	if args == nil {
		args = []any{}
	}
	var answer struct{ Value string }
	if err := f.call("WebDriver:ExecuteAsyncScript", map[string]any{"script": whole, "args": args, "sandbox": "system"}, &answer); err != nil {
		return err
	}
	var outcome struct {
		Value json.RawMessage
		Error string
	}
	if err := json.Unmarshal([]byte(answer.Value), &outcome); err != nil {
		return err
	}
	if outcome.Error != "" {
		return fmt.Errorf("in Firefox's own window: %s", outcome.Error)
	}
	if result == nil || outcome.Value == nil {
		return nil
	}
	return json.Unmarshal(outcome.Value, result)
}

// AcceptDialogs accepts every dialog that a page opens from now on, since an open dialog
// blocks the browser.
func (f *Firefox) AcceptDialogs() error {
	return f.inWindow(`Services.obs.addObserver((dialog) => dialog.Dialog.ui.button0.click(), "common-dialog-loaded");`, nil)
}

// OpenPopup opens the popup over the tab in front as a click on the extension's button
// does, which gives the extension access to that tab.
func (f *Firefox) OpenPopup() error {
	script := `
		const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
		const { extension } = WebExtensionPolicy.getByID(args[0]);
		await ExtensionParent.apiManager.global.browserActionFor(extension).triggerAction(window);`
	if err := f.inWindow(script, nil, firefoxID); err != nil {
		return fmt.Errorf("press the extension's button: %w", err)
	}
	return f.retry("the popup", f.IsPopupOpen)
}

func (f *Firefox) popupURL() string { return f.ExtensionURL("popup.html") }

// IsPopupOpen reports whether the popup is open.
func (f *Firefox) IsPopupOpen() (open bool, err error) {
	err = f.inWindow(`return shown(args[0])?.closest("panel")?.state === "open";`, &open, f.popupURL())
	return open, err
}

// ClosePopup closes the popup, if it is open.
func (f *Firefox) ClosePopup() error {
	return f.inWindow(`shown(args[0])?.closest("panel")?.hidePopup();`, nil, f.popupURL())
}

// EvalIn evaluates an expression in the page with this URL, in a tab or in the popup,
// awaits a promise, and returns the value as a string. The expression sees the page as the
// page's own scripts do.
func (f *Firefox) EvalIn(url, expression string) (value string, err error) {
	script := `
		const page = shown(args[0]);
		if (!page) throw new Error("nothing shows " + args[0]);
		return await driver(page).executeScript("return " + args[1], [], {timeout: 30000});`
	err = f.inWindow(script, &value, url, expression)
	return value, err
}

// HoldsIn reports whether a condition is true in the page with this URL.
func (f *Firefox) HoldsIn(url, condition string) (bool, error) {
	value, err := f.EvalIn(url, "String(Boolean("+condition+"))")
	return value == "true", err
}

// WaitIn waits until a condition is true in the page with this URL.
func (f *Firefox) WaitIn(url, condition string) error {
	return f.retry(condition+" in "+url, func() (bool, error) { return f.HoldsIn(url, condition) })
}

// ClickInPopup waits until an element of the popup is enabled, and clicks it with the
// mouse.
func (f *Firefox) ClickInPopup(selector string) error {
	if err := f.WaitIn(f.popupURL(), queryJS(selector)+"?.disabled === false"); err != nil {
		return err
	}
	script := `
		const popup = driver(shown(args[0]));
		await popup.clickElement(await popup.findElement("css selector", args[1], {}), {toJSON: () => ({})});`
	return f.inWindow(script, nil, f.popupURL(), selector)
}

// Navigate opens a URL in the open tab.
func (f *Firefox) Navigate(url string) error {
	return f.call("WebDriver:Navigate", map[string]any{"url": url}, nil)
}

// CloseTab closes the tab that was opened last.
func (f *Firefox) CloseTab() error {
	var handles []string
	if err := f.call("WebDriver:CloseWindow", struct{}{}, &handles); err != nil {
		return fmt.Errorf("close the tab: %w", err)
	}
	return f.call("WebDriver:SwitchToWindow", map[string]any{"handle": handles[0], "focus": false}, nil)
}

// AllowSite waits for the prompt whether the extension may access a site, and accepts it.
func (f *Firefox) AllowSite() error {
	return f.retry("the browser's question", func() (asked bool, err error) {
		err = f.inWindow(`
			const panel = document.getElementById("notification-popup");
			const question = panel?.state === "open" && panel.querySelector("popupnotification");
			if (question) question.button.click();
			return Boolean(question);`, &asked)
		return asked, err
	})
}

// SetPermission grants or revokes an optional permission of the extension, as a person can
// in Firefox's settings.
func (f *Firefox) SetPermission(permission string, given bool) error {
	return f.inWindow(`
		const { ExtensionPermissions } = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
		const { extension } = WebExtensionPolicy.getByID(args[0]);
		const change = { permissions: [args[1]], origins: [] };
		await (args[2] ? ExtensionPermissions.add(args[0], change, extension) : ExtensionPermissions.remove(args[0], change, extension));`,
		nil, firefoxID, permission, given)
}

// ChooseMenuEntry opens the context menu of a field of the open page, and chooses the
// extension's entry that contains text.
func (f *Firefox) ChooseMenuEntry(selector, text string) error {
	element, err := f.findElement(selector)
	if err != nil {
		return err
	}
	right := []map[string]any{
		{"type": "pointerMove", "origin": map[string]string{webElement: element}, "x": 0, "y": 0},
		{"type": "pointerDown", "button": 2},
		{"type": "pointerUp", "button": 2},
	}
	actions := []map[string]any{{"type": "pointer", "id": "mouse", "parameters": map[string]string{"pointerType": "mouse"}, "actions": right}}
	if err := f.call("WebDriver:PerformActions", map[string]any{"actions": actions}, nil); err != nil {
		return fmt.Errorf("open the menu over %s: %w", selector, err)
	}
	return f.retry("the menu's entry "+text, func() (chosen bool, err error) {
		err = f.inWindow(`
			const menu = document.getElementById("contentAreaContextMenu");
			const entry = menu.state === "open" && [...menu.querySelectorAll("menuitem")].find((item) => item.label.includes(args[0]));
			if (!entry) return false;
			entry.doCommand();
			menu.hidePopup();
			return true;`, &chosen, text)
		return chosen, err
	})
}

// webElement is the key under which WebDriver passes elements.
const webElement = "element-6066-11e4-a52e-4f735466cecf"

// PressShortcut runs the extension's keyboard shortcut with this letter.
func (f *Firefox) PressShortcut(letter string) error {
	return f.inWindow(`
		const key = document.querySelector("keyset[id^=ext-keyset-id-] > key[key=" + args[0] + "]");
		if (!key) throw new Error("no shortcut has " + args[0]);
		key.doCommand();`, nil, letter)
}
