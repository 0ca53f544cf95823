package app_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/app"
	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/dial"
	"github.com/logspanel/companion/daemon/internal/logspanel/sandbox"
	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// A daemon in a process of its own is this test binary, told so by these.
const (
	crashDir = "LOGSPANEL_CRASH_DIR"
	crashAPI = "LOGSPANEL_CRASH_API"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		err := app.Run(context.Background(), app.Options{
			NoTray: true, Dir: dir, API: os.Getenv(crashAPI), Version: "test", Out: os.Stdout, Secrets: files{dir},
		})
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// files keeps secrets where they outlive a killed process. They guard play money.
type files struct{ dir string }

func (f files) path(name string) string {
	return filepath.Join(f.dir, "secret-"+strings.NewReplacer("/", "_", ":", "_").Replace(name))
}

func (f files) Get(_ context.Context, name string) ([]byte, error) {
	raw, err := os.ReadFile(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		err = secrets.ErrNotFound
	}
	return raw, err
}

func (f files) Set(_ context.Context, name string, value []byte) error {
	return os.WriteFile(f.path(name), value, 0o600)
}

func (f files) Delete(_ context.Context, name string) error {
	return errors.Join(os.Remove(f.path(name)))
}

// When the daemon is killed, as the provider and the client see it.
const (
	atRandom      = "at a random moment after the click" // around the journal's write too
	beforeActing  = "when the purchase has arrived"
	afterActing   = "when it is carried out, before the answer"
	afterAnswer   = "right after the answer has left"
	whenTold      = "when the client is told"
	droppedBefore = "not killed; the connection drops before acting"
	droppedAfter  = "not killed; the connection drops after acting"
	garbled       = "killed after an answer that is cut off"
)

var steps = []string{atRandom, beforeActing, afterActing, afterAnswer, whenTold, droppedBefore, droppedAfter, garbled}

// crash is a provider that can kill the daemon, and the daemon over one directory.
type crash struct {
	t        *testing.T
	dir      string
	provider *sandbox.Provider
	server   *httptest.Server
	creds    *protocol.Credentials

	mu   sync.Mutex
	step string // of the purchase under way; used up when it happens
	cmd  *exec.Cmd
	port int
}

// ServeHTTP is the provider, and what happens around the first send of a purchase.
func (c *crash) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	step := ""
	if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/numbers/orders") {
		c.mu.Lock()
		step, c.step = c.step, ""
		c.mu.Unlock()
	}
	switch step {
	case beforeActing:
		c.kill()
		c.provider.ServeHTTP(w, r)
	case afterActing:
		c.provider.ServeHTTP(httptest.NewRecorder(), r)
		c.kill()
		panic(http.ErrAbortHandler)
	case afterAnswer:
		c.provider.ServeHTTP(w, r)
		_ = http.NewResponseController(w).Flush()
		c.kill()
	case droppedBefore:
		panic(http.ErrAbortHandler)
	case droppedAfter:
		c.provider.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case garbled:
		answer := httptest.NewRecorder()
		c.provider.ServeHTTP(answer, r)
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
		_ = http.NewResponseController(w).Flush()
		c.kill()
	default:
		c.provider.ServeHTTP(w, r)
	}
}

// kill is kill -9.
func (c *crash) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd != nil {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
		c.cmd = nil
	}
}

// run starts the daemon if none runs.
func (c *crash) run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd != nil {
		return
	}
	c.cmd = exec.Command(os.Args[0])
	c.cmd.Env = append(os.Environ(), crashDir+"="+c.dir, crashAPI+"="+c.server.URL+sandbox.Path)
	out, err := c.cmd.StdoutPipe()
	require.NoError(c.t, err)
	require.NoError(c.t, c.cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(c.t, err)
	_, port, _ := strings.Cut(strings.TrimSpace(line), "127.0.0.1:")
	c.port, err = strconv.Atoi(port)
	require.NoError(c.t, err)
}

func (c *crash) connect() *dial.Client {
	c.run()
	hello := protocol.Hello{Version: "test", Browser: "Chromium 156"}
	if c.creds == nil {
		pairing, err := control.Dial(c.dir).Pair(c.t.Context())
		require.NoError(c.t, err)
		client, creds, err := dial.Pair(c.t.Context(), pairing.Code, origin, hello)
		require.NoError(c.t, err)
		c.creds = &creds
		return client
	}
	client, err := dial.Connect(c.t.Context(), c.port, *c.creds, origin, hello)
	require.NoError(c.t, err)
	return client
}

// TestCrash kills the daemon in the middle of purchases, -9, at every step and at
// random, and then compares: each intent has one outcome, each charge one intent,
// none lost and none doubled. KILLS says how often; the default suits every day.
func TestCrash(t *testing.T) {
	t.Parallel()
	rounds := 3 * len(steps)
	if n, err := strconv.Atoi(os.Getenv("KILLS")); err == nil {
		rounds = n
	}
	c := &crash{t: t, dir: t.TempDir(), provider: sandbox.New(sandbox.Options{Balance: money.Money{Minor: 1_000_000_00, Currency: "NGN"}})}
	c.server = httptest.NewServer(c)
	t.Cleanup(c.server.Close)
	t.Cleanup(c.kill)
	host := strings.TrimPrefix(c.server.URL, "http://")
	require.NoError(t, app.NewKeys(files{c.dir}, host).Set(t.Context(), sandbox.Key))
	before := c.provider.Balance()

	orders := map[string]string{} // by intent
	for round := range rounds {
		step := steps[round%len(steps)]
		intent, order := c.purchase(step)
		require.NotContains(t, orders, intent)
		orders[intent] = order
	}
	charges, refunds := map[string]int{}, map[string]int{}
	for _, e := range c.provider.Ledger() {
		if e.Kind == sandbox.Charge {
			charges[e.OrderID]++
		} else {
			refunds[e.OrderID]++
		}
	}
	require.Len(t, charges, rounds, "each intent is one charge")
	for intent, order := range orders {
		require.Equal(t, 1, charges[order], "order %s of intent %s", order, intent)
		require.Equal(t, 1, refunds[order], "order %s of intent %s", order, intent)
	}
	require.Equal(t, before, c.provider.Balance())
	t.Logf("%d purchases, %d kills and drops, %d charges, %d refunds", rounds, rounds, len(charges), len(refunds))
}

// purchase buys one number while step happens, finds out what became of it, and
// gives it back.
func (c *crash) purchase(step string) (intent, order string) {
	client := c.connect()
	q := telegram(c.t, client)
	confirm := protocol.BuyRequest{IntentID: q.Intent.ID, Journal: q.Intent.Journal, Price: q.Intent.Price}
	c.mu.Lock()
	c.step = step
	c.mu.Unlock()
	told := make(chan error, 1)
	go func() {
		var i protocol.Intent
		told <- client.Call(c.t.Context(), protocol.OrderBuy, confirm, &i)
	}()
	switch step {
	case atRandom:
		select {
		case <-time.After(rand.N(12 * time.Millisecond)):
		case <-c.t.Context().Done():
		}
		c.kill()
		<-told
	case whenTold:
		require.NoError(c.t, <-told, step)
		c.kill()
	default:
		<-told
	}
	_ = client.Close()

	client = c.connect()
	defer client.Close()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	for {
		var i protocol.Intent
		err := client.Call(ctx, protocol.OrderBuy, confirm, &i)
		require.NoError(c.t, err, step)
		if i.State == protocol.IntentBought {
			intent, order = i.ID, i.OrderID
			break
		}
		select { // unknown: a change tells of the outcome
		case _, open := <-client.Changes():
			require.True(c.t, open, step)
		case <-ctx.Done():
			require.Fail(c.t, "no outcome", "%s: %+v", step, i)
		}
	}
	var o protocol.Order
	require.NoError(c.t, client.Call(ctx, protocol.OrderCancel, protocol.OrderRef{OrderID: order}, &o), step)
	require.Equal(c.t, protocol.OrderRefunded, o.State, step)
	return intent, order
}
