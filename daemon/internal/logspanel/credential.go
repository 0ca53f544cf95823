package logspanel

import (
	"context"
	"log/slog"
)

// Credential is an API key and the generation that distinguishes it from earlier and later
// keys of the account. Printing, logging or encoding a Credential never shows the key.
type Credential struct {
	Key        string
	Generation string
}

// CredentialFunc returns the credential for one request. Its error reaches the client's
// caller inside a NotSentError.
type CredentialFunc func(context.Context) (Credential, error)

// String names the generation only.
func (c Credential) String() string {
	if c.Key == "" {
		return "no API key"
	}
	return "API key of generation " + c.Generation
}

// GoString implements fmt.GoStringer, for %#v.
func (c Credential) GoString() string { return c.String() }

// LogValue implements slog.LogValuer.
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText implements encoding.TextMarshaler, which JSON uses.
func (c Credential) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// pinnedTo returns a CredentialFunc that fails with ErrKeyReplaced unless f returns a
// credential of this generation.
func (f CredentialFunc) pinnedTo(generation string) CredentialFunc {
	return func(ctx context.Context) (Credential, error) {
		credential, err := f(ctx)
		if err == nil && credential.Generation != generation {
			return Credential{}, ErrKeyReplaced
		}
		return credential, err
	}
}
