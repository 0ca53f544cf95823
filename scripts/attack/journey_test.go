package attack

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// After a whole purchase, the API key is nowhere in the browser, and the client's secret
// only in the extension's database.
func TestPurchaseLeavesNoSecretInTheBrowser(t *testing.T) { inBothBrowsers(t, testPurchaseSecrets) }

func testPurchaseSecrets(t *testing.T, w testBrowser) {
	api, sandbox := startProvider(t, nil)
	c := startWithProvider(t, api)
	secret, encoded := pairAndReadSecret(t, w, c)
	popup := w.extensionPage("popup.html")
	waitForText(t, popup, "12,500.00")
	purchase(t, popup, sandbox, func(string) {})

	stored, err := w.extensionPage("prober.html").Eval(w.globalObject() + ".stored()")
	require.NoError(t, err)
	assert.Contains(t, stored, "companion", "the database exists")
	assert.Contains(t, stored, "Telegram", "it has the cached state")
	marks := map[string][]byte{"the API key": []byte(markedKey), "the secret": secret, "the secret in base64": []byte(encoded)}
	for what, mark := range marks {
		assert.NotContains(t, stored, string(mark), what)
	}
	found := map[string]int{}
	for path, raw := range readFiles(t, w.profileDir()) {
		for what, mark := range marks {
			if bytes.Contains(raw, mark) && !strings.Contains(path, w.databaseMark()) {
				assert.Fail(t, what+" is in "+path)
			} else if bytes.Contains(raw, mark) {
				found[what]++
			}
		}
	}
	assert.Zero(t, found["the API key"])
	if w.databaseMark() == "IndexedDB" { // Firefox compresses its database
		assert.NotZero(t, found["the secret in base64"], "the search finds the secret")
	}
	for path, raw := range readFiles(t, c.Dir) {
		for what, mark := range marks {
			assert.False(t, bytes.Contains(raw, mark), "%s is in %s", what, path)
		}
	}
	for _, name := range []string{"environ", "cmdline"} {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", c.PID(), name))
		if errors.Is(err, fs.ErrPermission) && os.Getuid() != 0 {
			continue // the companion hides it from other programs of the user; only root can check
		}
		require.NoError(t, err)
		assert.NotContains(t, string(raw), markedKey, name)
	}
	assert.NotContains(t, c.Log(), markedKey)
	assert.NotContains(t, c.Log(), encoded)
}

// purchase buys a number in the popup and sends a code to it. It calls look at each screen.
func purchase(t *testing.T, popup tab, sandbox string, look func(screen string)) {
	typeInto(t, popup, "search", "telegram nigeria")
	waitFor(t, popup, `document.querySelectorAll(".offer:enabled").length === 1`)
	waitForText(t, popup, "Telegram")
	waitForText(t, popup, "Nigeria")
	look("the offers")
	clickSelector(t, popup, ".offer:enabled")
	waitFor(t, popup, `document.querySelector('[data-key="buy"]:enabled')`)
	look("the confirmation")
	click(t, popup, "buy")
	waitFor(t, popup, `document.querySelector('[data-key="number"]')`)
	look("the number")
	sendText(t, popup, sandbox)
	waitFor(t, popup, `document.querySelector('[data-key="code"]')`)
	look("the code")
}

// sendText makes the sandbox send a code to the number that the popup shows.
func sendText(t *testing.T, popup tab, sandbox string) {
	number, err := popup.Eval(`document.querySelector('[data-key="number"]').innerText`)
	require.NoError(t, err)
	number = "+" + regexp.MustCompile(`\D`).ReplaceAllString(number, "")
	res, err := http.Post(sandbox+"/sandbox/sms", "application/json", strings.NewReader(fmt.Sprintf(`{"number": %q}`, number)))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
}

// readFiles returns the contents of the files below a directory, by path. It ignores files
// that disappear meanwhile.
func readFiles(t *testing.T, dir string) map[string][]byte {
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if raw, err := os.ReadFile(path); err == nil {
			all[path] = raw
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}
