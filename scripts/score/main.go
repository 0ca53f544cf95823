// Score fills a folder of labelled pages with the built extension and reports which pages
// it filled correctly. It drives a real browser, with a companion paired over the sandbox,
// by clicks on the popup's buttons.
//
// It needs the browser and what "make build" builds, and takes one to two seconds per page. The
// folder has a labels.json, as described by the type label. Score prints each mistake at
// once and a summary at the end; -out writes everything as JSON. Mistakes are no error,
// unless -floor is given. With -cost it measures instead how long the extension needs to
// read a large page.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	forms := flag.String("forms", "", "a folder of pages with a labels.json")
	browser := flag.String("browser", "chromium", "chromium or firefox")
	out := flag.String("out", "", "a file for the result as JSON")
	only := flag.String("only", "", "score only pages whose file name matches this pattern")
	floor := flag.Bool("floor", false, "fail if a page is not right")
	cost := flag.Bool("cost", false, "measure instead how long reading a large page takes")
	flag.Parse()
	var err error
	if *cost {
		err = measureCost(ctx, *out)
	} else {
		err = run(ctx, *forms, *only, *browser, *out, *floor)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "score:", err)
		stop()
		os.Exit(1)
	}
}

// run scores a folder and prints the result. It returns an error for a page that is not
// right only if floor is set.
func run(ctx context.Context, forms, only, browser, out string, floor bool) error {
	if forms == "" {
		return errors.New("no pages given: make score FORMS=folder")
	}
	labels, err := readLabels(forms, only)
	if err != nil {
		return err
	}
	var r report
	err = withScorer(ctx, browser, http.FileServer(http.Dir(forms)), labels, func(s *scorer) (err error) {
		r, err = s.scoreAll(ctx, labels)
		return err
	})
	if err != nil {
		return err
	}
	r.print()
	if out != "" {
		if err := write(out, r); err != nil {
			return err
		}
	}
	if floor && !r.allRight() {
		return errors.New("not every page is right")
	}
	return nil
}
