package logspanel

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

const (
	maxResponse = 8 << 20 // bytes of one response body
	maxMessage  = 300     // characters of a provider's message
	maxCode     = 64      // characters of a provider's code
)

// response is a success in the form that all calls have in common.
type response struct {
	endpoint endpoint
	status   int
	data     json.RawMessage
	meta     json.RawMessage
	links    json.RawMessage
	message  string
	replayed bool
}

// unreadable is the error for a success whose data can't be decoded.
func (r response) unreadable(cause error) error {
	return &AmbiguousError{
		Call: r.endpoint.String(), MovesMoney: r.endpoint.movesMoney, Status: r.status, Message: r.message, Cause: cause,
	}
}

// envelope is the outer JSON object of every response.
type envelope struct {
	Success *bool           `json:"success"`
	Status  count           `json:"status"`
	Message text            `json:"message"`
	Code    text            `json:"code"`
	Data    json.RawMessage `json:"data"`
	Meta    json.RawMessage `json:"meta"`
	Links   json.RawMessage `json:"links"`
}

// classify sorts a response into a success, a refusal (*Error), or neither for certain
// (*AmbiguousError). Its errors do not contain the key.
func classify(e endpoint, status int, wait time.Duration, body []byte, key string) (response, error) {
	failed := &AmbiguousError{Call: e.String(), MovesMoney: e.movesMoney, Status: status, RetryAfter: wait}
	ambiguous := func(cause string) (response, error) {
		failed.Cause = errors.New(cause)
		return response{}, failed
	}
	switch {
	case len(body) > maxResponse:
		return ambiguous("the response is too large")
	case status >= 300 && status < 400:
		return ambiguous("the response is a redirect, and redirects are not followed: check the API address")
	}
	var env envelope
	if err := json.Unmarshal(body, &env); err != nil {
		return ambiguous("the response is not the API's JSON")
	}
	message := clean(replaceKey(string(env.Message), key), maxMessage)
	code := clean(replaceKey(string(env.Code), key), maxCode)
	succeeded := status >= 200 && status < 300
	if env.Success != nil && *env.Success {
		if !succeeded {
			return ambiguous("the response reports both success and failure")
		}
		return response{endpoint: e, status: status, message: message, data: env.Data, meta: env.Meta, links: env.Links}, nil
	}
	switch {
	case status == http.StatusUnauthorized:
		code = cmp.Or(code, CodeUnauthenticated) // the contract gives 401 this one meaning
	case succeeded && env.Status >= 400:
		status = int(env.Status)
	}
	if code != "" && (isPublished(code) || status >= 400 && status < 500) {
		return response{}, &Error{Status: status, Code: code, Message: message, RetryAfter: wait}
	}
	failed.Code, failed.Message = code, message
	return ambiguous("the response reports neither success nor a definite refusal")
}
