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

// The sign-up site asks for a phone number, sends it an SMS with a code, and welcomes
// whoever enters the code. The plain variant is a sequence of pages with a button on each.
// The variant with boxes stays on one page and, as many sites do, verifies the code as soon
// as the sixth digit is entered.

//go:embed site
var siteFiles embed.FS

// templates are parsed on first use: every companion contains the sandbox, and most never
// serve it.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(siteFiles, "site/*.html"))
})

// pageData is the data of a page template.
type pageData struct {
	Title     string
	Nonce     string // of the page's style
	Script    string // the page's own script, if any
	Countries []market
	Country   string // the chosen one's Short
	National  string
	Phone     string // E.164
	Error     string
}

// Name returns the country's name. The templates use it and the next two methods.
func (c market) Name() string { return c.name }

// Short returns the ISO 3166 code in upper case, as forms have it.
func (c market) Short() string { return strings.ToUpper(c.short) }

// Calling returns the calling code without the plus.
func (c market) Calling() string { return c.calling }

func (p *Provider) routeSite() {
	p.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		p.renderPage(w, http.StatusOK, "index", pageData{Title: "Sandbox"})
	})
	p.mux.HandleFunc("GET /signup/plain", func(w http.ResponseWriter, r *http.Request) {
		p.renderPage(w, http.StatusOK, "plain-phone", pageData{Country: "US"})
	})
	p.mux.HandleFunc("POST /signup/plain", p.plainPhone)
	p.mux.HandleFunc("GET /signup/plain/code", func(w http.ResponseWriter, r *http.Request) {
		p.renderPage(w, http.StatusOK, "plain-code", pageData{Phone: r.URL.Query().Get("phone")})
	})
	p.mux.HandleFunc("POST /signup/plain/code", p.plainCode)

	p.mux.HandleFunc("GET /signup/boxes", func(w http.ResponseWriter, r *http.Request) {
		p.renderPage(w, http.StatusOK, "boxes", pageData{Script: "/signup/boxes.js"})
	})
	p.mux.HandleFunc("GET /signup/boxes.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, siteFiles, "site/boxes.js")
	})
	p.mux.HandleFunc("POST /signup/boxes/phone", p.boxesPhone)
	p.mux.HandleFunc("POST /signup/boxes/code", p.boxesCode)
}

func (p *Provider) renderPage(w http.ResponseWriter, status int, page string, data pageData) {
	if data.Title == "" {
		data.Title = "Sign up · Telegram"
	}
	data.Nonce = rand.Text()
	p.mu.Lock()
	data.Countries = p.countries
	p.mu.Unlock()
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", fmt.Sprintf(
		"default-src 'none'; style-src 'nonce-%s'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		data.Nonce))
	w.WriteHeader(status)
	_ = templates().ExecuteTemplate(w, page, data) // the templates are tested, and the client may be gone
}

const (
	noOrderText   = "We can't send a text to this number. Check it and try again."
	wrongCodeText = "That code isn't right. Check the text and try again."
)

func (p *Provider) plainPhone(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	short, national := r.FormValue("country"), r.FormValue("phone")
	number := p.international(short, national)
	if _, err := p.SendSMS(number); err != nil {
		p.renderPage(w, http.StatusUnprocessableEntity, "plain-phone", pageData{Country: short, National: national, Error: noOrderText})
		return
	}
	target := *r.URL
	target.Path += "/code"
	query := target.Query()
	query.Set("phone", number)
	target.RawQuery = query.Encode()
	http.Redirect(w, r, target.String(), http.StatusSeeOther)
}

func (p *Provider) plainCode(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	number := r.FormValue("phone")
	if !p.hasReceived(number, digits(r.FormValue("code"))) {
		p.renderPage(w, http.StatusUnprocessableEntity, "plain-code", pageData{Phone: number, Error: wrongCodeText})
		return
	}
	p.renderPage(w, http.StatusOK, "welcome", pageData{Phone: number})
}

func (p *Provider) boxesPhone(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	number := "+" + digits(r.FormValue("phone"))
	if _, err := p.SendSMS(number); err != nil {
		writeJSON(w, map[string]string{"error": noOrderText})
		return
	}
	writeJSON(w, map[string]string{"phone": number})
}

func (p *Provider) boxesCode(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if !p.hasReceived(r.FormValue("phone"), digits(r.FormValue("code"))) {
		writeJSON(w, map[string]string{"error": wrongCodeText})
		return
	}
	writeJSON(w, map[string]string{})
}

// international converts a number as people of a country write it to E.164. A number that
// is already international stays as it is.
func (p *Provider) international(short, phone string) string {
	if strings.HasPrefix(strings.TrimSpace(phone), "+") {
		return "+" + digits(phone)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.countries, func(c market) bool { return c.Short() == short })
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
