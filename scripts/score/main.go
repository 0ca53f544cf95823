// Score fills a folder of labelled pages with the extension as it ships, in a real
// browser, with a paired companion over the sandbox, by clicks on the popup's buttons;
// and says which it got right.
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
	out := flag.String("out", "", "where to write all of it as JSON")
	only := flag.String("only", "", "a pattern of file names, for some of the pages")
	floor := flag.Bool("floor", false, "fail where a page is not right")
	cost := flag.Bool("cost", false, "say instead how long a look at a large page takes")
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

// run scores a folder, and prints what came of it. What is not right is no error unless
// floor says so.
func run(ctx context.Context, forms, only, browser, out string, floor bool) error {
	if forms == "" {
		return errors.New("say which pages: make score FORMS=folder")
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
