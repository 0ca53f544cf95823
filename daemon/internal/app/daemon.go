package app

import (
	"context"

	"github.com/logspanel/companion/daemon/internal/bridge"
	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/journal"
	"github.com/logspanel/companion/daemon/internal/orders"
)

// daemon is what the commands can ask of the running parts.
type daemon struct {
	book   *orders.Book
	wire   *bridge.Bridge
	keys   *Keys
	status control.Status
}

var _ control.Daemon = (*daemon)(nil)

func (d *daemon) Pair(context.Context) (control.Pairing, error) {
	code, expires := d.wire.Pair()
	return control.Pairing{Code: code, ExpiresAt: expires}, nil
}

func (d *daemon) Clients(context.Context) ([]control.Client, error) {
	paired, err := d.wire.Clients()
	list := make([]control.Client, 0, len(paired))
	for _, c := range paired {
		list = append(list, control.Client{
			ID: c.ID, Name: c.Name, Browser: c.Browser, Origin: c.Origin, PairedAt: c.PairedAt, LastUsed: c.LastUsed,
		})
	}
	return list, err
}

func (d *daemon) Revoke(ctx context.Context, id string) error { return d.wire.Revoke(ctx, id) }

func (d *daemon) KeyChanged(ctx context.Context) error {
	d.keys.Reload()
	d.book.KeyChanged(ctx)
	return nil
}

func (d *daemon) Status(context.Context) (control.Status, error) { return d.status, nil }

// clients keeps the records of paired browsers in the journal.
type clients struct{ journal *journal.Journal }

var paired = journal.Table[bridge.Client]{Name: "clients"}

func (c clients) List() (list []bridge.Client, err error) {
	err = c.journal.View(func(tx *journal.Tx) (err error) {
		list, err = paired.All(tx)
		return err
	})
	return list, err
}

func (c clients) Put(client bridge.Client) error {
	return c.journal.Update(func(tx *journal.Tx) error { return paired.Put(tx, client.ID, client) })
}

func (c clients) Delete(id string) error {
	return c.journal.Update(func(tx *journal.Tx) error { return paired.Delete(tx, id) })
}
