// Score fills a folder of labelled pages with the extension as it ships, in a real
// browser, with a paired companion over the sandbox, by clicks on the popup's buttons;
// and says which it got right.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"time"

	"github.com/logspanel/companion/scripts/companion"
)

const (
	binary = "build/logspanel-companion"
	built  = "build/extension/"
)

//go:embed desk.js
var deskFile string

//go:embed reader.js
var readerFile string

//go:embed tap.js
var tapJS string

// deskJS is one expression, with the reader in it.
var deskJS = "(() => {\n" + readerFile + "\nreturn (" + deskFile + ")\n})()"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	forms := flag.String("forms", "", "a folder of pages with a labels.json")
	browser := flag.String("browser", "chromium", "chromium or firefox")
	out := flag.String("out", "", "where to write all of it as JSON")
	only := flag.String("only", "", "a pattern of file names")
	floor := flag.Bool("floor", false, "fail where a page is not right")
	flag.Parse()
	if err := run(ctx, *forms, *browser, *out, *only, *floor); err != nil {
		fmt.Fprintln(os.Stderr, "score:", err)
		os.Exit(1)
	}
}

// scorer scores one folder in one browser.
type scorer struct {
	world  world
	supply *supply
	site   string // where the folder is served
	opened int    // how often the popup was
}

func run(ctx context.Context, forms, name, out, only string, floor bool) (err error) {
	if forms == "" {
		return errors.New("say which pages: make score FORMS=folder")
	}
	labels, err := readLabels(forms, only)
	if err != nil {
		return err
	}
	began := time.Now()
	c, err := companion.Start(ctx, binary)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%w\nthe companion's log:\n%s", err, c.Log())
		}
		err = errors.Join(err, c.Stop())
	}()
	w, err := start(ctx, name)
	if err != nil {
		return err
	}
	defer w.close()
	server := httptest.NewServer(http.FileServer(http.Dir(forms)))
	defer server.Close()
	s := &scorer{
		world: w, site: server.URL,
		supply: &supply{companion: c, world: w, offers: map[string]map[string]any{}, orders: map[want]order{}},
	}
	report := report{Browser: w.version(), Pages: []result{}}
	if err := s.supply.open(ctx, labels); err != nil {
		return err
	}
	if err := s.pair(ctx, c); err != nil {
		return err
	}
	for done := 0; done < len(labels); {
		n, err := s.supply.fill(ctx, labels[done:])
		if err != nil {
			return err
		}
		for _, l := range labels[done : done+n] {
			page := time.Now()
			r, err := s.score(l)
			if err != nil {
				return fmt.Errorf("%s: %w", l.File, err)
			}
			r.Seconds = time.Since(page).Seconds()
			report.Pages = append(report.Pages, r)
			r.print()
		}
		done += n
	}
	report.Seconds = time.Since(began).Seconds()
	report.print()
	if out != "" {
		if err := report.write(out); err != nil {
			return err
		}
	}
	if floor && !report.perfect() {
		return errors.New("not every page is right")
	}
	return nil
}

func (s *scorer) pair(ctx context.Context, c *companion.Companion) error {
	code, err := c.Pair(ctx)
	if err != nil {
		return err
	}
	_, err = ask[any](s.world.desk, "pair", code)
	return err
}
