package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/logging"
	"github.com/logspanel/companion/daemon/internal/notify"
	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/daemon/internal/server"
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// daemon answers the commands, which reach it through package control.
type daemon struct {
	orders      *orders.Service
	server      *server.Server
	keys        *Keys
	prefs       *preferences
	files       *files
	clockSkew   func() (ahead time.Duration, known bool)
	redact      *logging.Redactor
	log         *slog.Logger
	trayChanges chan struct{} // signals that browsers or settings have changed
	status      control.Status
}

// refreshTray makes the tray read browsers and settings again. It never blocks.
func (d *daemon) refreshTray() {
	select {
	case d.trayChanges <- struct{}{}:
	default: // a refresh is pending already
	}
}

var _ control.Daemon = (*daemon)(nil)

func (d *daemon) Pair(context.Context) (control.Pairing, error) {
	code, expires := d.server.Pair()
	d.redact.Hide(code)
	return control.Pairing{Code: code, ExpiresAt: expires}, nil
}

func (d *daemon) Browsers(context.Context) ([]browser.Browser, error) {
	paired, err := d.server.Browsers()
	return append([]browser.Browser{}, paired...), err // never nil: in JSON it is a list
}

func (d *daemon) Revoke(ctx context.Context, id string) error { return d.server.Revoke(ctx, id) }

func (d *daemon) KeyChanged(ctx context.Context) error {
	d.keys.Reload()
	d.orders.KeyChanged(ctx)
	return nil
}

// keyringUnlocked reads the key again if it could not be read before.
func (d *daemon) keyringUnlocked(ctx context.Context) {
	if d.orders.Snapshot().Key.State == protocol.KeyLocked {
		_ = d.KeyChanged(ctx) // never fails
	}
}

func (d *daemon) Status(context.Context) (control.Status, error) { return d.status, nil }

func (d *daemon) Change(ctx context.Context, c control.Change) (control.Settings, error) {
	if d.orders.Snapshot().Wallet == nil {
		_, _ = d.orders.RefreshWallet(ctx) // for its currency; if that fails, the last known one
	}
	currency := d.orders.Limits().PerOrder.Currency
	perOrder, err := parseAmount(c.PerOrder, currency)
	if err != nil {
		return control.Settings{}, err
	}
	perDay, err := parseAmount(c.PerDay, currency)
	if err != nil {
		return control.Settings{}, err
	}
	if err := d.orders.SetLimits(perOrder, perDay); err != nil {
		return control.Settings{}, err
	}
	if c.KeepExpired != nil {
		if err := d.orders.SetKeepExpired(*c.KeepExpired); err != nil {
			return control.Settings{}, err
		}
	}
	if c.KeepDays != nil {
		if err := d.orders.SetRetention(*c.KeepDays); err != nil {
			return control.Settings{}, err
		}
	}
	if err := d.changeNotifications(c, currency); err != nil {
		return control.Settings{}, err
	}
	d.refreshTray()
	set := d.prefs.settings()
	return control.Settings{
		Limits: d.orders.Limits(), KeepExpired: d.orders.Snapshot().KeepExpired, KeepDays: d.orders.Retention(),
		NotificationsOff: set.Off, HideCodes: set.HideCodes, LowBalance: set.Threshold(currency),
	}, nil
}

func (d *daemon) changeNotifications(c control.Change, currency string) error {
	low, err := parseAmount(c.LowBalance, currency)
	if err != nil {
		return err
	}
	return d.prefs.edit(func(s *notify.Settings) {
		if c.NotificationsOff != nil {
			s.Off = *c.NotificationsOff
		}
		if c.HideCodes != nil {
			s.HideCodes = *c.HideCodes
		}
		if !low.IsZero() {
			s.LowBalance = low
		}
	})
}

// parseAmount reads an amount. The empty text is the zero Money.
func parseAmount(decimal, currency string) (money.Money, error) {
	if decimal == "" {
		return money.Money{}, nil
	}
	m, err := money.Parse(decimal, currency)
	if err != nil || m.Minor < 0 {
		return money.Money{}, fmt.Errorf("%q is not a valid limit: enter an amount in %s such as 5000.00", decimal, currency)
	}
	return m, nil
}

func (d *daemon) Ledger(context.Context) ([]control.Entry, error) {
	entries, err := d.orders.Ledger()
	list := make([]control.Entry, 0, len(entries))
	for _, e := range entries {
		list = append(list, control.Entry{
			N: e.N, At: e.At, Kind: string(e.Kind), OrderID: e.OrderID, IntentID: e.IntentID,
			Amount: e.Amount, Before: e.Before, After: e.After,
		})
	}
	return list, err
}

func (d *daemon) Asking(context.Context) ([]control.Asking, error) {
	list := []control.Asking{}
	for _, o := range d.orders.Snapshot().Orders {
		for _, client := range o.AskedBy {
			list = append(list, control.Asking{OrderID: o.ID, Client: client, Service: o.ServiceName, Number: o.DisplayNumber()})
		}
	}
	return list, nil
}

func (d *daemon) HandOver(_ context.Context, to control.Asking) error {
	return d.orders.HandOver(to.OrderID, to.Client)
}

func (d *daemon) Undecided(context.Context) ([]protocol.Intent, error) {
	list := []protocol.Intent{}
	for _, i := range d.orders.Snapshot().Intents {
		if i.NeedsDecision {
			list = append(list, i)
		}
	}
	return list, nil
}

func (d *daemon) Decide(ctx context.Context, decision control.Decision) error {
	_, err := d.orders.DecideByHand(ctx, decision.Purchase, decision.OrderID)
	return err
}

// browserStore keeps the paired browsers in the settings file.
type browserStore struct{ settings *store.Store }

var browserTable = store.Table[browser.Browser]{Name: "clients"}

func (s browserStore) List() (list []browser.Browser, err error) {
	err = s.settings.View(func(tx *store.Tx) (err error) {
		list, err = browserTable.All(tx)
		return err
	})
	return list, err
}

func (s browserStore) Put(b browser.Browser) error {
	return s.settings.Update(func(tx *store.Tx) error { return browserTable.Put(tx, b.ID, b) })
}

func (s browserStore) Delete(id string) error {
	return s.settings.Update(func(tx *store.Tx) error { return browserTable.Delete(tx, id) })
}
