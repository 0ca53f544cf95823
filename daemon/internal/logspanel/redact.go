package logspanel

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// redactKey removes the API key from an error's text: a confused server might send the
// key back, and the transport might quote it.
func redactKey(err error, key string) error {
	if text := err.Error(); strings.Contains(text, key) {
		return errors.New(replaceKey(text, key))
	}
	return err
}

func replaceKey(text, key string) string { return strings.ReplaceAll(text, key, "[key]") }

// errUnreadableHTTP replaces every transport error that may quote what the server sent.
var errUnreadableHTTP = errors.New("the response is not readable HTTP")

// stripPeerText removes from a transport error what the server sent. The transport
// quotes a status line or header that it can't read, and such a line may hold anything.
func stripPeerText(err error) error {
	switch outer := err.(type) {
	case *url.Error:
		return &url.Error{Op: outer.Op, URL: outer.URL, Err: stripPeerText(outer.Err)}
	case *net.OpError:
		if outer.Op == "proxyconnect" {
			return &net.OpError{Op: outer.Op, Net: outer.Net, Err: stripPeerText(outer.Err)}
		}
	}
	for _, safe := range []error{
		context.Canceled, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, http.ErrSchemeMismatch,
	} {
		if errors.Is(err, safe) {
			return err
		}
	}
	for _, safe := range []any{
		new(net.Error), new(x509.UnknownAuthorityError), new(x509.HostnameError), new(x509.CertificateInvalidError),
	} {
		if errors.As(err, safe) {
			return err
		}
	}
	return errUnreadableHTTP
}
