package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/testenv"
)

// sumMemory prints the size and the digest of a module's memory right after it is instantiated.
const sumMemory = `
const module = new WebAssembly.Module(require("fs").readFileSync(process.argv[1]));
const imports = {};
for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => {};
const { mem } = new WebAssembly.Instance(module, imports).exports;
console.log(mem.buffer.byteLength, require("crypto").createHash("sha256").update(new Uint8Array(mem.buffer)).digest("hex"));`

func TestComputedTableEqualsTheLinkers(t *testing.T) {
	testenv.NeedsPrograms(t, "node")
	dir := t.TempDir()
	linked, shrunk := filepath.Join(dir, "linked.wasm"), filepath.Join(dir, "shrunk.wasm")
	t.Chdir("../..")
	require.NoError(t, compile([]string{"GOOS=js", "GOARCH=wasm"}, linked, "./wasm", "-ldflags=-s -w"))
	module, err := os.ReadFile(linked)
	require.NoError(t, err)
	smaller, err := computeFindfunctab(bytes.Clone(module))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(shrunk, smaller, 0o600))
	assert.Less(t, len(smaller), len(module)*93/100, "the table is a tenth of the file")

	sum := func(path string) string {
		out, err := exec.Command("node", "-e", sumMemory, path).CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	assert.Equal(t, sum(linked), sum(shrunk))

	again, err := computeFindfunctab(smaller)
	require.NoError(t, err)
	assert.Equal(t, smaller, again, "there is nothing left to compute")
}

func TestDamagedModuleIsAnError(t *testing.T) {
	module := encodeSections([]byte("\x00asm\x01\x00\x00\x00"), []section{
		{sectionType, []byte{0}},
		{sectionFunction, []byte{0}},
		{sectionCode, []byte{0}},
		{sectionData, encodeSegments([]segment{{64, bytes.Repeat([]byte{7}, 100)}})},
	})
	same, err := computeFindfunctab(module)
	require.NoError(t, err)
	assert.Equal(t, module, same, "it has no table")
	for _, size := range []int{0, 7, 10, 30, len(module) - 1} {
		_, err := computeFindfunctab(module[:size])
		assert.Error(t, err, "%d bytes", size)
	}
	_, err = importedFunctions([]section{{sectionImport, binary.AppendUvarint(nil, math.MaxUint64)}})
	assert.ErrorIs(t, err, errTruncated, "more imports than there are")
}

func TestOnlyTheTableIsFound(t *testing.T) {
	var table []byte
	for n := range uint32(minEntries + 5) {
		table = append(table, entry(n)...)
	}
	for name, c := range map[string]struct {
		memory []byte
		want   functionTable
	}{
		"nothing":          {nil, functionTable{}},
		"a short table":    {table[:(minEntries-1)*entrySize], functionTable{}},
		"a table":          {append(bytes.Repeat([]byte{9}, 12), table...), functionTable{1012, minEntries + 5}},
		"after other data": {append(append(bytes.Clone(table[:400]), 9), table...), functionTable{1401, minEntries + 5}},
	} {
		got, found := findTable([]segment{{1000, c.memory}})
		assert.Equal(t, c.want.entries > 0, found, name)
		if found {
			assert.Equal(t, c.want, got, name)
		}
	}
	assert.True(t, functionTable{1000, 10}.contains(segment{1000, make([]byte, 200)}))
	assert.False(t, functionTable{1000, 10}.contains(segment{999, make([]byte, 2)}))
	assert.False(t, functionTable{1000, 10}.contains(segment{1199, make([]byte, 2)}))
}

func TestSignedNumbers(t *testing.T) {
	for _, v := range []int32{0, 1, -1, 63, 64, -64, -65, 8191, 8192, math.MaxInt32, math.MinInt32} {
		r := wasmReader{rest: appendSigned(nil, v)}
		assert.Equal(t, v, r.signed())
		assert.Empty(t, r.rest)
		assert.NoError(t, r.err)
	}
}
