package fill

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/testenv"
)

// pagesOf returns the documents of testdata by path, with page.js in them.
func pagesOf(t *testing.T) map[string]string {
	t.Helper()
	files, err := os.ReadDir("testdata")
	require.NoError(t, err)
	script, err := os.ReadFile("testdata/page.js")
	require.NoError(t, err)
	pages := map[string]string{}
	for _, f := range files {
		if name, isPage := strings.CutSuffix(f.Name(), ".html"); isPage {
			raw, err := os.ReadFile("testdata/" + f.Name())
			require.NoError(t, err)
			pages["/"+name] = strings.Replace(string(raw), `<script src="page.js"></script>`, "<script>"+string(script)+"</script>", 1)
		}
	}
	return pages
}

// Each page takes the number as its picker of countries and its field have it. No option that
// leads away or sends the form is followed. One page does not keep the number, and the popup says so.
func TestNumberWithItsCountry(t *testing.T) {
	testenv.NeedsBrowsers(t)
	documents := pagesOf(t)
	paths := slices.Sorted(maps.Keys(documents))
	documents["/elsewhere"] = `<script>new Image().src = "BASE/took?field=/elsewhere&value=left"</script>`
	inBothBrowsers(t, loopbackHosts, func(t *testing.T, b *testUser) {
		site := newTestSite(t, documents)
		for _, path := range paths {
			b.visit(site.URL + path)
			p := b.popup()
			if b.number == "" {
				b.buy(p)
			}
			require.NoError(t, p.Click(browser.Key("fill-number")), path)
			site.waitForValue(t, path, b.number)
			require.NoError(t, p.Close())
			if path == "/forgets" {
				p = b.popup()
				b.waitForText(p, "number-filled", "changed the number")
				require.NoError(t, p.Close())
			}
		}
		assert.NotContains(t, site.snapshot(), "/elsewhere", "a page was left")
	})
}
