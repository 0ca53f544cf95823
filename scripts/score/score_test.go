package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/testenv"
)

// What is to be said of each page in testdata: nothing where it is right.
var verdicts = map[string]map[string]string{
	"accepts.html":    {codeWanted: ""},
	"silent.html":     {codeWanted: ""},
	"dialog.html":     {codeWanted: ""},
	"frame.html":      {codeWanted: ""},
	"mirror.html":     {codeWanted: ""},
	"unheard.html":    {codeWanted: `the page took the code ""`},
	"reverts.html":    {codeWanted: `the fields hold [""]`},
	"copies.html":     {codeWanted: `FALSE FILL: input[id="zip"][name="zip"] from "" to "284119"`},
	"unlabelled.html": {codeStray: `FALSE FILL: input[id="code"][autocomplete="one-time-code"] from "" to "493027"`},
	"unfound.html":    {codeWanted: "no field was found"},
	"half.html":       {codeWanted: `half-filled: ["284119"]`},
	"hangs.html":      {codeWanted: "the page hangs"},
	"absent.html":     {codeWanted: "these fields never came: #other"},
	"phone.html":      {codeStray: "", numberTask: ""},
	"otherland.html":  {codeStray: "", numberTask: `the country is "us United States (+1)"`},
}

func TestVerdicts(t *testing.T) {
	testenv.NeedsBrowsers(t)
	root = "../../"
	labels, err := readLabels("testdata", "")
	require.NoError(t, err)
	require.Len(t, labels, len(verdicts))
	err = with(t.Context(), "chromium", http.FileServer(http.Dir("testdata")), labels, func(s *scorer) error {
		s.patience = 8 * time.Second
		r, err := s.all(t.Context(), labels)
		require.NoError(t, err)
		require.Len(t, r.Pages, len(labels))
		for _, p := range r.Pages {
			want := verdicts[p.File]
			assert.Len(t, p.Attempts, len(want), p.File)
			for _, a := range p.Attempts {
				said := want[a.For]
				assert.Equal(t, said == "", a.Right, "%s: %s", p.File, a.Reason)
				assert.Contains(t, a.Reason, said, p.File)
			}
		}
		assert.False(t, r.perfect())
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
	assert.Len(t, parts[0], 2*batch)
	assert.Len(t, parts[1], 60-2*batch)
	assert.Equal(t, [][]label{{{}, {}, {}}}, batches(make([]label, 3)), "they share the code that belongs nowhere")
}
