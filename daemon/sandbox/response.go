package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// response is a response of the API.
type response struct {
	status int
	header http.Header
	body   []byte
}

func (r response) write(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(r.body)))
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // the client may be gone
}

// envelope is the outer JSON object of every response.
type envelope struct {
	Success bool   `json:"success"`
	Status  int    `json:"status,omitempty"`
	Message string `json:"message,omitempty"`
	Code    string `json:"code,omitempty"`
	Data    any    `json:"data,omitempty"`
	Meta    any    `json:"meta,omitempty"`
	Links   any    `json:"links,omitempty"`
}

func (e envelope) response() response {
	status := e.Status
	if e.Success {
		status = http.StatusOK
	}
	body, err := json.Marshal(e)
	if err != nil {
		panic(err) // impossible for these types
	}
	return response{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: body}
}

func success(data any) response { return envelope{Success: true, Data: data}.response() }

// errorResponse returns an error response in the provider's envelope.
func errorResponse(status int, code, message string) response {
	return envelope{Status: status, Code: code, Message: message}.response()
}

func invalid(message string) response {
	return errorResponse(http.StatusUnprocessableEntity, "VALIDATION_FAILED", message)
}

func notFound(code, message string) response {
	return errorResponse(http.StatusNotFound, code, message)
}

func conflict(code, message string) response {
	return errorResponse(http.StatusConflict, code, message)
}

// listResponse returns a list in the given format.
func listResponse[T any](form ListFormat, r request, items []T) response {
	all := make([]any, len(items))
	for i := range items {
		all[i] = items[i]
	}
	if form == PlainList {
		return success(all)
	}
	return pageResponse(form, r, all)
}

// pageResponse returns the requested page of a list, with its position in the list.
func pageResponse(form ListFormat, r request, items []any) response {
	query := r.URL.Query()
	perPage, ok := parsePositive(query.Get("per_page"), 15)
	current, fine := parsePositive(query.Get("page"), 1)
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
	if form == MetaLinksList {
		return envelope{Success: true, Data: slice, Meta: about, Links: map[string]any{"next": next, "prev": nil}}.response()
	}
	about["data"], about["next_page_url"] = slice, next
	return success(about)
}

func parsePositive(s string, otherwise int) (n int, ok bool) {
	if s == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && n <= 1_000_000
}
