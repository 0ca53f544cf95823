package logspanel

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

const (
	maxAnswer  = 8 << 20 // bytes of one answer
	maxMessage = 300     // characters of a provider's message
	maxCode    = 64      // characters of a provider's code
)

// answer is a success, as far as it is the same for all calls.
type answer struct {
	endpoint endpoint
	status   int
	data     json.RawMessage
	meta     json.RawMessage
	links    json.RawMessage
	message  string
	replayed bool
}

// unusable is the error of an answer that says yes to something that can't be read.
func (a answer) unusable(cause error) error {
	return &AmbiguousError{
		Call: a.endpoint.String(), Acts: a.endpoint.acts, Status: a.status, Message: a.message, Cause: cause,
	}
}

// envelope is the shape of every answer.
type envelope struct {
	Success *bool           `json:"success"`
	Status  count           `json:"status"`
	Message text            `json:"message"`
	Code    text            `json:"code"`
	Data    json.RawMessage `json:"data"`
	Meta    json.RawMessage `json:"meta"`
	Links   json.RawMessage `json:"links"`
}

// judge tells a success from a refusal from an answer that says nothing for sure.
// An error is an Error or an Unanswered, and does not quote the key.
func judge(e endpoint, status int, wait time.Duration, body []byte, key string) (answer, error) {
	failed := &AmbiguousError{Call: e.String(), Acts: e.acts, Status: status, RetryAfter: wait}
	because := func(cause string) (answer, error) {
		failed.Cause = errors.New(cause)
		return answer{}, failed
	}
	switch {
	case len(body) > maxAnswer:
		return because("the answer is larger than any that is expected")
	case status >= 300 && status < 400:
		return because("it sends elsewhere, and redirects are not followed: check the API address")
	}
	var said envelope
	if err := json.Unmarshal(body, &said); err != nil {
		return because("the answer is not the API's JSON")
	}
	message := clean(hide(string(said.Message), key), maxMessage)
	code := clean(hide(string(said.Code), key), maxCode)
	succeeded := status >= 200 && status < 300
	if said.Success != nil && *said.Success {
		if !succeeded {
			return because("the answer says both yes and no")
		}
		return answer{endpoint: e, status: status, message: message, data: said.Data, meta: said.Meta, links: said.Links}, nil
	}
	switch {
	case status == http.StatusUnauthorized:
		code = cmp.Or(code, CodeUnauthenticated) // published: 401 is always this
	case succeeded && said.Status >= 400:
		status = int(said.Status)
	}
	if code != "" && (isPublished(code) || status >= 400 && status < 500) {
		return answer{}, &Error{Status: status, Code: code, Message: message, RetryAfter: wait}
	}
	failed.Code, failed.Message = code, message
	return because("the answer says neither yes nor for certain no")
}
