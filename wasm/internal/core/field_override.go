package core

import (
	"time"

	"github.com/logspanel/companion/wasm/internal/fields"
)

// FieldOverride holds the fields that the person pointed at on one host, because the search found
// none there or a wrong one.
type FieldOverride struct {
	At     time.Time         `json:"at"`
	Number *fields.Signature `json:"number,omitempty"`
	Code   *fields.Signature `json:"code,omitempty"`
}

const maxOverrides = 300

// saveOverride remembers the field that the person pointed at, if it has a signature to recognise
// it by. Beyond maxOverrides it drops the oldest.
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

// overriddenField finds the field that the person once pointed at for the same purpose, number or
// code.
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

// clearOverrides deletes all field overrides.
func (f *filler) clearOverrides() {
	f.overrides = map[string]FieldOverride{}
	f.do(Effect{Do: StoreFieldOverrides, FieldOverrides: f.overrides})
}
