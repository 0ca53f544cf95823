package fields

import "github.com/logspanel/companion/shared/otp"

// Signature recognises a field that a person has chosen on a site when it appears again.
type Signature struct {
	Kind        string `json:"kind"`
	Type        string `json:"type,omitempty"`
	Name        string `json:"name,omitempty"`
	ID          string `json:"id,omitempty"`
	Label       string `json:"label,omitempty"`
	Placeholder string `json:"placeholder,omitempty"`
}

// Signature returns the signature of the target's field. It returns false if the field has no
// name, id, label or placeholder to recognise it by.
func (t Target) Signature() (signature Signature, known bool) {
	f := t.field
	signature = Signature{f.Kind, f.Type, f.Name, f.ID, f.Label, f.Placeholder}
	return signature, signature.Name+signature.ID+signature.Label+signature.Placeholder != ""
}

// FindSignature returns the first field that matches the signature of its frame's origin, which
// the function signature returns if there is one. The field must take the code, unless code is
// empty: then it is for a number.
func FindSignature(pages []Page, code string, signature func(origin string) (Signature, bool)) (Target, bool) {
	formats := otp.Formats(code)
	for _, p := range pages {
		m, known := signature(p.Origin)
		if !known {
			continue
		}
		for _, f := range p.Fields {
			if !f.usable() || !m.matches(f) {
				continue
			}
			at := Target{p, f}
			_, takes := f.format(formats)
			if _, inRow := at.row(formats); code == "" || takes || inRow {
				return at, true
			}
		}
	}
	return Target{}, false
}

// matches reports whether f has the signature. The id counts only if there is nothing else,
// because many sites generate new ids on each load.
func (s Signature) matches(f Field) bool {
	if s.Kind != f.Kind || s.Type != f.Type {
		return false
	}
	if s.Name+s.Label+s.Placeholder == "" {
		return s.ID == f.ID
	}
	return s.Name == f.Name && s.Label == f.Label && s.Placeholder == f.Placeholder
}
