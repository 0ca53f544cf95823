package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/testenv"
)

// wantReasons are the expected reasons of each page in testdata. "" means that the page is
// right.
var wantReasons = map[string]map[string]string{
	"accepts.html":    {codeTask: ""},
	"silent.html":     {codeTask: ""},
	"dialog.html":     {codeTask: ""},
	"frame.html":      {codeTask: ""},
	"mirror.html":     {codeTask: ""},
	"unheard.html":    {codeTask: `the page took the code ""`},
	"reverts.html":    {codeTask: `the fields hold [""]`},
	"copies.html":     {codeTask: `FALSE FILL: input[id="zip"][name="zip"] from "" to "284119"`},
	"unlabelled.html": {noCodeTask: `FALSE FILL: input[id="code"][autocomplete="one-time-code"] from "" to "493027"`},
	"unfound.html":    {codeTask: "no field was found"},
	"half.html":       {codeTask: `half-filled: ["284119"]`},
	"hangs.html":      {codeTask: "the page hangs"},
	"absent.html":     {codeTask: "these fields never appeared: #other"},
	"phone.html":      {noCodeTask: "", numberTask: ""},
	"otherland.html":  {noCodeTask: "", numberTask: `the country is "us United States (+1)"`},
}

func TestJudge(t *testing.T) {
	testenv.NeedsBrowsers(t)
	root = "../../"
	labels, err := readLabels("testdata", "")
	require.NoError(t, err)
	require.Len(t, labels, len(wantReasons))
	err = withScorer(t.Context(), "chromium", http.FileServer(http.Dir("testdata")), labels, func(s *scorer) error {
		s.fillTimeout = 8 * time.Second
		r, err := s.scoreAll(t.Context(), labels)
		require.NoError(t, err)
		require.Len(t, r.Pages, len(labels))
		for _, p := range r.Pages {
			want := wantReasons[p.File]
			assert.Len(t, p.Attempts, len(want), p.File)
			for _, a := range p.Attempts {
				reason := want[a.For]
				assert.Equal(t, reason == "", a.Right, "%s: %s", p.File, a.Reason)
				assert.Contains(t, a.Reason, reason, p.File)
			}
		}
		assert.False(t, r.allRight())
		assert.Equal(t, 2, r.falseFills())
		return nil
	})
	require.NoError(t, err)
}

func TestBatches(t *testing.T) {
	var labels []label
	for i := range 60 {
		labels = append(labels, label{Code: string(rune('0' + i/2))})
	}
	parts := batches(labels)
	require.Len(t, parts, 2)
	assert.Len(t, parts[0], 2*batchSize)
	assert.Len(t, parts[1], 60-2*batchSize)
	assert.Equal(t, [][]label{{{}, {}, {}}}, batches(make([]label, 3)), "pages without a code share the decoy")
}
