//go:build !js

package fields_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/shared/phone"
	"github.com/logspanel/companion/wasm/internal/fields"
)

// label says what is to be filled into one page. FORMS names a folder of further
// pages with such labels.
type label struct {
	File   string
	Expect struct {
		OTP     []string `json:"otp"`
		Tel     []string `json:"tel"`
		Mirrors []string `json:"mirrors"` // fields that the page keeps in step itself
	}
	Code    string
	Number  string
	Country string
	Hard    string
}

const (
	wholePage = `document.readyState === "complete"`
	// worker is a manifest and a worker that do nothing but let the test reach pages
	// as the extension's own worker does.
	manifest = `{"manifest_version": 3, "name": "fields", "version": "1", "permissions": ["scripting", "tabs"],
		"host_permissions": ["http://127.0.0.1/*"], "background": {"service_worker": "worker.js"}}`
)

// TestPages fills real pages in a real Chromium with the content script that ships.
func TestPages(t *testing.T) {
	folders := []string{"testdata/pages"}
	if extra := os.Getenv("FORMS"); extra != "" {
		folders = append(folders, extra)
	}
	extension := t.TempDir()
	content, err := os.ReadFile("../../../extension/content.js")
	require.NoError(t, err)
	for name, text := range map[string][]byte{"manifest.json": []byte(manifest), "worker.js": nil, "content.js": content} {
		require.NoError(t, os.WriteFile(filepath.Join(extension, name), text, 0o600))
	}
	chromium, err := browser.StartChromium(t.Context(), extension)
	require.NoError(t, err)
	defer chromium.Close()
	worker, err := chromium.Worker()
	require.NoError(t, err)

	for _, folder := range folders {
		raw, err := os.ReadFile(filepath.Join(folder, "labels.json"))
		require.NoError(t, err)
		var labels []label
		require.NoError(t, json.Unmarshal(raw, &labels))
		server := httptest.NewServer(http.FileServer(http.Dir(folder)))
		defer server.Close()
		for _, l := range labels {
			t.Run(l.File, func(t *testing.T) {
				page, err := chromium.Open(server.URL + "/" + l.File)
				require.NoError(t, err)
				defer page.Close()
				require.NoError(t, page.Wait(wholePage))
				tab := &tab{t: t, worker: worker, page: page, url: server.URL + "/" + l.File}
				if len(l.Expect.Tel) > 0 {
					tab.number(l)
				}
				tab.code(l)
			})
		}
	}
}

// tab is one page, as the extension's worker sees it.
type tab struct {
	t      *testing.T
	worker *browser.Page
	page   *browser.Page
	url    string
}

// run evaluates body in the worker, with the tab's id as tab.
func run[T any](b *tab, body string) T {
	b.t.Helper()
	result, err := browser.Eval[T](b.worker, fmt.Sprintf(`(async () => {
		let tab;
		while (!(tab = (await chrome.tabs.query({})).find((tab) => tab.url === %q)?.id)) await new Promise((later) => setTimeout(later, 10));
		%s
	})()`, b.url, body))
	require.NoError(b.t, err)
	return result
}

func (b *tab) describe() []fields.Page {
	b.t.Helper()
	text := run[string](b, `
		const target = {tabId: tab, allFrames: true};
		await chrome.scripting.executeScript({target, files: ["content.js"]});
		const answers = await chrome.scripting.executeScript({target, func: () => globalThis.companion.describe()});
		return JSON.stringify(answers.map(({result, frameId}) => ({...result, frame: frameId})));`)
	var pages []fields.Page
	require.NoError(b.t, json.Unmarshal([]byte(text), &pages), text)
	return pages
}

func (b *tab) fill(plan fields.Plan) fields.Report {
	b.t.Helper()
	raw, err := json.Marshal(plan)
	require.NoError(b.t, err)
	text := run[string](b, fmt.Sprintf(`
		const plan = %s;
		const [{result}] = await chrome.scripting.executeScript({target: {tabId: tab, frameIds: [plan.frame]}, func: (plan) => globalThis.companion.fill(plan), args: [plan]});
		return JSON.stringify(result);`, raw))
	var report fields.Report
	require.NoError(b.t, json.Unmarshal([]byte(text), &report), text)
	return report
}

// planned describes until there is something to fill, as long as a page may take.
func (b *tab) planned(plan func([]fields.Page) fields.Plan, wanted bool) fields.Plan {
	b.t.Helper()
	ends := time.After(2 * time.Second)
	for {
		p := plan(b.describe())
		if !p.Empty() || !wanted {
			return p
		}
		select {
		case <-ends:
			return p
		case <-time.After(100 * time.Millisecond):
		}
	}
}

type taken struct{ Accepted, Tel string }

func (b *tab) taken() taken {
	b.t.Helper()
	state, err := browser.Eval[taken](b.page, "window.__state()")
	require.NoError(b.t, err)
	return state
}

func (b *tab) code(l label) {
	code := l.Code
	if code == "" {
		code = "493027"
	}
	plan := b.planned(func(p []fields.Page) fields.Plan { return fields.Code(p, code) }, len(l.Expect.OTP) > 0)
	if len(l.Expect.OTP) == 0 {
		assert.Empty(b.t, plan.Steps, "a code would go where none belongs: %s", plan.Why)
		return
	}
	require.NotEmpty(b.t, plan.Steps, plan.Why)
	before := b.values()
	report := b.fill(plan)
	if l.Hard == "isTrusted" {
		assert.False(b.t, report.Kept)
		return
	}
	assert.True(b.t, report.Kept, plan.Why)
	assert.Equal(b.t, code, b.taken().Accepted, plan.Why)
	if len(l.Expect.Mirrors) == 0 {
		b.nothingElse(before, plan)
	}
}

func (b *tab) number(l label) {
	country := strings.ToLower(l.Country)
	n, err := phone.Parse(l.Number, "")
	require.NoError(b.t, err)
	p := fields.Phone{E164: n.E164(), CallingCode: n.CallingCode, Country: strings.ToUpper(country), CountryName: names[country]}
	plan := b.planned(func(pages []fields.Page) fields.Plan { return fields.Number(pages, p) }, true)
	require.NotEmpty(b.t, plan.Steps, plan.Why)
	before := b.values()
	b.fill(plan)
	assert.Equal(b.t, l.Number, b.taken().Tel, "%v: %s", plan.Steps, plan.Why)
	if len(l.Expect.Mirrors) == 0 {
		b.nothingElse(before, plan)
	}
}

var names = map[string]string{
	"ng": "Nigeria", "de": "Germany", "br": "Brazil", "us": "United States", "id": "Indonesia", "fr": "France",
	"gb": "United Kingdom", "in": "India", "eg": "Egypt", "ke": "Kenya",
}

// values are what stands in each field, by frame and the field's handle.
func (b *tab) values() map[[2]int]string {
	values := map[[2]int]string{}
	for _, p := range b.describe() {
		for _, f := range p.Fields {
			values[[2]int{p.Frame, f.Ref}] = f.Value
		}
	}
	return values
}

func (b *tab) nothingElse(before map[[2]int]string, plan fields.Plan) {
	mine := map[[2]int]bool{}
	for _, s := range plan.Steps {
		mine[[2]int{plan.Frame, s.Ref}] = true
	}
	for at, value := range b.values() {
		if old, known := before[at]; known && !mine[at] {
			assert.Equal(b.t, old, value, "field %v was not to be touched", at)
		}
	}
}
