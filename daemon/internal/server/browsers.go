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

// BrowserStore keeps the paired browsers durably. The server serializes its writes.
type BrowserStore interface {
	List() ([]browser.Browser, error) // in any order
	Put(browser.Browser) error        // replaces the one with the same ID
	Delete(id string) error           // does nothing if there is none with this ID
}

func secretName(id string) string { return "client/" + id }

// Browsers returns the paired browsers in the order of their pairing.
func (s *Server) Browsers() ([]browser.Browser, error) {
	all, err := s.paired()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range all {
		for sess := range s.sessions {
			all[i].Connected = all[i].Connected || sess.client == all[i].ID
		}
	}
	return all, err
}

// paired returns the browsers that are not revoked, in the order of their pairing.
func (s *Server) paired() ([]browser.Browser, error) {
	all, err := s.opts.Browsers.List()
	if err != nil {
		return nil, fmt.Errorf("read the paired browsers: %w", err)
	}
	slices.SortFunc(all, func(a, b browser.Browser) int { return a.PairedAt.Compare(b.PairedAt) })
	return slices.DeleteFunc(all, func(b browser.Browser) bool { return b.Revoked }), nil
}

// Revoke ends a browser's pairing and all of its sessions. If the secret could not be
// removed from the keyring it returns an error, although the browser is revoked.
func (s *Server) Revoke(ctx context.Context, id string) error {
	err := s.update(id, func(b *browser.Browser) { b.Revoked = true })
	if err != nil {
		return err
	}
	s.endSessions(id)
	s.opts.BrowsersChanged()
	s.opts.Log.Info("a browser was revoked", "client", id)
	if err := s.opts.Secrets.Delete(ctx, secretName(id)); err != nil {
		return fmt.Errorf("the browser can't connect any more, but its secret could not be removed from the keyring: %w", err)
	}
	return nil
}

var errNotPaired = errors.New("no browser with this id is paired")

// browser returns a paired browser, or errNotPaired.
func (s *Server) browser(id string) (browser.Browser, error) {
	all, err := s.paired()
	if err != nil {
		return browser.Browser{}, err
	}
	i := slices.IndexFunc(all, func(b browser.Browser) bool { return b.ID == id })
	if i < 0 {
		return browser.Browser{}, errNotPaired
	}
	return all[i], nil
}

// update changes what is stored of a paired browser.
func (s *Server) update(id string, change func(*browser.Browser)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.browser(id)
	if err != nil {
		return err
	}
	change(&b)
	if err := s.opts.Browsers.Put(b); err != nil {
		return fmt.Errorf("store the browser: %w", err)
	}
	return nil
}

// updateFromHello stores what a paired browser says about itself, and when it connected.
func (s *Server) updateFromHello(id string, hello protocol.Hello) error {
	return s.update(id, func(b *browser.Browser) {
		b.Name, b.Product, b.Version, b.LastUsed = cleanLabel(hello.Name), cleanLabel(hello.Browser), cleanLabel(hello.Version), s.opts.Now().UTC()
	})
}

// pairBrowser stores a new browser, with a new secret in the keyring, and returns its
// credentials. Its errors are *protocol.Error.
func (s *Server) pairBrowser(ctx context.Context, origin string, hello protocol.Hello) (protocol.Credentials, error) {
	now := s.opts.Now().UTC()
	b := browser.Browser{
		ID: rand.Text(), Name: cleanLabel(hello.Name), Product: cleanLabel(hello.Browser), Version: cleanLabel(hello.Version), Origin: origin,
		PairedAt: now, LastUsed: now,
	}
	secret := make([]byte, channel.SecretSize)
	_, _ = rand.Read(secret) // never fails
	if err := s.opts.Secrets.Set(ctx, secretName(b.ID), secret); err != nil {
		return protocol.Credentials{}, (&protocol.Error{
			Code: protocol.CodeKeyring, Message: "the companion can't store this browser's secret in the keyring",
			Next: "unlock the keyring and get a new pairing code",
		}).WithCause(err)
	}
	replaced, err := s.putAndReplace(b, hello.Replaces)
	if err != nil {
		return protocol.Credentials{}, (&protocol.Error{
			Code: protocol.CodeJournal, Message: "the companion can't write its journal",
			Next: "free up disk space and get a new pairing code",
		}).WithCause(errors.Join(err, s.opts.Secrets.Delete(ctx, secretName(b.ID))))
	}
	for _, id := range replaced {
		s.endSessions(id)
		if err := s.opts.Secrets.Delete(ctx, secretName(id)); err != nil {
			s.opts.Log.Warn("the secret of a replaced browser stays in the keyring", "client", id, "cause", err)
		}
	}
	s.opts.Log.Info("a browser was paired", "client", b.ID, "browser", b.Product, "origin", origin)
	return protocol.Credentials{ClientID: b.ID, Secret: secret}, nil
}

// putAndReplace stores a new browser. It deletes the browser with the ID previous, which
// is what the new one says it was before, and revoked ones; but only those of the same
// origin, so that no extension can replace another's browser. The origin alone does not
// identify a browser: every Chromium has the same one, in all of its profiles.
func (s *Server) putAndReplace(b browser.Browser, previous string) (replaced []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.opts.Browsers.List()
	if err != nil {
		return nil, err
	}
	if err := s.opts.Browsers.Put(b); err != nil {
		return nil, err
	}
	for _, old := range all {
		if old.Origin != b.Origin || !old.Revoked && old.ID != previous {
			continue
		}
		if err := s.opts.Browsers.Delete(old.ID); err != nil {
			return replaced, err
		}
		replaced = append(replaced, old.ID)
	}
	return replaced, nil
}

const maxLabel = 64 // runes

// cleanLabel makes a text from a browser safe to show: one short line of printable runes.
func cleanLabel(text string) string {
	var out []rune
	for _, r := range text {
		if unicode.IsPrint(r) && len(out) < maxLabel {
			out = append(out, r)
		}
	}
	return strings.TrimSpace(string(out))
}
