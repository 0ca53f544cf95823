package attack

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
)

const (
	waitTimeout  = 25 * time.Second
	pollInterval = 30 * time.Millisecond
)

// shows waits until a page shows a text, whatever was read out before.
func waitForText(t *testing.T, p tab, text string) {
	t.Helper()
	waitFor(t, p, fmt.Sprintf("(document.querySelector('#root') ?? document.body).innerText.includes(%q)", text))
}

// click clicks the node with a key.
func click(t *testing.T, p tab, key string) {
	t.Helper()
	clickSelector(t, p, browser.Key(key))
}

// press clicks the first element that a selector finds, once there is one.
func clickSelector(t *testing.T, p tab, selector string) {
	t.Helper()
	waitFor(t, p, fmt.Sprintf("document.querySelector(%q)", selector))
	_, err := p.Eval(fmt.Sprintf("(document.querySelector(%q).click(), 'clicked')", selector))
	require.NoError(t, err)
}

// fill types a text into a field, once it is there.
func typeInto(t *testing.T, p tab, key, text string) {
	t.Helper()
	waitFor(t, p, fmt.Sprintf("document.querySelector(%q)", browser.Key(key)))
	_, err := p.Eval(fmt.Sprintf(`(() => {
		const field = document.querySelector(%q);
		field.value = %q;
		field.dispatchEvent(new Event("input", { bubbles: true }));
		return "filled";
	})()`, browser.Key(key), text))
	require.NoError(t, err)
}

// paste puts a text into the field of the pairing code as the clipboard does, which is
// all that a person has to do.
func paste(t *testing.T, p tab, text string) {
	t.Helper()
	waitFor(t, p, fmt.Sprintf("document.querySelector(%q)", browser.Key("pair-code")))
	_, err := p.Eval(fmt.Sprintf(`(() => {
		const field = document.querySelector(%q);
		field.value = %q;
		field.dispatchEvent(new Event("paste", { bubbles: true }));
		return "pasted";
	})()`, browser.Key("pair-code"), text))
	require.NoError(t, err)
}

// await waits until an expression holds in a page.
func waitFor(t *testing.T, p tab, expression string) {
	t.Helper()
	for end := time.Now().Add(waitTimeout); time.Now().Before(end); <-time.After(pollInterval) {
		if holds, err := p.Eval("String(Boolean(" + expression + "))"); err == nil && holds == "true" {
			return
		}
	}
	text, _ := p.Eval("document.body.innerText")
	require.FailNow(t, "this never held: "+expression, "%s", text)
}
