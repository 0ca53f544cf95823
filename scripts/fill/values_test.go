package fill

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// reportedValues are the values that the fields of a site's pages have reported.
type reportedValues struct {
	mu      sync.Mutex
	values  map[string]string // by the fields' names
	changed chan struct{}
}

func newReportedValues() *reportedValues {
	return &reportedValues{values: map[string]string{}, changed: make(chan struct{}, 1000)}
}

// record sets the current value of a field.
func (f *reportedValues) record(field, value string) {
	f.mu.Lock()
	f.values[field] = value
	f.mu.Unlock()
	f.changed <- struct{}{}
}

// waitForValue waits until a field has a value.
func (f *reportedValues) waitForValue(t *testing.T, field, value string) {
	t.Helper()
	timeout := time.After(waitTimeout)
	for {
		got := f.snapshot()
		if got[field] == value {
			return
		}
		select {
		case <-f.changed:
		case <-timeout:
			require.FailNow(t, "the field did not get its value", "%s has %q, not %q: %v", field, got[field], value, got)
		}
	}
}

// snapshot returns the values of all fields that were filled.
func (f *reportedValues) snapshot() map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.values)
}

func (f *reportedValues) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.values)
}

// sendCode makes the sandbox send a code to a number, and returns the code.
func sendCode(t *testing.T, provider, number string) (code string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"number": number})
	require.NoError(t, err)
	res, err := http.Post(provider+"/sandbox/sms", "application/json", bytes.NewReader(body))
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, http.StatusOK, res.StatusCode)
	var sent struct{ Code string }
	require.NoError(t, json.NewDecoder(res.Body).Decode(&sent))
	return sent.Code
}
