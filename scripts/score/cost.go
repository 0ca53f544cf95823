package main

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/logspanel/companion/scripts/browser"
)

// The large page is a form such as a back office has.
const (
	manyFields = 2_000
	manyNodes  = 20_000
	looks      = 9
)

// attributesOnly reads only the attributes of every field, which is the least that any
// detection does. It returns its time in milliseconds.
const attributesOnly = `() => {
	const began = performance.now();
	let found = 0;
	for (const field of document.querySelectorAll("input, select, textarea, [contenteditable]")) {
		const says = ["autocomplete", "name", "id", "placeholder", "aria-label"].map((name) => field.getAttribute(name) ?? "").join(" ");
		if (/one-time-code|otp|verif/i.test(says)) found++;
	}
	return performance.now() - began + 0 * found;
}`

// cost is how long the extension needed to read a large page, and beside it how long
// reading only the fields' attributes took; in milliseconds of the page's thread.
type cost struct {
	Fields     int       `json:"fields"`
	Nodes      int       `json:"nodes"`
	Looks      []float64 `json:"looks"` // the first fills the caches of the others
	Attributes []float64 `json:"attributes"`
	Found      bool      `json:"found"` // a code field in the middle of the page
	Reason     string    `json:"reason,omitempty"`
}

// print compares the fastest runs, which the rest of the computer disturbs least.
func (c cost) print() {
	look, attributes := slices.Min(c.Looks), slices.Min(c.Attributes)
	fmt.Printf("%d fields among %d elements: one look takes %.0f ms of the page's thread (the first %.0f ms); their attributes alone %.1f ms, a ratio of %.0f\n",
		c.Fields, c.Nodes, look, c.Looks[0], attributes, look/attributes)
	fmt.Printf("a code field in the middle of it: right %v %s\n", c.Found, c.Reason)
}

// measureCost measures how long the extension needs to read a large page in Chromium.
func measureCost(ctx context.Context, out string) error {
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, largePage(r.URL.Path == "/code.html"))
	})
	labels := []label{{File: "plain.html"}, {File: "code.html", Code: "284119"}}
	labels[1].Expect.OTP = []string{"#sms"}
	c := cost{Fields: manyFields}
	err := withScorer(ctx, "chromium", pages, labels, func(s *scorer) (err error) {
		if s.orders, err = s.buyer.buyCodes(ctx, labels); err != nil {
			return err
		}
		if err := s.buyer.waitForCodes(s.orders); err != nil {
			return err
		}
		if err := s.measureLooks(labels[0], &c); err != nil {
			return err
		}
		found, err := s.scorePage(labels[1])
		if err == nil {
			c.Found, c.Reason = found.Attempts[0].Right, found.Attempts[0].Reason
		}
		return err
	})
	if err != nil {
		return err
	}
	c.print()
	if out == "" {
		return nil
	}
	return write(out, c)
}

// measureLooks times reading a page that has no code field, so that nothing is typed.
func (s *scorer) measureLooks(l label, c *cost) error {
	if err := s.driver.visit(s.site + "/" + l.File); err != nil {
		return err
	}
	p := &page{scorer: s, label: l}
	if err := p.showOrder(l.codeOrder()); err != nil {
		return err
	}
	front := s.driver.(*chromium).page
	nodes, err := browser.Eval[int](front, "document.querySelectorAll('*').length")
	if err != nil {
		return err
	}
	c.Nodes = nodes
	for range looks {
		before, err := front.BusyTime()
		if err != nil {
			return err
		}
		if err := s.driver.click(browser.Key("fill-code")); err != nil {
			return err
		}
		trace, err := callJS[fillTrace](s.driver.inWorker, "round", p.tab, s.fillTimeout.Milliseconds())
		if err != nil {
			return err
		}
		if trace.Late || trace.Plan != nil {
			return fmt.Errorf("a page without a code field was filled, or the fill timed out: %+v", trace)
		}
		after, err := front.BusyTime()
		if err != nil {
			return err
		}
		c.Looks = append(c.Looks, millis(after-before))
		took, err := browser.Eval[float64](front, "("+attributesOnly+")()")
		if err != nil {
			return err
		}
		c.Attributes = append(c.Attributes, took)
	}
	return s.driver.closePage()
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// largePage returns a form of many rows. With code, one row asks for the code of a text
// message.
func largePage(code bool) string {
	kinds := []struct{ label, field string }{
		{"First name", `<input name="first_name" class="form-control">`},
		{"Surname", `<input name="surname" autocomplete="family-name">`},
		{"Street and house", `<input name="street" placeholder="12 Main Street">`},
		{"Postal code", `<input name="zip" maxlength="10" inputmode="numeric">`},
		{"Quantity", `<input type="number" name="quantity" value="1">`},
		{"Discount code", `<input name="coupon" maxlength="8">`},
		{"Email", `<input type="email" name="email">`},
		{"Remark", `<input name="remark" title="Shown on the invoice">`},
	}
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Orders</title><h1>All orders</h1><form>`)
	const each = manyNodes / manyFields // elements for one field
	for i := range manyFields {
		k := kinds[i%len(kinds)]
		if code && i == manyFields/2 {
			k.label, k.field = "Enter the code from the SMS", `<input id="sms" name="sms_code" maxlength="6" inputmode="numeric">`
		}
		id := fmt.Sprintf("field-%d", i)
		if !strings.Contains(k.field, " id=") {
			k.field = strings.Replace(k.field, "<input", `<input id="`+id+`"`, 1)
		} else {
			id = "sms"
		}
		// Each row has itself, two columns, the label, the field and some text.
		fmt.Fprintf(&b, `<div class="row"><div class="col"><label for="%s">%s</label></div><div class="col">%s</div>`, id, html.EscapeString(k.label), k.field)
		for n := range each - 5 {
			fmt.Fprintf(&b, `<span class="note">Order %d, line %d</span>`, i, n)
		}
		b.WriteString("</div>\n")
	}
	b.WriteString("</form></html>")
	return b.String()
}
