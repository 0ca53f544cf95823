package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// reply is one answer of the API.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) write(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(r.body)))
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // a client that is gone is no fault of ours
}

// envelope is the shape of every answer.
type envelope struct {
	Success bool   `json:"success"`
	Status  int    `json:"status,omitempty"`
	Message string `json:"message,omitempty"`
	Code    string `json:"code,omitempty"`
	Data    any    `json:"data,omitempty"`
	Meta    any    `json:"meta,omitempty"`
	Links   any    `json:"links,omitempty"`
}

func (e envelope) reply() reply {
	status := e.Status
	if e.Success {
		status = http.StatusOK
	}
	body, err := json.Marshal(e)
	if err != nil {
		panic(err) // our own types alone
	}
	return reply{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: body}
}

func success(data any) reply { return envelope{Success: true, Data: data}.reply() }

// refuse is a failure in the provider's envelope.
func refuse(status int, code, message string) reply {
	return envelope{Status: status, Code: code, Message: message}.reply()
}

func invalid(message string) reply {
	return refuse(http.StatusUnprocessableEntity, "VALIDATION_FAILED", message)
}

func notFound(code, message string) reply { return refuse(http.StatusNotFound, code, message) }

func conflict(code, message string) reply { return refuse(http.StatusConflict, code, message) }

// list writes a list in a form.
func list[T any](form ListForm, r request, items []T) reply {
	all := make([]any, len(items))
	for i := range items {
		all[i] = items[i]
	}
	if form == Bare {
		return success(all)
	}
	return page(form, r, all)
}

// page is the part of a list that is asked for, with what there is to know of the rest.
func page(form ListForm, r request, items []any) reply {
	query := r.URL.Query()
	perPage, ok := positive(query.Get("per_page"), 15)
	current, fine := positive(query.Get("page"), 1)
	if !ok || !fine || perPage > 100 {
		return invalid("The per page field must be between 1 and 100.")
	}
	from := min((current-1)*perPage, len(items))
	to := min(from+perPage, len(items))
	last := max((len(items)+perPage-1)/perPage, 1)
	var next any
	if current < last {
		query.Set("page", strconv.Itoa(current+1))
		next = "http://" + r.Host + r.URL.Path + "?" + query.Encode()
	}
	slice := items[from:to]
	about := map[string]any{
		"current_page": current, "last_page": last, "per_page": perPage, "total": len(items),
		"links": []any{map[string]any{"url": nil, "label": "1", "active": true}},
	}
	if form == Siblings {
		return envelope{Success: true, Data: slice, Meta: about, Links: map[string]any{"next": next, "prev": nil}}.reply()
	}
	about["data"], about["next_page_url"] = slice, next
	return success(about)
}

func positive(s string, otherwise int) (n int, ok bool) {
	if s == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && n <= 1_000_000
}
