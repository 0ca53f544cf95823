package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/adrg/xdg"

	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/daemon/internal/doctor"
	"github.com/logspanel/companion/daemon/internal/logging"
	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
)

// Diagnose reports the state of the daemon's parts. It asks keyring, journal and provider
// again, and uses nothing remembered.
func (d *daemon) Diagnose(ctx context.Context) (control.Diagnostics, error) {
	c := control.Diagnostics{Status: d.status, Keyring: d.errorText(d.keys.probe(ctx)), Journal: d.errorText(d.files.Check())}
	_, err := d.orders.RefreshWallet(ctx)
	now := d.orders.Snapshot()
	c.Key, c.SetAside, c.Unset = now.Key.State, now.Recovery.SetAside, now.Limits.Unset
	if err != nil && !isKeyError(usererr.From(err).Code) {
		providerErr := usererr.From(err).WithoutDetail()
		providerErr.Message = d.redact.Text(providerErr.Message)
		c.Provider = providerErr
	}
	if ahead, known := d.clockSkew(); known {
		c.Ahead = &ahead
	}
	var browsersErr error
	if c.Browsers, browsersErr = d.Browsers(ctx); browsersErr != nil && c.Journal == "" {
		c.Journal = d.errorText(browsersErr)
	}
	return c, nil
}

func (d *daemon) errorText(err error) string {
	if err == nil {
		return ""
	}
	return d.redact.Text(err.Error())
}

// isKeyError reports whether a call failed because of the key or the account.
func isKeyError(code protocol.Code) bool {
	switch code {
	case protocol.CodeKeyMissing, protocol.CodeKeyRefused, protocol.CodeAccountBlocked, protocol.CodeKeyring:
		return true
	}
	return false
}

// Diagnose examines the companion, running or not, and the desktop around it.
func Diagnose(ctx context.Context, opts Options) doctor.Report {
	redact := new(logging.Redactor)
	f := doctor.Facts{
		Version: opts.Version, System: describeSystem(), At: time.Now(), Port: opts.Port, Host: opts.API,
		DialogErr: desktop.CheckDialogs(), Clipboard: desktop.CheckClipboard(), KeyringFile: opts.Keyring.File,
		Log: filepath.Join(opts.Dir, logFile),
	}
	f.Desktop = desktop.Detect(ctx)
	f.AtLogin, f.AtLoginErr = desktop.StartsAtLogin()
	if about, err := os.Stat(f.Log); err == nil {
		f.LogSize = about.Size()
	}
	c, err := control.Dial(opts.Dir).Diagnose(ctx)
	switch {
	case err == nil:
		addDaemonFacts(&f, c)
	case errors.Is(err, control.ErrNotRunning):
		f.Stopped = true
		addLocalFacts(ctx, &f, opts, redact)
	default:
		f.Running = err
	}
	if f.Stopped || f.Running != nil {
		f.NoBrowsers = true
		if l, err := listen(ctx, f.Port); err != nil {
			f.PortOwner = portOwner(f.Port)
		} else {
			_ = l.Close()
		}
	}
	return doctor.Examine(f, func(text string) string {
		text = redact.Text(text)
		if len(xdg.Home) > 1 {
			text = strings.ReplaceAll(text, xdg.Home, "~")
		}
		return text
	})
}

func describeSystem() string {
	parts := []string{runtime.GOOS + "/" + runtime.GOARCH}
	for _, name := range []string{"XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE"} {
		if value := os.Getenv(name); value != "" {
			parts = append(parts, value)
		}
	}
	return strings.Join(parts, ", ")
}

// addDaemonFacts takes over what the running daemon reports about itself.
func addDaemonFacts(f *doctor.Facts, c control.Diagnostics) {
	f.PID, f.DaemonVersion, f.Sandbox, f.Port, f.Host = c.PID, c.Version, c.Sandbox, c.Port, c.Host
	f.SetAside, f.LimitsLost, f.Ahead = c.SetAside, c.Unset, c.Ahead
	if c.Keyring != "" {
		f.Keyring = errors.New(c.Keyring)
	}
	if c.Journal != "" {
		f.Journal = errors.New(c.Journal)
	}
	if c.Provider != nil {
		f.Provider = c.Provider
	}
	f.Key = map[protocol.KeyState]doctor.KeyFact{
		protocol.KeyOK: doctor.KeyTaken, protocol.KeyMissing: doctor.KeyMissing, protocol.KeyRefused: doctor.KeyRefused, protocol.KeyBlocked: doctor.KeyBlocked,
	}[c.Key]
	f.Browsers = c.Browsers
}

// addLocalFacts examines keyring, files and provider where no daemon runs.
func addLocalFacts(ctx context.Context, f *doctor.Facts, opts Options, redact *logging.Redactor) {
	keys, host, err := OpenKeys(opts)
	if host != "" {
		f.Host = host
	}
	if err != nil {
		f.Keyring = err
	} else {
		keys.redact = redact.Hide
		f.Keyring = keys.probe(ctx)
	}
	if client, err := logspanel.New(opts.API, nil); err == nil {
		f.Host = client.Host()
		path := journalPath(opts.Dir, f.Host)
		f.Journal = store.Check(path)
		if f.NoJournal = errors.Is(f.Journal, fs.ErrNotExist); f.NoJournal {
			f.Journal = nil
		}
		if err := store.Check(settingsPath(path)); !errors.Is(err, fs.ErrNotExist) {
			f.Journal = errors.Join(f.Journal, err)
		}
	}
	if f.Keyring != nil {
		return
	}
	client, err := logspanel.New(opts.API, keys.Credential, logspanel.WithUserAgent("logspanel-companion/"+opts.Version))
	if err != nil {
		f.Provider = err
		return
	}
	defer client.Close()
	_, err = client.Wallet(ctx)
	if ahead, known := client.Skew(); known {
		f.Ahead = &ahead
	}
	f.Key = doctor.KeyTaken
	if err == nil {
		return
	}
	switch userErr := usererr.From(err).WithoutDetail(); userErr.Code {
	case protocol.CodeKeyMissing:
		f.Key = doctor.KeyMissing
	case protocol.CodeKeyRefused:
		f.Key = doctor.KeyRefused
	case protocol.CodeAccountBlocked:
		f.Key = doctor.KeyBlocked
	default:
		f.Key, f.Provider = doctor.KeyUnknown, fmt.Errorf("%s: %s", userErr.Message, userErr.Next)
	}
}

// journalPath returns the path of a host's journal.
func journalPath(dir, host string) string {
	return filepath.Join(dir, strings.ReplaceAll(host, ":", "_"), "journal.db")
}
