// Dist packs a release into build/dist: the companion for each system, the extension for
// each browser, a bill of materials and checksums.
//
// Run it from the project's top folder. It needs nfpm, which "make dist" builds first, and
// takes a few minutes. It prints the checksums. The same source and the same version of Go
// give the same bytes on any machine: the time of every file in a release is the commit's,
// or SOURCE_DATE_EPOCH.
package main

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	into := flag.String("into", filepath.Join("build", "dist"), "the folder to write to")
	systems := flag.String("for", "linux/amd64,linux/arm64,windows/amd64", "systems to build for, as GOOS/GOARCH separated by commas")
	nfpm := flag.String("nfpm", filepath.Join("build", "tools", "nfpm"), "the path of nfpm")
	flag.Parse()
	if err := dist(*into, *nfpm, strings.Split(*systems, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// release is one version of everything that is shipped.
type release struct {
	version string
	time    time.Time // of every file in it
	nfpm    string
	workDir string // a folder for what is not shipped
	files   map[string][]byte
}

func dist(into, nfpm string, systems []string) error {
	raw, err := os.ReadFile("VERSION")
	if err != nil {
		return fmt.Errorf("run this from the project's top folder: %w", err)
	}
	r := &release{version: strings.TrimSpace(string(raw)), nfpm: nfpm, files: map[string][]byte{}}
	if r.time, err = sourceTime(); err != nil {
		return err
	}
	if err := r.matchesTag(); err != nil {
		return err
	}
	if r.workDir, err = os.MkdirTemp("", "dist-"); err != nil {
		return err
	}
	defer os.RemoveAll(r.workDir)
	if err := r.pack(systems); err != nil {
		return err
	}
	return r.write(into)
}

// sourceTime returns SOURCE_DATE_EPOCH if it is set, or else the time of the last commit.
func sourceTime() (time.Time, error) {
	seconds := os.Getenv("SOURCE_DATE_EPOCH")
	if seconds == "" {
		out, err := exec.Command("git", "log", "-1", "--format=%ct").Output()
		if err != nil {
			return time.Time{}, fmt.Errorf("find the commit's time (outside git, set SOURCE_DATE_EPOCH): %w", err)
		}
		seconds = strings.TrimSpace(string(out))
	}
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is a number of seconds: %w", err)
	}
	return time.Unix(n, 0).UTC(), nil
}

// matchesTag returns an error if the commit is tagged as another version than the file
// VERSION.
func (r *release) matchesTag() error {
	out, err := exec.Command("git", "tag", "--points-at", "HEAD", "v*").Output()
	tags := strings.Fields(string(out))
	if err != nil || len(tags) == 0 || slices.Contains(tags, "v"+r.version) {
		return nil // a source tree without git has no tags
	}
	return fmt.Errorf("the commit is tagged %s and VERSION says %s: change one of them", strings.Join(tags, ", "), r.version)
}

func (r *release) pack(systems []string) error {
	materials := newSBOM(r)
	for i, system := range systems {
		built := filepath.Join(r.workDir, strings.ReplaceAll(system, "/", "-"))
		if err := run("go", "run", "./scripts/build", "-into", built, "-for", system); err != nil {
			return fmt.Errorf("build for %s: %w", system, err)
		}
		if err := r.packCompanion(built, system, materials); err != nil {
			return fmt.Errorf("pack for %s: %w", system, err)
		}
		if i > 0 {
			continue // the extension is the same everywhere
		}
		if err := r.packExtensions(built, materials); err != nil {
			return fmt.Errorf("pack the extension: %w", err)
		}
	}
	raw, err := materials.encode()
	r.files["logspanel-companion-"+r.version+".cdx.json"] = raw
	return err
}

func (r *release) packExtensions(built string, materials *sbom) error {
	parts, err := linkedModules("js/wasm", "./wasm")
	if err != nil {
		return err
	}
	for _, browser := range []string{"chromium", "firefox"} {
		t, err := readTree(filepath.Join(built, "extension", browser))
		if err != nil {
			return err
		}
		t["third-party.txt"] = thirdPartyText(parts)
		if err := t.addFiles(map[string]string{"LICENSE": "LICENSE"}); err != nil {
			return err
		}
		name := fmt.Sprintf("logspanel-companion-extension-%s-%s.zip", r.version, browser)
		if r.files[name], err = t.zip(r.time); err != nil {
			return err
		}
		materials.add(name, r.files[name], parts)
	}
	return nil
}

func (r *release) packCompanion(built, system string, materials *sbom) error {
	parts, err := linkedModules(system, "./daemon")
	if err != nil {
		return err
	}
	goos, goarch, _ := strings.Cut(system, "/")
	name := fmt.Sprintf("logspanel-companion-%s-%s-%s", r.version, goos, goarch)
	if goos == "windows" {
		t, err := r.windowsTree(built, parts)
		if err != nil {
			return err
		}
		name += ".zip"
		r.files[name], err = t.prefixed("logspanel-companion-" + r.version).zip(r.time)
		materials.add(name, r.files[name], parts)
		return err
	}
	prefix, err := r.unixTree(built, parts)
	if err != nil {
		return err
	}
	archive := name + ".tar.gz"
	if r.files[archive], err = prefix.prefixed(name).tarball(r.time); err != nil {
		return err
	}
	materials.add(archive, r.files[archive], parts)
	pkg := fmt.Sprintf("logspanel-companion_%s_%s.deb", r.version, goarch)
	if r.files[pkg], err = r.debPackage(prefix, goarch); err != nil {
		return err
	}
	materials.add(pkg, r.files[pkg], parts)
	return nil
}

// write writes the release to a folder, with checksums as sha256sum -c reads them.
func (r *release) write(into string) error {
	if err := prepareReleaseDir(into); err != nil {
		return err
	}
	var sums strings.Builder
	for _, name := range sortedKeys(r.files) {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(r.files[name]), name)
		if err := os.WriteFile(filepath.Join(into, name), r.files[name], 0o644); err != nil {
			return err
		}
	}
	fmt.Print(sums.String())
	return os.WriteFile(filepath.Join(into, checksums), []byte(sums.String()), 0o644)
}

const checksums = "SHA256SUMS"

// prepareReleaseDir makes an empty folder for a release. It removes what is in the folder
// only if that is a release, which it knows by the checksums.
func prepareReleaseDir(into string) error {
	inside, err := os.ReadDir(into)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	isRelease := slices.ContainsFunc(inside, func(e fs.DirEntry) bool { return e.Name() == checksums })
	if len(inside) > 0 && !isRelease {
		return fmt.Errorf("%s contains something other than a release: empty it, or choose another folder with -into", into)
	}
	return errors.Join(os.RemoveAll(into), os.MkdirAll(into, 0o755))
}

func run(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}
