package server

import (
	"sync"

	"github.com/logspanel/companion/shared/protocol"
)

// Limits for one session.
const (
	maxConcurrent  = 8       // requests that run at the same time
	maxInFlight    = 64      // requests without an answer, running or queued
	maxQueuedBytes = 1 << 20 // of the parameters of queued requests
)

// errBusy is the answer to a request that exceeds a limit.
var errBusy = &protocol.Error{
	Code: protocol.CodeBusy, Message: "the companion is still busy with earlier requests from this browser",
	Next: "wait a moment and try again",
}

// requestQueue runs the requests of one session. A few run concurrently; the others wait
// their turn in the order of arrival. Adding a request never blocks.
type requestQueue struct {
	do      func(protocol.Message) (any, error)
	answer  func(m protocol.Message, id uint64, result any, err error)
	running sync.WaitGroup

	mu          sync.Mutex
	workers     int
	inFlight    int
	queue       []*queuedRequest
	queuedBytes int
	joinable    map[string]*queuedRequest // by share key
}

// queuedRequest is one call, and the IDs of all requests that get its answer.
type queuedRequest struct {
	message protocol.Message
	key     string
	ids     []uint64
}

// add accepts a request and reports whether there was room. If an unanswered request has
// the same key, this one gets the same answer; requests with an empty key are never joined.
func (q *requestQueue) add(m protocol.Message, key string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.inFlight == maxInFlight {
		return false
	}
	if first := q.joinable[key]; first != nil {
		first.ids = append(first.ids, m.ID)
		q.inFlight++
		return true
	}
	next := &queuedRequest{message: m, key: key, ids: []uint64{m.ID}}
	switch size := len(m.Params); {
	case q.workers < maxConcurrent:
		q.workers++
		q.running.Go(func() { q.work(next) })
	case q.queuedBytes+size <= maxQueuedBytes:
		q.queue = append(q.queue, next)
		q.queuedBytes += size
	default:
		return false
	}
	q.inFlight++
	if key != "" {
		if q.joinable == nil {
			q.joinable = map[string]*queuedRequest{}
		}
		q.joinable[key] = next
	}
	return true
}

// work runs a request and then queued ones until the queue is empty.
func (q *requestQueue) work(next *queuedRequest) {
	for next != nil {
		result, err := q.do(next.message)
		for _, id := range q.finish(next) {
			// A client that has read its answer finds room for the next request.
			q.release()
			q.answer(next.message, id, result, err)
		}
		next = q.dequeue()
	}
}

// finish stops other requests from joining this one, and returns the request IDs to answer.
func (q *requestQueue) finish(done *queuedRequest) []uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	if done.key != "" {
		delete(q.joinable, done.key)
	}
	return done.ids
}

// release frees the room of one request.
func (q *requestQueue) release() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inFlight--
}

// dequeue returns the next queued request. Nil ends the worker.
func (q *requestQueue) dequeue() *queuedRequest {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.queue) == 0 {
		q.workers--
		return nil
	}
	next := q.queue[0]
	q.queue = q.queue[1:]
	q.queuedBytes -= len(next.message.Params)
	return next
}
