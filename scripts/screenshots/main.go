// Screenshots renders every page of the extension in every state: light and dark, left to
// right and right to left, and in forced colours. It writes the pictures and an index.html
// to build/screenshots.
//
// It needs Chromium and what "make build" builds. It prints how
// many pictures there are. With -only it renders some states; with -references it writes
// instead the thumbnails in testdata that the tests compare with.
package main

import (
	"context"
	"flag"
	"fmt"
	"html"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

const outputDir = "build/screenshots"

// variants are rendered and tested. allVariants has one more that is only rendered: in
// forced colours the page does not choose its colours.
var (
	variants    = []variant{{"en", "light"}, {"en", "dark"}, {"ar", "light"}, {"ar", "dark"}}
	allVariants = append(variants, variant{"en", forcedColors})
)

func main() {
	only := flag.String("only", "", "states to picture, with commas between them; none: all")
	update := flag.Bool("references", false, "write what the tests compare with")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *only, *update); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only string, update bool) error {
	all, err := allStates(ctx, ".")
	if err != nil {
		return err
	}
	g, err := startRenderer(ctx, ".")
	if err != nil {
		return err
	}
	defer g.close()
	if update {
		return g.writeReferences(all, filepath.Join("scripts", "screenshots", referenceDir))
	}
	if only == "" {
		if err := os.RemoveAll(outputDir); err != nil {
			return err
		}
	} else {
		wanted := strings.Split(only, ",")
		all = slices.DeleteFunc(all, func(s pageState) bool { return !slices.Contains(wanted, s.State) && !slices.Contains(wanted, s.name()) })
	}
	for _, l := range allVariants {
		for _, s := range all {
			p, err := g.render(s, l)
			if err != nil {
				return err
			}
			if err := waitPainted(p); err != nil {
				return err
			}
			if err := p.SaveScreenshot(filepath.Join(outputDir, l.name(), s.name()+".png")); err != nil {
				return err
			}
		}
	}
	fmt.Printf("screenshots: %d pictures, listed in %s/index.html\n", len(allVariants)*len(all), outputDir)
	return writeIndex(all)
}

// writeIndex writes the page that shows all pictures side by side.
func writeIndex(all []pageState) error {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Screenshots</title>
<style>body { font: 14px system-ui; margin: 24px; background: #c9cdd6 } section { display: flex; gap: 12px; margin-block-end: 24px; flex-wrap: wrap } h2 { margin: 8px 0 } img { max-width: 380px; display: block }</style>
<h1>Screenshots</h1>
`)
	for _, s := range all {
		fmt.Fprintf(&b, "<h2 id=%q>%s</h2><section>", s.name(), html.EscapeString(s.Page+": "+s.State))
		for _, l := range allVariants {
			fmt.Fprintf(&b, `<img loading="lazy" src="%s/%s.png" alt="%s, %s">`, l.name(), s.name(), html.EscapeString(s.name()), l.name())
		}
		b.WriteString("</section>\n")
	}
	return os.WriteFile(filepath.Join(outputDir, "index.html"), []byte(b.String()), 0o644)
}
