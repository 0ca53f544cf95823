package logspanel

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPageForms(t *testing.T) {
	const items = `[{"id":1},{"id":2}]`
	for name, c := range map[string]struct {
		data, meta, links string
		current           int
		more              bool
	}{
		"bare":                {data: items},
		"paginator, more":     {data: `{"data":` + items + `,"current_page":1,"last_page":2}`, current: 1, more: true},
		"paginator, end":      {data: `{"data":` + items + `,"current_page":2,"last_page":2,"next_page_url":"x"}`, current: 2},
		"paginator, strings":  {data: `{"data":` + items + `,"current_page":"1","last_page":"3"}`, current: 1, more: true},
		"simple paginator":    {data: `{"data":` + items + `,"current_page":1,"next_page_url":"http://x/?page=2"}`, current: 1, more: true},
		"simple, end":         {data: `{"data":` + items + `,"current_page":1,"next_page_url":null}`, current: 1},
		"page buttons":        {data: `{"data":` + items + `,"current_page":1,"last_page":1,"links":[{"url":null}]}`, current: 1},
		"siblings":            {data: items, meta: `{"current_page":1,"last_page":2}`, links: `{"next":"x"}`, current: 1, more: true},
		"siblings, only next": {data: items, meta: `{"current_page":1}`, links: `{"next":"x"}`, current: 1, more: true},
		"siblings, end":       {data: items, meta: `{"current_page":1}`, links: `{"next":null}`, current: 1},
		"nested siblings":     {data: `{"data":` + items + `,"meta":{"current_page":1,"last_page":2},"links":{}}`, current: 1, more: true},
		"meta of another use": {data: items, meta: `[]`, links: `"none"`},
		"next without a page": {data: items, links: `{"next":"x"}`},
	} {
		p, err := decodePage(json.RawMessage(c.data), json.RawMessage(c.meta), json.RawMessage(c.links))
		require.NoError(t, err, name)
		assert.Len(t, p.items, 2, name)
		assert.Equal(t, c.current, p.current, name)
		assert.Equal(t, c.more, p.more, name)
	}
	p, err := decodePage(json.RawMessage(`{"data":[],"current_page":1,"last_page":9}`), nil, nil)
	require.NoError(t, err)
	assert.False(t, p.more, "an empty page is the last")
	for _, data := range []string{"", "null", `"x"`, "7", "true", "{}", `{"data":{}}`, `{"data":null}`} {
		_, err := decodePage(json.RawMessage(data), nil, nil)
		require.Error(t, err, data)
	}
}

// A list is decoded in any form, and a page that has a successor has items and a number.
func FuzzList(f *testing.F) {
	f.Add(`[{"id":1}]`, `{"current_page":1,"last_page":2}`, `{"next":"x"}`)
	f.Add(`{"data":[{"id":1}],"current_page":1,"last_page":2,"links":[]}`, ``, ``)
	f.Add(`{"data":{"data":[]}}`, `[]`, `null`)
	f.Add(`[0`, ``, ``)
	f.Add(`{"data":`, ``, ``)
	f.Fuzz(func(t *testing.T, data, meta, links string) {
		p, err := decodePage(json.RawMessage(data), json.RawMessage(meta), json.RawMessage(links))
		if err == nil && p.more {
			require.NotEmpty(t, p.items)
			require.Positive(t, p.current)
		}
	})
}
