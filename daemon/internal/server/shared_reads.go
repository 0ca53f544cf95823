package server

import (
	"context"
	"strconv"
	"sync"

	"github.com/logspanel/companion/shared/protocol"
)

// sharedReads lets equal read requests that run at the same time share one call. Unlike
// with singleflight, the call is cancelled once nobody waits for it any more.
type sharedReads struct {
	mu      sync.Mutex
	epoch   uint64 // counts the writes
	running map[string]*sharedRead
}

type sharedRead struct {
	cancel  context.CancelFunc
	waiting int
	done    chan struct{}
	result  any // set when done is closed, like err
	err     error
}

// key returns a string that is equal for requests that may share an answer. It differs
// before and after a write, so that nobody reads what was true before it.
func (r *sharedReads) key(m protocol.Message) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strconv.FormatUint(r.epoch, 10) + " " + m.Method + " " + string(m.Params)
}

// invalidate keeps later requests from joining reads that have begun.
func (r *sharedReads) invalidate() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.epoch++
}

// share returns the result of read, called now or by an earlier caller with the same key.
// A caller whose ctx ends returns at once and leaves the read to the others; the last one
// cancels it.
func (r *sharedReads) share(ctx context.Context, key string, read func(context.Context) (any, error)) (any, error) {
	shared := r.join(ctx, key, read)
	defer r.leave(key, shared)
	select {
	case <-shared.done:
		return shared.result, shared.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (r *sharedReads) join(ctx context.Context, key string, read func(context.Context) (any, error)) *sharedRead {
	r.mu.Lock()
	defer r.mu.Unlock()
	if shared := r.running[key]; shared != nil {
		shared.waiting++
		return shared
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	shared := &sharedRead{cancel: cancel, waiting: 1, done: make(chan struct{})}
	if r.running == nil {
		r.running = map[string]*sharedRead{}
	}
	r.running[key] = shared
	go func() {
		defer close(shared.done)
		shared.result, shared.err = read(ctx)
		r.remove(key, shared)
	}()
	return shared
}

func (r *sharedReads) leave(key string, shared *sharedRead) {
	r.mu.Lock()
	shared.waiting--
	last := shared.waiting == 0
	if last && r.running[key] == shared {
		delete(r.running, key) // a later caller would join a cancelled read
	}
	r.mu.Unlock()
	if last {
		shared.cancel()
		<-shared.done // no read goes on after the last session has ended
	}
}

func (r *sharedReads) remove(key string, shared *sharedRead) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running[key] == shared {
		delete(r.running, key)
	}
}
