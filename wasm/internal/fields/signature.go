package fields

import "github.com/logspanel/companion/shared/otp"

// Signature is what a field is known by on its site, once a person has pointed at it.
type Signature struct {
	Kind        string `json:"kind"`
	Type        string `json:"type,omitempty"`
	Name        string `json:"name,omitempty"`
	ID          string `json:"id,omitempty"`
	Label       string `json:"label,omitempty"`
	Placeholder string `json:"placeholder,omitempty"`
}

// Signature is the place's; nothing where nothing tells its field from others.
func (p Target) Signature() (m Signature, known bool) {
	f := p.field
	m = Signature{f.Kind, f.Type, f.Name, f.ID, f.Label, f.Placeholder}
	return m, m.Name+m.ID+m.Label+m.Placeholder != ""
}

// FindSignature is the field that bears the mark of its frame's origin, for a code to be filled
// or, where that is empty, for a number.
func FindSignature(pages []Page, code string, mark func(origin string) (Signature, bool)) (Target, bool) {
	forms := otp.Formats(code)
	for _, p := range pages {
		m, known := mark(p.Origin)
		if !known {
			continue
		}
		for _, f := range p.Fields {
			if !f.usable() || !m.fits(f) {
				continue
			}
			at := Target{p, f}
			_, takes := f.form(forms)
			if _, inRow := at.row(forms); code == "" || takes || inRow {
				return at, true
			}
		}
	}
	return Target{}, false
}

// fits goes by what a site's makers wrote. Many an id is drawn anew at each load, so it
// counts where there is nothing else.
func (m Signature) fits(f Field) bool {
	if m.Kind != f.Kind || m.Type != f.Type {
		return false
	}
	if m.Name+m.Label+m.Placeholder == "" {
		return m.ID == f.ID
	}
	return m.Name == f.Name && m.Label == f.Label && m.Placeholder == f.Placeholder
}
