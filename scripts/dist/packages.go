package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const program = "logspanel-companion"

// unixTree returns the files to install under a prefix, such as /usr or ~/.local.
func (r *release) unixTree(built string, parts []module) (fileTree, error) {
	t, err := readTree("scripts/dist/share")
	if err != nil {
		return nil, err
	}
	t = t.prefixed("share")
	manual := "share/man/man1/" + program + ".1"
	if t[manual+".gz"], err = r.manualPage(string(t[manual])); err != nil {
		return nil, fmt.Errorf("the manual: %w", err)
	}
	delete(t, manual)
	doc := "share/doc/" + program + "/"
	t[doc+"third-party.txt"] = thirdPartyText(parts)
	from := map[string]string{
		"bin/" + program:     filepath.Join(built, program),
		doc + "copyright":    "LICENSE",
		doc + "README.md":    "README.md",
		doc + "SECURITY.md":  "SECURITY.md",
		doc + "CHANGELOG.md": "CHANGELOG.md",
	}
	for _, pixels := range []string{"16", "32", "48", "128"} {
		from["share/icons/hicolor/"+pixels+"x"+pixels+"/apps/"+program+".png"] = filepath.Join("extension", "icons", pixels+".png")
	}
	return t, t.addFiles(from)
}

// windowsTree returns the files of the Windows archive, which works in any folder.
func (r *release) windowsTree(built string, parts []module) (fileTree, error) {
	t := fileTree{"third-party.txt": thirdPartyText(parts)}
	return t, t.addFiles(map[string]string{
		program + ".exe": filepath.Join(built, program+".exe"),
		"LICENSE.txt":    "LICENSE",
		"README.md":      "README.md",
		"SECURITY.md":    "SECURITY.md",
		"CHANGELOG.md":   "CHANGELOG.md",
	})
}

// addFiles adds files from the disk. The keys of from are their names in the tree.
func (t fileTree) addFiles(from map[string]string) error {
	for name, path := range from {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		t[name] = data
	}
	return nil
}

// debPackage builds a Debian package from a prefix. The package has no maintainer scripts.
func (r *release) debPackage(prefix fileTree, arch string) ([]byte, error) {
	t := prefix.prefixed("usr")
	only, err := readTree("scripts/dist/debian")
	if err != nil {
		return nil, err
	}
	for name, data := range only {
		t[name] = data
	}
	log := fmt.Sprintf("%s (%s) stable; urgency=medium\n\n  * CHANGELOG.md beside this file tells what changed.\n\n -- The Logspanel Companion authors <companion@logspanel.com>  %s\n",
		program, r.version, r.time.Format(time.RFC1123Z))
	if t["usr/lib/systemd/user/"+program+".service"], err = r.systemdUnit(); err != nil {
		return nil, err
	}
	if t["usr/share/doc/"+program+"/changelog.gz"], err = gzipped([]byte(log)); err != nil {
		return nil, err
	}
	root, pkg := filepath.Join(r.workDir, "debian-"+arch), filepath.Join(r.workDir, arch+".deb")
	if err := t.writeTo(root, r.time); err != nil {
		return nil, err
	}
	cmd := exec.Command(r.nfpm, "package", "--config", "scripts/dist/nfpm/nfpm.yaml", "--packager", "deb", "--target", pkg)
	cmd.Env = append(os.Environ(), "VERSION="+r.version, "ARCH="+arch, "ROOT="+root, "SOURCE_DATE_EPOCH="+strconv.FormatInt(r.time.Unix(), 10))
	if out, err := cmd.CombinedOutput(); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: scripts/tools.sh scripts/dist/nfpm makes it", err)
	} else if err != nil {
		return nil, fmt.Errorf("nfpm: %w: %s", err, out)
	}
	return os.ReadFile(pkg)
}

// manualPage fills the template of the manual page with the usage that the program prints,
// and with the table of commands in the README.
func (r *release) manualPage(page string) ([]byte, error) {
	usage, err := r.runCompanion("help")
	if err != nil {
		return nil, err
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		return nil, err
	}
	_, synopsis, _ := strings.Cut(usage, "usage:\n")
	var commands strings.Builder
	_, table, _ := strings.Cut(string(readme), "\n| command | does |\n| --- | --- |\n")
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.ReplaceAll(strings.TrimSpace(line), `\|`, "\x00"), "|")
		if len(cells) != 4 {
			break
		}
		cell := func(n int) string {
			return escapeRoff(strings.NewReplacer("\x00", "|", "`", "").Replace(strings.TrimSpace(cells[n])))
		}
		fmt.Fprintf(&commands, ".TP\n.B %s\n%s\n", cell(1), cell(2))
	}
	if synopsis == "" || commands.Len() == 0 {
		return nil, errors.New("the usage, or the README's table of commands, is not where it was")
	}
	page = strings.NewReplacer(
		"@VERSION@", r.version, "@DATE@", r.time.Format(time.DateOnly),
		"@SYNOPSIS@\n", escapeRoff(synopsis), "@COMMANDS@\n", commands.String(),
	).Replace(page)
	return gzipped([]byte(page))
}

// systemdUnit returns the unit that the companion prints, with the path of the package's
// binary.
func (r *release) systemdUnit() ([]byte, error) {
	printed, err := r.runCompanion("autostart", "unit")
	if err != nil {
		return nil, err
	}
	start := regexp.MustCompile(`(?m)^ExecStart=".*" "run"$`)
	if !start.MatchString(printed) {
		return nil, errors.New("the unit that the companion prints does not run it as it did")
	}
	return start.ReplaceAll([]byte(printed), []byte(`ExecStart="/usr/bin/`+program+`" "run"`)), nil
}

// runCompanion builds the companion for this system, runs it and returns its output.
func (r *release) runCompanion(args ...string) (string, error) {
	binary := filepath.Join(r.workDir, "here")
	if err := run("go", "build", "-o", binary, "./daemon"); err != nil {
		return "", err
	}
	out, err := exec.Command(binary, args...).Output()
	if err != nil {
		return "", fmt.Errorf("ask the companion for %s: %w", strings.Join(args, " "), err)
	}
	return string(out), nil
}

// escapeRoff escapes text for a manual page.
func escapeRoff(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n.", "\n\\&.", "\n'", "\n\\&'").Replace(text)
}
