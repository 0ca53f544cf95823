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

// tree is what an archive holds, by its path in it.
type tree map[string][]byte

// treeOf reads a folder.
func treeOf(dir string) (tree, error) {
	t, root := tree{}, os.DirFS(dir)
	return t, fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		t[path], err = fs.ReadFile(root, path)
		return err
	})
}

// under is the tree inside a folder.
func (t tree) under(folder string) tree {
	moved := tree{}
	for name, data := range t {
		moved[path.Join(folder, name)] = data
	}
	return moved
}

// mode lets programs be run, and everything be read.
func mode(name string) fs.FileMode {
	if path.Base(path.Dir(name)) == "bin" || path.Ext(name) == ".exe" {
		return 0o755
	}
	return 0o644
}

func (t tree) zip(at time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range sorted(t) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at}
		h.SetMode(mode(name))
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

func (t tree) tarball(at time.Time) ([]byte, error) {
	var b bytes.Buffer
	squeezed, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(squeezed)
	for _, name := range sorted(t) {
		h := &tar.Header{Name: name, Mode: int64(mode(name)), Size: int64(len(t[name])), ModTime: at, Uname: "root", Gname: "root"}
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

// lay writes the tree into a folder, whatever the umask.
func (t tree) lay(dir string, at time.Time) error {
	for _, name := range sorted(t) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, t[name], 0o644), os.Chmod(file, mode(name)))
		if err != nil {
			return err
		}
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(path, 0o755)
		}
		return errors.Join(err, os.Chtimes(path, at, at))
	})
}

// squeeze is gzip without a name or a time.
func squeeze(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(data)
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

func sorted[V any](m map[string]V) []string {
	return slices.SortedFunc(maps.Keys(m), strings.Compare)
}
