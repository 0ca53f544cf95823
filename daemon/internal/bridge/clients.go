package bridge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

// Client is a paired browser. Its secret is in the keyring, not here.
type Client struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`              // what the person called it, or empty
	Browser  string    `json:"browser"`           // such as "Chromium 156"
	Version  string    `json:"version,omitempty"` // of the extension
	Origin   string    `json:"origin"`            // of the extension in it
	PairedAt time.Time `json:"paired_at"`
	LastUsed time.Time `json:"last_used"`
	Revoked  bool      `json:"revoked,omitempty"` // remembered, so that the browser can be told
	Here     bool      `json:"-"`                 // connected now
}

// Clients stores the records of paired browsers durably.
type Clients interface {
	List() ([]Client, error)
	Put(Client) error // over the record with the same id
	Delete(id string) error
}

func secretName(id string) string { return "client/" + id }

// Clients lists the paired browsers, in the order of their pairing.
func (b *Bridge) Clients() ([]Client, error) {
	all, err := b.paired()
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range all {
		for s := range b.sessions {
			all[i].Here = all[i].Here || s.client == all[i].ID
		}
	}
	return all, err
}

func (b *Bridge) paired() ([]Client, error) {
	all, err := b.opts.Clients.List()
	if err != nil {
		return nil, fmt.Errorf("read the paired browsers: %w", err)
	}
	slices.SortFunc(all, func(a, b Client) int { return a.PairedAt.Compare(b.PairedAt) })
	return slices.DeleteFunc(all, func(c Client) bool { return c.Revoked }), nil
}

// Revoke ends a browser's pairing and its sessions, at once.
func (b *Bridge) Revoke(ctx context.Context, id string) error {
	err := b.change(id, func(c *Client) { c.Revoked = true })
	if err != nil {
		return err
	}
	b.endSessions(id)
	b.opts.Changed()
	b.opts.Log.Info("a browser was revoked", "client", id)
	if err := b.opts.Secrets.Delete(ctx, secretName(id)); err != nil {
		return fmt.Errorf("the browser can't connect any more, but its secret could not be removed from the keyring: %w", err)
	}
	return nil
}

var errUnknownClient = errors.New("no browser with this id is paired")

func (b *Bridge) client(id string) (Client, error) {
	clients, err := b.paired()
	if err != nil {
		return Client{}, err
	}
	i := slices.IndexFunc(clients, func(c Client) bool { return c.ID == id })
	if i < 0 {
		return Client{}, errUnknownClient
	}
	return clients[i], nil
}

// Label is what the person knows the browser by.
func (c Client) Label() string {
	switch {
	case c.Name == "" && c.Browser == "":
		return "a browser"
	case c.Name == "":
		return c.Browser
	case c.Browser == "":
		return c.Name
	}
	return c.Name + " (" + c.Browser + ")"
}

// change alters the record of a paired browser.
func (b *Bridge) change(id string, alter func(*Client)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.client(id)
	if err != nil {
		return err
	}
	alter(&c)
	if err := b.opts.Clients.Put(c); err != nil {
		return fmt.Errorf("write down the browser: %w", err)
	}
	return nil
}

// greet writes down that a paired browser is here.
func (b *Bridge) greet(id string, hello protocol.Hello) error {
	return b.change(id, func(c *Client) {
		c.Name, c.Browser, c.Version, c.LastUsed = label(hello.Name), label(hello.Browser), label(hello.Version), b.opts.Now().UTC()
	})
}

// issue makes a client of a browser that came with a pairing code.
func (b *Bridge) issue(ctx context.Context, origin string, hello protocol.Hello) (protocol.Credentials, error) {
	now := b.opts.Now().UTC()
	c := Client{
		ID: rand.Text(), Name: label(hello.Name), Browser: label(hello.Browser), Version: label(hello.Version), Origin: origin,
		PairedAt: now, LastUsed: now,
	}
	secret := make([]byte, channel.SecretSize)
	_, _ = rand.Read(secret) // never fails
	if err := b.opts.Secrets.Set(ctx, secretName(c.ID), secret); err != nil {
		return protocol.Credentials{}, (&protocol.Error{
			Code: protocol.CodeKeyring, Message: "the companion can't keep this browser's secret in the keyring",
			Next: "unlock the keyring and make a new pairing code",
		}).Because(err)
	}
	replaced, err := b.enroll(c, hello.Replaces)
	if err != nil {
		return protocol.Credentials{}, (&protocol.Error{
			Code: protocol.CodeJournal, Message: "the companion can't write its journal",
			Next: "check that the disk has space, then make a new pairing code",
		}).Because(errors.Join(err, b.opts.Secrets.Delete(ctx, secretName(c.ID))))
	}
	for _, old := range replaced {
		b.endSessions(old)
		if err := b.opts.Secrets.Delete(ctx, secretName(old)); err != nil {
			b.opts.Log.Warn("the secret of a replaced browser stays in the keyring", "client", old, "cause", err)
		}
	}
	b.opts.Log.Info("a browser was paired", "client", c.ID, "browser", c.Browser, "origin", origin)
	return protocol.Credentials{ClientID: c.ID, Secret: secret}, nil
}

// enroll writes a new client down in place of what the same browser was before, by
// its own word: every Chromium and all its profiles have one origin. Another
// extension's client can't be replaced so.
func (b *Bridge) enroll(c Client, before string) (replaced []string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all, err := b.opts.Clients.List()
	if err != nil {
		return nil, err
	}
	if err := b.opts.Clients.Put(c); err != nil {
		return nil, err
	}
	for _, old := range all {
		if old.Origin != c.Origin || !old.Revoked && old.ID != before {
			continue
		}
		if err := b.opts.Clients.Delete(old.ID); err != nil {
			return replaced, err
		}
		replaced = append(replaced, old.ID)
	}
	return replaced, nil
}

const maxLabel = 64

// label is a text from a browser as it may be shown: one short line.
func label(text string) string {
	var out []rune
	for _, r := range text {
		if unicode.IsPrint(r) && len(out) < maxLabel {
			out = append(out, r)
		}
	}
	return strings.TrimSpace(string(out))
}
