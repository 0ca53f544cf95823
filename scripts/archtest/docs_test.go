package archtest

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/scripts/testenv"
)

var documents = []string{"README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md"}

// Commands that no test here runs, with the reason.
var (
	targetsNotRun = map[string]string{
		"run": "needs a person", "fuzz": "takes an hour", "clean": "removes what other tests use",
		"install": "installs packages; make test begins with it", "generate": "writes files; TestGeneratedFilesAreCurrent compares them",
		"dist": "TestRelease packs one system's release, twice", "test": "runs this test", "test-wasm": "make test runs it",
		"test-unit": "make test runs it", "test-js": "make test runs it", "lint": "make test runs it", "build": "make test runs it",
		"demo": "make test runs it", "crash": "make test runs it", "journey": "make test runs it",
		"score": "make test runs it over the test pages", "cost": "a measurement", "bench": "a measurement", "idle": "a measurement",
		"screenshots": "renders pictures for people", "tray-screenshot": "renders pictures for people",
	}
	commandsNotRun = map[string]string{
		"run":                     "does not end by itself; a companion runs during the other commands",
		"clients revoke ID":       "needs a paired browser: daemon/internal/server, TestRevokingEndsTheSessionAtOnce",
		"hand-over ORDER":         "needs two browsers: daemon/internal/orders, TestACodeIsHandedOverByThePersonAlone",
		"hand-over ORDER BROWSER": "as above",
		"decide PURCHASE ORDER":   "needs a purchase without an outcome: daemon/internal/orders, TestThePersonDecides",
		"decide PURCHASE none":    "as above",
	}
	linesNotRun = map[string]string{
		"go test ./...": "runs this test",
		"systemctl --user enable --now logspanel-companion":                                             "needs a systemd user session; TestRelease enables the unit without one",
		"sudo apt install ./build/dist/logspanel-companion_*_amd64.deb":                                 "installs a package; TestRelease does so below a temporary root",
		"sudo apt remove logspanel-companion":                                                           "removes a package; as above",
		"tar -xzf build/dist/logspanel-companion-*-linux-amd64.tar.gz -C ~/.local --strip-components=1": "as above",
		"CGO_ENABLED=1 go vet ./daemon/...":                                                             "needs a Mac",
		"CGO_ENABLED=1 go test ./daemon/...":                                                            "needs a Mac",
		"CGO_ENABLED=1 go build -o build/logspanel-companion ./daemon":                                  "needs a Mac",
	}
)

// inputs are the standard input by command, and samples replace the words in capitals.
var (
	inputs  = map[string]string{"key set": "a passphrase for tests\na-key-for-tests\n", "key": "a passphrase for tests\n", "limits": "2500\n9000\n"}
	samples = map[string]string{"AMOUNT": "2500", "DAYS": "7"}
)

// commands are the documented command lines. Those of the companion are without its name.
type commands struct{ shell, companion []string }

func documentedCommands(t *testing.T) commands {
	t.Helper()
	var c commands
	span := regexp.MustCompile("(?s)`([^`]+)`")
	block := regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	for _, name := range documents {
		raw, err := os.ReadFile("../../" + name)
		require.NoError(t, err)
		text := string(raw)
		for _, m := range block.FindAllStringSubmatch(text, -1) {
			for line := range strings.Lines(m[1]) {
				line, _, _ = strings.Cut(line, " #")
				c.add(line)
			}
		}
		text = regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(text, "")
		_, table, _ := strings.Cut(text, "\n| command | does |\n| --- | --- |\n")
		for line := range strings.Lines(table) {
			if !strings.HasPrefix(line, "| `") {
				break
			}
			cell, _, _ := strings.Cut(line[len("| "):], " | ")
			for _, m := range span.FindAllStringSubmatch(cell, -1) {
				c.companion = append(c.companion, strings.ReplaceAll(m[1], `\|`, "|"))
			}
			text = strings.Replace(text, line, "", 1)
		}
		for _, m := range span.FindAllStringSubmatch(text, -1) {
			if words := strings.Fields(m[1]); regexp.MustCompile(`^(make|go|git|npm|sh|sudo|tar|systemctl|[A-Z_]+=\S+|\S*logspanel-companion) `).MatchString(strings.Join(words, " ")+" ") && len(words) > 1 {
				c.add(strings.Join(words, " "))
			}
		}
	}
	require.NotEmpty(t, c.shell)
	require.NotEmpty(t, c.companion)
	return c
}

// add splits a line of shell into commands.
func (c *commands) add(line string) {
	for one := range strings.SplitSeq(line, "&&") {
		one, _, _ = strings.Cut(one, " > ")
		one = strings.TrimSpace(one)
		if words := strings.Fields(one); len(words) > 0 && filepath.Base(words[0]) == "logspanel-companion" {
			c.companion = append(c.companion, strings.Join(words[1:], " "))
		} else if len(words) > 0 {
			c.shell = append(c.shell, one)
		}
	}
}

func TestDocumentedMakeTargets(t *testing.T) {
	raw, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	makefile := string(raw)
	dry := func(args ...string) string { return runAtRoot(t, "make", append([]string{"-n"}, args...)...) }
	all := dry("test")
	for _, line := range documentedCommands(t).shell {
		words := strings.Fields(line)
		if words[0] != "make" {
			continue
		}
		target := words[1]
		if !assert.True(t, strings.Contains(makefile, "\n"+target+":"), "%q: there is no such target", line) {
			continue
		}
		for _, word := range words[2:] {
			name, _, set := strings.Cut(word, "=")
			assert.True(t, set && strings.Contains(makefile, "$("+name+")"), "%q: the Makefile does not read %s", line, name)
		}
		dry(words[1:]...)
		reason, excepted := targetsNotRun[target]
		if target == "help" {
			assert.Contains(t, runAtRoot(t, "make", words[1:]...), "this list")
			continue
		}
		assert.True(t, excepted, "%q: add to targetsNotRun what runs it, or why nothing does", line)
		if reason == "make test runs it" {
			steps := strings.Split(strings.TrimSpace(dry(target)), "\n")
			last := strings.Fields(steps[len(steps)-1])
			assert.Contains(t, all, strings.Join(last[:min(4, len(last))], " "), "%s: make test does not run it", target)
		}
	}
	for target := range targetsNotRun {
		assert.True(t, strings.Contains(makefile, "\n"+target+":"), "%s: an exception for a target that does not exist", target)
	}
}

// Every documented shell command either runs here, or is excepted by name in linesNotRun.
func TestDocumentedShellCommands(t *testing.T) {
	for _, line := range documentedCommands(t).shell {
		words := strings.Fields(line)
		_, excepted := linesNotRun[line]
		if words[0] == "make" || excepted {
			continue
		}
		if words[0] == "go" && len(words) > 2 && words[1] == "run" {
			runAtRoot(t, "go", "list", words[2]) // the program exists
			continue
		}
		runAtRoot(t, "sh", "-ec", line)
	}
}

func TestDocumentedCommands(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "logspanel-companion")
	runAtRoot(t, "go", "build", "-o", binary, "./daemon")
	isolate(t)
	usage := runAtRoot(t, binary, "help")
	known := map[string]string{} // the arguments in the usage, by command
	for line := range strings.Lines(usage) {
		if line, ok := strings.CutPrefix(line, "  logspanel-companion "); ok {
			name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			known[name] = rest
		}
	}
	require.NotEmpty(t, known)

	list, inReadme := documentedCommands(t).companion, map[string]bool{}
	for _, line := range list {
		words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" []|", r) })
		rest, ok := known[words[0]]
		if !assert.True(t, ok, "%q: the usage has no such command", line) {
			continue
		}
		inReadme[words[0]] = true
		for _, word := range words[1:] {
			said := regexp.MustCompile(`(^|[ \[|])` + regexp.QuoteMeta(word) + `($|[ \]|])`).MatchString(rest)
			assert.True(t, said || samples["AMOUNT"] == word, "%q: the usage knows no %s", line, word)
		}
	}
	for name, rest := range known {
		assert.True(t, inReadme[name], "%s is in the usage and not in the README", name)
		for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(rest, -1) {
			out, _ := exec.CommandContext(t.Context(), binary, name, flag+"=true", "-h").CombinedOutput()
			assert.NotContains(t, string(out), "not defined", "%s %s", name, flag)
		}
	}

	c, err := companion.Start(t.Context(), binary)
	require.NoError(t, err)
	defer func() { assert.NoError(t, c.Stop()) }()
	ran := 0
	for _, line := range list {
		for _, args := range variants(strings.Fields(line)) {
			if runDocumented(t, binary, c.Dir, args) {
				ran++
			}
		}
	}
	assert.Greater(t, ran, 20)
}

// runDocumented runs a command of the companion in a data directory, and reports whether it
// did: some are excepted.
func runDocumented(t *testing.T, binary, dir string, args []string) bool {
	t.Helper()
	line := strings.Join(args, " ")
	if commandsNotRun[line] != "" || commandsNotRun[args[0]] != "" {
		return false
	}
	input := inputs[args[0]]
	if len(args) > 1 && inputs[args[0]+" "+args[1]] != "" {
		input = inputs[args[0]+" "+args[1]]
	}
	run := slices.Clone(args)
	for i, arg := range run {
		if sample, is := samples[arg]; is {
			run[i] = sample
		}
	}
	if args[0] != "version" {
		run = append(run, "--data-dir", dir)
	}
	if args[0] == "key" {
		run = append(run, "--keyring", "file") // leave the system's keyring alone
	}
	cmd := exec.CommandContext(t.Context(), binary, run...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if args[0] == "doctor" {
		assert.NotEmpty(t, out) // it reports problems here, and fails
		assert.NotContains(t, string(out), "flag provided but not defined")
		return true
	}
	assert.NoError(t, err, "%s: %s", line, out)
	return true
}

// variants returns the ways to type a documented command: each word of a choice, without
// its optional parts and with each of them.
func variants(words []string) [][]string {
	if len(words) == 0 {
		return [][]string{nil}
	}
	first := words[0]
	if option, is := strings.CutPrefix(first, "["); is {
		end, depth := 0, 0
		for i, w := range words {
			if depth += strings.Count(w, "[") - strings.Count(w, "]"); depth == 0 {
				end = i + 1
				break
			}
		}
		inside := slices.Clone(words[:end])
		inside[0] = option
		inside[end-1] = strings.TrimSuffix(inside[end-1], "]")
		if len(inside) == 1 {
			inside[0] = strings.TrimSuffix(option, "]")
		}
		return append(variants(words[end:]), variants(inside)...)
	}
	var all [][]string
	for choice := range strings.SplitSeq(first, "|") {
		for _, rest := range variants(words[1:]) {
			all = append(all, append([]string{choice}, rest...))
		}
	}
	return all
}

func TestVariants(t *testing.T) {
	for line, want := range map[string][]string{
		"pair":                        {"pair"},
		"key set|status [--dialog]":   {"key set", "key set --dialog", "key status", "key status --dialog"},
		"hand-over [ORDER [BROWSER]]": {"hand-over", "hand-over ORDER", "hand-over ORDER BROWSER"},
		"n [on|off] [--low AMOUNT]":   {"n", "n --low AMOUNT", "n on", "n off"},
	} {
		var got []string
		for _, v := range variants(strings.Fields(line)) {
			got = append(got, strings.Join(v, " "))
		}
		assert.Equal(t, want, got, line)
	}
}

// Files that documents name or link to exist.
func TestDocumentedFiles(t *testing.T) {
	root := os.DirFS("../..")
	names := map[string]bool{}
	require.NoError(t, fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if d.IsDir() && (path == "build" || d.Name() == "node_modules" || d.Name() == ".git") {
			return fs.SkipDir
		}
		names[path], names[filepath.Base(path)] = true, true
		return err
	}))
	path := regexp.MustCompile("`((?:daemon|shared|wasm|extension|scripts|docs)/[\\w./-]+|[\\w-]+\\.(?:go|js|css|txt|sh))`")
	link := regexp.MustCompile(`\]\(([^):#]+)[)#]`)
	for _, name := range documents {
		raw, err := os.ReadFile("../../" + name)
		require.NoError(t, err)
		for _, m := range append(path.FindAllStringSubmatch(string(raw), -1), link.FindAllStringSubmatch(string(raw), -1)...) {
			assert.True(t, names[strings.TrimSuffix(m[1], "/")], "%s names %s, which does not exist", name, m[1])
		}
	}
}

// isolate keeps the commands away from the home directory and the desktop of whoever runs
// the tests.
func isolate(t *testing.T) {
	t.Helper()
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"} {
		t.Setenv(name, t.TempDir())
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
}

// runAtRoot runs a program that must succeed in the project's top folder, and returns its
// standard output.
func runAtRoot(t *testing.T, name string, args ...string) string {
	t.Helper()
	testenv.NeedsPrograms(t, name)
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "MAKEFLAGS=", "MAKELEVEL=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, fmt.Sprintf("%s %s: %s%s", name, strings.Join(args, " "), out, stderr.String()))
	return string(out)
}

// ARCHITECTURE.md mentions every package.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	raw, err := os.ReadFile("../../ARCHITECTURE.md")
	require.NoError(t, err)
	for _, rooms := range []string{"daemon/internal", "shared", "wasm/internal", "scripts"} {
		entries, err := os.ReadDir("../../" + rooms)
		require.NoError(t, err)
		for _, room := range entries {
			if room.IsDir() && !slices.Contains([]string{"build", "demo", "generate", "icons", "lint", "run"}, room.Name()) {
				assert.Contains(t, string(raw), "`"+rooms+"/"+room.Name(), "%s/%s is not on the map", rooms, room.Name())
			}
		}
	}
}
