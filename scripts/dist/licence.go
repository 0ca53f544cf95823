package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// module is a Go module that is linked into a program.
type module struct {
	Path, Version, Sum, Dir string
	licence                 string // SPDX identifiers
	text                    []byte
}

// allowedLicences are licences that only require their text to be shipped.
var allowedLicences = []string{"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC"}

// linkedModules returns the modules linked into a program for one system, and Go's standard
// library as the module std. It returns an error for a licence that is not allowed.
func linkedModules(system, pkg string) ([]module, error) {
	goos, goarch, _ := strings.Cut(system, "/")
	cmd := exec.Command("go", "list", "-deps", "-json=Module", pkg)
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list what is in %s: %w", pkg, err)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("find Go's own licence: %w", err)
	}
	found := map[string]module{"std": {Path: "std", Version: runtime.Version(), Dir: strings.TrimSpace(string(root))}}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Module *struct {
				module
				Main bool
			}
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if p.Module != nil && !p.Module.Main {
			found[p.Module.Path] = p.Module.module
		}
	}
	var parts []module
	for _, path := range sortedKeys(found) {
		p := found[path]
		if err := p.readLicence(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

func (p *module) readLicence() error {
	entries, err := os.ReadDir(p.Dir)
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if !strings.HasPrefix(name, "LICENSE") && !strings.HasPrefix(name, "NOTICE") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(p.Dir, e.Name()))
		if err != nil {
			return err
		}
		p.text = append(append(p.text, bytes.TrimSpace(text)...), "\n\n"...)
		for _, m := range licensecheck.Scan(text).Match {
			if !slices.Contains(names, m.ID) {
				names = append(names, m.ID)
			}
			if !slices.Contains(allowedLicences, m.ID) {
				return fmt.Errorf("may it be shipped? Its licence is %s", m.ID)
			}
		}
	}
	if len(names) == 0 {
		return errors.New("no licence was found: it can't be shipped without one")
	}
	p.licence = strings.Join(names, " AND ")
	return nil
}

// thirdPartyText lists the modules, with the texts of their licences.
func thirdPartyText(parts []module) []byte {
	b := bytes.NewBufferString("What is linked into Logspanel Companion, each under its own licence.\n\n")
	for _, p := range parts {
		fmt.Fprintf(b, "---- %s %s (%s)\n\n%s", p.Path, p.Version, p.licence, p.text)
	}
	return b.Bytes()
}
