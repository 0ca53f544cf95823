package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
)

// computeFindfunctab returns the WebAssembly module without the table by which Go's runtime
// finds the function of an address, and with a start function that computes the table.
//
// In WebAssembly every function takes 64 KB of the addresses, and the table has sixteen entries
// for each. They only count the functions, but the linker writes each entry as a data segment:
// a tenth of the file, and nearly all of the segments that a browser copies when it starts the
// backend. A module without such a table is returned as it is.
func computeFindfunctab(module []byte) ([]byte, error) {
	sections, err := parseSections(module)
	if err != nil {
		return nil, err
	}
	data := sectionOf(sections, sectionData)
	if data == nil {
		return module, nil
	}
	segments, err := parseSegments(data.body)
	if err != nil {
		return nil, err
	}
	table, found := findTable(segments)
	if !found {
		return module, nil
	}
	data.body = encodeSegments(slices.DeleteFunc(segments, table.contains))
	sections, err = addStart(sections, table.code())
	if err != nil {
		return nil, err
	}
	return encodeSections(module[:headerSize], sections), nil
}

// entrySize is the size of an entry in bytes: the number of the first function in 4 KB of
// addresses, and 16 bytes for the functions after it, which are zero.
const entrySize = 20

// entriesPerFunction is how many entries one function's addresses have.
const entriesPerFunction = 16

// minEntries is the size from which a table is worth computing. It is also more than other data
// can match by chance.
const minEntries = 1000

// functionTable is the place of the table in the module's memory.
type functionTable struct{ address, entries uint32 }

func (t functionTable) contains(s segment) bool {
	return s.address >= t.address && uint64(s.address)+uint64(len(s.data)) <= uint64(t.address)+uint64(t.entries)*entrySize
}

// findTable finds the longest table in what the segments write to memory.
func findTable(segments []segment) (longest functionTable, found bool) {
	memory := layOut(segments)
	// The sixteen entries of function 0 are all zero. Function 1 is the first that can be seen.
	start := append(make([]byte, entriesPerFunction*entrySize), entry(entriesPerFunction)...)
	for at := 0; ; at++ {
		next := bytes.Index(memory[at:], start)
		if next < 0 {
			return longest, longest.entries >= minEntries
		}
		at += next
		entries := uint32(0)
		for pos := at; pos+entrySize <= len(memory) && bytes.Equal(memory[pos:pos+entrySize], entry(entries)); pos += entrySize {
			entries++
		}
		if entries > longest.entries {
			longest = functionTable{uint32(at), entries}
		}
	}
}

// entry returns one entry of the table.
func entry(n uint32) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, n/entriesPerFunction), make([]byte, entrySize-4)...)
}

// code returns the body of a function that writes the table: for n from 0 it stores
// n/entriesPerFunction at address + n*entrySize.
func (t functionTable) code() []byte {
	const (
		i32, void                             = 0x7f, 0x40
		loop, brIf, end                       = 0x03, 0x0d, 0x0b
		localGet, localTee, i32Store          = 0x20, 0x22, 0x36
		i32Const, i32LtU, i32Add, i32Mul, shr = 0x41, 0x49, 0x6a, 0x6c, 0x76
	)
	body := []byte{1, 1, i32, loop, void} // one local, n
	body = append(body, localGet, 0, i32Const, entrySize, i32Mul)
	body = append(body, localGet, 0, i32Const, 4, shr)
	body = binary.AppendUvarint(append(body, i32Store, 2), uint64(t.address))
	body = append(body, localGet, 0, i32Const, 1, i32Add, localTee, 0)
	body = appendSigned(append(body, i32Const), int32(t.entries))
	return append(body, i32LtU, brIf, 0, end, end)
}

// addStart adds a function to the module that runs when it is instantiated, after the segments
// have been copied.
func addStart(sections []section, body []byte) ([]section, error) {
	types, functions, code := sectionOf(sections, sectionType), sectionOf(sections, sectionFunction), sectionOf(sections, sectionCode)
	if types == nil || functions == nil || code == nil || sectionOf(sections, sectionStart) != nil {
		return nil, errors.New("the module has no functions, or starts with one already")
	}
	imported, err := importedFunctions(sections)
	if err != nil {
		return nil, err
	}
	const function = 0x60
	typeIndex, err := types.appendItem([]byte{function, 0, 0}) // no parameters, no results
	if err != nil {
		return nil, err
	}
	index, err := functions.appendItem(binary.AppendUvarint(nil, typeIndex))
	if err != nil {
		return nil, err
	}
	if _, err := code.appendItem(append(binary.AppendUvarint(nil, uint64(len(body))), body...)); err != nil {
		return nil, err
	}
	start := section{sectionStart, binary.AppendUvarint(nil, imported+index)}
	after := slices.IndexFunc(sections, func(s section) bool { return s.id == sectionElement || s.id == sectionCode })
	return slices.Insert(sections, after, start), nil
}

// importedFunctions counts the imports, which have the first function indexes. Go imports
// nothing but functions.
func importedFunctions(sections []section) (uint64, error) {
	imports := sectionOf(sections, sectionImport)
	if imports == nil {
		return 0, nil
	}
	r := wasmReader{rest: imports.body}
	count := r.uint()
	for range count {
		r.bytes(r.uint()) // module
		r.bytes(r.uint()) // name
		kind := r.bytes(1)
		r.uint() // type
		if r.err != nil {
			return 0, r.err
		}
		if kind[0] != 0 {
			return 0, errors.New("the module imports something other than functions")
		}
	}
	return count, r.err
}

// layOut returns the memory that the segments write.
func layOut(segments []segment) []byte {
	var memory []byte
	for _, s := range segments {
		if end := int(s.address) + len(s.data); end > len(memory) {
			memory = append(memory, make([]byte, end-len(memory))...)
		}
		copy(memory[s.address:], s.data)
	}
	return memory
}
