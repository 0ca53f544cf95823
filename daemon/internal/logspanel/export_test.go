package logspanel

import (
	"context"
	"net/http"
)

// SendRaw exposes Client.send, for calls that no method makes.
func (c *Client) SendRaw(ctx context.Context, method, path string) error {
	_, err := c.send(ctx, c.credentials, method, path, nil, nil)
	return err
}

// Allowed returns the allowlist.
func Allowed() []string {
	var list []string
	for _, e := range allowlist {
		list = append(list, e.String())
	}
	return list
}

// WithTransport changes the transport in New.
func WithTransport(change func(*http.Transport)) Option {
	return func(c *Client) { change(c.transport) }
}

// Transport returns the client's transport.
func (c *Client) Transport() *http.Transport { return c.transport }
