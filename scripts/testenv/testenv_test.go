package testenv

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// recorder is a testing.TB that records how the test would have ended, and goes on.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper()                           {}
func (r *recorder) Skipf(format string, args ...any)  { r.skipped = fmt.Sprintf(format, args...) }
func (r *recorder) Fatalf(format string, args ...any) { r.failed = fmt.Sprintf(format, args...) }

func TestNeedsPrograms(t *testing.T) {
	t.Setenv("CI", "")
	r := &recorder{}
	NeedsPrograms(r, "no-such-program|go")
	assert.Equal(t, &recorder{}, r)

	NeedsPrograms(r, "no-such-program")
	assert.Equal(t, "needs no-such-program, which make install brings", r.skipped)
	assert.Empty(t, r.failed)

	t.Setenv("CI", "true")
	r = &recorder{}
	NeedsPrograms(r, "no-such-program")
	assert.Equal(t, "needs no-such-program, which make install brings", r.failed)
	assert.Empty(t, r.skipped)
}
