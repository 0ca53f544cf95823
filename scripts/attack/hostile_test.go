package attack

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/testenv"
)

// hostileText is what a hostile provider or sender could write: markup, terminal escapes, a
// forged log line, and characters that reverse the reading direction.
const hostileText = `<img src=x onerror=alert(1)>\u001b[2J\u0007\r\ntime=2026 level=ERROR msg=forged\u202e\u2066</p>`

// A stranger's text stays text in the popup, on the command line and in the log.
func TestHostileTextIsText(t *testing.T) {
	testenv.NeedsBrowsers(t)
	var failing atomic.Bool
	api, sandbox := startProvider(t, func(r *http.Response) error {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		raw = bytes.ReplaceAll(raw, []byte(`"Telegram"`), []byte(`"Telegram `+hostileText+`"`))
		raw = bytes.ReplaceAll(raw, []byte(`"Nigeria"`), []byte(`"Nigeria `+hostileText+`"`))
		raw = bytes.ReplaceAll(raw, []byte(` code`), []byte(` `+hostileText+` code`))
		if failing.Load() && strings.HasSuffix(r.Request.URL.Path, "/wallet") {
			r.StatusCode, raw = http.StatusUnprocessableEntity, []byte(`{"success": false, "message": "`+hostileText+`", "code": "`+hostileText+`"}`)
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		r.ContentLength = int64(len(raw))
		r.Header.Set("Content-Length", fmt.Sprint(len(raw)))
		return nil
	})
	w := startChromium(t, built+"chromium")
	c := startWithProvider(t, api)
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	w.pair(code)
	popup := w.extensionPage("popup.html")
	waitForText(t, popup, "12,500.00")
	assertHarmless := func(screen string) {
		t.Helper()
		foreign, err := popup.Eval(`String(document.querySelectorAll("#root img, #root script, #root iframe, #root [onerror]").length)`)
		require.NoError(t, err)
		assert.Equal(t, "0", foreign, screen)
		text, err := popup.Eval("document.body.innerText")
		require.NoError(t, err)
		assert.Contains(t, text, "<img src=x onerror=alert(1)>", screen)
		assertNoControls(t, screen, text)
	}
	purchase(t, popup, sandbox, assertHarmless)
	failing.Store(true)
	click(t, popup, "balance")
	waitFor(t, popup, `document.querySelector('[data-key="problem"]')`)
	assertHarmless("the problem")

	for _, args := range [][]string{{"ledger"}, {"clients", "list"}, {"hand-over"}} {
		out, err := c.Command(t.Context(), args...)
		require.NoError(t, err)
		assertNoControls(t, strings.Join(args, " "), out)
	}
	require.NoError(t, c.Halt())
	require.NoError(t, c.Run(t.Context()))
	waitForText(t, popup, "Get a number")
	require.Eventually(t, func() bool { return strings.Contains(c.Log(), "reading the balance failed") }, waitTimeout, pollInterval)
	for line := range strings.Lines(c.Log()) {
		assertNoControls(t, "the log", line)
		assert.True(t, strings.HasPrefix(line, "time=20") && strings.Contains(line, " level="), "a forged log line: %q", line)
		assert.NotContains(t, line, "level=ERROR msg=forged\n")
	}
}

func assertNoControls(t *testing.T, where, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			assert.Fail(t, fmt.Sprintf("%s has the control character %U", where, r), "%q", text)
			return
		}
	}
}
