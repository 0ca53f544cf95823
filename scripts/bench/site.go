package main

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"time"
)

//go:embed site.html
var sitePage []byte

// site is a page that asks for a number and its code, and reports when it has a complete
// code.
type site struct {
	*httptest.Server
	accepted chan acceptedCode
}

// acceptedCode is a code that the page's own listener has seen.
type acceptedCode struct {
	Code string
	At   time.Time
}

func startSite() *site {
	s := &site{accepted: make(chan acceptedCode, 16)}
	s.Server = httptest.NewServer(s)
	return s
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/accepted" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(sitePage)
		return
	}
	var report struct {
		Code string
		At   float64 // in milliseconds since 1970
	}
	if json.NewDecoder(r.Body).Decode(&report) == nil {
		s.accepted <- acceptedCode{report.Code, jsTime(report.At)}
	}
}

// jsTime converts a time of JavaScript, in milliseconds since 1970.
func jsTime(ms float64) time.Time { return time.UnixMicro(int64(ms * 1000)) }

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
