package logspanel

import (
	"context"
	"log/slog"
)

// Credential is an API key with the generation that tells it from the key before and
// after it. However it is printed or logged, or encoded as JSON, the key is left out.
type Credential struct {
	Key        string
	Generation string
}

// CredentialFunc gives the credential for one request. Its error reaches the caller
// inside an Unsent.
type CredentialFunc func(context.Context) (Credential, error)

// String names the generation alone.
func (c Credential) String() string {
	if c.Key == "" {
		return "no API key"
	}
	return "API key of generation " + c.Generation
}

// GoString is String, for %#v.
func (c Credential) GoString() string { return c.String() }

// LogValue is String, for logs.
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText is String, for JSON.
func (c Credential) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// only gives credentials of one generation and refuses every other.
func (f CredentialFunc) only(generation string) CredentialFunc {
	return func(ctx context.Context) (Credential, error) {
		credential, err := f(ctx)
		if err == nil && credential.Generation != generation {
			return Credential{}, ErrKeyReplaced
		}
		return credential, err
	}
}
