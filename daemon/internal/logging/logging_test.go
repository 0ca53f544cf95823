package logging

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestFileRotates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "companion.log")
	log := NewFile(path)
	line := []byte(strings.Repeat("x", 1023) + "\n")
	const lines = 5 * maxSize / 1024
	for i := range lines {
		copy(line, fmt.Sprintf("%08d", i))
		n, err := log.Write(line)
		require.NoError(t, err)
		require.Equal(t, len(line), n)
		if i == lines/2 {
			require.NoError(t, log.Close()) // as at a restart
			log = NewFile(path)
		}
	}
	require.NoError(t, log.Close())
	var all []byte
	for _, name := range []string{path + ".2", path + ".1", path} {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(raw), maxSize)
		about, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), about.Mode())
		all = append(all, raw...)
	}
	names, err := filepath.Glob(path + "*")
	require.NoError(t, err)
	assert.Len(t, names, 3)
	first := lines - len(all)/1024
	for i := range len(all) / 1024 {
		require.Equal(t, fmt.Sprintf("%08d", first+i), string(all[i*1024:i*1024+8]), "none is lost in between")
	}
}

func TestUnwritableFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	file := NewFile(filepath.Join(dir, "companion.log"))
	var other bytes.Buffer
	log := slog.New(slog.NewTextHandler(MultiWriter{file, failing{}, &other}, nil))
	log.Info("one")
	assert.Contains(t, other.String(), "one", "the other writers get the line")
	require.NoError(t, os.Mkdir(dir, 0o700))
	log.Info("two")
	raw, err := os.ReadFile(file.Path())
	require.NoError(t, err)
	assert.Contains(t, string(raw), "two", "a later write succeeds")
	require.NoError(t, file.Close())
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no") }

func TestRedactor(t *testing.T) {
	var r Redactor
	for _, secret := range []string{"", "123", "482913", "482913-long", `od"d\key/+`, "482913"} {
		r.Hide(secret)
	}
	for text, want := range map[string]string{
		"code 482913.":               "code [hidden].",
		"482913-long":                "[hidden]",
		"123 orders":                 "123 orders",
		`cause="od\"d\\key/+"`:       `cause="[hidden]"`,
		"?key=od%22d%5Ckey%2F%2B":    "?key=[hidden]",
		"Authorization: Bearer a|b=": "Authorization: Bearer [hidden]",
		"paste ABCD-EFGH-0123-4567-ABCD-EFGH-0123-4567":  "paste [hidden]",
		"to +2348031234567 at 2026-05-01T12:00:00+01:00": "to +[hidden] at 2026-05-01T12:00:00+01:00",
		"process 4711 listens on 127.0.0.1:38917":        "process 4711 listens on 127.0.0.1:38917",
	} {
		assert.Equal(t, want, r.Text(text))
	}
}

// A log never contains a secret, whatever its characters and wherever in the record it is.
func TestNoSecretIsLogged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[!-~]{8,40}`).Filter(func(s string) bool {
			return !strings.Contains("time=2026 level=ERROR msg=[hidden] cause=", s) // words of the log itself
		}).Draw(t, "secret")
		var r Redactor
		r.Hide(secret)
		var out bytes.Buffer
		log := slog.New(slog.NewTextHandler(r.Writer(&out), nil)).With("with", secret)
		around := rapid.String().Draw(t, "around")
		log.Error(around+secret, "attribute", secret, "cause", fmt.Errorf("x: %w", errors.New(secret+around)), "group", slog.GroupValue(slog.String("a", secret)))
		require.NotContains(t, out.String(), secret)
	})
}

func TestOldestSecretsAreForgotten(t *testing.T) {
	var r Redactor
	const total = maxSecrets + 50
	for i := range total {
		r.Hide(fmt.Sprintf("secret-%06d", i))
	}
	assert.Len(t, r.secrets, maxSecrets)
	assert.Equal(t, placeholder, r.Text(fmt.Sprintf("secret-%06d", total-1)))
}
