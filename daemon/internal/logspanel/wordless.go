package logspanel

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
)

// errNotHTTP stands for every error of the transport that may quote what the other side
// sent.
var errNotHTTP = errors.New("what came is not HTTP that can be read")

// wordless is an error of the transport without what the other side sent: of a header or
// a status line that can't be read the transport's own error quotes the line.
func wordless(err error) error {
	switch outer := err.(type) {
	case *url.Error:
		return &url.Error{Op: outer.Op, URL: outer.URL, Err: wordless(outer.Err)}
	case *net.OpError:
		if outer.Op == "proxyconnect" {
			return &net.OpError{Op: outer.Op, Net: outer.Net, Err: wordless(outer.Err)}
		}
	}
	for _, own := range []error{
		context.Canceled, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, http.ErrSchemeMismatch,
	} {
		if errors.Is(err, own) {
			return err
		}
	}
	for _, own := range []any{
		new(net.Error), new(x509.UnknownAuthorityError), new(x509.HostnameError), new(x509.CertificateInvalidError),
	} {
		if errors.As(err, own) {
			return err
		}
	}
	return errNotHTTP
}
