package fields

// Field is one form field, or one editable element.
type Field struct {
	Ref int `json:"ref"` // the content script's handle
}

// Step types one value into one field, or chooses it in a select.
type Step struct {
	Ref   int    `json:"ref"`
	Value string `json:"value"`
}
