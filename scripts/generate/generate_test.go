package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNothingIsStale(t *testing.T) {
	require.NoError(t, generate("../..", true))
}

func TestEveryMethodIsDocumented(t *testing.T) {
	s, err := read("../..")
	require.NoError(t, err)
	var declared, told []string
	for _, c := range s.consts["SessionHello"] {
		declared = append(declared, c.value)
	}
	for _, m := range methods {
		told = append(told, m.name)
	}
	assert.ElementsMatch(t, declared, append(told, "state.changed"))
	known := map[string]bool{"Nothing": true}
	for _, st := range s.structs {
		known[st.name] = true
	}
	for _, m := range methods {
		assert.True(t, known[m.params], m.params)
		assert.True(t, known[m.result], m.result)
	}
}
