package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// report is the result of a run.
type report struct {
	Browser string   `json:"browser"`
	Seconds float64  `json:"seconds"`
	Pages   []result `json:"pages"`
}

// count is how many attempts were right, of how many.
type count struct{ right, all int }

func (c count) String() string { return fmt.Sprintf("%d of %d", c.right, c.all) }

func (r report) count(is func(result, attempt) bool) (c count) {
	for _, p := range r.Pages {
		for _, a := range p.Attempts {
			if is(p, a) {
				c.all++
				if a.Right {
					c.right++
				}
			}
		}
	}
	return c
}

func (r report) allRight() bool {
	c := r.count(func(result, attempt) bool { return true })
	return c.right == c.all
}

func (r report) falseFills() (n int) {
	for _, p := range r.Pages {
		for _, a := range p.Attempts {
			n += len(a.FalseFills)
		}
	}
	return n
}

// print prints the mistakes on one page.
func (r result) print() {
	for _, a := range r.Attempts {
		if !a.Right {
			fmt.Printf("%s (%s): %s\n", r.File, a.For, a.Reason)
			if a.Why != "" {
				fmt.Printf("    because: %s\n", a.Why)
			}
		}
	}
}

func (r report) print() {
	task := func(name string) func(result, attempt) bool {
		return func(_ result, a attempt) bool { return a.For == name }
	}
	hard := func(kind string) func(result, attempt) bool {
		return func(p result, a attempt) bool { return p.Hard == kind && a.For == codeTask }
	}
	fmt.Printf("\n%s, %d pages in %.0f s\n", r.Browser, len(r.Pages), r.Seconds)
	fmt.Printf("code pages right                  %s\n", r.count(func(p result, a attempt) bool { return a.For == codeTask && p.Hard == "" }))
	fmt.Printf("  with a closed shadow root       %s\n", r.count(hard(closedShadow)))
	fmt.Printf("  for real keys alone, left clean %s\n", r.count(hard(trustedKeys)))
	fmt.Printf("phones accepted                   %s\n", r.count(task(numberTask)))
	fmt.Printf("pages without a code field, clean %s\n", r.count(task(noCodeTask)))
	fmt.Printf("false fills                       %d\n", r.falseFills())
	r.times("describe", func(t timing) float64 { return t.Describe })
	r.times("plan", func(t timing) float64 { return t.Plan })
	r.times("fill", func(t timing) float64 { return t.Fill })
	r.times("together", timing.sum)
}

func (r report) times(what string, of func(timing) float64) {
	var all []float64
	for _, p := range r.Pages {
		for _, a := range p.Attempts {
			all = append(all, of(a.MS))
		}
	}
	if len(all) == 0 {
		return
	}
	slices.Sort(all)
	fmt.Printf("%-9s median %4.0f ms, at most %4.0f ms\n", what, all[len(all)/2], all[len(all)-1])
}

// write writes the result of a run to a file as JSON.
func write(file string, found any) error {
	raw, err := json.MarshalIndent(found, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(raw, '\n'), 0o644)
}
