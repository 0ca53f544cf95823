package logging

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// spellings of the number +1 234 567 890, by what is written and the digits in it.
var spellings = map[string]string{
	"E.164":                "+1234567890",
	"without plus":         "1234567890",
	"with zeros":           "001234567890",
	"spaces":               "+1 234 567 890",
	"brackets":             "(123) 456-7890",
	"hyphens":              "123-456-7890",
	"dots":                 "123.456.7890",
	"full width":           "＋１２３４５６７８９０",
	"Arabic":               "١٢٣٤٥٦٧٨٩٠",
	"percent":              "%2B1234567890",
	"percent, all":         "%2B%31%32%33%34%35%36%37%38%39%30",
	"percent, full width":  "%EF%BC%91234567890",
	"JSON":                 `\u002b\u0031\u0032\u0033\u0034\u0035\u0036\u0037\u0038\u0039\u0030`,
	"JSON in JSON":         `\\u002b1234567890`,
	"without calling code": "0 234 567 890",
	"no-break spaces":      "+1\u00a0234\u00a0567\u00a0890",
	"slashes":              "123/456/7890",
	"in a word":            "tel1234567890x",
}

var codeSpellings = map[string]string{
	"plain": "573920", "a space": "573 920", "a hyphen": "573-920", "led": "G-573920", "led, no hyphen": "G573920",
	"one by one": "5 7 3 9 2 0", "in pairs": "57.39.20", "full width": "５７３９２０", "Devanagari": "५७३९२०",
	"percent": "%35%37%33920", "JSON": `\u0035\u00373920`, "in a sentence": "your code: 573920.", "with a host": "@site.example #573920",
}

// shows reports whether a line of a log still contains n consecutive digits of a secret, with any
// separators between them. Its time does not count: at 09:21:56.783 it has four of them.
func shows(line, secret string, n int) bool {
	if _, afterTime, ok := strings.Cut(line, " level="); ok {
		line = afterTime
	}
	left := digitsOf(line)
	for i := range len(secret) - n + 1 {
		if strings.Contains(left, secret[i:i+n]) {
			return true
		}
	}
	return false
}

func TestNumbersAndCodesInAnySpelling(t *testing.T) {
	var r Redactor
	r.HideOrder("ord_1", "+1234567890", "1", "573920")
	for name, written := range spellings {
		t.Run(name, func(t *testing.T) {
			for _, line := range logged(&r, written) {
				assert.False(t, shows(line, "234567890", 4), "%s", line)
			}
		})
	}
	for name, written := range codeSpellings {
		t.Run("code, "+name, func(t *testing.T) {
			for _, line := range logged(&r, written) {
				assert.False(t, shows(line, "573920", 4), "%s", line)
			}
		})
	}
}

// logged returns log lines that contain text in every possible position.
func logged(r *Redactor, text string) []string {
	var out bytes.Buffer
	log := NewLogger(r, &out)
	log.Info("it came: " + text)
	log.Info("it came", "text", text)
	log.With("text", text).Info("it came")
	log.Info("it came", slog.Group("order", "text", text))
	log.Info("it came", "cause", fmt.Errorf("x: %w", errors.New(text)))
	log.Info("it came", "row", struct{ Text string }{text}, "list", []string{text})
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

func TestNumberSplitOverAttributes(t *testing.T) {
	var r Redactor
	var out bytes.Buffer
	r.HideOrder("ord_1", "+1234567890", "1", "573920")
	NewLogger(&r, &out).Info("it came", "country", "+1 234", "number", "567 890", "front", 573, "back", 920)
	assert.False(t, shows(out.String(), "1234567890", 4), out.String())
	assert.False(t, shows(out.String(), "573920", 4), out.String())
	assert.Contains(t, out.String(), "number=")
	assert.Contains(t, out.String(), "back=")
}

// Text that is no secret stays readable, even if a known short code occurs within it.
func TestOtherTextStaysReadable(t *testing.T) {
	var r Redactor
	r.HideOrder("ord_1", "+2348031234567", "234", "2026", "0501", "8917", "4829")
	for _, line := range []string{
		"process 4711 listens on 127.0.0.1:38917", "port=4830", "127.0.0.1:4829 answers", "at 2026-05-01T12:00:00.482Z",
		"order ord_01JQ4829ZK is given back", "order 48291 is given back", "HTTP 422", "intent MZQ2026AB7",
		"balance 12.4829", "version 1.4829.3", "+01:00", "m=+0.000123456", "took 250ms, 3 of 12",
	} {
		assert.Equal(t, line, r.Text(line))
	}
	var out bytes.Buffer
	NewLogger(&r, &out).Info("the companion starts")
	assert.Regexp(t, `^time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*level=INFO msg="the companion starts"`, out.String())
}

func TestCodeWithinAMessage(t *testing.T) {
	var r Redactor
	r.HideOrder("ord_1", "", "", "Your X code is 48 29 13, valid for 10 minutes. Call 0800 if it was not you")
	assert.Equal(t, "got [hidden]", r.Text("got 482913"))
	assert.Equal(t, "in 10 minutes", r.Text("in 10 minutes"))
	assert.Equal(t, `code\n[hidden]`, r.Text(`code\n4829 13`), "after an escaped line break")
}

func TestErasedCodeIsForgotten(t *testing.T) {
	var r Redactor
	r.HideOrder("ord_1", "+1234567890", "1", "573920")
	r.HideOrder("ord_2", "+1234567891", "1", "573920")
	r.HideOrder("ord_1", "+1234567890", "1")
	assert.Equal(t, "[hidden]", r.Text("573920"), "another order still has this code")
	r.HideOrder("ord_2", "+1234567891", "1")
	assert.Equal(t, "573920", r.Text("573920"))
	assert.Equal(t, "[hidden]", r.Text("1234567890"), "the number stays hidden")
	assert.Empty(t, r.orders.codesOf)
	assert.Empty(t, r.orders.ids)
}

// However many orders are hidden, a key given to Hide stays hidden.
func TestOrdersDontDisplaceKeys(t *testing.T) {
	var r Redactor
	r.Hide("the-api-key")
	for i := range maxOrders + 10 {
		r.HideOrder(fmt.Sprint("ord_", i), fmt.Sprintf("+1555%07d", i), "1", fmt.Sprintf("%08d", i))
	}
	assert.Len(t, r.orders.codesOf, maxOrders)
	assert.Equal(t, "[hidden]", r.Text("the-api-key"))
	assert.Equal(t, "[hidden]", r.Text("15550000000"), "the oldest number stays hidden")
	assert.Equal(t, "[hidden]", r.Text(fmt.Sprintf("%08d", maxOrders)))
}

// A number is redacted whatever separates its digits, up to the gap between two
// attributes of a log line.
func TestNumberWithAnySeparators(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[1-9][0-9]{6,14}`).Draw(t, "number")
		between := rapid.StringMatching(`[ ().\-/a-z="]{0,12}`)
		var r Redactor
		r.HideOrder("ord_1", "+"+number, "")
		var written strings.Builder
		for _, digit := range number {
			written.WriteString(between.Draw(t, "between"))
			written.WriteRune(digit)
		}
		left := r.Text("number " + written.String() + " came")
		require.NotContains(t, strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return r
			}
			return -1
		}, left), number)
	})
}

type foreign struct{ words string }

func (f foreign) Error() string   { return "it says: " + f.words }
func (f foreign) LogText() string { return "it says something" }

// An error with a LogText method is logged by that text, wherever it is in a chain.
func TestErrorsAreLoggedByTheirLogText(t *testing.T) {
	const words = "call me back"
	bad := foreign{words}
	for name, err := range map[string]error{
		"itself": bad, "pointer": &bad, "wrapped": fmt.Errorf("a: %w", bad), "twice": fmt.Errorf("b: %w", fmt.Errorf("a: %w", bad)),
		"joined": errors.Join(errors.New("first"), bad), "two": fmt.Errorf("%w and %w", bad, bad),
		"rewritten": rewritten{bad},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			log := NewLogger(new(Redactor), &out)
			log.With("cause", err).WithGroup("g").Error("it failed", "cause", err, slog.Group("in", "cause", err))
			assert.NotContains(t, out.String(), words)
			assert.Contains(t, out.String(), "it says something")
		})
	}
}

type rewritten struct{ cause error }

func (r rewritten) Error() string { return strings.ToUpper(r.cause.Error()) + r.cause.(foreign).words }
func (r rewritten) Unwrap() error { return r.cause }

// A library's log line is cut before it quotes what somebody else sent.
func TestLibraryQuotesAreCut(t *testing.T) {
	was, flags := slog.Default(), log.Flags()
	t.Cleanup(func() {
		slog.SetDefault(was)
		log.SetFlags(flags)
		log.SetOutput(os.Stderr)
	})
	var out bytes.Buffer
	SetDefault(NewLogger(new(Redactor), &out))
	log.Printf("Unsolicited response received on idle HTTP channel starting with %q; err=%v", "Number 0803 123 4567", nil)
	assert.Contains(t, out.String(), "Unsolicited response received on idle HTTP channel")
	assert.NotContains(t, out.String(), "0803")
	assert.Equal(t, 1, strings.Count(out.String(), "\n"))
	slog.Info("by itself")
	assert.Contains(t, out.String(), "by itself")
}

func BenchmarkHideOrder(b *testing.B) {
	var r Redactor
	for i := 0; b.Loop(); i++ {
		r.HideOrder(fmt.Sprint("ord_", i), fmt.Sprintf("+234803%07d", i%10_000_000), "234", "482913", "482913", "482 913")
	}
}

func BenchmarkText(b *testing.B) {
	var r Redactor
	for i := range maxOrders {
		r.HideOrder(fmt.Sprint("ord_", i), fmt.Sprintf("+234803%07d", i), "234", fmt.Sprintf("%06d", i))
	}
	for b.Loop() {
		_ = r.Text(` msg="the balance could not be read" cause="the provider gave no usable answer to GET /wallet (HTTP 502)"`)
	}
}
