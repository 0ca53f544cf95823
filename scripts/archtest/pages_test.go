package archtest

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A page preloads every script that it imports, directly or not, so that they load in
// parallel.
func TestPagesPreloadTheirScripts(t *testing.T) {
	files := sources(t, "extension", func(p string) bool { return strings.HasSuffix(p, ".html") || strings.HasSuffix(p, ".js") })
	imports := regexp.MustCompile(`(?m)^import .*?"\./([\w.]+)"|^import\("\./([\w.]+)"\)`)
	own := regexp.MustCompile(`<script [^>]*src="([\w.]+)"`)
	named := regexp.MustCompile(`<link rel="modulepreload" href="([\w.]+)">`)
	pages := 0
	for name, page := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		pages++
		first := own.FindStringSubmatch(page)
		require.NotNil(t, first, name)
		var all []string
		var follow func(script string)
		follow = func(script string) {
			for _, m := range imports.FindAllStringSubmatch(files[script], -1) {
				if next := m[1] + m[2]; !slices.Contains(all, next) {
					all = append(all, next)
					follow(next)
				}
			}
		}
		follow(first[1])
		var list []string
		for _, m := range named.FindAllStringSubmatch(page, -1) {
			list = append(list, m[1])
		}
		assert.ElementsMatch(t, all, list, name)
	}
	assert.Equal(t, 3, pages)
}
