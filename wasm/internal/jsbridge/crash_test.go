package jsbridge

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/wasm/internal/core"
	"github.com/logspanel/companion/wasm/internal/view"
)

// secret stands for data of an event that a panic value contains and a crash must not.
const secret = "4829130"

func caught(do func()) (c *view.Crash) {
	defer func() { c = crash(core.Acted, time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), recover()) }()
	do()
	return nil
}

type message struct{ code string }

func (m *message) length() int { return len(m.code) }

// A crash contains the kind of the panic and its place in this program, but no data.
func TestCrashContainsNoData(t *testing.T) {
	var (
		list      = []string{secret}
		index     = 4829130
		any_  any = secret
		none  *message
		zero  int
		table map[string]string
	)
	for want, do := range map[string]func(){
		"index out of range":                                func() { list[index] = "" },
		"slice bounds out of range":                         func() { list = list[index:] },
		"invalid memory address or nil pointer dereference": func() { none.length() },
		"assignment to entry in nil map":                    func() { table[secret] = secret },
		"integer divide by zero":                            func() { index /= zero },
		"interface conversion":                              func() { index = any_.(int) },
		"hash of unhashable type":                           func() { _ = map[any]int{any([]string{secret}): 1} },
		"close of closed channel":                           func() { c := make(chan int); close(c); close(c) },
		"cannot convert slice":                              func() { _ = [2]string(list) },
		"thrown string":                                     func() { panic(secret) },
		"thrown *errors.errorString":                        func() { panic(errors.New(secret)) },
		"thrown *json.SyntaxError": func() {
			var n int
			panic(json.Unmarshal([]byte(secret+"x"), &n))
		},
	} {
		c := caught(do)
		require.NotNil(t, c, want)
		assert.Equal(t, want, c.Cause)
		assert.Equal(t, "acted", c.Event)
		assert.Regexp(t, `^jsbridge\.\S+ crash_test\.go:\d+$`, c.Where, want)
		raw, err := json.Marshal(c)
		require.NoError(t, err)
		assert.NotContains(t, string(raw), secret)
	}
}
