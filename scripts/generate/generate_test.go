package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
)

func TestGeneratedFilesAreCurrent(t *testing.T) {
	require.NoError(t, generate("../..", true))
}

func TestEveryMethodIsDocumented(t *testing.T) {
	s, err := read("../..")
	require.NoError(t, err)
	var declared, listed []string
	for _, c := range s.constBlocks["SessionHello"] {
		declared = append(declared, c.value)
	}
	for _, m := range protocol.Methods {
		listed = append(listed, m.Name)
	}
	assert.ElementsMatch(t, declared, append(listed, "state.changed"))
	known := map[string]bool{"Empty": true}
	for _, st := range s.structs {
		known[st.name] = true
	}
	for _, m := range protocol.Methods {
		assert.True(t, known[typeName(m.Params)], m.Name)
		assert.True(t, known[typeName(m.Result)], m.Name)
	}
}
