package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/scripts/testenv"
)

// TestRelease packs the release of one system twice, and examines the result.
func TestRelease(t *testing.T) {
	testenv.NeedsPrograms(t, "sh", "dpkg", "man", "systemctl", "systemd-analyze")
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	command(t, root, nil, "scripts/tools.sh", "scripts/dist/nfpm")

	dirs := []string{filepath.Join(t.TempDir(), "here"), filepath.Join(t.TempDir(), "at another place")}
	t.Run("pack", func(t *testing.T) {
		for i, env := range [][]string{
			{"TZ=Pacific/Auckland", "LC_ALL=C", "UMASK=077"},
			{"TZ=America/St_Johns", "LC_ALL=C.UTF-8", "UMASK=002"},
		} {
			t.Run(filepath.Base(dirs[i]), func(t *testing.T) {
				t.Parallel()
				copySource(t, root, dirs[i])
				command(t, dirs[i], append(env, "SOURCE_DATE_EPOCH=1767225600"), "sh", "-c",
					`umask "$UMASK"; exec go run ./scripts/dist -for linux/amd64 -nfpm "$1/build/tools/nfpm"`, "sh", root)
			})
		}
	})
	require.False(t, t.Failed())
	one, err := readTree(filepath.Join(dirs[0], "build", "dist"))
	require.NoError(t, err)
	two, err := readTree(filepath.Join(dirs[1], "build", "dist"))
	require.NoError(t, err)

	raw, err := os.ReadFile("../../VERSION")
	require.NoError(t, err)
	version := strings.TrimSpace(string(raw))
	var names []string
	for _, name := range sortedKeys(one) {
		names = append(names, strings.ReplaceAll(name, version, "X"))
	}
	assert.Equal(t, []string{
		"SHA256SUMS",
		"logspanel-companion-X-linux-amd64.tar.gz", "logspanel-companion-X.cdx.json",
		"logspanel-companion-extension-X-chromium.zip", "logspanel-companion-extension-X-firefox.zip",
		"logspanel-companion_X_amd64.deb",
	}, names)

	t.Run("the build is reproducible", func(t *testing.T) {
		require.Equal(t, sortedKeys(one), sortedKeys(two))
		for _, name := range sortedKeys(one) {
			assert.True(t, bytes.Equal(one[name], two[name]), name)
		}
	})
	t.Run("the checksums are right", func(t *testing.T) {
		command(t, filepath.Join(dirs[0], "build", "dist"), nil, "sha256sum", "--check", "--strict", "SHA256SUMS")
		assert.Len(t, strings.Split(strings.TrimSpace(string(one["SHA256SUMS"])), "\n"), len(one)-1)
	})
	t.Run("the extensions have the version, and differ only in their manifests", func(t *testing.T) {
		chromium := unzip(t, one["logspanel-companion-extension-"+version+"-chromium.zip"])
		firefox := unzip(t, one["logspanel-companion-extension-"+version+"-firefox.zip"])
		require.Equal(t, sortedKeys(chromium), sortedKeys(firefox))
		for _, name := range sortedKeys(chromium) {
			assert.Equal(t, name == "manifest.json", !bytes.Equal(chromium[name], firefox[name]), name)
		}
		for _, extension := range []fileTree{chromium, firefox} {
			var manifest struct{ Version string }
			require.NoError(t, json.Unmarshal(extension["manifest.json"], &manifest))
			assert.Equal(t, version, manifest.Version)
			assert.Contains(t, string(extension["third-party.txt"]), "---- github.com/flynn/noise ")
			require.NotEmpty(t, extension["companion.wasm"])
			assert.NotContains(t, string(extension["companion.wasm"]), "provoke_panics.go", "test code is in a release")
		}
	})
	t.Run("the bill of materials is complete", func(t *testing.T) {
		var bom cdx.BOM
		require.NoError(t, json.Unmarshal(one["logspanel-companion-"+version+".cdx.json"], &bom))
		assert.Equal(t, version, bom.Metadata.Component.Version)
		known := map[string]bool{}
		for _, c := range *bom.Components {
			known[c.BOMRef] = true
			if c.Type == cdx.ComponentTypeFile {
				sum := sha256.Sum256(one[c.Name])
				assert.Equal(t, hex.EncodeToString(sum[:]), (*c.Hashes)[0].Value, c.Name)
			} else {
				assert.NotEmpty(t, (*c.Licenses)[0].Expression, c.Name)
			}
		}
		for _, name := range sortedKeys(one) {
			assert.Equal(t, name != "SHA256SUMS" && !strings.HasSuffix(name, ".cdx.json"), known[name], name)
		}
		for _, d := range *bom.Dependencies {
			for _, ref := range *d.Dependencies {
				assert.True(t, known[ref], ref)
			}
		}
	})
	t.Run("the archive works under any prefix", func(t *testing.T) {
		prefix := t.TempDir()
		command(t, prefix, nil, "tar", "-xzf", filepath.Join(dirs[0], "build", "dist", "logspanel-companion-"+version+"-linux-amd64.tar.gz"), "-C", prefix, "--strip-components=1")
		assert.Equal(t, version+"\n", command(t, prefix, nil, filepath.Join(prefix, "bin", program), "version"))
		for _, file := range []string{"applications/logspanel-companion.desktop", "man/man1/logspanel-companion.1.gz", "doc/logspanel-companion/copyright"} {
			assert.FileExists(t, filepath.Join(prefix, "share", file))
		}
	})
	t.Run("the package installs and purges", func(t *testing.T) {
		testInstallAndPurge(t, version, filepath.Join(dirs[0], "build", "dist", "logspanel-companion_"+version+"_amd64.deb"))
	})
}

// testInstallAndPurge installs the package with the real dpkg below a temporary root, uses
// it, and removes it.
func testInstallAndPurge(t *testing.T, version, pkg string) {
	root := t.TempDir()
	db := filepath.Join(root, "var", "lib", "dpkg")
	for _, dir := range []string{"info", "updates", "triggers"} {
		require.NoError(t, os.MkdirAll(filepath.Join(db, dir), 0o755))
	}
	require.NoError(t, os.WriteFile(filepath.Join(db, "status"), nil, 0o644))
	dpkg := func(args ...string) {
		t.Helper()
		// Docker images exclude manual pages by default.
		args = append([]string{"dpkg", "--root=" + root, "--log=" + filepath.Join(db, "log"), "--path-include=/usr/*"}, args...)
		if os.Getuid() != 0 {
			args = append([]string{"fakeroot"}, args...)
		}
		command(t, root, []string{"PATH=" + os.Getenv("PATH") + ":/usr/sbin:/sbin"}, args[0], args[1:]...)
	}
	dpkg("--install", pkg)
	binary := filepath.Join(root, "usr", "bin", program)

	// It starts with the sandbox provider, and has the right version.
	c, err := companion.Start(t.Context(), binary)
	require.NoError(t, err)
	output, err := exec.CommandContext(t.Context(), binary, "version").Output()
	require.NoError(t, err)
	assert.Equal(t, version, strings.TrimSpace(string(output)))
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, code)
	require.NoError(t, c.Stop())

	// It does not start at login by default. A person turns that on by the companion's
	// command, or by copying its desktop entry to autostart, as desktop settings do.
	assert.Empty(t, autostartUnits(t, root, filepath.Join(root, "etc", "xdg")))
	byCommand, byDesktop := t.TempDir(), t.TempDir()
	command(t, root, []string{"XDG_CONFIG_HOME=" + byCommand}, binary, "autostart", "on")
	assert.Contains(t, autostartUnits(t, root, byCommand), "ExecStart=:"+binary+" run\n")
	entry, err := os.ReadFile(filepath.Join(root, "usr", "share", "applications", program+".desktop"))
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(byDesktop, "autostart"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(byDesktop, "autostart", program+".desktop"), entry, 0o644))
	assert.Contains(t, autostartUnits(t, root, byDesktop), "ExecStart=:"+binary+" run\n")

	// Or they enable the systemd unit.
	unit, err := os.ReadFile(filepath.Join(root, "usr", "lib", "systemd", "user", program+".service"))
	require.NoError(t, err)
	require.Contains(t, string(unit), `ExecStart="/usr/bin/`+program+`" "run"`)
	here := filepath.Join(t.TempDir(), program+".service")
	require.NoError(t, os.WriteFile(here, bytes.ReplaceAll(unit, []byte("/usr/bin/"+program), []byte(binary)), 0o644))
	command(t, root, []string{"XDG_RUNTIME_DIR=" + t.TempDir()}, "systemd-analyze", "verify", "--user", "--man=no", "--recursive-errors=no", here)
	command(t, root, nil, "systemctl", "--root="+root, "--global", "enable", program)
	command(t, root, nil, "systemctl", "--root="+root, "--global", "disable", program)

	// The manual page is valid, and man finds it under the program's name.
	manual := command(t, root, []string{"MANPATH=" + filepath.Join(root, "usr", "share", "man"), "MANPAGER=cat", "MANWIDTH=200", "LC_ALL=C"}, "man", "--warnings", program)
	assert.Contains(t, manual, "logspanel-companion run [--sandbox]")
	assert.Contains(t, manual, "starts the companion; --sandbox uses play money")
	assert.NotContains(t, manual, "@")

	// After the purge no file is left, and no autostart entry starts a missing program.
	dpkg("--purge", program)
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if path == db {
			return fs.SkipDir
		}
		assert.True(t, d.IsDir(), "%s is left", path)
		return err
	}))
	assert.Empty(t, autostartUnits(t, root, byCommand))
	assert.Empty(t, autostartUnits(t, root, byDesktop))
}

// autostartUnits returns the units that a login session would start, as systemd's generator
// reads a user's configuration.
func autostartUnits(t *testing.T, root, config string) string {
	t.Helper()
	into := t.TempDir()
	command(t, root, []string{
		"PATH=" + filepath.Join(root, "usr", "bin"),
		"XDG_CONFIG_HOME=" + config, "XDG_CONFIG_DIRS=" + filepath.Join(root, "etc", "xdg"),
	}, "/usr/lib/systemd/user-generators/systemd-xdg-autostart-generator", into, into, into)
	units, err := filepath.Glob(filepath.Join(into, "*.service"))
	require.NoError(t, err)
	text := ""
	for _, unit := range units {
		raw, err := os.ReadFile(unit)
		require.NoError(t, err)
		text += string(raw)
	}
	return text
}

// copySource copies the files that git tracks, and the new ones that it does not ignore.
func copySource(t *testing.T, from, to string) {
	t.Helper()
	list := command(t, from, nil, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	for name := range strings.SplitSeq(strings.TrimRight(list, "\x00"), "\x00") {
		info, err := os.Stat(filepath.Join(from, name))
		if os.IsNotExist(err) {
			continue // deleted in the working tree
		}
		require.NoError(t, err)
		raw, err := os.ReadFile(filepath.Join(from, name))
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(to, name), raw, info.Mode()))
	}
}

func unzip(t *testing.T, raw []byte) fileTree {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	require.NoError(t, err)
	files := fileTree{}
	for _, f := range r.File {
		assert.Equal(t, time.Unix(1767225600, 0).UTC(), f.Modified.UTC(), f.Name)
		files[f.Name], err = fs.ReadFile(r, f.Name)
		require.NoError(t, err)
	}
	return files
}

// command runs a program that must succeed, and returns its standard output.
func command(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	if !strings.Contains(name, "/") {
		testenv.NeedsPrograms(t, name)
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s %s: %s%s", name, strings.Join(args, " "), out, stderr.String())
	return string(out)
}

func TestLicenceIsRequired(t *testing.T) {
	dir := t.TempDir()
	p := module{Dir: dir}
	require.ErrorContains(t, p.readLicence(), "no licence was found")
	const debians = "/usr/share/common-licenses/GPL-3"
	testenv.NeedsFile(t, debians)
	gpl, err := os.ReadFile(debians)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "LICENSE"), gpl, 0o644))
	require.ErrorContains(t, p.readLicence(), "may it be shipped? Its licence is GPL-3.0")
}

func TestTagMatchesVersion(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{{"init", "-q"}, {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "a"}} {
		command(t, dir, nil, "git", args...)
	}
	t.Chdir(dir)
	r := &release{version: "1.2.3"}
	require.NoError(t, r.matchesTag(), "no tag")
	command(t, dir, nil, "git", "tag", "v1.2.2")
	require.EqualError(t, r.matchesTag(), "the commit is tagged v1.2.2 and VERSION says 1.2.3: change one of them")
	command(t, dir, nil, "git", "tag", "v1.2.3")
	require.NoError(t, r.matchesTag())
}

func TestSourceTime(t *testing.T) {
	testenv.NeedsPrograms(t, "git")
	t.Setenv("SOURCE_DATE_EPOCH", "1767225600")
	at, err := sourceTime()
	require.NoError(t, err)
	assert.Equal(t, "2026-01-01T00:00:00Z", at.Format(time.RFC3339))
	t.Setenv("SOURCE_DATE_EPOCH", "yesterday")
	_, err = sourceTime()
	require.ErrorContains(t, err, "a number of seconds")
	t.Setenv("SOURCE_DATE_EPOCH", "")
	at, err = sourceTime()
	require.NoError(t, err)
	assert.Equal(t, strings.TrimSpace(command(t, ".", nil, "git", "log", "-1", "--format=%ct")), fmt.Sprint(at.Unix()))
}

func TestEscapeRoff(t *testing.T) {
	assert.Equal(t, `a\-\-b \e c`+"\n\\&.dot\n\\&'quote", escapeRoff("a--b \\ c\n.dot\n'quote"))
}
