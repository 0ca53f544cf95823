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
var stage string

// shown is one page of the extension in one state, as the backend's own tests have it.
type shown struct {
	Page  string          `json:"page"`
	State string          `json:"state"`
	Now   time.Time       `json:"now"`
	View  json.RawMessage `json:"view"`
}

func (s shown) name() string { return s.Page + "-" + s.State }

// every asks for all pages in all states; root is the project's top folder.
func every(ctx context.Context, root string) ([]shown, error) {
	cmd := exec.CommandContext(ctx, "go", "run", "./wasm/internal/viewtest/print")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	raw, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("print the states: %w", err)
	}
	var all []shown
	return all, json.Unmarshal(raw, &all)
}

// gallery shows the built extension's own pages in any state, in Chromium.
type gallery struct {
	chromium *browser.Chromium
	root     string
	pages    map[string]*browser.Page // by page, language and look
	front    *browser.Page
}

func open(ctx context.Context, root string) (*gallery, error) {
	c, err := browser.StartChromium(ctx, filepath.Join(root, "build/extension/chromium"))
	if err != nil {
		return nil, err
	}
	return &gallery{chromium: c, root: root, pages: map[string]*browser.Page{}}, c.Welcomed()
}

func (g *gallery) close() { g.chromium.Close() }

// look is how a page is looked at.
type look struct{ language, scheme string }

func (l look) name() string { return l.language + "-" + l.scheme }

// forced is the scheme of those who choose all colours themselves.
const forced = "forced"

func (l look) media() map[string]string {
	media := map[string]string{"prefers-color-scheme": l.scheme, "prefers-reduced-motion": "reduce"}
	if l.scheme == forced {
		media["prefers-color-scheme"], media["forced-colors"] = "dark", "active"
	}
	return media
}

// sizes are the pages' windows. The popup's is as large as it makes itself.
var sizes = map[string]browser.Size{
	"popup": {Width: 380, Height: 500, Scale: 1}, "options": {Width: 760, Height: 1180, Scale: 1}, "welcome": {Width: 760, Height: 860, Scale: 1},
}

// page is the one in which a page is shown with a look, opened the first time.
func (g *gallery) page(name string, l look) (*browser.Page, error) {
	key := name + l.name()
	if p := g.pages[key]; p != nil {
		return p, nil
	}
	raw, err := os.ReadFile(filepath.Join(g.root, "extension/_locales", l.language, "messages.json"))
	if err != nil {
		return nil, err
	}
	set := fmt.Sprintf(`{"messages": %s, "language": %q}`, raw, l.language)
	p, err := g.chromium.Stage(g.chromium.ExtensionURL(name+".html"), strings.Replace(stage, "SET", set, 1), sizes[name], l.media())
	if err != nil {
		return nil, err
	}
	g.pages[key] = p
	return p, p.Wait("globalThis.stage?.ready()")
}

// painted waits until a page has been painted.
func painted(p *browser.Page) error {
	_, err := browser.Eval[bool](p, "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
	return err
}

// show shows a page in a state.
func (g *gallery) show(s shown, l look) (*browser.Page, error) {
	p, err := g.page(s.Page, l)
	if err != nil {
		return nil, err
	}
	if p != g.front {
		if err := p.Front(); err != nil {
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
