package site

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGuessNames(t *testing.T) {
	for _, c := range []struct {
		host  string
		texts []string
		want  []string
	}{
		{"www.example.com", []string{"Acme"}, []string{"Acme", "example"}},
		{"login.acme.co.uk", []string{"", "  Ac \n me "}, []string{"Ac me", "acme"}},
		{"www.acme.com.iq", nil, []string{"acme"}},
		{"acme.io", []string{"Sign up | Acme"}, []string{"Acme", "Sign up"}},
		{"acme.shop", []string{"Acme: create an account - 2 min"}, []string{"2 min", "create an account", "Acme"}},
		{"a.example.com:8080", []string{strings.Repeat("long ", 20), "Acme"}, []string{"Acme", "example"}},
		{"acme.com", []string{"acme", "ACME"}, []string{"acme"}},
		{"acme.github.io", nil, nil},
		{"google.web.app", []string{"Acme"}, []string{"Acme"}},
		{"telegram.org.example.com", nil, []string{"example"}},
		{"127.0.0.1:8080", nil, nil},
		{"[::1]:80", nil, nil},
		{"localhost", nil, nil},
		{"", []string{"x"}, nil},
		{"acme.com", []string{"a1 | b2 | c3 | d4 | e5 | f6 | g7"}, []string{"g7", "f6", "e5", "d4", "c3", "b2"}},
	} {
		assert.Equal(t, c.want, GuessNames(c.host, c.texts), "%s %q", c.host, c.texts)
	}
}
