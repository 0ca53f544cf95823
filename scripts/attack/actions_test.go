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

// waitForText waits until a page shows text. It ignores the region for screen readers.
func waitForText(t *testing.T, p tab, text string) {
	t.Helper()
	waitFor(t, p, fmt.Sprintf("(document.querySelector('#root') ?? document.body).innerText.includes(%q)", text))
}

// click clicks the node with a key.
func click(t *testing.T, p tab, key string) {
	t.Helper()
	clickSelector(t, p, browser.Key(key))
}

// clickSelector waits for an element, and clicks it.
func clickSelector(t *testing.T, p tab, selector string) {
	t.Helper()
	waitFor(t, p, fmt.Sprintf("document.querySelector(%q)", selector))
	_, err := p.Eval(fmt.Sprintf("(document.querySelector(%q).click(), 'clicked')", selector))
	require.NoError(t, err)
}

// typeInto waits for a field, and sets its text as typing does.
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

// paste pastes text into the field of the pairing code, which starts pairing.
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

// waitFor waits until an expression is true in a page.
func waitFor(t *testing.T, p tab, expression string) {
	t.Helper()
	for end := time.Now().Add(waitTimeout); time.Now().Before(end); <-time.After(pollInterval) {
		if holds, err := p.Eval("String(Boolean(" + expression + "))"); err == nil && holds == "true" {
			return
		}
	}
	text, _ := p.Eval("document.body.innerText")
	require.FailNow(t, "this never became true: "+expression, "%s", text)
}
