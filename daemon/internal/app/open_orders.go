package app

import (
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"github.com/logspanel/companion/daemon/internal/orders"
	"github.com/logspanel/companion/daemon/internal/store"
)

// openOrders opens the journal with the orders and the settings beside it. It sets aside a
// file that can't be read or that belongs to another host. Lost orders are then read from
// the provider; lost limits have to be set again before anything is bought.
func openOrders(p profile, opts orders.Options, out io.Writer) (*orders.Service, *files, error) {
	f := new(files)
	svc, err := f.open(p, opts, out)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return svc, f, nil
}

func (f *files) open(p profile, opts orders.Options, out io.Writer) (svc *orders.Service, err error) {
	settingsAs, err := openOrSetAside(p.settings, opts, func() error { return f.openSettings(p) })
	if err != nil {
		return nil, err
	}
	journalAs, err := openOrSetAside(p.journal, opts, func() (err error) {
		svc, err = f.openJournal(p, opts)
		return err
	})
	if err != nil {
		return nil, err
	}
	lost, err := f.findLosses(p)
	if err != nil {
		return nil, err
	}
	// Losses are recorded before the files are linked: if the program ends in between, the
	// next start finds them again.
	if lost.journal {
		if err := svc.Recover(journalAs); err != nil {
			return nil, err
		}
		fmt.Fprintf(out, "the journal %s: the orders are read from the provider again\n", describeLoss(journalAs))
	}
	if lost.settings {
		if err := svc.MarkSettingsLost(); err != nil {
			return nil, err
		}
		fmt.Fprintf(out, "the settings %s: nothing is bought until you set both limits again with logspanel-companion limits, and browsers have to be paired again\n", describeLoss(settingsAs))
	}
	return svc, f.linkBoth()
}

// openOrSetAside opens a file. If the file is damaged or foreign, it renames that file and
// opens a new one. It returns the old file's new name.
func openOrSetAside(path string, opts orders.Options, open func() error) (name string, err error) {
	err = open()
	if !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrForeign) {
		return "", err
	}
	damage := err
	if name, err = store.SetAside(path, time.Now()); err != nil {
		return "", errors.Join(damage, err)
	}
	opts.Log.Error("a file can't be used and was set aside", "as", name, "cause", damage)
	return name, open()
}

// describeLoss says what happened to a lost file.
func describeLoss(name string) string {
	if name == "" {
		return "is gone"
	}
	return "can't be used and is kept as " + name
}

// isDiskFull reports whether writing failed for lack of space.
func isDiskFull(err error) bool {
	for _, cause := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}
