// Package testenv declares what a test needs besides Go: programs, or what "make build"
// builds.
//
// If something is missing, the test is skipped with a message that names it, so that "go
// test ./..." passes on a machine that has only Go. If the environment variable CI is set,
// the test fails instead: CI must run every test.
package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// NeedsPrograms skips the test unless all the programs are on the PATH. Alternatives are
// separated by a bar: "chromium|chromium-browser".
func NeedsPrograms(t testing.TB, programs ...string) {
	t.Helper()
	for _, names := range programs {
		if !installed(names) {
			skip(t, names+", which make install brings")
		}
	}
}

func installed(names string) bool {
	for name := range strings.SplitSeq(names, "|") {
		if _, err := exec.LookPath(name); err == nil {
			return true
		}
	}
	return false
}

// NeedsFile skips the test unless path exists.
func NeedsFile(t testing.TB, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		skip(t, path)
	}
}

// NeedsBuild skips the test unless "make build" has built the companion and the extension.
func NeedsBuild(t testing.TB) {
	t.Helper()
	root, err := filepath.Abs(".")
	for err == nil && filepath.Dir(root) != root {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		root = filepath.Dir(root)
	}
	for _, built := range []string{"build/logspanel-companion", "build/extension/chromium/companion.wasm", "build/extension/firefox/companion.wasm"} {
		if _, err := os.Stat(filepath.Join(root, built)); err != nil {
			skip(t, built+", which make build makes")
		}
	}
}

// NeedsBrowsers skips the test unless Chromium, Firefox and what "make build" builds are
// there.
func NeedsBrowsers(t testing.TB) {
	t.Helper()
	NeedsPrograms(t, "chromium|chromium-browser|google-chrome-for-testing", "firefox-esr|firefox")
	NeedsBuild(t)
}

func skip(t testing.TB, missing string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("needs %s", missing)
	} else {
		t.Skipf("needs %s", missing)
	}
}
