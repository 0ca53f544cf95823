package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

// BrowserStore keeps the paired browsers durably. The server serializes its calls that write.
type BrowserStore interface {
	List() ([]browser.Browser, error) // in any order
	Put(browser.Browser) error        // replaces the one with the same ID
	Delete(id string) error           // of one that may be gone already
}

func secretName(id string) string { return "client/" + id }

// Browsers lists the paired browsers, in the order of their pairing.
func (b *Server) Browsers() ([]browser.Browser, error) {
	all, err := b.paired()
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range all {
		for s := range b.sessions {
			all[i].Connected = all[i].Connected || s.client == all[i].ID
		}
	}
	return all, err
}

func (s *Server) paired() ([]browser.Browser, error) {
	all, err := s.opts.Browsers.List()
	if err != nil {
		return nil, fmt.Errorf("read the paired browsers: %w", err)
	}
	slices.SortFunc(all, func(a, b browser.Browser) int { return a.PairedAt.Compare(b.PairedAt) })
	return slices.DeleteFunc(all, func(c browser.Browser) bool { return c.Revoked }), nil
}

// Revoke ends a browser's pairing and its sessions, at once.
func (s *Server) Revoke(ctx context.Context, id string) error {
	err := s.change(id, func(c *browser.Browser) { c.Revoked = true })
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

func (s *Server) client(id string) (browser.Browser, error) {
	clients, err := s.paired()
	if err != nil {
		return browser.Browser{}, err
	}
	i := slices.IndexFunc(clients, func(c browser.Browser) bool { return c.ID == id })
	if i < 0 {
		return browser.Browser{}, errUnknownClient
	}
	return clients[i], nil
}

// change alters the record of a paired browser.
func (s *Server) change(id string, alter func(*browser.Browser)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.client(id)
	if err != nil {
		return err
	}
	alter(&c)
	if err := s.opts.Browsers.Put(c); err != nil {
		return fmt.Errorf("write down the browser: %w", err)
	}
	return nil
}

// greet writes down that a paired browser is here.
func (s *Server) greet(id string, hello protocol.Hello) error {
	return s.change(id, func(c *browser.Browser) {
		c.Name, c.Product, c.Version, c.LastUsed = label(hello.Name), label(hello.Browser), label(hello.Version), s.opts.Now().UTC()
	})
}

// issue makes a client of a browser that came with a pairing code.
func (s *Server) issue(ctx context.Context, origin string, hello protocol.Hello) (protocol.Credentials, error) {
	now := s.opts.Now().UTC()
	c := browser.Browser{
		ID: rand.Text(), Name: label(hello.Name), Product: label(hello.Browser), Version: label(hello.Version), Origin: origin,
		PairedAt: now, LastUsed: now,
	}
	secret := make([]byte, channel.SecretSize)
	_, _ = rand.Read(secret) // never fails
	if err := s.opts.Secrets.Set(ctx, secretName(c.ID), secret); err != nil {
		return protocol.Credentials{}, (&protocol.Error{
			Code: protocol.CodeKeyring, Message: "the companion can't store this browser's secret in the keyring",
			Next: "unlock the keyring and get a new pairing code",
		}).WithCause(err)
	}
	replaced, err := s.enroll(c, hello.Replaces)
	if err != nil {
		return protocol.Credentials{}, (&protocol.Error{
			Code: protocol.CodeJournal, Message: "the companion can't write its journal",
			Next: "free up disk space and get a new pairing code",
		}).WithCause(errors.Join(err, s.opts.Secrets.Delete(ctx, secretName(c.ID))))
	}
	for _, old := range replaced {
		s.endSessions(old)
		if err := s.opts.Secrets.Delete(ctx, secretName(old)); err != nil {
			s.opts.Log.Warn("the secret of a replaced browser stays in the keyring", "client", old, "cause", err)
		}
	}
	s.opts.Log.Info("a browser was paired", "client", c.ID, "browser", c.Product, "origin", origin)
	return protocol.Credentials{ClientID: c.ID, Secret: secret}, nil
}

// enroll writes a new client down in place of what the same browser was before, by
// its own word: every Chromium and all its profiles have one origin. Another
// extension's client can't be replaced so.
func (s *Server) enroll(c browser.Browser, before string) (replaced []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.opts.Browsers.List()
	if err != nil {
		return nil, err
	}
	if err := s.opts.Browsers.Put(c); err != nil {
		return nil, err
	}
	for _, old := range all {
		if old.Origin != c.Origin || !old.Revoked && old.ID != before {
			continue
		}
		if err := s.opts.Browsers.Delete(old.ID); err != nil {
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
