package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAskKeyReadsStandardInput(t *testing.T) {
	for given, want := range map[string]string{"a-key\n": "a-key", "a-key": "a-key", " a-key \r\nmore\n": "a-key", "": "", "\n": ""} {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		_, err = w.WriteString(given)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		key, err := askKey(r)
		require.NoError(t, r.Close())
		assert.Equal(t, want, key, "%q", given)
		if want == "" {
			require.ErrorContains(t, err, "type it when it is asked for")
		} else {
			require.NoError(t, err)
		}
	}
}
