package sandbox

import (
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// The sign-up site asks for a phone number, sends a text with a six-digit code to
// it, and welcomes whoever has the code. The plain variant goes from page to page
// and waits for a click on each; the one with boxes stays where it is and, as many
// sites do, verifies a code by itself once the sixth digit is there.

//go:embed site
var siteFiles embed.FS

// pages are parsed when somebody looks at the first: the sandbox is part of every companion,
// and of most it serves nobody.
var pages = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(siteFiles, "site/*.html"))
})

// view is what a page shows.
type view struct {
	Title     string
	Nonce     string // of the page's style
	Script    string // the page's own script, if any
	Countries []country
	Country   string // chosen, as Short
	National  string
	Phone     string // E.164
	Error     string
}

// The templates ask a country for these.

// Name is the country's.
func (c country) Name() string { return c.name }

// Short is its ISO 3166 code, upper case as forms have it.
func (c country) Short() string { return strings.ToUpper(c.short) }

// Calling is its calling code, without the plus.
func (c country) Calling() string { return c.calling }

func (p *Provider) routeSite() {
	p.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		p.show(w, http.StatusOK, "index", view{Title: "Sandbox"})
	})
	p.mux.HandleFunc("GET /signup/plain", func(w http.ResponseWriter, r *http.Request) {
		p.show(w, http.StatusOK, "plain-phone", view{Country: "US"})
	})
	p.mux.HandleFunc("POST /signup/plain", p.takePhone)
	p.mux.HandleFunc("GET /signup/plain/code", func(w http.ResponseWriter, r *http.Request) {
		p.show(w, http.StatusOK, "plain-code", view{Phone: r.URL.Query().Get("phone")})
	})
	p.mux.HandleFunc("POST /signup/plain/code", p.takeCode)

	p.mux.HandleFunc("GET /signup/boxes", func(w http.ResponseWriter, r *http.Request) {
		p.show(w, http.StatusOK, "boxes", view{Script: "/signup/boxes.js"})
	})
	p.mux.HandleFunc("GET /signup/boxes.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, siteFiles, "site/boxes.js")
	})
	p.mux.HandleFunc("POST /signup/boxes/phone", p.takePhoneQuietly)
	p.mux.HandleFunc("POST /signup/boxes/code", p.takeCodeQuietly)
}

func (p *Provider) show(w http.ResponseWriter, status int, page string, v view) {
	if v.Title == "" {
		v.Title = "Sign up · Telegram"
	}
	v.Nonce = rand.Text()
	p.mu.Lock()
	v.Countries = p.countries
	p.mu.Unlock()
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", fmt.Sprintf(
		"default-src 'none'; style-src 'nonce-%s'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		v.Nonce))
	w.WriteHeader(status)
	_ = pages().ExecuteTemplate(w, page, v) // the templates are tested; a reader who left is no matter
}

const (
	sayNoOrder = "We can't send a text to this number. Check it and try again."
	sayWrong   = "That code isn't right. Check the text and try again."
)

func (p *Provider) takePhone(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	short, national := r.FormValue("country"), r.FormValue("phone")
	number := p.international(short, national)
	if _, err := p.Deliver(number); err != nil {
		p.show(w, http.StatusUnprocessableEntity, "plain-phone", view{Country: short, National: national, Error: sayNoOrder})
		return
	}
	target := *r.URL
	target.Path += "/code"
	query := target.Query()
	query.Set("phone", number)
	target.RawQuery = query.Encode()
	http.Redirect(w, r, target.String(), http.StatusSeeOther)
}

func (p *Provider) takeCode(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	number := r.FormValue("phone")
	if !p.delivered(number, digits(r.FormValue("code"))) {
		p.show(w, http.StatusUnprocessableEntity, "plain-code", view{Phone: number, Error: sayWrong})
		return
	}
	p.show(w, http.StatusOK, "welcome", view{Phone: number})
}

func (p *Provider) takePhoneQuietly(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	number := "+" + digits(r.FormValue("phone"))
	if _, err := p.Deliver(number); err != nil {
		writeJSON(w, map[string]string{"error": sayNoOrder})
		return
	}
	writeJSON(w, map[string]string{"phone": number})
}

func (p *Provider) takeCodeQuietly(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if !p.delivered(r.FormValue("phone"), digits(r.FormValue("code"))) {
		writeJSON(w, map[string]string{"error": sayWrong})
		return
	}
	writeJSON(w, map[string]string{})
}

// international is a number of a country as people write it, in E.164. A number
// that is already international stays what it is.
func (p *Provider) international(short, phone string) string {
	if strings.HasPrefix(strings.TrimSpace(phone), "+") {
		return "+" + digits(phone)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.countries, func(c country) bool { return c.Short() == short })
	if i < 0 {
		return ""
	}
	return "+" + p.countries[i].calling + strings.TrimPrefix(digits(phone), "0")
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
