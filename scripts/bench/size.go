package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

const (
	rawFigure      = "the backend's file"
	zippedFigure   = "the backend's file, compressed"
	instanceFigure = "places that start a backend"
)

func measureSize(context.Context) ([]Figure, error) { return sizes("build") }

// sizes measures the files in a build folder.
func sizes(build string) ([]Figure, error) {
	extension := filepath.Join(build, "extension", "chromium")
	file := filepath.Join(extension, "companion.wasm")
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("run make build first: %w", err)
	}
	zip := exec.Command("gzip", "-9", "--stdout")
	zip.Stdin = bytes.NewReader(raw)
	zipped, err := zip.Output()
	if err != nil {
		return nil, fmt.Errorf("compress %s: %w", file, err)
	}
	instances, err := countInstances(extension)
	if err != nil {
		return nil, err
	}
	return []Figure{
		{Name: rawFigure, Unit: "bytes", Measured: newSample([]float64{float64(len(raw))})},
		{Name: zippedFigure, Unit: "bytes", Measured: newSample([]float64{float64(len(zipped))})},
		{Name: instanceFigure, Unit: "places", Measured: newSample([]float64{float64(instances)})},
	}, nil
}

var instantiates = regexp.MustCompile(`WebAssembly\s*\.\s*instantiate|new\s+WebAssembly\s*\.\s*Instance`)

// countInstances counts the places in an extension's scripts that instantiate WebAssembly.
func countInstances(extension string) (n int, err error) {
	err = filepath.WalkDir(extension, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".js") {
			return err
		}
		script, err := os.ReadFile(path)
		n += len(instantiates.FindAll(script, -1))
		return err
	})
	return n, err
}
