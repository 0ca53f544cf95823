package view_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/fields"
	"github.com/logspanel/companion/wasm/internal/view"
	"github.com/logspanel/companion/wasm/internal/viewtest"
)

var update = flag.Bool("update", false, "write the golden files")

func TestScreens(t *testing.T) {
	sentences := english(t)
	test := func(page, name string) {
		t.Run(page+"/"+name, func(t *testing.T) {
			require.Contains(t, viewtest.States, name)
			v := view.Page(page, viewtest.States[name])
			keysAreUnique(t, v.Nodes, map[string]bool{})
			sentences.check(t, v)
			golden(t, filepath.Join("testdata", page, name+".txt"), outline(v))
		})
	}
	for _, name := range viewtest.Names() {
		test("popup", name)
	}
	for page, names := range viewtest.PageStates {
		for _, name := range names {
			test(page, name)
		}
	}
}

// messageCatalogue maps each English message of the interface to its number of arguments.
type messageCatalogue map[string]int

func english(t *testing.T) messageCatalogue {
	raw, err := os.ReadFile("../../../extension/_locales/en/messages.json")
	require.NoError(t, err)
	var messages map[string]struct{ Message string }
	require.NoError(t, json.Unmarshal(raw, &messages))
	c := messageCatalogue{}
	for key, m := range messages {
		for n := 1; n <= 9; n++ {
			if strings.Contains(m.Message, "$"+strconv.Itoa(n)) {
				c[key] = n
			}
		}
		c[key] += 0
	}
	return c
}

// check verifies that every message of a screen exists and gets all of its arguments.
func (c messageCatalogue) check(t *testing.T, v view.View) {
	check := func(text *view.Text, more int) {
		if text == nil || text.Key == "" {
			return
		}
		gaps, known := c[text.Key]
		if assert.True(t, known, "there is no sentence %q", text.Key) {
			assert.Equal(t, gaps, len(text.Args)+more, text.Key)
		}
	}
	check(&v.Title, 0)
	each(v.Nodes, func(n view.Node) {
		more := 0
		if n.Kind == view.KindCountdown {
			more = 1
		}
		check(n.Text, more)
		check(n.Label, more)
		for _, o := range n.Options {
			check(&o.Text, 0)
		}
	})
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "go test ./wasm/internal/view -update writes it")
	assert.Equal(t, string(want), got, "go test ./wasm/internal/view -update, if that is meant")
}

// Pages reuse elements by key, so keys must be unique among the children of a node.
func keysAreUnique(t *testing.T, nodes []view.Node, seen map[string]bool) {
	for _, n := range nodes {
		if n.Key != "" {
			assert.False(t, seen[n.Key], "%s stands twice on one screen", n.Key)
			seen[n.Key] = true
		}
		keysAreUnique(t, n.Children, seen)
	}
}

// outline returns a screen as indented text.
func outline(v view.View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", words(&v.Title))
	if v.Escape != nil {
		fmt.Fprintf(&b, "Escape → %s\n", v.Escape.Do)
	}
	write(&b, v.Nodes, 0)
	return b.String()
}

func write(b *strings.Builder, nodes []view.Node, depth int) {
	for _, n := range nodes {
		line := []string{string(n.Kind)}
		add := func(format string, args ...any) { line = append(line, fmt.Sprintf(format, args...)) }
		if n.Key != "" {
			add("[%s]", n.Key)
		}
		if n.Class != "" {
			add(".%s", strings.ReplaceAll(n.Class, " ", "."))
		}
		if n.Label != nil {
			add("<%s>", words(n.Label))
		}
		if n.Text != nil {
			add("%s", words(n.Text))
		}
		if n.Value != "" {
			add("= %s", n.Value)
		}
		for _, o := range n.Options {
			add("| %s", words(&o.Text))
		}
		if n.Disabled {
			add("(disabled)")
		}
		if n.Current {
			add("(current)")
		}
		if n.Focus {
			add("(focus)")
		}
		if n.Live {
			add("(said)")
		}
		if n.Total > len(n.Children) {
			add("(from %d of %d)", n.First, n.Total)
		}
		if n.Action != nil {
			add("→ %s", strings.TrimSpace(string(n.Action.Do)+" "+n.Action.Frame))
		}
		if n.Permission != "" {
			add("asks %s", n.Permission)
		}
		fmt.Fprintf(b, "%s%s\n", strings.Repeat("  ", depth), strings.Join(line, " "))
		write(b, n.Children, depth+1)
	}
}

func words(t *view.Text) string {
	if t.Key == "" {
		return fmt.Sprintf("%q", t.Plain)
	}
	args := make([]string, len(t.Args))
	for i, a := range t.Args {
		switch {
		case a.Money != nil:
			args[i] = a.Money.Decimal + " " + a.Money.Currency
		case a.Count != nil:
			args[i] = fmt.Sprint(*a.Count)
		case a.Span != 0:
			args[i] = (time.Duration(a.Span) * time.Second).String()
		case !a.Time.IsZero():
			args[i] = a.Time.Format(time.DateOnly)
		default:
			args[i] = a.Plain
		}
	}
	return t.Key + "(" + strings.Join(args, ", ") + ")"
}

// An amount reaches the page with exactly its digits, even if a float could not hold them.
func TestAmountsKeepTheirDigits(t *testing.T) {
	for want, m := range map[string]money.Money{
		"850.00":                {Minor: 85_000, Currency: "PKR"},
		"85000":                 {Minor: 85_000, Currency: "JPY"},
		"85.000":                {Minor: 85_000, Currency: "IQD"},
		"8.5000":                {Minor: 85_000, Currency: "CLF"},
		"-92233720368547758.08": {Minor: math.MinInt64, Currency: "NGN"},
	} {
		s := viewtest.Ready()
		s.Snapshot.Wallet.Balance = m
		raw, err := json.Marshal(view.Popup(s))
		require.NoError(t, err)
		assert.Contains(t, string(raw), fmt.Sprintf(`{"decimal":%q,"currency":%q}`, want, m.Currency))
		assert.NotContains(t, string(raw), `"minor"`)
	}
	s := viewtest.Ready()
	s.Snapshot.Wallet.Balance = money.Money{}
	assert.Contains(t, outline(view.Popup(s)), "amount(–)", "a page can't format what has no currency")
}

func TestIcon(t *testing.T) {
	assert.Empty(t, view.IconBadge(view.State{}).Text)
	assert.Empty(t, view.IconBadge(viewtest.Ready()).Text)
	assert.Equal(t, "15′", view.IconBadge(viewtest.States["waiting"]).Text)
	assert.Equal(t, "badge_waiting(Telegram, 15m0s)", words(&[]view.Text{view.IconBadge(viewtest.States["waiting"]).Title}[0]))
	assert.Equal(t, "✓", view.IconBadge(viewtest.States["code"]).Text)
	late := viewtest.States["code"]
	late.Now = viewtest.Now.Add(time.Hour)
	assert.Empty(t, view.IconBadge(late).Text)
	over := viewtest.States["waiting"]
	over.Now = viewtest.Now.Add(time.Hour)
	assert.Equal(t, "0′", view.IconBadge(over).Text)
}

func TestContextMenu(t *testing.T) {
	assert.Empty(t, view.ContextMenu(view.State{}))
	assert.Empty(t, view.ContextMenu(viewtest.States["code-elsewhere"]), "another browser's code")
	waits := view.ContextMenu(viewtest.States["waiting"])
	require.Len(t, waits, 1)
	assert.Equal(t, view.FillsNumber, waits[0].Action.Text)
	assert.Equal(t, "menu_number(+234 803 123 4567, Telegram)", words(&waits[0].Title))
	came := view.ContextMenu(viewtest.States["code"])
	require.Len(t, came, 1)
	assert.Equal(t, view.FillsCode, came[0].Action.Text)
	assert.Equal(t, "menu_code(49217, Telegram, +234 803 123 4567)", words(&came[0].Title))
}

func TestOutdatedStateOffersNoPurchase(t *testing.T) {
	spends := []view.Do{view.DoBuy, view.DoCancel, view.DoQuote, view.DoBoostCancel}
	for _, name := range viewtest.Names() {
		s := viewtest.States[name]
		if s.Snapshot == nil {
			continue
		}
		g := view.NewCachedView(s)
		for _, v := range []view.View{g.SameSite, g.Skeleton} {
			assert.Contains(t, outline(v), "last_known()", name)
			each(v.Nodes, func(n view.Node) {
				if n.Kind == view.KindButton && slices.Contains(spends, n.Action.Do) {
					assert.True(t, n.Disabled, "%s in %s", n.Key, name)
				}
			})
		}
	}
}

// Every error is shown in the person's language, except the provider's own messages.
func TestErrorsAreTranslated(t *testing.T) {
	sentences := english(t)
	for _, code := range []protocol.Code{
		protocol.CodeBadRequest, protocol.CodeUnknownMethod, protocol.CodeInternal, protocol.CodeKeyMissing, protocol.CodeKeyRefused, protocol.CodeKeyring,
		protocol.CodeAccountBlocked, protocol.CodeUnreachable, protocol.CodeCatalogueStale, protocol.CodeIntentExpired, protocol.CodeIntentUnknown, protocol.CodeUnresolved,
		protocol.CodeOrderNotFound, protocol.CodeAlreadyReceived, protocol.CodeRefundFailed, protocol.CodeNotCancellable, protocol.CodeTooManyCalls, protocol.CodeBusy,
		protocol.CodeOutcomeUnknown, protocol.CodeJournal, protocol.CodeRecovering, protocol.CodeLimitsUnset, protocol.CodeKeyReplaced, protocol.CodeDismissed, protocol.CodeNoRoomForReplacement, protocol.CodeOtherClientDecides, view.CodePort,
	} {
		s := viewtest.Ready()
		s.Problem = &protocol.Error{Code: code, Message: "in English"}
		v := view.Popup(s)
		sentences.check(t, v)
		assert.NotContains(t, outline(v), "English", code)
	}
	for _, link := range []view.Connection{
		view.ConnectionUnpaired, view.ConnectionRevoked, view.ConnectionConnecting, view.ConnectionSilent, view.ConnectionNotCompanion, view.ConnectionVersionMismatch, view.ConnectionKeyringLocked,
	} {
		v := view.Popup(view.State{Connection: view.ConnectionUnpaired, PairingFailure: link, Problem: &protocol.Error{Code: protocol.CodePairing, Message: "in English"}})
		sentences.check(t, v)
		assert.NotContains(t, outline(v), "English", link)
	}
}

func TestWantedInsteadIsSaid(t *testing.T) {
	sentences := english(t)
	for name, fill := range map[string]view.Fill{"code-no-field": {Code: view.FillNoField}, "number-no-field": {Number: view.FillNoField}} {
		said := map[string]bool{}
		for _, wants := range []fields.Wanted{
			"", "unheard_of", fields.WantsNumber, fields.WantsCode, fields.WantsAppCode, fields.WantsRecoveryCode, fields.WantsPIN,
			fields.WantsOtherCode, fields.WantsLastDigits, fields.WantsPersonalNumber, fields.WantsCaptcha,
		} {
			s := viewtest.States[name]
			fill.Host, fill.Wants = "web.telegram.org", wants
			s.Fills = map[string]view.Fill{"123456789": fill}
			v := view.Popup(s)
			sentences.check(t, v)
			each(v.Nodes, func(n view.Node) {
				switch n.Key {
				case "code-filled", "number-filled":
					text := n.Text
					if text == nil {
						text = n.Children[0].Text
						assert.Contains(t, n.Children[1].Text.Key, "_not_wanted")
					}
					said[text.Key] = true
				}
			})
		}
		assert.Len(t, said, 9, "one for each, but the same for nothing known and for what was to be filled: %v", said)
	}
}

// A list of ten thousand rows renders sixty at a time, at any scroll position.
func TestLongListsAreBounded(t *testing.T) {
	s := viewtest.Ready()
	s.Section, s.Product, s.BoostServices = view.SectionCatalogue, view.ProductBoosts, &protocol.BoostServicePage{}
	for i := range 10_000 {
		s.BoostServices.Services = append(s.BoostServices.Services, protocol.BoostService{ID: strconv.Itoa(i), Name: "Service " + strconv.Itoa(i)})
	}
	for looked, want := range map[int]int{0: 0, 5: 0, 500: 480, 9_999: 9_940, 99_999: 9_940} {
		s.First = view.WindowStart(looked)
		list := view.Node{}
		each(view.Popup(s).Nodes, func(n view.Node) {
			if n.Kind == view.KindList {
				list = n
			}
		})
		assert.Len(t, list.Children, 60)
		assert.Equal(t, 10_000, list.Total)
		assert.Equal(t, want, list.First, looked)
		assert.Equal(t, "boost:"+strconv.Itoa(want), list.Children[0].Key)
	}
}

// The report contains no numbers, codes, sites or amounts.
func TestReportContainsNoSecrets(t *testing.T) {
	for _, name := range viewtest.Names() {
		report := view.Report(viewtest.States[name])
		assert.Contains(t, report, "link: "+string(viewtest.States[name].Connection))
		for _, secret := range []string{"8031234567", "803 123", "49217", "telegram.org", "Telegram", "620", "12,500", "123456789", "at home", "c1", "Nigeria"} {
			assert.NotContains(t, report, secret, name)
		}
	}
}

func each(nodes []view.Node, do func(view.Node)) {
	for _, n := range nodes {
		do(n)
		each(n.Children, do)
	}
}
