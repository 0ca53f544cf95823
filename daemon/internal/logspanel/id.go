package logspanel

import (
	"encoding/json"
	"strconv"
	"strings"
)

// ID identifies an object of the provider. The provider writes ids as numbers in some
// responses and as strings in others. Both become the same text, so IDs compare with ==.
type ID string

// maxID is the longest accepted id in bytes. The longest published one has 28.
const maxID = 128

// UnmarshalJSON reads a string or a whole number. Anything else becomes the empty ID.
func (id *ID) UnmarshalJSON(raw []byte) error {
	s := scalar(raw)
	if len(s) > maxID || s != clean(s, maxID) {
		s = ""
	}
	*id = ID(s)
	return nil
}

// isPathSafe reports whether the id can be one segment of a URL path as it is: it has only
// RFC 3986's unreserved characters, and is not a dot segment.
func (id ID) isPathSafe() bool {
	if id == "" || id == "." || id == ".." || len(id) > maxID {
		return false
	}
	for _, r := range id {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', strings.ContainsRune("-._~", r):
		default:
			return false
		}
	}
	return true
}

// wireID is an id in a request's body. It is written as a number where it is one, as in the
// provider's example.
type wireID ID

func (id wireID) MarshalJSON() ([]byte, error) {
	if n, err := strconv.ParseUint(string(id), 10, 63); err == nil && strconv.FormatUint(n, 10) == string(id) {
		return []byte(id), nil
	}
	return json.Marshal(string(id))
}
