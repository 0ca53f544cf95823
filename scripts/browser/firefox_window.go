package browser

import (
	"encoding/json"
	"fmt"
)

// In Firefox the popup lives in a panel of the browser's own window, where Marionette
// does not look. What follows goes through that window, and through the part of
// Marionette that every page has.

// inWindow runs a script in the browser's own window, where args are its arguments, and
// reads what it returns.
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

// AcceptDialogs says yes to whatever a page asks in a dialog from now on, which would hold
// up everything.
func (f *Firefox) AcceptDialogs() error {
	return f.inWindow(`Services.obs.addObserver((dialog) => dialog.Dialog.ui.button0.click(), "common-dialog-loaded");`, nil)
}

// OpenPopup opens the popup by the extension's button over the tab in front, as a click does,
// so that the extension may reach that tab.
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

// IsPopupOpen reports whether the popup is there.
func (f *Firefox) IsPopupOpen() (open bool, err error) {
	err = f.inWindow(`return shown(args[0])?.closest("panel")?.state === "open";`, &open, f.popupURL())
	return open, err
}

// ClosePopup closes the popup.
func (f *Firefox) ClosePopup() error {
	return f.inWindow(`shown(args[0])?.closest("panel")?.hidePopup();`, nil, f.popupURL())
}

// EvalIn runs an expression in a page that is shown anywhere, in a tab or in the popup,
// and gives its value, a text, once it has one. It sees the page as the page's own scripts
// do.
func (f *Firefox) EvalIn(url, expression string) (value string, err error) {
	script := `
		const page = shown(args[0]);
		if (!page) throw new Error("nothing shows " + args[0]);
		return await driver(page).executeScript("return " + args[1], [], {timeout: 30000});`
	err = f.inWindow(script, &value, url, expression)
	return value, err
}

// HoldsIn reports whether an expression holds in a page that is shown anywhere.
func (f *Firefox) HoldsIn(url, condition string) (bool, error) {
	value, err := f.EvalIn(url, "String(Boolean("+condition+"))")
	return value == "true", err
}

// WaitIn waits until an expression holds in a page that is shown anywhere.
func (f *Firefox) WaitIn(url, condition string) error {
	return f.retry(condition+" in "+url, func() (bool, error) { return f.HoldsIn(url, condition) })
}

// ClickInPopup waits for an element of the popup, and clicks it with the mouse.
func (f *Firefox) ClickInPopup(selector string) error {
	if err := f.WaitIn(f.popupURL(), queryJS(selector)+"?.disabled === false"); err != nil {
		return err
	}
	script := `
		const popup = driver(shown(args[0]));
		await popup.clickElement(await popup.findElement("css selector", args[1], {}), {toJSON: () => ({})});`
	return f.inWindow(script, nil, f.popupURL(), selector)
}

// Navigate opens an address in the open tab.
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

// AllowSite answers the browser's question whether the extension may reach a site with yes.
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

// SetPermission gives the extension one of its optional permissions, or takes it back, as the
// person can in Firefox's settings.
func (f *Firefox) SetPermission(permission string, given bool) error {
	return f.inWindow(`
		const { ExtensionPermissions } = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
		const { extension } = WebExtensionPolicy.getByID(args[0]);
		const change = { permissions: [args[1]], origins: [] };
		await (args[2] ? ExtensionPermissions.add(args[0], change, extension) : ExtensionPermissions.remove(args[0], change, extension));`,
		nil, firefoxID, permission, given)
}

// ChooseMenuEntry chooses, in the menu over a field of the open page, the extension's entry that has
// a text.
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

// webElement is the name under which WebDriver passes elements.
const webElement = "element-6066-11e4-a52e-4f735466cecf"

// PressShortcut does what the extension's keyboard shortcut with a letter does.
func (f *Firefox) PressShortcut(letter string) error {
	return f.inWindow(`
		const key = document.querySelector("keyset[id^=ext-keyset-id-] > key[key=" + args[0] + "]");
		if (!key) throw new Error("no shortcut has " + args[0]);
		key.doCommand();`, nil, letter)
}
