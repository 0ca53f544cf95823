package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// fileTree is the content of an archive: file contents by slash-separated path.
type fileTree map[string][]byte

// readTree reads all files of a folder.
func readTree(dir string) (fileTree, error) {
	t, root := fileTree{}, os.DirFS(dir)
	return t, fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		t[name], err = fs.ReadFile(root, name)
		return err
	})
}

// prefixed returns the tree inside a folder.
func (t fileTree) prefixed(folder string) fileTree {
	moved := fileTree{}
	for name, data := range t {
		moved[path.Join(folder, name)] = data
	}
	return moved
}

// fileMode makes programs executable, and everything readable.
func fileMode(name string) fs.FileMode {
	if path.Base(path.Dir(name)) == "bin" || path.Ext(name) == ".exe" {
		return 0o755
	}
	return 0o644
}

func (t fileTree) zip(at time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range sortedKeys(t) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at}
		h.SetMode(fileMode(name))
		f, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(t[name]); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

func (t fileTree) tarball(at time.Time) ([]byte, error) {
	var b bytes.Buffer
	squeezed, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(squeezed)
	for _, name := range sortedKeys(t) {
		h := &tar.Header{Name: name, Mode: int64(fileMode(name)), Size: int64(len(t[name])), ModTime: at, Uname: "root", Gname: "root"}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(t[name]); err != nil {
			return nil, err
		}
	}
	err = errors.Join(w.Close(), squeezed.Close())
	return b.Bytes(), err
}

// writeTo writes the tree to a folder, with the same modes under any umask.
func (t fileTree) writeTo(dir string, at time.Time) error {
	for _, name := range sortedKeys(t) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, t[name], 0o644), os.Chmod(file, fileMode(name)))
		if err != nil {
			return err
		}
	}
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(name, 0o755)
		}
		return errors.Join(err, os.Chtimes(name, at, at))
	})
}

// gzipped compresses data without a name or a time in the header.
func gzipped(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(data)
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.SortedFunc(maps.Keys(m), strings.Compare)
}
