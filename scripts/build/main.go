// Build compiles the companion, and assembles the extension for Chromium and for Firefox,
// into the folder build.
//
// Run it from the project's top folder. It needs only Go, takes a few seconds when Go's
// build cache is warm, and prints nothing. With -for it compiles the companion for another
// system, with -into it writes to another folder. The version comes from the file VERSION.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	into := flag.String("into", "build", "the folder to write to")
	system := flag.String("for", runtime.GOOS+"/"+runtime.GOARCH, "the system to build for, as GOOS/GOARCH")
	flag.Parse()
	if err := build(*into, *system); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func build(into, system string) error {
	raw, err := os.ReadFile("VERSION")
	if err != nil {
		return fmt.Errorf("run this from the project's top folder: %w", err)
	}
	version := strings.TrimSpace(string(raw))
	goos, goarch, _ := strings.Cut(system, "/")
	env := []string{"GOOS=" + goos, "GOARCH=" + goarch}
	if goos != "darwin" { // only its tray needs C
		env = append(env, "CGO_ENABLED=0")
	}
	binary := filepath.Join(into, "logspanel-companion")
	if goos == "windows" {
		binary += ".exe"
	}
	if err := compile(env, binary, "./daemon", "-ldflags=-s -w -X main.version="+version); err != nil {
		return err
	}
	wasm := filepath.Join(into, "companion.wasm")
	flags := []string{"-ldflags=-s -w"}
	for _, pkg := range notInlined {
		flags = append(flags, "-gcflags="+pkg+"=-l")
	}
	if err := compile([]string{"GOOS=js", "GOARCH=wasm"}, wasm, "./wasm", flags...); err != nil {
		return err
	}
	if err := shrink(wasm); err != nil {
		return err
	}
	for _, browser := range []string{"chromium", "firefox"} {
		if err := assembleExtension(filepath.Join(into, "extension", browser), browser, version, wasm); err != nil {
			return fmt.Errorf("the extension for %s: %w", browser, err)
		}
	}
	return nil
}

// notInlined are packages whose functions are not inlined into the WebAssembly backend.
// That makes it about 5 % smaller, and not measurably slower.
var notInlined = []string{"github.com/logspanel/...", "encoding/json", "reflect", "fmt", "time"}

// compile leaves paths and the state of the checkout out of the program, so that the same
// source gives the same bytes.
func compile(env []string, output, pkg string, flags ...string) error {
	cmd := exec.Command("go", append(append([]string{"build", "-trimpath", "-buildvcs=false"}, flags...), "-o", output, pkg)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("compile %s: %w", pkg, err)
	}
	return nil
}

// shrink makes the backend's file smaller.
func shrink(path string) error {
	module, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if module, err = computeFindfunctab(module); err != nil {
		return fmt.Errorf("shrink %s: %w", path, err)
	}
	return os.WriteFile(path, module, 0o644)
}

// assembleExtension makes the folder of one browser's extension.
func assembleExtension(dir, browser, version, wasm string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("find Go's wasm_exec.js: %w", err)
	}
	runtimeJS := filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js")
	err = errors.Join(
		os.CopyFS(dir, releaseFS{os.DirFS("extension")}),
		copyFile(filepath.Join(dir, "wasm_exec.js"), runtimeJS),
		copyFile(filepath.Join(dir, "companion.wasm"), wasm),
	)
	if err != nil {
		return err
	}
	manifest := map[string]any{"version": version}
	for _, part := range []string{"base", browser} {
		raw, err := os.ReadFile(filepath.Join("extension", "manifest."+part+".json"))
		if err != nil {
			return err
		}
		var fields map[string]any
		if err := json.Unmarshal(raw, &fields); err != nil {
			return fmt.Errorf("manifest.%s.json: %w", part, err)
		}
		maps.Copy(manifest, fields)
	}
	raw, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "manifest.json"), append(raw, '\n'), 0o644)
}

// releaseFS is the extension's folder without the files that only the build needs.
type releaseFS struct{ fs.FS }

func (s releaseFS) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(s.FS, name)
	released := entries[:0]
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "manifest."), strings.HasSuffix(e.Name(), ".ts"), strings.HasSuffix(e.Name(), "config.json"), strings.HasSuffix(e.Name(), ".go"),
			e.Name() == "package.json", e.Name() == "test":
		default:
			released = append(released, e)
		}
	}
	return released, err
}

func copyFile(to, from string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, raw, 0o644)
}
