package logging

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
	placeholder = "[hidden]"
	minSecret   = 4   // bytes of a secret; hiding shorter ones would garble the log
	maxSecrets  = 500 // hidden at a time; the oldest are forgotten
)

// secretPatterns match keys, pairing codes and phone numbers that Hide was never given.
var secretPatterns = []struct {
	pattern     *regexp.Regexp
	replacement string
}{
	{regexp.MustCompile(`(?i)\bbearer[ =:]+[^\s"']+`), "Bearer " + placeholder},
	{regexp.MustCompile(`\b(?:[0-9A-Z]{4}-){7}[0-9A-Z]{4}\b`), placeholder}, // a pairing code
	// A phone number with its plus, also escaped for a URL or in JSON.
	{regexp.MustCompile(`(?:[+＋]|%2[bB]|\\u002[bB])[ (]{0,2}[1-9](?:[ ().\-\x{a0}]{0,2}\d){6,14}\b`), "+" + placeholder},
}

// Redactor replaces secrets in texts: those given to it, and whatever looks like one. Its
// zero value is ready. It is safe for concurrent use.
type Redactor struct {
	mu      sync.RWMutex
	secrets []string
	replace *strings.Replacer
	orders  orderData
}

// Hide adds a secret of four bytes or more, to be replaced also in quoted and escaped forms.
func (r *Redactor) Hide(secret string) {
	if len(secret) < minSecret {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.secrets, secret) {
		return
	}
	r.secrets = append(r.secrets, secret)
	r.secrets = r.secrets[max(0, len(r.secrets)-maxSecrets):]
	longest := slices.Clone(r.secrets)
	slices.SortStableFunc(longest, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, s := range longest {
		quoted := strconv.Quote(s)
		for _, form := range []string{s, quoted[1 : len(quoted)-1], url.QueryEscape(s), url.PathEscape(s)} {
			pairs = append(pairs, form, placeholder)
		}
	}
	r.replace = strings.NewReplacer(pairs...)
}

// HideOrder hides an order's phone number and codes, however a line writes them. It
// replaces the order's earlier codes. Each of codes may also be a message with codes in it.
func (r *Redactor) HideOrder(id, number, callingCode string, codes ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.orders.set(id, number, callingCode, codes)
}

// Text returns text with its secrets replaced.
func (r *Redactor) Text(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.replace != nil {
		text = r.replace.Replace(text)
	}
	for _, p := range secretPatterns {
		text = p.pattern.ReplaceAllString(text, p.replacement)
	}
	return r.orders.redact(text)
}

// Writer returns a writer that redacts each line before it goes to w.
func (r *Redactor) Writer(w io.Writer) io.Writer { return redacting{r, w} }

type redacting struct {
	*Redactor
	to io.Writer
}

func (r redacting) Write(line []byte) (int, error) {
	// Time and level hold no secret and stay readable.
	head, rest := "", string(line)
	if i := strings.Index(rest, " msg="); i > 0 && strings.HasPrefix(rest, "time=") {
		head, rest = rest[:i], rest[i:]
	}
	if _, err := io.WriteString(r.to, head+r.Text(rest)); err != nil {
		return 0, err
	}
	return len(line), nil
}
