package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// sbom is the release's bill of materials in CycloneDX: each file, and the modules in it.
type sbom struct {
	bom          *cdx.BOM
	modules      map[string]cdx.Component
	dependencies map[string][]string // names of files and modules, by what contains them
}

func newSBOM(r *release) *sbom {
	b := &sbom{bom: cdx.NewBOM(), modules: map[string]cdx.Component{}, dependencies: map[string][]string{}}
	b.bom.Metadata = &cdx.Metadata{
		Timestamp: r.time.Format(time.RFC3339),
		Component: &cdx.Component{
			BOMRef: program, Type: cdx.ComponentTypeApplication, Name: program, Version: r.version,
			Licenses: &cdx.Licenses{{Expression: "MIT"}},
		},
	}
	b.bom.Components = &[]cdx.Component{}
	return b
}

// add adds a file of the release, and the modules linked into it.
func (b *sbom) add(name string, data []byte, parts []module) {
	*b.bom.Components = append(*b.bom.Components, cdx.Component{
		BOMRef: name, Type: cdx.ComponentTypeFile, Name: name,
		Hashes: &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: fmt.Sprintf("%x", sha256.Sum256(data))}},
	})
	b.dependencies[program] = append(b.dependencies[program], name)
	for _, p := range parts {
		url := "pkg:golang/" + p.Path + "@" + p.Version
		c := cdx.Component{
			BOMRef: url, Type: cdx.ComponentTypeLibrary, Name: p.Path, Version: p.Version, PackageURL: url,
			Licenses: &cdx.Licenses{{Expression: p.licence}},
		}
		// The go command's h1: sum is the SHA-256 of the list of the checksums of the module's files.
		if sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(p.Sum, "h1:")); err == nil && len(sum) > 0 {
			c.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum)}}
		}
		b.modules[url] = c
		b.dependencies[name] = append(b.dependencies[name], url)
	}
}

func (b *sbom) encode() ([]byte, error) {
	for _, url := range sortedKeys(b.modules) {
		*b.bom.Components = append(*b.bom.Components, b.modules[url])
	}
	var needs []cdx.Dependency
	for _, name := range sortedKeys(b.dependencies) {
		inside := b.dependencies[name]
		needs = append(needs, cdx.Dependency{Ref: name, Dependencies: &inside})
	}
	b.bom.Dependencies = &needs
	var out bytes.Buffer
	err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).EncodeVersion(b.bom, cdx.SpecVersion1_6)
	return out.Bytes(), err
}
