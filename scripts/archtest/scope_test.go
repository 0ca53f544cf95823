package archtest

import (
	"io/fs"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
)

// sources returns the contents of the files below root, by path, for which keep is true.
func sources(t *testing.T, root string, keep func(path string) bool) map[string]string {
	t.Helper()
	files := map[string]string{}
	tree := os.DirFS("../../" + root)
	require.NoError(t, fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !keep(path) {
			return err
		}
		raw, err := fs.ReadFile(tree, path)
		files[path] = string(raw)
		return err
	}))
	require.NotEmpty(t, files)
	return files
}

// writeEndpoints are the only calls that change something at the provider. None of them
// buys account logs or boosts, and the client can't send a call that is not in its list.
var writeEndpoints = []string{
	"POST /boost/orders/{id}/cancel", "POST /boost/orders/{id}/check",
	"POST /numbers/orders", "POST /numbers/orders/{id}/cancel", "POST /numbers/orders/{id}/check",
}

func TestOnlyNumbersAreBought(t *testing.T) {
	list := sources(t, "daemon/internal/logspanel", func(p string) bool { return p == "endpoint.go" })["endpoint.go"]
	endpoint := regexp.MustCompile(`endpoint\{method: http\.Method(\w+), path: "([^"]+)"`)
	var found []string
	for _, m := range endpoint.FindAllStringSubmatch(list, -1) {
		if method := strings.ToUpper(m[1]); method != "GET" {
			found = append(found, method+" "+m[2])
		}
	}
	assert.ElementsMatch(t, writeEndpoints, found)
}

func TestOnlyOnePackageCallsTheProvider(t *testing.T) {
	client := regexp.MustCompile(`http\.(Client|NewRequest|NewRequestWithContext|Get|Post|DefaultClient)\b`)
	for path, text := range sources(t, "daemon", func(p string) bool {
		return strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") &&
			!under(p, "e2e", "sandbox", "wsclient") && // not part of the companion
			!strings.HasPrefix(p, "internal/logspanel/") && !strings.HasPrefix(p, "internal/control/") // which calls the daemon over its socket
	}) {
		assert.Empty(t, client.FindString(text), "daemon/%s", path)
	}
}

// The daemon alone decides what may be spent: no message of the protocol changes a limit.
func TestBrowserCannotChangeLimits(t *testing.T) {
	for _, m := range protocol.Methods {
		assert.NotContains(t, m.Name, "limit")
		assert.NotContains(t, m.Name, "setting")
		params := reflect.TypeOf(m.Params)
		for i := range params.NumField() {
			assert.NotEqual(t, reflect.TypeFor[protocol.Limits](), params.Field(i).Type, m.Name)
		}
	}
	for path, text := range sources(t, "daemon/internal/server", func(p string) bool { return strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") }) {
		assert.NotContains(t, text, "SetLimits", path)
		assert.NotContains(t, text, "SetKeepExpired", path)
	}
}

func TestFillSubmitsNothing(t *testing.T) {
	submits := regexp.MustCompile(`requestSubmit|\.submit\(|["']Enter["']`)
	clicks := regexp.MustCompile(`\.click\(|new MouseEvent|new PointerEvent`)
	tabs := sources(t, "extension", func(p string) bool { return p == "tabs.js" })["tabs.js"]
	list := regexp.MustCompile(`pageScripts = \["(.*)"\];`).FindStringSubmatch(tabs)
	require.NotNil(t, list)
	names := strings.Split(list[1], `", "`)
	inPages := sources(t, "extension", func(p string) bool { return slices.Contains(names, p) })
	require.Len(t, inPages, len(names))
	pick := inPages["pick.js"]
	for path, text := range inPages {
		assert.Empty(t, submits.FindString(text), "%s: scripts in a page only type", path)
		if path != "pick.js" {
			assert.Empty(t, clicks.FindString(text), "%s: only a picker is clicked", path)
		}
	}

	// A picker is clicked in one place, which refuses what sends a form or leaves the page.
	_, click, found := strings.Cut(pick, "function click(element) {")
	require.True(t, found)
	click, _, _ = strings.Cut(click, "\n  }\n")
	assert.Regexp(t, `isInLink\(element\)[^;]*type === "submit"[^;]*;\s+if \(leaves\) return false;`, click)
	assert.Equal(t, len(clicks.FindAllString(pick, -1)), len(clicks.FindAllString(click, -1)))
}

// One place sends a purchase, and only a person's action leads there.
func TestOnlyAPersonBuys(t *testing.T) {
	var calls, leads []string
	for path, text := range sources(t, "wasm", func(p string) bool { return strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") }) {
		for range strings.Count(text, "protocol.OrderBuy") {
			calls = append(calls, path)
		}
		for range strings.Count(text, "c.buy()") {
			leads = append(leads, path)
		}
	}
	assert.Equal(t, []string{"internal/core/purchase.go"}, calls)
	assert.Equal(t, []string{"internal/core/action.go"}, leads)
}

func TestExtensionRunsNothingRemote(t *testing.T) {
	remote := regexp.MustCompile(`innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://`)
	for path, text := range sources(t, "extension", func(p string) bool {
		return !under(p, "test") && (strings.HasSuffix(p, ".js") || strings.HasSuffix(p, ".html") || strings.HasSuffix(p, ".css"))
	}) {
		assert.Empty(t, remote.FindString(text), "extension/%s", path)
	}
}
