// Package archtest tests rules that no single package can test: which package may import
// what, what the documents say, which locales are complete, and the promises about scope
// and secrecy that hold for the whole source.
//
// Its tests read the source and the documents, and run the documented commands against the
// sandbox provider with temporary directories. They need git, make and a shell; testenv
// skips a test whose programs are missing. All of it takes about ten seconds.
package archtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/logspanel/companion/"

type pkg struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

// list returns the project's packages, as the go command builds them in an environment.
func list(t *testing.T, env ...string) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Standard", "./daemon/...", "./shared/...", "./wasm/...")
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p pkg
		require.NoError(t, d.Decode(&p))
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		for i := range p.Imports {
			p.Imports[i] = strings.TrimPrefix(p.Imports[i], module)
		}
		all = append(all, p)
	}
	require.NotEmpty(t, all)
	return all
}

// under reports whether path is one of the folders, or inside one.
func under(path string, folders ...string) bool {
	for _, f := range folders {
		if path == f || strings.HasPrefix(path, f+"/") {
			return true
		}
	}
	return false
}

// soleImporters are the packages that may import a library. No other package may.
var soleImporters = map[string][]string{
	"github.com/gorilla/websocket":    {"daemon/internal/server", "daemon/wsclient"},
	"github.com/99designs/keyring":    {"daemon/internal/secrets"},
	"fyne.io/systray":                 {"daemon/internal/tray"},
	"go.etcd.io/bbolt":                {"daemon/internal/store"},
	"github.com/flynn/noise":          {"shared/channel"},
	"syscall/js":                      {"wasm/internal/jsbridge"},
	"github.com/gofrs/flock":          {"daemon/internal/control"},
	"github.com/ncruces/zenity":       {"daemon/internal/desktop"},
	"github.com/godbus/dbus/v5":       {"daemon/internal/desktop", "daemon/internal/tray"},
	"github.com/nyaruka/phonenumbers": {"daemon/internal/phone"},
	"daemon/sandbox":                  {"daemon/internal/app", "daemon/e2e"},
}

// forbidden are the imports that a package, and those below it, must not have.
var forbidden = map[string][]string{
	"shared":                    {"net/http", "net", "os", "syscall/js", "daemon", "wasm"},
	"wasm/internal/core":        {"net/http", "net", "os", "time/tzdata", "syscall", "daemon"},
	"wasm/internal/fields":      {"net/http", "net", "os", "syscall", "daemon"},
	"wasm/internal/view":        {"net/http", "net", "os", "syscall", "daemon"},
	"wasm/internal/site":        {"net/http", "net", "os", "syscall", "daemon", "shared"},
	"wasm":                      {"daemon"},
	"daemon":                    {"wasm"},
	"daemon/internal/logspanel": {"shared/protocol", "daemon/internal/orders", "daemon/internal/catalog", "daemon/internal/server"},
	"daemon/internal/orders":    {"daemon/internal/server", "daemon/internal/catalog", "daemon/internal/tray", "daemon/internal/control", "daemon/internal/secrets"},
	"daemon/internal/catalog":   {"daemon/internal/server", "daemon/internal/orders", "daemon/internal/tray", "daemon/internal/control", "daemon/internal/secrets"},
	"daemon/internal/server":    {"daemon/internal/orders", "daemon/internal/catalog", "daemon/internal/logspanel", "daemon/internal/store", "daemon/internal/tray"},
	"daemon/internal/tray":      {"daemon/internal/orders", "daemon/internal/logspanel", "daemon/internal/server", "daemon/internal/store"},
	"daemon/internal/desktop":   {"daemon/internal/orders", "daemon/internal/logspanel", "daemon/internal/server", "daemon/internal/store", "daemon/internal/tray"},
	"daemon/internal/notify":    {"daemon/internal/orders", "daemon/internal/logspanel", "daemon/internal/server", "daemon/internal/store", "daemon/internal/tray"},
	"daemon/internal/store":     {"daemon/internal/orders", "shared"},
}

func TestPackageImports(t *testing.T) {
	for name, env := range map[string][]string{"here": nil, "wasm": {"GOOS=js", "GOARCH=wasm"}} {
		t.Run(name, func(t *testing.T) {
			for _, p := range list(t, env...) {
				for _, i := range p.Imports {
					if rooms, kept := soleImporters[i]; kept {
						assert.True(t, under(p.ImportPath, rooms...), "%s imports %s, which is kept in %v", p.ImportPath, i, rooms)
					}
					for room, banned := range forbidden {
						if under(p.ImportPath, room) {
							assert.False(t, isBanned(i, banned), "%s imports %s", p.ImportPath, i)
						}
					}
					if under(p.ImportPath, "shared") && strings.Contains(i, ".") {
						allowed := p.ImportPath == "shared/channel" && (i == "github.com/flynn/noise" || under(i, "golang.org/x/crypto"))
						assert.True(t, allowed, "%s imports %s: shared knows the standard library alone", p.ImportPath, i)
					}
				}
			}
		})
	}
}

// isBanned reports whether path is one of the banned imports, or inside a banned folder of
// the project. A banned standard package does not ban those below it.
func isBanned(path string, banned []string) bool {
	for _, b := range banned {
		if path == b || under(b, "daemon", "wasm", "shared") && under(path, b) {
			return true
		}
	}
	return false
}
