package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/testenv"
)

// Sizes are the same on every computer, so this test checks their budgets.
func TestSizes(t *testing.T) {
	testenv.NeedsPrograms(t, "gzip")
	testenv.NeedsBuild(t)
	limits, err := budgets()
	require.NoError(t, err)
	figures, err := sizes("../../build")
	require.NoError(t, err)
	for _, f := range figures {
		f.checkBudget(limits)
		require.NotNil(t, f.Budget, "%s has no budget", f.Name)
		assert.True(t, f.WithinBudget, f.violation())
	}
}
