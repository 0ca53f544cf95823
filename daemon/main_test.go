package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/control"
)

// testTimeout limits each wait of a test. It is long, for a machine that is busy.
const testTimeout = 2 * time.Minute

func TestMain(m *testing.M) {
	// Otherwise each command waits for a second at its end under the race detector.
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0")
	testscript.Main(m, map[string]func(){"logspanel-companion": main})
}

// The scripts are what a person types and then reads.
func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_RUNTIME_DIR", env.WorkDir) // no message bus, so no keyring
			env.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
			env.Setenv("DISPLAY", "")
			env.Setenv("WAYLAND_DISPLAY", "")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// opened waits until a daemon has read its balance for the first time.
			"opened": func(ts *testscript.TestScript, _ bool, args []string) {
				remote := control.Dial(ts.MkAbs(args[0]))
				for deadline := time.Now().Add(testTimeout); time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
					if list, err := remote.Ledger(context.Background()); err == nil && len(list) > 0 {
						return
					}
				}
				ts.Fatalf("no balance was read over %s", args[0])
			},
			// listening waits until a daemon answers over a directory.
			"listening": func(ts *testscript.TestScript, _ bool, args []string) {
				remote := control.Dial(ts.MkAbs(args[0]))
				for deadline := time.Now().Add(testTimeout); time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
					if _, err := remote.Status(context.Background()); err == nil {
						return
					}
				}
				ts.Fatalf("no daemon came up over %s", args[0])
			},
		},
	})
}

func TestSecretsAreReadFromStandardInput(t *testing.T) {
	var out bytes.Buffer
	in := newTerminal(strings.NewReader("a pass phrase\nabc|def\r\nno newline"), &out)
	for _, want := range []string{"a pass phrase", "abc|def", "no newline", ""} {
		got, err := in.secret("asked: ")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	require.Empty(t, out.String(), "without a terminal there is no prompt")
}

func TestKeyIsNoArgument(t *testing.T) {
	err := dispatch(context.Background(), []string{"key", "set", "secret"}, strings.NewReader(""), new(bytes.Buffer))
	require.ErrorContains(t, err, "never an argument")
	require.NotContains(t, err.Error(), "secret")
}
