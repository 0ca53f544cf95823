package logbook

import (
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const (
	hidden      = "[hidden]"
	shortest    = 4   // of what is known to be a secret; less would make words of everything
	mostSecrets = 500 // that are known at a time; the oldest go first
)

// shapes are what secrets and numbers look like, whoever they belong to.
var shapes = []struct {
	is     *regexp.Regexp
	become string
}{
	{regexp.MustCompile(`(?i)\bbearer[ =:]+[^\s"']+`), "Bearer " + hidden},
	{regexp.MustCompile(`\b(?:[0-9A-Z]{4}-){7}[0-9A-Z]{4}\b`), hidden}, // a pairing code
	{regexp.MustCompile(`\+\d{7,15}\b`), "+" + hidden},                 // a phone number
}

// Redactor takes secrets out of texts: those it was told, and what looks like one. It
// is safe for concurrent use.
type Redactor struct {
	mu      sync.RWMutex
	secrets []string
	replace *strings.Replacer
}

// Hide makes a secret known.
func (r *Redactor) Hide(secret string) {
	if len(secret) < shortest {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.secrets, secret) {
		return
	}
	r.secrets = append(r.secrets, secret)
	r.secrets = r.secrets[max(0, len(r.secrets)-mostSecrets):]
	longest := slices.Clone(r.secrets)
	slices.SortStableFunc(longest, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, s := range longest {
		quoted := strconv.Quote(s)
		for _, form := range []string{s, quoted[1 : len(quoted)-1], url.QueryEscape(s), url.PathEscape(s)} {
			pairs = append(pairs, form, hidden)
		}
	}
	r.replace = strings.NewReplacer(pairs...)
}

// Text is the text without them.
func (r *Redactor) Text(text string) string {
	r.mu.RLock()
	replace := r.replace
	r.mu.RUnlock()
	if replace != nil {
		text = replace.Replace(text)
	}
	for _, s := range shapes {
		text = s.is.ReplaceAllString(text, s.become)
	}
	return text
}

// Writer takes them out of every line on its way to w.
func (r *Redactor) Writer(w io.Writer) io.Writer { return redacting{r, w} }

type redacting struct {
	*Redactor
	to io.Writer
}

func (r redacting) Write(line []byte) (int, error) {
	if _, err := io.WriteString(r.to, r.Text(string(line))); err != nil {
		return 0, err
	}
	return len(line), nil
}
