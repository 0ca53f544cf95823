package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// headerSize is the size in bytes of a WebAssembly module's magic number and version.
const headerSize = 8

// The ids of a module's sections, in the order of the file but for custom ones.
const (
	sectionType     = 1
	sectionImport   = 2
	sectionFunction = 3
	sectionStart    = 8
	sectionElement  = 9
	sectionCode     = 10
	sectionData     = 11
)

// section is one section of a module.
type section struct {
	id   byte
	body []byte
}

// appendItem appends to a section that is a list, and returns the item's index.
func (s *section) appendItem(item []byte) (index uint64, err error) {
	r := wasmReader{rest: s.body}
	index = r.uint()
	s.body = slices.Concat(binary.AppendUvarint(nil, index+1), r.rest, item)
	return index, r.err
}

func sectionOf(sections []section, id byte) *section {
	if i := slices.IndexFunc(sections, func(s section) bool { return s.id == id }); i >= 0 {
		return &sections[i]
	}
	return nil
}

func parseSections(module []byte) (sections []section, err error) {
	if len(module) < headerSize {
		return nil, errTruncated
	}
	r := wasmReader{rest: module[headerSize:]}
	for len(r.rest) > 0 && r.err == nil {
		id := r.bytes(1)
		body := r.bytes(r.uint())
		if r.err == nil {
			sections = append(sections, section{id[0], body})
		}
	}
	return sections, r.err
}

func encodeSections(header []byte, sections []section) []byte {
	module := slices.Clone(header)
	for _, s := range sections {
		module = append(module, s.id)
		module = binary.AppendUvarint(module, uint64(len(s.body)))
		module = append(module, s.body...)
	}
	return module
}

// segment is data that is copied to memory when a module is instantiated.
type segment struct {
	address uint32
	data    []byte
}

// The instructions that give a segment's address.
const (
	constant    = 0x41
	endOfOffset = 0x0b
)

func parseSegments(body []byte) ([]segment, error) {
	r := wasmReader{rest: body}
	var segments []segment
	for range r.uint() {
		kind := r.bytes(2)
		address := r.signed()
		end := r.bytes(1)
		data := r.bytes(r.uint())
		if r.err != nil {
			return nil, r.err
		}
		if kind[0] != 0 || kind[1] != constant || end[0] != endOfOffset || address < 0 {
			return nil, errors.New("the module has a segment that is not copied to a constant address")
		}
		segments = append(segments, segment{uint32(address), data})
	}
	return segments, r.err
}

func encodeSegments(segments []segment) []byte {
	body := binary.AppendUvarint(nil, uint64(len(segments)))
	for _, s := range segments {
		body = appendSigned(append(body, 0, constant), int32(s.address))
		body = binary.AppendUvarint(append(body, endOfOffset), uint64(len(s.data)))
		body = append(body, s.data...)
	}
	return body
}

// errTruncated means that a module ends in the middle of something.
var errTruncated = errors.New("the module is cut off")

// wasmReader reads the numbers and bytes of a module. After an error it returns zeros.
type wasmReader struct {
	rest []byte
	err  error
}

func (r *wasmReader) fail(err error) { r.rest, r.err = nil, err }

func (r *wasmReader) uint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.fail(errTruncated)
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *wasmReader) bytes(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.fail(fmt.Errorf("%d bytes expected: %w", n, errTruncated))
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

// signed reads a signed number of 32 bits.
func (r *wasmReader) signed() int32 {
	var v int64
	for shift := 0; shift < 35; shift += 7 {
		b := r.bytes(1)
		if r.err != nil {
			return 0
		}
		v |= int64(b[0]&0x7f) << shift
		if b[0] < 0x80 {
			if b[0]&0x40 != 0 {
				v -= 1 << (shift + 7)
			}
			return int32(v)
		}
	}
	r.fail(errors.New("the module has a number that is too long"))
	return 0
}

// appendSigned appends a signed number of 32 bits.
func appendSigned(b []byte, v int32) []byte {
	for v < -64 || v > 63 {
		b = append(b, byte(v)&0x7f|0x80)
		v >>= 7
	}
	return append(b, byte(v)&0x7f)
}
