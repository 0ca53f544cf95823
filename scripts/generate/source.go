package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// source holds the declarations that both sides of the protocol share.
type source struct {
	structs     []structType
	enumTypes   []enumType            // the string types, in order
	enums       map[string][]constant // their values, by type name
	constBlocks map[string][]constant // other constants, by the first name of their block
}

type enumType struct{ pkg, name string }

type structType struct {
	pkg, name, doc string
	fields         []field
}

type field struct {
	name     string // in JSON
	typ      ast.Expr
	optional bool
	doc      string
}

type constant struct{ name, value, doc string }

// packages are read in this order. Generated types have no package name, so names are
// unique across them.
var packages = []string{"shared/protocol", "shared/money", "wasm/internal/view", "wasm/internal/fields", "wasm/internal/core"}

func read(root string) (*source, error) {
	s := &source{enums: map[string][]constant{}, constBlocks: map[string][]constant{}}
	for _, pkg := range packages {
		files, err := filepath.Glob(filepath.Join(root, pkg, "*.go"))
		if err != nil || len(files) == 0 {
			return nil, fmt.Errorf("read %s: %w", pkg, fs.ErrNotExist)
		}
		slices.Sort(files)
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				return nil, err
			}
			for _, d := range file.Decls {
				if g, ok := d.(*ast.GenDecl); ok {
					s.declaration(pkg, g)
				}
			}
		}
	}
	return s, nil
}

func (s *source) declaration(pkg string, g *ast.GenDecl) {
	for _, spec := range g.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			s.typeSpec(pkg, g, spec)
		case *ast.ValueSpec:
			s.valueSpec(g, spec)
		}
	}
}

func (s *source) typeSpec(pkg string, g *ast.GenDecl, spec *ast.TypeSpec) {
	if !spec.Name.IsExported() {
		return
	}
	switch t := spec.Type.(type) {
	case *ast.Ident:
		if t.Name == "string" {
			s.enumTypes = append(s.enumTypes, enumType{pkg, spec.Name.Name})
		}
	case *ast.StructType:
		st := structType{pkg: pkg, name: spec.Name.Name, doc: text(g.Doc)}
		for _, f := range t.Fields.List {
			if f.Tag == nil || len(f.Names) == 0 {
				continue
			}
			tag, _ := strconv.Unquote(f.Tag.Value)
			name, rest, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
			if name == "" || name == "-" {
				continue
			}
			doc := text(f.Comment)
			if doc == "" {
				doc = text(f.Doc)
			}
			st.fields = append(st.fields, field{name: name, typ: f.Type, optional: strings.Contains(rest, "omit"), doc: doc})
		}
		if len(st.fields) > 0 || st.name == "Empty" {
			s.structs = append(s.structs, st)
		}
	}
}

func (s *source) valueSpec(g *ast.GenDecl, spec *ast.ValueSpec) {
	if g.Tok != token.CONST || len(spec.Names) != 1 || len(spec.Values) != 1 || !spec.Names[0].IsExported() {
		return
	}
	lit, ok := spec.Values[0].(*ast.BasicLit)
	if !ok {
		return
	}
	value := lit.Value
	if lit.Kind == token.STRING {
		value, _ = strconv.Unquote(lit.Value)
	}
	c := constant{spec.Names[0].Name, value, text(spec.Comment)}
	if t, ok := spec.Type.(*ast.Ident); ok {
		s.enums[t.Name] = append(s.enums[t.Name], c)
		return
	}
	first := g.Specs[0].(*ast.ValueSpec).Names[0].Name
	s.constBlocks[first] = append(s.constBlocks[first], c)
}

func text(c *ast.CommentGroup) string {
	return strings.Join(strings.Fields(c.Text()), " ")
}
