package fill

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/testenv"
)

// readTestdata returns the files of testdata by their paths on a site, and which are pages.
func readTestdata(t *testing.T) (documents map[string]string, pages []string) {
	t.Helper()
	files, err := os.ReadDir("testdata")
	require.NoError(t, err)
	documents = map[string]string{}
	for _, f := range files {
		raw, err := os.ReadFile("testdata/" + f.Name())
		require.NoError(t, err)
		path := "/" + f.Name()
		documents[path] = string(raw)
		if strings.HasSuffix(path, ".html") {
			pages = append(pages, path)
		}
	}
	return documents, pages
}

// Each page takes the number as its picker of countries and its field have it. No option that
// leads away or sends the form is followed. One page does not keep the number, and the popup says so.
func TestNumberWithItsCountry(t *testing.T) {
	testenv.NeedsBrowsers(t)
	documents, pages := readTestdata(t)
	documents["/elsewhere"] = `<script>new Image().src = "/took?field=/elsewhere&value=left"</script>`
	inBothBrowsers(t, loopbackHosts, func(t *testing.T, b *testUser) {
		site := newTestSite(t, documents)
		for _, path := range pages {
			b.visit(site.URL + path)
			b.fillNumber(site, path)
			if path == "/forgets.html" {
				p := b.popup()
				b.waitForText(p, "number-filled", "changed the number")
				require.NoError(t, p.Close())
			}
		}
		assert.NotContains(t, site.snapshot(), "/elsewhere", "a page was left")
	})
}
