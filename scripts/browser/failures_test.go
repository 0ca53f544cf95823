package browser_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/testenv"
)

// A browser call that fails or is slow affects nothing else: other effects still run,
// writes to storage happen in order, and every request is answered.
func TestFailedBrowserCallsAreIsolated(t *testing.T) {
	testenv.NeedsBrowsers(t)
	addFaults := func(dir string) {
		require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/sabotage")))
		worker := filepath.Join(dir, "background.js")
		raw, err := os.ReadFile(worker)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(worker, append([]byte(`import "./sabotage.js";`), raw...), 0o600))
	}
	inBothBrowsers(t, addFaults, func(t *testing.T, v testBrowser) {
		c := start(t)
		v.visit(c.Provider + "/signup/plain")
		d := pair(t, v, c)
		d.searchForOne("telegram nigeria")
		require.NoError(t, d.Click(".offer"))
		d.click("buy")
		d.waitForKey("number")
		d.click("fill-number")
		d.wait(`document.querySelector('[data-key="number-filled"].warn')`)
		d.click("fill-number")
		v.waitFor(t, `document.querySelector("#phone").value.length >= 8`, "true")
		_ = d.Close() // unless it has closed itself
		v.submit()
		v.waitFor(t, `/^\d{6}$/.test(document.querySelector("#code")?.value)`, "true")
		code := v.eval(`document.querySelector("#code").value`)

		eval := v.extensionPage("kept.html", "document.readyState === 'complete'")
		var stored struct {
			Paired  bool
			Session string
			Menu    []string
		}
		assert.Eventually(t, func() bool {
			raw := eval("kept()")
			return json.Unmarshal([]byte(raw), &stored) == nil && stored.Paired && len(stored.Menu) == 1 && strings.Contains(stored.Menu[0], code) &&
				strings.Contains(stored.Session, `"code":"kept"`)
		}, waitTimeout, pollInterval, "%+v", &stored)
	})
}
