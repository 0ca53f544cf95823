package logspanel_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/sandbox"
)

// published is a second copy of the allowlist. A new line here is a decision, and a second
// call that buys would be outside the project's scope.
var published = []string{
	"GET /wallet",
	"GET /numbers/countries",
	"GET /numbers/services",
	"GET /numbers/area-codes",
	"GET /numbers/orders",
	"GET /numbers/orders/{id}",
	"POST /numbers/orders", // the only call that buys
	"POST /numbers/orders/{id}/check",
	"POST /numbers/orders/{id}/cancel",
	"GET /logs/parent-categories",
	"GET /logs/categories",
	"GET /logs/categories/{id}",
	"GET /logs/orders",
	"GET /boost/categories",
	"GET /boost/services",
	"GET /boost/services/{id}",
	"GET /boost/orders",
	"GET /boost/orders/{id}",
	"POST /boost/orders/{id}/check",
	"POST /boost/orders/{id}/cancel",
}

func TestAllowList(t *testing.T) {
	assert.ElementsMatch(t, published, logspanel.Allowed())
	var buys []string
	for _, call := range logspanel.Allowed() {
		method, path, _ := strings.Cut(call, " ")
		assert.Contains(t, []string{http.MethodGet, http.MethodPost}, method)
		if method == http.MethodPost && !strings.HasSuffix(path, "/check") && !strings.HasSuffix(path, "/cancel") {
			buys = append(buys, call)
		}
	}
	assert.Equal(t, []string{"POST /numbers/orders"}, buys)
}

// recorder records every request and answers it with success.
type recorder struct {
	mu    sync.Mutex
	calls []string
}

func (rec *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.calls = append(rec.calls, r.Method+" "+strings.TrimPrefix(r.URL.EscapedPath(), sandbox.Path))
	_, _ = w.Write([]byte(`{"success":true,"data":{}}`))
}

// No call outside the allowlist reaches the network.
func TestNothingElseIsSent(t *testing.T) {
	rec := &recorder{}
	c := newClient(t, rec)
	refused := []struct{ method, path string }{
		{"POST", "/logs/orders"},
		{"POST", "/boost/orders"},
		{"POST", "/tools/orders"},
		{"POST", "/wallet"},
		{"post", "/numbers/orders"},
		{"POST", "/numbers/orders/"},
		{"POST", "/numbers/orders/1"},
		{"POST", "/numbers//orders"},
		{"POST", "/numbers/../logs/orders"},
		{"POST", "/numbers/orders/../../logs/orders"},
		{"POST", "/numbers/orders/../check"},
		{"POST", "/numbers/orders/%2e%2e/check"},
		{"POST", "/numbers/orders/1%2F..%2Fx/check"},
		{"POST", "/numbers/orders/{id}/check"},
		{"POST", "/numbers/orders/1/check?a=b"},
		{"POST", "/numbers/orders#"},
		{"POST", "numbers/orders"},
		{"DELETE", "/numbers/orders/1"},
		{"PUT", "/numbers/orders"},
		{"PATCH", "/wallet"},
		{"HEAD", "/wallet"},
		{"", "/wallet"},
		{"GET", ""},
		{"GET", "/"},
		{"GET", "/wallet/"},
		{"GET", "/wallet/1"},
		{"GET", "//wallet"},
		{"GET", "@example.com/wallet"},
		{"GET", "/logs/orders/1"},
	}
	for _, call := range published {
		_, path, _ := strings.Cut(call, " ")
		for _, method := range []string{"PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE"} {
			refused = append(refused, struct{ method, path string }{method, strings.Replace(path, "{id}", "1", 1)})
		}
	}
	for _, try := range refused {
		err := c.SendRaw(t.Context(), try.method, try.path)
		require.ErrorIs(t, err, logspanel.ErrNotAllowed, "%s %s", try.method, try.path)
		assert.Equal(t, logspanel.NotSent, logspanel.OutcomeOf(err))
	}
	assert.Empty(t, rec.calls)

	require.NoError(t, c.SendRaw(t.Context(), "POST", "/numbers/orders/logs-A.b_c~1/check"))
	assert.Len(t, rec.calls, 1)
}

// Every exported method, found by reflection, sends one call of the allowlist. Together
// they use all of it.
func TestMethodsUseTheAllowlist(t *testing.T) {
	rec := &recorder{}
	c := newClient(t, rec)
	arguments := map[reflect.Type]reflect.Value{
		reflect.TypeFor[context.Context]():    reflect.ValueOf(t.Context()),
		reflect.TypeFor[logspanel.ID]():       reflect.ValueOf(logspanel.ID("4711")),
		reflect.TypeFor[string]():             reflect.ValueOf("TikTok Views"),
		reflect.TypeFor[int]():                reflect.ValueOf(0),
		reflect.TypeFor[logspanel.Purchase](): reflect.ValueOf(telegram("key-1")),
	}
	client := reflect.TypeOf(c)
	silent := []string{"Host", "Close", "Skew", "ProviderTime", "Transport", "SendRaw"} // the last two exist only in tests
	for i := range client.NumMethod() {
		method := client.Method(i)
		if slices.Contains(silent, method.Name) {
			continue
		}
		in := []reflect.Value{reflect.ValueOf(c)}
		for n := 1; n < method.Type.NumIn(); n++ {
			argument, ok := arguments[method.Type.In(n)]
			require.True(t, ok, "%s takes a %s, for which this test has no argument", method.Name, method.Type.In(n))
			in = append(in, argument)
		}
		before := len(rec.calls)
		method.Func.Call(in)
		assert.Len(t, rec.calls, before+1, method.Name)
	}
	var sent []string
	for _, call := range rec.calls {
		sent = append(sent, strings.Replace(call, "4711", "{id}", 1))
	}
	assert.ElementsMatch(t, published, sent)
}

// One function of the package uses HTTP, and only send calls it, after checking the
// allowlist.
func TestOneWayOut(t *testing.T) {
	calls := map[string][]string{} // the callers of each name
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, spec := range file.Imports {
			assert.NotContains(t, []string{`"os/exec"`, `"syscall"`, `"crypto/tls"`, `"net/rpc"`}, spec.Path.Value)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					name := s.Sel.Name
					if x, ok := s.X.(*ast.Ident); ok && (x.Name == "http" || x.Name == "net") {
						name = x.Name + "." + name
					}
					calls[name] = append(calls[name], f.Name.Name)
				}
				return true
			})
		}
	}
	assert.Equal(t, []string{"exchange"}, calls["Do"])
	assert.Equal(t, []string{"send"}, calls["exchange"])
	assert.Equal(t, []string{"send"}, calls["http.NewRequestWithContext"])
	for _, name := range []string{
		"RoundTrip", "http.Get", "http.Post", "http.PostForm", "http.Head", "http.DefaultClient",
		"http.DefaultTransport", "http.NewRequest", "net.Dial", "net.DialTimeout",
	} {
		assert.Empty(t, calls[name], name)
	}
}

// No id can change the path that it is put into.
func TestIDsDoNotChangeThePath(t *testing.T) {
	rec := &recorder{}
	c := newClient(t, rec)
	for _, id := range []logspanel.ID{
		"", ".", "..", "1/cancel", "1/../../logs/orders", `1\cancel`, "1?x=y", "1#x", "%2e%2e", "1%2fcancel",
		"1 2", "1\n2", "é", logspanel.ID(strings.Repeat("1", 129)),
	} {
		_, err := c.NumberOrder(t.Context(), id)
		require.ErrorIs(t, err, logspanel.ErrInvalid, "%q", id)
		_, err = c.CancelBoost(t.Context(), id)
		require.ErrorIs(t, err, logspanel.ErrInvalid, "%q", id)
		assert.Equal(t, logspanel.NotSent, logspanel.OutcomeOf(err))
	}
	assert.Empty(t, rec.calls)
}

func TestSkew(t *testing.T) {
	ahead := 3 * time.Hour
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(-ahead).UTC().Format(http.TimeFormat))
	}))
	defer server.Close()
	c, err := logspanel.New(server.URL, func(context.Context) (logspanel.Credential, error) { return logspanel.Credential{Key: "key"}, nil })
	require.NoError(t, err)
	_, known := c.Skew()
	require.False(t, known)
	_, err = c.Wallet(t.Context())
	require.Error(t, err, "any response has a Date")
	skew, known := c.Skew()
	require.True(t, known)
	require.InDelta(t, ahead.Seconds(), skew.Seconds(), 5)
}
