package doctor

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/daemon/internal/desktop"
)

var update = flag.Bool("update", false, "write the golden files anew")

func ahead(d time.Duration) *time.Duration { return &d }

func plain(s string) string { return s }

var noon = time.Date(2026, 5, 1, 12, 0, 0, 5, time.UTC)

// healthyFacts describes a companion that passes every check.
func healthyFacts() Facts {
	return Facts{
		Version: "1.0.0", System: "linux/amd64, XFCE, x11", At: noon, PID: 4711, DaemonVersion: "1.0.0", Port: 38917, Host: "logspanel.com",
		Key: KeyTaken, Ahead: ahead(-2 * time.Second), Desktop: desktop.Capabilities{Tray: "xfce4-panel", Notifications: "Xfce Notify Daemon 0.7", NotificationButtons: true},
		Browsers: []browser.Browser{{Product: "Chromium 156", Version: "1.0.0", LastUsed: noon, Connected: true}}, AtLogin: true, Log: "~/.local/share/logspanel-companion/companion.log", LogSize: 2049,
	}
}

// brokenFacts describes a companion that passes no check.
func brokenFacts() Facts {
	return Facts{
		Version: "1.0.0", System: "linux/amd64", At: noon, Stopped: true, Port: 38917, PortOwner: "squatter (process 99)", Host: "logspanel.com",
		Keyring: errors.New("the keyring is locked or waits for a password: unlock it and try again"), Key: KeyUnknown,
		Provider: errors.New("the provider can't be reached, so nothing was sent"), Journal: errors.New("the journal is damaged: page 3"), NoBrowsers: true,
		Desktop: desktop.Capabilities{
			Bus: errors.New("the session has no message bus"), TrayErr: errors.New("no panel shows tray icons"), NotificationsErr: errors.New("nothing here shows notifications"),
		},
		DialogErr: errors.New("no window can be opened here"), Clipboard: errors.New("nothing was copied"), AtLoginErr: errors.New("permission denied"),
		Log: "~/companion.log",
	}
}

func TestReports(t *testing.T) {
	for name, facts := range map[string]Facts{"well": healthyFacts(), "ill": brokenFacts()} {
		var words, raw bytes.Buffer
		r := Examine(facts, plain)
		require.NoError(t, r.Print(&words))
		require.NoError(t, r.JSON(&raw))
		for path, got := range map[string]string{name + ".txt": words.String(), name + ".json": raw.String()} {
			path = filepath.Join("testdata", path)
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		}
	}
	assert.Zero(t, Examine(healthyFacts(), plain).Failures())
}

func TestChecks(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Facts)
		check  string
		state  State
		found  string
	}{
		"another version runs":   {func(f *Facts) { f.DaemonVersion = "0.9.0"; f.Browsers = nil }, "companion", Warning, "version 0.9.0 is running, but this is 1.0.0"},
		"it does not answer":     {func(f *Facts) { f.Running = errors.New("timeout") }, "companion", Failure, "timeout"},
		"play money":             {func(f *Facts) { f.Sandbox = true }, "companion", OK, "with play money"},
		"the port is free":       {func(f *Facts) { f.Stopped = true }, "port", OK, "127.0.0.1:38917 is free"},
		"a file":                 {func(f *Facts) { f.KeyringFile = true }, "keyring", OK, "encrypted file"},
		"no key":                 {func(f *Facts) { f.Key = KeyMissing }, "API key", Failure, "none is set for logspanel.com"},
		"a refused key":          {func(f *Facts) { f.Key = KeyRefused }, "API key", Failure, "rejects it"},
		"a blocked account":      {func(f *Facts) { f.Key = KeyBlocked }, "API key", Failure, "blocked"},
		"not asked":              {func(f *Facts) { f.Key = KeyMissing }, "provider", Unknown, "was not asked"},
		"a refusal is an answer": {func(f *Facts) { f.Key = KeyRefused }, "provider", OK, "logspanel.com answers"},
		"an odd clock":           {func(f *Facts) { f.Ahead = ahead(-90 * time.Second) }, "clock", Warning, "1m30s behind the provider's"},
		"a wrong clock":          {func(f *Facts) { f.Ahead = ahead(3 * time.Hour) }, "clock", Failure, "3h0m0s ahead of the provider's"},
		"no clock":               {func(f *Facts) { f.Ahead = nil }, "clock", Unknown, "time is unknown"},
		"no journal yet":         {func(f *Facts) { f.NoJournal = true }, "journal", OK, "none yet"},
		"a journal set aside":    {func(f *Facts) { f.SetAside = "journal-x.db" }, "journal", Warning, "kept as journal-x.db"},
		"limits lost":            {func(f *Facts) { f.LimitsLost = true }, "journal", Failure, "spending limits were lost"},
		"no browser":             {func(f *Facts) { f.Browsers = nil }, "browsers", Warning, "none paired"},
		"another extension": {
			func(f *Facts) { f.Browsers[0].Version, f.Browsers[0].Connected = "0.9.0", false }, "browsers", Warning,
			"Chromium 156 (extension 0.9.0, last used 2026-05-01)",
		},
		"an old pairing": {func(f *Facts) { f.Browsers[0].Version = "" }, "browsers", OK, "of unknown version"},
		"no buttons":     {func(f *Facts) { f.Desktop.NotificationButtons = false }, "notifications", OK, "without buttons"},
		"off at login":   {func(f *Facts) { f.AtLogin = false }, "login", OK, "start at login"},
	} {
		t.Run(name, func(t *testing.T) {
			f := healthyFacts()
			c.change(&f)
			for _, got := range Examine(f, plain).Checks {
				if got.Name == c.check {
					assert.Equal(t, c.state, got.State)
					assert.Contains(t, got.Found, c.found)
					assert.Equal(t, got.State == Warning || got.State == Failure, got.Do != "", "only warnings and failures say what to do")
					return
				}
			}
			assert.Fail(t, "there is no check "+c.check)
		})
	}
}

// Any text in Facts may contain a secret or untrusted input. The report must redact it.
func TestNoSecretIsReported(t *testing.T) {
	const secret = "s3cret-key-0123456789"
	hostile := secret + "\x1b[31m\nok    journal        \u202eforged " + strings.Repeat("w", 1000)
	for _, f := range []Facts{healthyFacts(), brokenFacts()} {
		v := reflect.ValueOf(&f).Elem()
		for i := range v.NumField() {
			switch field := v.Field(i); {
			case v.Type().Field(i).Name == "Version" || v.Type().Field(i).Name == "Key":
			case field.Kind() == reflect.String:
				field.SetString(hostile)
			case field.Type() == reflect.TypeFor[error]() && !field.IsNil():
				field.Set(reflect.ValueOf(errors.New(hostile)))
			}
		}
		for i := range f.Browsers {
			f.Browsers[i].Product, f.Browsers[i].Version = hostile, hostile
		}
		var out, raw bytes.Buffer
		r := Examine(f, func(s string) string { return strings.ReplaceAll(s, secret, "[hidden]") })
		require.NoError(t, r.Print(&out))
		require.NoError(t, r.JSON(&raw))
		assert.NotContains(t, out.String()+raw.String(), secret)
		for _, line := range strings.Split(out.String(), "\n") {
			for _, r := range line {
				require.True(t, unicode.IsPrint(r), "%q", line)
			}
		}
		assert.Equal(t, 1, strings.Count(out.String(), "journal        "), "text can't forge a line of the report")
		var again Report
		require.NoError(t, json.Unmarshal(raw.Bytes(), &again))
		assert.Equal(t, r, again)
	}
}
