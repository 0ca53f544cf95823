package browser_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/testenv"
	"github.com/logspanel/companion/shared/money"
)

// Both browsers show an amount in every ISO 4217 currency with the decimals that Go uses
// for it, however large the amount is and whatever digits the language has.
func TestAmountsKeepTheirDigits(t *testing.T) {
	testenv.NeedsBrowsers(t)
	t.Parallel()
	t.Run("Chromium", func(t *testing.T) {
		t.Parallel()
		b, err := browser.StartChromium(t.Context(), withFiles(t, "chromium", "testdata/amounts"))
		require.NoError(t, err)
		t.Cleanup(b.Close)
		p, err := b.Open(b.ExtensionURL("amounts.html"))
		require.NoError(t, err)
		require.NoError(t, p.Wait("document.documentElement.dataset.ready"))
		testAmounts(t, func(call string) (string, error) { return browser.Eval[string](p, "globalThis."+call) })
	})
	t.Run("Firefox", func(t *testing.T) {
		t.Parallel()
		f, err := browser.StartFirefox(t.Context(), withFiles(t, "firefox", "testdata/amounts"))
		require.NoError(t, err)
		t.Cleanup(f.Close)
		require.NoError(t, f.Open("amounts.html"))
		require.NoError(t, f.WaitIn(f.ExtensionURL("amounts.html"), "document.documentElement.dataset.ready"))
		testAmounts(t, func(call string) (string, error) { return f.Eval("window.wrappedJSObject." + call) })
	})
}

// withFiles returns a copy of the built extension with more files in it.
func withFiles(t *testing.T, name, more string) (dir string) {
	dir = t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(extensionDirs+name)))
	require.NoError(t, os.CopyFS(dir, os.DirFS(more)))
	return dir
}

func testAmounts(t *testing.T, eval func(call string) (string, error)) {
	raw, err := os.ReadFile("../../shared/money/testdata/iso4217.txt")
	require.NoError(t, err)
	var all []money.Money
	type amount struct {
		Decimal  string `json:"decimal"`
		Currency string `json:"currency"`
	}
	var sent []amount
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, minor := range []int64{0, 5, 85_000, -85_000, 1<<53 + 1, math.MaxInt64, math.MinInt64} {
			m := money.Money{Minor: minor, Currency: line[:3]}
			all, sent = append(all, m), append(sent, amount{m.Decimal(), m.Currency})
		}
	}
	require.Greater(t, len(all), 1000)
	list, err := json.Marshal(sent)
	require.NoError(t, err)
	for _, language := range []string{"en", "fr", "pt", "ar", "ar-EG", "fa", "de-CH", "hi"} {
		answer, err := eval(fmt.Sprintf("amounts(%q, %q)", language, list))
		require.NoError(t, err)
		var page struct {
			Point string
			Shown []string
		}
		require.NoError(t, json.Unmarshal([]byte(answer), &page), "%s", answer)
		require.Len(t, page.Shown, len(all))
		for i, shown := range page.Shown {
			assert.Equal(t, all[i].Decimal(), normalizeAmount(shown, page.Point), "%s of %s in %s", shown, all[i].Currency, language)
		}
	}
}

var number = regexp.MustCompile(`\p{Nd}(?:.*\p{Nd})?`)

// normalizeAmount converts a displayed amount to ASCII digits and a point.
func normalizeAmount(shown, point string) string {
	var b strings.Builder
	if strings.ContainsAny(shown, "-−") {
		b.WriteByte('-')
	}
	for _, r := range strings.ReplaceAll(number.FindString(shown), point, "\x00") {
		if r == 0 {
			b.WriteByte('.')
		}
		for _, zero := range "0٠۰०" {
			if zero <= r && r <= zero+9 {
				b.WriteRune('0' + r - zero)
			}
		}
	}
	return b.String()
}
