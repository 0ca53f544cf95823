package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"reflect"
	"strings"

	"github.com/logspanel/companion/shared/protocol"
)

const intro = `# The wire

<!-- Made by scripts/generate from shared/protocol. Do not edit. -->

The extension and the daemon speak JSON-RPC 2.0 over a websocket on 127.0.0.1, inside an encrypted channel
(` + "`shared/channel`" + `): the extension sends requests, the daemon answers them and sends notifications.
The first frame in each direction is the handshake's; every later one is a piece of an encrypted message.

- Names are ` + "`noun.verb`" + `, fields snake_case, times RFC 3339 in UTC.
- Money is ` + "`{\"minor\": 85000, \"currency\": \"NGN\"}`" + `: whole minor units, never a fraction.
- Unknown fields are ignored. Error codes are only ever added.
- ` + "`session.hello`" + ` comes first. Its answer has the whole state with a sequence number; each
  ` + "`state.changed`" + ` carries the next number, and after a gap the extension asks for ` + "`state.get`" + `.
- ` + "`order.buy`" + ` may be sent again for the same intent as often as one likes: it gives the first outcome.
`

// typeName is the name of the type of a method's parameters or result.
func typeName(v any) string { return reflect.TypeOf(v).Name() }

// document returns PROTOCOL.md.
func (s *source) document() []byte {
	var b bytes.Buffer
	b.WriteString(intro)
	version := s.value("Version", "Version")
	fmt.Fprintf(&b, "\nThis is version %s, named `%s` in `Sec-WebSocket-Protocol`. The daemon listens on port %s\nunless told otherwise.\n",
		version, s.value("Subprotocol", "Subprotocol"), s.value("DefaultPort", "DefaultPort"))

	b.WriteString("\n## Methods\n\n| method | params | result | |\n| --- | --- | --- | --- |\n")
	for _, m := range protocol.Methods {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", m.Name, link(typeName(m.Params)), link(typeName(m.Result)), m.Doc)
	}
	b.WriteString("\nThe one notification is `state.changed`, with a [Change](#change).\n")

	b.WriteString("\n## Close codes\n\nSent outside the encrypted channel: hints for a sentence on the screen, never trusted.\n\n| code | means |\n| --- | --- |\n")
	for _, c := range s.constBlocks["CloseLocked"] {
		fmt.Fprintf(&b, "| %s | %s |\n", c.value, c.doc)
	}
	b.WriteString("\n## Error codes\n\nIn `error.data.code`, beside `message` and `next` for the person.\n\n| code | means |\n| --- | --- |\n")
	for _, c := range s.enums["Code"] {
		fmt.Fprintf(&b, "| `%s` | %s |\n", c.value, c.doc)
	}
	b.WriteString("\n## Types\n")
	for _, st := range s.structs {
		if st.pkg != "shared/protocol" && st.pkg != "shared/money" || st.name == "Empty" {
			continue
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n| field | type | |\n| --- | --- | --- |\n", st.name, st.doc)
		for _, f := range st.fields {
			name := "`" + f.name + "`"
			if f.optional {
				name += " (may be absent)"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", name, s.markdown(f.typ), strings.ReplaceAll(f.doc, "|", `\|`))
		}
	}
	for _, name := range s.enumNames {
		if name == "Code" || name == "KeyState" || name == "OrderState" || name == "IntentState" {
			if name == "Code" {
				continue
			}
			fmt.Fprintf(&b, "\n### %s\n\n| value | means |\n| --- | --- |\n", name)
			for _, c := range s.enums[name] {
				fmt.Fprintf(&b, "| `%s` | %s |\n", c.value, c.doc)
			}
		}
	}
	return b.Bytes()
}

// value returns the constant called name from the block that begins with the constant
// first.
func (s *source) value(first, name string) string {
	for _, c := range s.constBlocks[first] {
		if c.name == name {
			return c.value
		}
	}
	return "?"
}

func link(name string) string {
	if name == "Empty" {
		return "–"
	}
	return "[" + name + "](#" + strings.ToLower(name) + ")"
}

// markdown returns a type as the tables of PROTOCOL.md write it.
func (s *source) markdown(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return s.markdown(t.X)
	case *ast.ArrayType:
		if e, ok := t.Elt.(*ast.Ident); ok && e.Name == "byte" {
			return "base64"
		}
		return "list of " + s.markdown(t.Elt)
	case *ast.SelectorExpr:
		switch t.Sel.Name {
		case "Time":
			return "time"
		case "RawMessage":
			return "any"
		}
		return link(t.Sel.Name)
	case *ast.Ident:
		switch t.Name {
		case "string", "bool":
			return t.Name
		case "int", "int64", "uint64":
			return "whole number"
		case "Code":
			return "[code](#error-codes)"
		}
		return link(t.Name)
	}
	return "any"
}
