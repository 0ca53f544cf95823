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
	// A phone number with its plus, also escaped for a URL or in JSON.
	{regexp.MustCompile(`(?:[+＋]|%2[bB]|\\u002[bB])[ (]{0,2}[1-9](?:[ ().\-\x{a0}]{0,2}\d){6,14}\b`), "+" + hidden},
}

// Redactor takes secrets out of texts: those it was told, and what looks like one. It
// is safe for concurrent use.
type Redactor struct {
	mu      sync.RWMutex
	secrets []string
	replace *strings.Replacer
	known   known
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

// HideOrder makes an order's phone number and codes known, in place of what it had
// before; a code may be in a whole message. They are hidden however a line writes them.
func (r *Redactor) HideOrder(id, number, callingCode string, codes ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.keep(id, number, callingCode, codes)
}

// Text is the text without them.
func (r *Redactor) Text(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.replace != nil {
		text = r.replace.Replace(text)
	}
	for _, s := range shapes {
		text = s.is.ReplaceAllString(text, s.become)
	}
	return r.known.hide(text)
}

// Writer takes them out of every line on its way to w.
func (r *Redactor) Writer(w io.Writer) io.Writer { return redacting{r, w} }

type redacting struct {
	*Redactor
	to io.Writer
}

func (r redacting) Write(line []byte) (int, error) {
	// When and how loud a line is says nothing of an order, and stays readable.
	head, rest := "", string(line)
	if i := strings.Index(rest, " msg="); i > 0 && strings.HasPrefix(rest, "time=") {
		head, rest = rest[:i], rest[i:]
	}
	if _, err := io.WriteString(r.to, head+r.Text(rest)); err != nil {
		return 0, err
	}
	return len(line), nil
}
