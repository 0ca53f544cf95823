package protocol

import "strings"

// OneTimeCode is a code that was found in a text message. If none was found, all fields but Why
// are empty.
type OneTimeCode struct {
	Code    string `json:"code"`            // letters and digits alone, ASCII: "573920"
	Written string `json:"written"`         // with its prefix and groups: "G-573920", "573 920"
	Text    string `json:"text,omitempty"`  // the whole message; empty: it is only the code
	Site    string `json:"site,omitempty"`  // the only domain it may be used on, if the message names one
	Frame   string `json:"frame,omitempty"` // the domain of the frame in a page of site, if the message names one
	Why     string `json:"why,omitempty"`   // the points for and against each candidate, for the problem report; it repeats nothing of the message
}

// AllowedOnPage reports whether the code may be filled anywhere in a page of a host, which
// may have a port. A site includes its subdomains.
func (r OneTimeCode) AllowedOnPage(top string) bool { return r.Site == "" || within(r.Site, top) }

// AllowedInFrame reports whether the code may be filled into a frame of the host frame, in a
// page of the host top. For the page itself both are the same.
func (r OneTimeCode) AllowedInFrame(top, frame string) bool {
	if r.Site == "" {
		return true
	}
	inner := r.Site
	if r.Frame != "" {
		inner = r.Frame
	}
	return within(r.Site, top) && within(inner, frame)
}

func within(site, host string) bool {
	site = strings.ToLower(site)
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	host = strings.TrimSuffix(host, ".")
	return host == site || strings.HasSuffix(host, "."+site)
}
