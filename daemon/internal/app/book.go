package app

import (
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"github.com/logspanel/companion/daemon/internal/journal"
	"github.com/logspanel/companion/daemon/internal/orders"
)

// openBook opens the orders in their journal. A journal that can't be read, or that is
// another host's, is set aside, and the orders are read from the provider again.
func openBook(s site, opts orders.Options, out io.Writer) (*orders.Book, *journal.Journal, error) {
	book, store, err := readBook(s, opts)
	if !errors.Is(err, journal.ErrDamaged) && !errors.Is(err, journal.ErrForeign) {
		return book, store, err
	}
	damage := err
	name, err := journal.SetAside(s.journal, time.Now())
	if err != nil {
		return nil, nil, errors.Join(damage, err)
	}
	opts.Log.Error("the journal can't be used and was set aside", "as", name, "cause", damage)
	fmt.Fprintf(out, "the journal can't be used: it is kept as %s, and the orders are read from the provider again; browsers have to be paired anew\n", name)
	if book, store, err = readBook(s, opts); err != nil {
		return nil, nil, err
	}
	if err := book.Recover(name); err != nil {
		return nil, nil, errors.Join(err, store.Close())
	}
	return book, store, nil
}

func readBook(s site, opts orders.Options) (*orders.Book, *journal.Journal, error) {
	store, err := journal.Open(s.journal, s.host)
	if err != nil {
		return nil, nil, err
	}
	opts.Journal = store
	book, err := orders.Open(opts)
	if err == nil {
		_, err = clients{store}.List()
	}
	if err == nil {
		_, err = openPreferences(store)
	}
	if err == nil {
		_, _, err = told{store}.Open()
	}
	if err != nil {
		return nil, nil, errors.Join(err, store.Close())
	}
	return book, store, nil
}

// full reports that something could not be written for want of room.
func full(err error) bool {
	for _, cause := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}
