package core

import (
	"time"

	"github.com/logspanel/companion/wasm/internal/fields"
)

// FieldOverride is which fields a person has pointed at in the pages or frames of one host,
// since none was found there or a wrong one.
type FieldOverride struct {
	At     time.Time         `json:"at"`
	Number *fields.Signature `json:"number,omitempty"`
	Code   *fields.Signature `json:"code,omitempty"`
}

const maxOverrides = 300

// saveOverride remembers the field that a person has pointed at, where it can be told again.
func (f *filler) saveOverride(r request, at fields.Target) {
	mark, known := at.Signature()
	if !known {
		return
	}
	override := f.overrides[host(at.Origin())]
	override.At = f.state.Now
	if !r.forNumber() {
		override.Code = &mark
	} else {
		override.Number = &mark
	}
	f.overrides[host(at.Origin())] = override
	for len(f.overrides) > maxOverrides {
		delete(f.overrides, oldestOverride(f.overrides))
	}
	f.do(Effect{Do: StoreFieldOverrides, FieldOverrides: f.overrides})
}

func oldestOverride(overrides map[string]FieldOverride) (host string) {
	for h, override := range overrides {
		if host == "" || override.At.Before(overrides[host].At) {
			host = h
		}
	}
	return host
}

// overriddenField is the field that a person once pointed at for the same.
func (f *filler) overriddenField(r request, pages []fields.Page) (fields.Target, bool) {
	return fields.FindSignature(pages, r.code.Written, func(origin string) (fields.Signature, bool) {
		l := f.overrides[host(origin)]
		mark := l.Number
		if !r.forNumber() {
			mark = l.Code
		}
		if mark == nil {
			return fields.Signature{}, false
		}
		return *mark, true
	})
}

// clearOverrides forgets every field that was pointed at.
func (f *filler) clearOverrides() {
	f.overrides = map[string]FieldOverride{}
	f.do(Effect{Do: StoreFieldOverrides, FieldOverrides: f.overrides})
}
