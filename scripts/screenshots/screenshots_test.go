package main

import (
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/testenv"
)

const root = "../.."

// TestPages shares one browser between its subtests, since a browser takes seconds to
// start.
func TestPages(t *testing.T) {
	testenv.NeedsBrowsers(t)
	all, err := allStates(t.Context(), root)
	require.NoError(t, err)
	g, err := startRenderer(t.Context(), root)
	require.NoError(t, err)
	t.Cleanup(g.close)
	t.Run("accessibility", func(t *testing.T) { testAccessibility(t, g, all) })
	t.Run("references", func(t *testing.T) { testReferences(t, g, all) })
	t.Run("layout", func(t *testing.T) { testLayout(t, g, all) })
	t.Run("keyboard", func(t *testing.T) { testKeyboard(t, g, all) })
	t.Run("long list", func(t *testing.T) { testLongList(t, g, all) })
	t.Run("announcements", func(t *testing.T) { testAnnouncements(t, g, all) })
}

func findState(t *testing.T, all []pageState, name string) pageState {
	t.Helper()
	i := slices.IndexFunc(all, func(s pageState) bool { return s.name() == name })
	require.GreaterOrEqual(t, i, 0, "there is no %s", name)
	return all[i]
}

// violation is a finding of axe.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Where string `json:"where"`
}

// No state has an accessibility problem that axe finds.
func testAccessibility(t *testing.T, g *renderer, all []pageState) {
	axe, err := os.ReadFile(filepath.Join(root, "scripts/lint/node_modules/axe-core/axe.min.js"))
	require.NoError(t, err, "make lint installs it")
	loaded := map[*browser.Page]bool{}
	check := func(p *browser.Page) []violation {
		if !loaded[p] {
			_, err := browser.Eval[bool](p, string(axe)+";true")
			require.NoError(t, err)
			loaded[p] = true
		}
		raw, err := browser.Eval[string](p, `axe.run(document, { resultTypes: ["violations"], performanceTimer: false }).then(({ violations }) =>
			JSON.stringify(violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => ({ id, help, where: html })))))`)
		require.NoError(t, err)
		var found []violation
		require.NoError(t, json.Unmarshal([]byte(raw), &found))
		return found
	}
	// Axe finds a problem that is really there.
	p, err := g.render(findState(t, all, "popup-proposed"), variant{"en", "light"})
	require.NoError(t, err)
	_, err = browser.Eval[bool](p, `(document.querySelector("main").insertAdjacentHTML("beforeend", "<button></button>"), true)`)
	require.NoError(t, err)
	require.NotEmpty(t, check(p))

	for turn, l := range variants {
		for i, s := range all {
			if i%len(variants) != turn {
				continue // each state in one variant
			}
			p, err := g.render(s, l)
			require.NoError(t, err)
			for _, v := range check(p) {
				assert.Fail(t, fmt.Sprintf("%s %s: %s: %s", s.name(), l.name(), v.ID, v.Help), "%s", v.Where)
			}
		}
	}
}

// maxDistance separates noise from changes: another font has a distance of 0.3 to 2.1, a
// notice that appears or disappears 3 to 5, and another screen 8.
const maxDistance = 2.5

func testReferences(t *testing.T, g *renderer, all []pageState) {
	for _, name := range referenceStates {
		got, err := g.thumbnail(findState(t, all, name))
		require.NoError(t, err)
		file, err := os.Open(filepath.Join(referenceDir, name+".png"))
		require.NoError(t, err, "go run ./scripts/screenshots -references writes it")
		decoded, err := png.Decode(file)
		require.NoError(t, err)
		require.NoError(t, file.Close())
		want, gray := decoded.(*image.Gray)
		require.True(t, gray, name)
		assert.LessOrEqual(t, distance(got, want), maxDistance, "%s looks different; make screenshots shows it, and go run ./scripts/screenshots -references takes it as it is", name)
	}
	// The distance tells different screens apart.
	one, err := g.thumbnail(findState(t, all, "popup-code"))
	require.NoError(t, err)
	for _, other := range []string{"popup-code-kept", "popup-confirm", "popup-waiting"} {
		two, err := g.thumbnail(findState(t, all, other))
		require.NoError(t, err)
		assert.Greater(t, distance(one, two), maxDistance, other)
	}
}

// No state is wider than its window, in any language and with large text.
func testLayout(t *testing.T, g *renderer, all []pageState) {
	for _, language := range []string{"en", "fr", "pt", "ar"} {
		for _, s := range all {
			p, err := g.render(s, variant{language, "light"})
			require.NoError(t, err)
			wide, err := browser.Eval[string](p, `(() => {
				const main = document.querySelector("main"), out = [];
				if (document.documentElement.scrollWidth > innerWidth) out.push("the page");
				if (main.scrollWidth > main.clientWidth) out.push("main");
				for (const b of document.querySelectorAll("button, .note, h1, h2, dd"))
					if (b.scrollWidth > b.clientWidth + 1 && !b.matches(".titles *")) out.push(b.outerHTML.slice(0, 160));
				return out.join("\n");
			})()`)
			require.NoError(t, err)
			assert.Empty(t, wide, "%s in %s", s.name(), language)
		}
	}
	// At a zoom of 200 %, the settings page has half the width.
	for _, page := range []string{"options-proposed", "welcome-unpaired"} {
		s := findState(t, all, page)
		p, err := g.render(s, variant{"en", "light"})
		require.NoError(t, err)
		require.NoError(t, p.Resize(browser.Size{Width: 380, Height: 600, Scale: 2}))
		ok, err := browser.Eval[bool](p, `document.documentElement.scrollWidth <= innerWidth`)
		require.NoError(t, err)
		assert.True(t, ok, "%s at 200 %%", page)
		require.NoError(t, p.Resize(windowSizes[s.Page]))
	}
}

// testPage is a page in a state, with helpers for tests.
type testPage struct {
	t *testing.T
	*browser.Page
}

func openTestPage(t *testing.T, g *renderer, s pageState) testPage {
	p, err := g.render(s, variant{"en", "light"})
	require.NoError(t, err)
	_, err = browser.Eval[bool](p, "(stage.sent.length = 0, true)")
	require.NoError(t, err)
	return testPage{t, p}
}

func (h testPage) eval(expression string) string {
	h.t.Helper()
	value, err := browser.Eval[string](h.Page, "String("+expression+")")
	require.NoError(h.t, err)
	return value
}

func (h testPage) press(keys ...string) {
	h.t.Helper()
	for _, k := range keys {
		require.NoError(h.t, h.Page.Press(k))
	}
}

func (h testPage) focus() string { h.t.Helper(); return h.eval("document.activeElement.dataset.key") }

func (h testPage) sent() string { h.t.Helper(); return h.eval("JSON.stringify(stage.sent)") }

// Keys as the DevTools protocol encodes them.
const (
	up, down, end, home, enter, escape, tab = "\u0304", "\u0301", "\u0305", "\u0306", "\r", "\u001b", "\t"
)

func testKeyboard(t *testing.T, g *renderer, all []pageState) {
	p := openTestPage(t, g, findState(t, all, "popup-proposed"))
	assert.Equal(t, "search", p.focus(), "the search has the focus at once")
	p.press(down)
	assert.Equal(t, "quote:0:100", p.focus())
	p.press(down, down, up)
	assert.Equal(t, "quote:1:101", p.focus())
	assert.NotEqual(t, "none", p.eval("getComputedStyle(document.activeElement).outlineStyle"), "the focus is visible")
	p.press(end)
	assert.Equal(t, "quote:5:105", p.focus(), "offers out of stock are skipped")
	p.press(home, enter)
	assert.JSONEq(t, `[{"do":"quote","country_id":"0","service_id":"100"}]`, p.sent())
	p.press(up)
	assert.Equal(t, "search", p.focus())

	// The confirmation, and back to the same row.
	p.press(down, down)
	_, err := browser.Eval[bool](p.Page, fmt.Sprintf("(stage.sent.length = 0, stage.update(%s), true)", findState(t, all, "popup-confirm").View))
	require.NoError(t, err)
	assert.Equal(t, "buy", p.focus())
	p.press(escape)
	assert.JSONEq(t, `[{"do":"back"}]`, p.sent())
	_, err = browser.Eval[bool](p.Page, fmt.Sprintf("(stage.update(%s), true)", findState(t, all, "popup-proposed").View))
	require.NoError(t, err)
	assert.Equal(t, "quote:1:101", p.focus())

	// Escape empties the search before it leaves it.
	p = openTestPage(t, g, findState(t, all, "popup-orders-filtered"))
	p.press(escape)
	assert.Empty(t, p.eval("document.activeElement.value"))

	// A key held down confirms nothing.
	p = openTestPage(t, g, findState(t, all, "popup-confirm"))
	p.eval(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", repeat: true, bubbles: true, cancelable: true }))`)
	assert.Equal(t, "[]", p.sent())
	p.press(enter)
	assert.JSONEq(t, `[{"do":"buy"}]`, p.sent())

	// In every state Tab reaches each control, and in a list the first of
	// its rows.
	for _, s := range all {
		p := openTestPage(t, g, s)
		unreached := p.eval(`[...document.querySelectorAll("button:enabled, a, input:enabled, select, summary, textarea")]
			.filter((e) => e.tabIndex < 0 && !e.closest("ul.list")).map((e) => e.outerHTML).join()`)
		assert.Empty(t, unreached, s.name())
		rows := p.eval(`[...document.querySelectorAll("ul.list:has(button:enabled)")].every((l) => l.querySelectorAll("button[tabindex='0']").length === 1)`)
		assert.Equal(t, "true", rows, s.name())
		names := p.eval(`[...document.querySelectorAll("button, a, input, select, textarea")].filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim())).map((e) => e.outerHTML).join()`)
		assert.Empty(t, names, s.name())
	}
}

// listWindowJS returns the part of a list of ten thousand rows that the backend would send
// from row first on.
const listWindowJS = `(view, first) => {
	const list = view.nodes.find((n) => n.key === "main").children.find((n) => n.kind === "list");
	const row = list.children[0];
	list.first = first;
	list.children = Array.from({ length: Math.min(60, 10000 - first) }, (_, i) => ({
		...structuredClone(row), key: "row:" + (first + i), disabled: false,
		children: row.children.map((c, n) => (n === 1 ? { ...c, text: { plain: "Row " + (first + i + 1) } } : c)),
	}));
	return view;
}`

func testLongList(t *testing.T, g *renderer, all []pageState) {
	s := findState(t, all, "popup-many")
	p := openTestPage(t, g, s)
	// In place of the backend, this sends the rows around the visible one.
	p.eval(fmt.Sprintf(`(() => {
		const part = %s, view = %s;
		globalThis.most = 0;
		const answer = () => {
			const wanted = stage.sent.filter((a) => a.do === "window").pop();
			stage.sent.length = 0;
			if (wanted) stage.update(part(structuredClone(view), Math.max(0, (wanted.first ?? 0) - 20)));
			most = Math.max(most, document.querySelectorAll("*").length);
		};
		stage.update(part(structuredClone(view), 0));
		globalThis.answering = setInterval(answer, 5);
	})()`, listWindowJS, s.View))
	shows := func(row int) {
		t.Helper()
		require.NoError(t, p.Wait(fmt.Sprintf(`(() => {
			const row = document.querySelector("li[aria-posinset='%d']"), main = document.querySelector("main");
			if (!row) return false;
			const r = row.getBoundingClientRect(), m = main.getBoundingClientRect();
			return r.top >= m.top - 1 && r.bottom <= m.bottom + 1 && row.innerText.startsWith("NG") && row.innerText.includes("Row %d");
		})()`, row, row)))
	}
	shows(1)
	p.press(down, end)
	shows(10000)
	assert.Equal(t, "row:9999", p.focus())
	assert.Equal(t, "10000", p.eval(`document.activeElement.closest("li").ariaSetSize`))
	p.press(up, up)
	assert.Equal(t, "row:9997", p.focus())
	p.press(home)
	shows(1)
	assert.Equal(t, "row:0", p.focus())
	for _, row := range []int{5000, 200, 9000, 3} { // with the mouse
		p.eval(fmt.Sprintf(`document.querySelector("main").scrollTo(0, %d * document.querySelector("li").offsetHeight)`, row-1))
		shows(row + 2)
	}
	p.eval(`document.querySelector("ul li button:enabled").focus()`)
	for range 70 {
		p.press(down)
	}
	require.NoError(t, p.Wait(`Number(document.activeElement.closest("li")?.ariaPosInSet) >= 60`))
	var most int
	_, err := fmt.Sscan(p.eval("most"), &most)
	require.NoError(t, err)
	assert.Less(t, most, 800, "elements in the page")
	p.eval("clearInterval(answering)")
}

// A screen reader hears the code once, and the countdown each minute and at its end.
func testAnnouncements(t *testing.T, g *renderer, all []pageState) {
	recordJS := `(() => {
		globalThis.said = [];
		globalThis.listening?.disconnect();
		globalThis.listening = new MutationObserver(() => said.push(document.querySelector("#said").textContent));
		listening.observe(document.querySelector("#said"), { childList: true, characterData: true, subtree: true });
	})()`
	p := openTestPage(t, g, findState(t, all, "popup-waiting"))
	p.eval(recordJS)
	assert.Equal(t, "timer", p.eval(`document.querySelector("[data-key=countdown]").getAttribute("role")`))
	view := string(findState(t, all, "popup-code").View)
	p.eval(fmt.Sprintf("stage.update(%s)", view))
	require.NoError(t, p.Wait(`said.some((text) => text.includes("4 9 2 1 7"))`))
	p.eval(fmt.Sprintf("stage.update(%s)", view))
	p.eval(fmt.Sprintf("stage.update(%s)", findState(t, all, "popup-code-kept").View))
	require.NoError(t, p.Wait(`said.some((text) => text.includes("filled in on"))`))
	assert.Equal(t, 1, strings.Count(p.eval(`said.join("\n")`), "4 9 2 1 7"))

	p = openTestPage(t, g, findState(t, all, "popup-waiting"))
	p.eval(recordJS)
	for _, c := range []struct{ left, want string }{{"839", "14 minutes"}, {"61", "2 minutes"}, {"-1", "Time is up."}} {
		p.eval(fmt.Sprintf("stage.later(%q, %s)", "2026-05-01T12:14:32Z", c.left))
		require.NoError(t, p.Wait(fmt.Sprintf(`said.at(-1)?.includes(%q)`, c.want)))
	}
	assert.Equal(t, "3", p.eval(`said.filter(Boolean).length`))
}
