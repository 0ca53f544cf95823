package logspanel

import (
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// parseBaseURL checks and normalizes the API address, so that one API has one spelling:
// the API key and the journal are stored under its host.
func parseBaseURL(base string) (*url.URL, error) {
	bad := func(why string) (*url.URL, error) {
		return nil, fmt.Errorf("the API address %s: it looks like https://logspanel.com/api/v1", why)
	}
	u, err := url.Parse(base)
	switch {
	case err != nil: // not quoted, since its text may contain a password
		return bad("can't be read")
	case u.User != nil:
		return bad("must not hold a user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return bad("must not have a query or fragment")
	case u.Hostname() == "" || u.Opaque != "":
		return bad("names no host")
	case u.Scheme != "https" && u.Scheme != "http":
		return bad("must begin with https://")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return bad("must begin with https://, or the key would travel in the open")
	}
	if strings.HasSuffix(u.Host, ":") || u.Port() != "" && !isPort(u.Port()) {
		return bad("has an invalid port")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	if u.RawPath != "" || (u.Path != "" && u.Path != path.Clean(u.Path)) {
		return bad("has a path that is not plain")
	}
	u.Host = strings.ToLower(u.Host)
	if u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	return u, nil
}

func isPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
