package archtest

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/testenv"
)

// Every user of a computer can read the arguments of a running program.
func TestDocumentsPutNoKeyInCommands(t *testing.T) {
	assigned := regexp.MustCompile(`(?i)(KEY|SECRET|TOKEN|PASSPHRASE|PASSWORD)[ =]*=\S`)
	for _, name := range documents {
		raw, err := os.ReadFile("../../" + name)
		require.NoError(t, err)
		assert.Empty(t, assigned.FindAllString(string(raw), -1), name)
	}
	assert.True(t, assigned.MatchString("`make journey API_KEY=…`"), "the pattern matches a key")
	testenv.NeedsPrograms(t, "make")
	out, err := exec.CommandContext(t.Context(), "make", "-C", "../..", "-n", "journey", "API_URL=http://127.0.0.1:1", "API_KEY=marked-for-tests").CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.NotContains(t, string(out), "marked-for-tests")
	assert.Contains(t, string(out), "every user of this computer can read")
}

// npm packages are only read by the tools that need them, so their install scripts must not
// run.
func TestPackagesInstallWithoutScripts(t *testing.T) {
	testenv.NeedsPrograms(t, "git")
	out, err := exec.CommandContext(t.Context(), "git", "-C", "../..", "grep", "-hE", `\bnpm +(ci|install|i)\b`, "--", ":!*.md", ":!scripts/archtest").Output()
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, line := range lines {
		assert.Contains(t, line, "--ignore-scripts")
	}
}
