package protocol

import "strings"

// OneTimeCode is the code out of what the provider received for a number.
type OneTimeCode struct {
	Code    string `json:"code"`            // letters and digits alone, ASCII: "573920"
	Written string `json:"written"`         // with what leads or groups it: "G-573920", "573 920"
	Text    string `json:"text,omitempty"`  // that it stands in, whole; none: it stands alone
	Site    string `json:"site,omitempty"`  // the one domain that the text binds it to; none: it binds it to no site
	Frame   string `json:"frame,omitempty"` // the domain of the frame in a page of Site that it is for, where the text names one
}

// AllowedOnPage reports whether the code may be filled anywhere in a page of a host, as in an
// origin, with or without a port. A site takes in its subdomains.
func (r OneTimeCode) AllowedOnPage(top string) bool { return r.Site == "" || within(r.Site, top) }

// AllowedInFrame reports whether the code may be filled into a frame of the host frame, in a
// page of the host top; of the page itself both are the same.
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
