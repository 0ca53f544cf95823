package server

import (
	"context"
	"strconv"
	"sync"

	"github.com/logspanel/companion/shared/protocol"
)

// reads lets everyone who asks for the same thing at the same time share one reading of
// it. Unlike with singleflight, a reading ends early when nobody waits for it any more.
type reads struct {
	mu      sync.Mutex
	epoch   uint64
	running map[string]*reading
}

type reading struct {
	cancel  context.CancelFunc
	waiting int
	done    chan struct{}
	result  any
	err     error
}

// key is equal for two requests of which the later may get the earlier's answer. After
// a change it is another, so that nobody reads what was true before it.
func (r *reads) key(m protocol.Message) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strconv.FormatUint(r.epoch, 10) + " " + m.Method + " " + string(m.Params)
}

// changed keeps later requests from joining a reading that has begun.
func (r *reads) changed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.epoch++
}

// share returns what read does, called now or by an earlier caller with the same key.
// A caller whose ctx ends leaves the reading to the others; the last one ends it.
func (r *reads) share(ctx context.Context, key string, read func(context.Context) (any, error)) (any, error) {
	shared := r.join(ctx, key, read)
	defer r.leave(key, shared)
	select {
	case <-shared.done:
		return shared.result, shared.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (r *reads) join(ctx context.Context, key string, read func(context.Context) (any, error)) *reading {
	r.mu.Lock()
	defer r.mu.Unlock()
	if shared := r.running[key]; shared != nil {
		shared.waiting++
		return shared
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	shared := &reading{cancel: cancel, waiting: 1, done: make(chan struct{})}
	if r.running == nil {
		r.running = map[string]*reading{}
	}
	r.running[key] = shared
	go func() {
		defer close(shared.done)
		shared.result, shared.err = read(ctx)
		r.remove(key, shared)
	}()
	return shared
}

func (r *reads) leave(key string, shared *reading) {
	r.mu.Lock()
	shared.waiting--
	last := shared.waiting == 0
	if last && r.running[key] == shared {
		delete(r.running, key) // whoever comes now would join what is cancelled
	}
	r.mu.Unlock()
	if last {
		shared.cancel()
		<-shared.done // nothing goes on behind the end of the last session
	}
}

func (r *reads) remove(key string, shared *reading) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running[key] == shared {
		delete(r.running, key)
	}
}
