package server

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
func (b *Server) Clients() ([]Client, error) {
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

func (s *Server) paired() ([]Client, error) {
	all, err := s.opts.Clients.List()
	if err != nil {
		return nil, fmt.Errorf("read the paired browsers: %w", err)
	}
	slices.SortFunc(all, func(a, b Client) int { return a.PairedAt.Compare(b.PairedAt) })
	return slices.DeleteFunc(all, func(c Client) bool { return c.Revoked }), nil
}

// Revoke ends a browser's pairing and its sessions, at once.
func (s *Server) Revoke(ctx context.Context, id string) error {
	err := s.change(id, func(c *Client) { c.Revoked = true })
	if err != nil {
		return err
	}
	s.endSessions(id)
	s.opts.Changed()
	s.opts.Log.Info("a browser was revoked", "client", id)
	if err := s.opts.Secrets.Delete(ctx, secretName(id)); err != nil {
		return fmt.Errorf("the browser can't connect any more, but its secret could not be removed from the keyring: %w", err)
	}
	return nil
}

var errUnknownClient = errors.New("no browser with this id is paired")

func (s *Server) client(id string) (Client, error) {
	clients, err := s.paired()
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
func (s *Server) change(id string, alter func(*Client)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.client(id)
	if err != nil {
		return err
	}
	alter(&c)
	if err := s.opts.Clients.Put(c); err != nil {
		return fmt.Errorf("write down the browser: %w", err)
	}
	return nil
}

// greet writes down that a paired browser is here.
func (s *Server) greet(id string, hello protocol.Hello) error {
	return s.change(id, func(c *Client) {
		c.Name, c.Browser, c.Version, c.LastUsed = label(hello.Name), label(hello.Browser), label(hello.Version), s.opts.Now().UTC()
	})
}

// issue makes a client of a browser that came with a pairing code.
func (s *Server) issue(ctx context.Context, origin string, hello protocol.Hello) (protocol.Credentials, error) {
	now := s.opts.Now().UTC()
	c := Client{
		ID: rand.Text(), Name: label(hello.Name), Browser: label(hello.Browser), Version: label(hello.Version), Origin: origin,
		PairedAt: now, LastUsed: now,
	}
	secret := make([]byte, channel.SecretSize)
	_, _ = rand.Read(secret) // never fails
	if err := s.opts.Secrets.Set(ctx, secretName(c.ID), secret); err != nil {
		return protocol.Credentials{}, (&protocol.Error{
			Code: protocol.CodeKeyring, Message: "the companion can't keep this browser's secret in the keyring",
			Next: "unlock the keyring and make a new pairing code",
		}).Because(err)
	}
	replaced, err := s.enroll(c, hello.Replaces)
	if err != nil {
		return protocol.Credentials{}, (&protocol.Error{
			Code: protocol.CodeJournal, Message: "the companion can't write its journal",
			Next: "check that the disk has space, then make a new pairing code",
		}).Because(errors.Join(err, s.opts.Secrets.Delete(ctx, secretName(c.ID))))
	}
	for _, old := range replaced {
		s.endSessions(old)
		if err := s.opts.Secrets.Delete(ctx, secretName(old)); err != nil {
			s.opts.Log.Warn("the secret of a replaced browser stays in the keyring", "client", old, "cause", err)
		}
	}
	s.opts.Log.Info("a browser was paired", "client", c.ID, "browser", c.Browser, "origin", origin)
	return protocol.Credentials{ClientID: c.ID, Secret: secret}, nil
}

// enroll writes a new client down in place of what the same browser was before, by
// its own word: every Chromium and all its profiles have one origin. Another
// extension's client can't be replaced so.
func (s *Server) enroll(c Client, before string) (replaced []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.opts.Clients.List()
	if err != nil {
		return nil, err
	}
	if err := s.opts.Clients.Put(c); err != nil {
		return nil, err
	}
	for _, old := range all {
		if old.Origin != c.Origin || !old.Revoked && old.ID != before {
			continue
		}
		if err := s.opts.Clients.Delete(old.ID); err != nil {
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
