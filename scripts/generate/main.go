// Generate writes the files that repeat what Go source declares: PROTOCOL.md, and the types
// by which the extension's JavaScript is checked. It reads the source's comments, so a
// changed comment may change PROTOCOL.md.
//
// Run it from the project's top folder; it takes about a second. With -check it writes
// nothing, and fails if a file is stale.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
)

func main() {
	check := flag.Bool("check", false, "only compare")
	flag.Parse()
	if err := generate(".", *check); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(root string, check bool) error {
	s, err := read(root)
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		root + "/PROTOCOL.md":          s.document(),
		root + "/extension/types.d.ts": s.types(),
	} {
		if !check {
			if err := os.WriteFile(name, content, 0o644); err != nil {
				return err
			}
			continue
		}
		if old, err := os.ReadFile(name); err != nil || !bytes.Equal(old, content) {
			return fmt.Errorf("%s is stale: run make generate", name)
		}
	}
	return nil
}
