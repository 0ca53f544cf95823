package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// types returns the TypeScript declarations of every type that crosses between Go and
// JavaScript.
func (s *source) types() []byte {
	var b bytes.Buffer
	b.WriteString("// Made by scripts/generate from the Go structs. Do not edit.\n")
	byName := slices.SortedFunc(slices.Values(s.enumTypes), func(a, b enumType) int { return strings.Compare(a.name, b.name) })
	for _, e := range byName {
		values := s.enums[e.name]
		if len(values) == 0 {
			continue
		}
		var quoted []string
		for _, v := range values {
			quoted = append(quoted, fmt.Sprintf("%q", v.value))
		}
		fmt.Fprintf(&b, "\nexport type %s = %s;\n", e.name, strings.Join(quoted, " | "))
	}
	seen := map[string]bool{}
	for _, st := range s.structs {
		name := scriptName(st)
		if seen[name] {
			continue
		}
		seen[name] = true
		fmt.Fprintf(&b, "\nexport interface %s {\n", name)
		for _, f := range st.fields {
			mark := ""
			if f.optional {
				mark = "?"
			}
			fmt.Fprintf(&b, "  %s%s: %s;\n", f.name, mark, s.script(st.pkg, f.typ))
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

// scriptName returns the TypeScript name of a type. It tells types apart that have the same
// name in two packages.
func scriptName(st structType) string {
	if st.pkg == "wasm/internal/fields" && (st.name == "Option" || st.name == "Field") {
		return "Form" + st.name
	}
	return st.name
}

func (s *source) script(pkg string, t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return s.script(pkg, t.X)
	case *ast.ArrayType:
		if e, ok := t.Elt.(*ast.Ident); ok && e.Name == "byte" {
			return "string"
		}
		return s.script(pkg, t.Elt) + "[]"
	case *ast.MapType:
		return "{ [key: " + s.script(pkg, t.Key) + "]: " + s.script(pkg, t.Value) + " }"
	case *ast.SelectorExpr:
		switch name := t.Sel.Name; name {
		case "Time":
			return "string"
		case "RawMessage":
			return "unknown"
		default:
			return name
		}
	case *ast.Ident:
		switch t.Name {
		case "string":
			return "string"
		case "bool":
			return "boolean"
		case "int", "int64", "uint64", "float64":
			return "number"
		}
		return scriptName(structType{pkg: pkg, name: t.Name})
	}
	return "unknown"
}
