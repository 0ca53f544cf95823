package logspanel

import (
	"context"
	"net/http"
)

// Send is the one way out, for tests that try what no method does.
func (c *Client) Send(ctx context.Context, method, path string) error {
	_, err := c.send(ctx, c.credentials, method, path, nil, nil)
	return err
}

// Allowed lists the allow-list.
func Allowed() []string {
	var list []string
	for _, e := range allowed {
		list = append(list, e.String())
	}
	return list
}

// WithTransport changes the transport before the first call.
func WithTransport(change func(*http.Transport)) Option {
	return func(c *Client) { change(c.transport) }
}

// Transport is what the client sends by.
func (c *Client) Transport() *http.Transport { return c.transport }
