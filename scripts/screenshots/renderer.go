package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/logspanel/companion/scripts/browser"
)

//go:embed stage.js
var stageJS string

// pageState is one page of the extension in one state, as the tests of the backend define
// it.
type pageState struct {
	Page  string          `json:"page"`
	State string          `json:"state"`
	Now   time.Time       `json:"now"`
	View  json.RawMessage `json:"view"`
}

func (s pageState) name() string { return s.Page + "-" + s.State }

// allStates returns all pages in all states. root is the project's top folder.
func allStates(ctx context.Context, root string) ([]pageState, error) {
	cmd := exec.CommandContext(ctx, "go", "run", "./wasm/internal/viewtest/print")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	raw, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("print the states: %w", err)
	}
	var all []pageState
	return all, json.Unmarshal(raw, &all)
}

// renderer shows the built extension's pages in any state, in Chromium. It replaces the
// backend by stage.js.
type renderer struct {
	chromium *browser.Chromium
	root     string
	pages    map[string]*browser.Page // by page and variant
	front    *browser.Page
}

func startRenderer(ctx context.Context, root string) (*renderer, error) {
	c, err := browser.StartChromium(ctx, filepath.Join(root, "build/extension/chromium"))
	if err != nil {
		return nil, err
	}
	return &renderer{chromium: c, root: root, pages: map[string]*browser.Page{}}, c.WaitForWelcome()
}

func (g *renderer) close() { g.chromium.Close() }

// variant is a language and a colour scheme.
type variant struct{ language, scheme string }

func (l variant) name() string { return l.language + "-" + l.scheme }

// forcedColors is the scheme of people who have the browser override all colours.
const forcedColors = "forced"

func (l variant) media() map[string]string {
	media := map[string]string{"prefers-color-scheme": l.scheme, "prefers-reduced-motion": "reduce"}
	if l.scheme == forcedColors {
		media["prefers-color-scheme"], media["forced-colors"] = "dark", "active"
	}
	return media
}

// windowSizes are the window sizes by page. The popup determines its own height.
var windowSizes = map[string]browser.Size{
	"popup": {Width: 380, Height: 500, Scale: 1}, "options": {Width: 760, Height: 1180, Scale: 1}, "welcome": {Width: 760, Height: 860, Scale: 1},
}

// openPage returns the tab that shows a page in a variant, and opens it on first use.
func (g *renderer) openPage(name string, l variant) (*browser.Page, error) {
	key := name + l.name()
	if p := g.pages[key]; p != nil {
		return p, nil
	}
	raw, err := os.ReadFile(filepath.Join(g.root, "extension/_locales", l.language, "messages.json"))
	if err != nil {
		return nil, err
	}
	set := fmt.Sprintf(`{"messages": %s, "language": %q}`, raw, l.language)
	p, err := g.chromium.OpenWithScript(g.chromium.ExtensionURL(name+".html"), strings.Replace(stageJS, "SET", set, 1), windowSizes[name], l.media())
	if err != nil {
		return nil, err
	}
	g.pages[key] = p
	return p, p.Wait("globalThis.stage?.ready()")
}

// waitPainted waits until the page has been painted.
func waitPainted(p *browser.Page) error {
	_, err := browser.Eval[bool](p, "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
	return err
}

// render shows a page in a state, and returns its tab.
func (g *renderer) render(s pageState, l variant) (*browser.Page, error) {
	p, err := g.openPage(s.Page, l)
	if err != nil {
		return nil, err
	}
	if p != g.front {
		if err := p.BringToFront(); err != nil {
			return nil, err
		}
		g.front = p
	}
	now, err := s.Now.MarshalText()
	if err != nil {
		return nil, err
	}
	_, err = browser.Eval[bool](p, fmt.Sprintf("(stage.show(%q, %s), true)", now, s.View))
	if err != nil {
		return nil, fmt.Errorf("show %s: %w", s.name(), err)
	}
	return p, nil
}
