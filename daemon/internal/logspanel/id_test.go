package logspanel

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIDs(t *testing.T) {
	for raw, want := range map[string]ID{
		`1`: "1", `"1"`: "1", `123456789012345678901`: "123456789012345678901", `"logs-ABC-1"`: "logs-ABC-1",
		`""`: "", `null`: "", `true`: "", `{}`: "", `[1]`: "", `" 1"`: "", `"a\nb"`: "", `"\u202e1"`: "",
		`"` + strings.Repeat("1", maxID+1) + `"`: "",
	} {
		var id ID
		require.NoError(t, json.Unmarshal([]byte(raw), &id), raw)
		assert.Equal(t, want, id, raw)
	}
	for id, want := range map[wireID]string{
		"1": `1`, "0": `0`, "01": `"01"`, "-1": `"-1"`, "1e3": `"1e3"`, "abc": `"abc"`,
		"9223372036854775807": `9223372036854775807`, "9223372036854775808": `"9223372036854775808"`,
	} {
		got, err := json.Marshal(id)
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
}

// A decoded id is bounded and survives being sent back. It is allowed in a path only where
// it is safe there.
func FuzzID(f *testing.F) {
	for _, raw := range []string{`1`, `"1"`, `"logs-ABC1234567-1777560000"`, `"../x"`, `1e3`, `-0`, `"\u0000"`} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var id ID
		if json.Unmarshal([]byte(raw), &id) != nil {
			return
		}
		require.LessOrEqual(t, len(id), maxID)
		body, err := json.Marshal(wireID(id))
		require.NoError(t, err)
		var again ID
		require.NoError(t, json.Unmarshal(body, &again))
		require.Equal(t, id, again)
		_, ok := allowedEndpoint("POST", "/numbers/orders/"+string(id)+"/check")
		require.Equal(t, id.isPathSafe(), ok)
	})
}
