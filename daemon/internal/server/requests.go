package server

import (
	"sync"

	"github.com/logspanel/companion/shared/protocol"
)

const (
	// atOnce is how many requests of one session run together.
	atOnce = 8
	// maxUnanswered bounds the requests of one session that have no answer yet.
	maxUnanswered = 64
	// maxWaiting bounds the bytes of the requests that wait for their turn.
	maxWaiting = 1 << 20
)

// errBusy is the answer to a request for which a session has no room.
var errBusy = &protocol.Error{
	Code: protocol.CodeBusy, Message: "the companion is still busy with earlier requests from this browser",
	Next: "wait a moment and try again",
}

// requests are those of one session that have no answer yet. A few run together and
// the others wait, first come, first served. Adding one never blocks.
type requests struct {
	do      func(protocol.Message) (any, error)
	answer  func(m protocol.Message, id uint64, result any, err error)
	running sync.WaitGroup

	mu         sync.Mutex
	workers    int
	unanswered int
	waiting    []*request
	bytes      int                 // of those waiting
	joinable   map[string]*request // by key
}

// request is one piece of work, and the ids of all that asked for it.
type request struct {
	message protocol.Message
	key     string
	ids     []uint64
}

// add takes a request, unless there is no room. One with the same key as another that
// has no answer yet gets the answer of that one; an empty key equals none.
func (r *requests) add(m protocol.Message, key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unanswered == maxUnanswered {
		return false
	}
	if first := r.joinable[key]; first != nil {
		first.ids = append(first.ids, m.ID)
		r.unanswered++
		return true
	}
	next := &request{message: m, key: key, ids: []uint64{m.ID}}
	switch size := len(m.Params); {
	case r.workers < atOnce:
		r.workers++
		r.running.Go(func() { r.work(next) })
	case r.bytes+size <= maxWaiting:
		r.waiting = append(r.waiting, next)
		r.bytes += size
	default:
		return false
	}
	r.unanswered++
	if key != "" {
		if r.joinable == nil {
			r.joinable = map[string]*request{}
		}
		r.joinable[key] = next
	}
	return true
}

// work answers a request, and then those that wait.
func (r *requests) work(next *request) {
	for next != nil {
		result, err := r.do(next.message)
		ids := r.close(next)
		for _, id := range ids {
			r.answer(next.message, id, result, err)
		}
		next = r.next(len(ids))
	}
}

// close lets nobody join a request any more, and returns who did.
func (r *requests) close(done *request) []uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if done.key != "" {
		delete(r.joinable, done.key)
	}
	return done.ids
}

// next makes room for as many requests as were answered, and returns the one whose
// turn it is; nil ends the worker.
func (r *requests) next(answered int) *request {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unanswered -= answered
	if len(r.waiting) == 0 {
		r.workers--
		return nil
	}
	next := r.waiting[0]
	r.waiting = r.waiting[1:]
	r.bytes -= len(next.message.Params)
	return next
}
