// Package doctor judges whether the companion and the desktop around it work, and says how
// to fix what doesn't. It never gathers facts itself: app fills Facts, Examine turns them
// into a Report of Checks, and Print or JSON writes the report. Every text of a report
// passes the caller's redaction, so that it can be published.
package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/daemon/internal/desktop"
)

// State is the result of a check.
type State string

// The states, best first.
const (
	OK      State = "ok"
	Unknown State = "unknown" // it could not be checked
	Warning State = "warning" // the companion works, but something is missing
	Failure State = "failure" // the companion does not work
)

// Check is one thing that was examined.
type Check struct {
	Name  string `json:"name"`
	State State  `json:"state"`
	Found string `json:"found"`
	Do    string `json:"do,omitempty"` // how to fix it; empty if there is nothing to fix
}

// Report is the result of all checks.
type Report struct {
	Version string    `json:"version"`
	System  string    `json:"system"`
	At      time.Time `json:"at"`
	Checks  []Check   `json:"checks"`
}

// Facts are what was found on this computer. A nil error means that all is well.
type Facts struct {
	Version string // of the command
	System  string // such as "linux/amd64, XFCE, x11"
	At      time.Time

	Running       error // why the daemon does not answer
	Stopped       bool  // the daemon is not running
	PID           int
	DaemonVersion string // version of the running daemon
	Sandbox       bool
	Port          int    // the daemon's port, or the one it would use
	PortOwner     string // another program that uses Port; empty if none does
	Host          string // of the provider's API
	Keyring       error  // why it can't be read
	KeyringFile   bool
	Key           KeyFact
	Provider      error          // why a call made for this report failed
	Ahead         *time.Duration // how far this clock is ahead of the provider's; nil if unknown
	Journal       error          // what is damaged in it
	NoJournal     bool           // no journal exists yet
	SetAside      string         // new name of a damaged journal
	LimitsLost    bool           // the spending limits were lost, so nothing is bought
	Desktop       desktop.Capabilities
	DialogErr     error // why no dialog can be opened
	Clipboard     error // why nothing can be copied
	Browsers      []browser.Browser
	NoBrowsers    bool // Browsers is unknown because the daemon is not running
	AtLogin       bool
	AtLoginErr    error
	Log           string // its path
	LogSize       int64  // bytes
}

// KeyFact is the state of the API key.
type KeyFact string

// The states of the key.
const (
	KeyUnknown KeyFact = ""
	KeyMissing KeyFact = "missing"
	KeyTaken   KeyFact = "taken" // the provider accepts it
	KeyRefused KeyFact = "refused"
	KeyBlocked KeyFact = "blocked"
)

const (
	warnClockError = time.Minute     // a larger difference is a warning
	maxClockError  = 5 * time.Minute // a larger difference is a failure: certificate checks may go wrong
)

// Examine judges the facts. hide redacts each text of the report.
func Examine(f Facts, hide func(string) string) Report {
	r := Report{Version: f.Version, System: f.System, At: f.At.UTC().Truncate(time.Second)}
	for _, c := range []Check{
		f.companion(), f.port(), f.keyring(), f.key(), f.provider(), f.clock(), f.journal(), f.browsers(),
		f.bus(), f.tray(), f.notices(), f.windows(), f.clipboard(), f.login(), f.log(),
	} {
		c.Found, c.Do = plainText(hide(c.Found)), plainText(hide(c.Do))
		r.Checks = append(r.Checks, c)
	}
	r.System = plainText(hide(r.System))
	return r
}

const maxText = 400 // runes

func plainText(s string) string { return desktop.Plain(s, maxText) }

func passed(name, found string) Check { return Check{Name: name, State: OK, Found: found} }

// failed returns a check in the given state that reports err.
func failed(name string, state State, err error, do string) Check {
	return Check{Name: name, State: state, Found: err.Error(), Do: do}
}

func (f Facts) companion() Check {
	const name = "companion"
	switch {
	case f.Stopped:
		return Check{name, Warning, "not running", "start it with logspanel-companion run"}
	case f.Running != nil:
		return failed(name, Failure, f.Running, "restart the companion")
	case f.DaemonVersion != f.Version:
		return Check{name, Warning, fmt.Sprintf("version %s is running, but this is %s", f.DaemonVersion, f.Version), "quit the companion and start the new version"}
	}
	money := ""
	if f.Sandbox {
		money = " with play money"
	}
	return passed(name, fmt.Sprintf("version %s is running%s, process %d", f.DaemonVersion, money, f.PID))
}

func (f Facts) port() Check {
	const name = "port"
	switch {
	case f.Running == nil && !f.Stopped:
		return passed(name, fmt.Sprintf("browsers connect to 127.0.0.1:%d", f.Port))
	case f.PortOwner != "":
		return Check{
			name, Failure, fmt.Sprintf("127.0.0.1:%d is used by %s", f.Port, f.PortOwner),
			"stop it, or choose another port with run --port and pair the browsers again",
		}
	}
	return passed(name, fmt.Sprintf("127.0.0.1:%d is free", f.Port))
}

func (f Facts) keyring() Check {
	const name = "keyring"
	if f.Keyring != nil {
		return failed(name, Failure, f.Keyring, "unlock the keyring and try again")
	}
	if f.KeyringFile {
		return passed(name, "secrets are in an encrypted file")
	}
	return passed(name, "it can be read")
}

func (f Facts) key() Check {
	const name = "API key"
	switch f.Key {
	case KeyTaken:
		return passed(name, "the provider accepts it")
	case KeyMissing:
		return Check{name, Failure, "none is set for " + f.Host, "set one in the companion's menu, or with logspanel-companion key set"}
	case KeyRefused:
		return Check{name, Failure, "the provider rejects it", "create a new one on the provider's site and set it"}
	case KeyBlocked:
		return Check{name, Failure, "the provider has blocked the account", "contact the provider"}
	}
	return Check{name, Unknown, "not checked", "see the other lines"}
}

func (f Facts) provider() Check {
	const name = "provider"
	switch {
	case f.Provider != nil:
		return failed(name, Failure, f.Provider, "check your internet connection and try again")
	case f.Key == KeyUnknown || f.Key == KeyMissing:
		return Check{name, Unknown, f.Host + " was not asked without a usable key", ""}
	}
	return passed(name, f.Host+" answers")
}

func (f Facts) clock() Check {
	const name, do = "clock", "set this computer's clock, or turn on automatic time"
	if f.Ahead == nil {
		return Check{name, Unknown, "the provider's time is unknown", ""}
	}
	by, way := f.Ahead.Round(time.Second), "ahead of"
	if by < 0 {
		by, way = -by, "behind"
	}
	found := fmt.Sprintf("%s %s the provider's", by, way)
	switch {
	case by >= maxClockError:
		return Check{name, Failure, found, do}
	case by >= warnClockError:
		return Check{name, Warning, found, do}
	}
	return passed(name, "it matches the provider's")
}

func (f Facts) journal() Check {
	const name = "journal"
	switch {
	case f.NoJournal:
		return passed(name, "there is none yet")
	case f.Journal != nil:
		return failed(name, Failure, f.Journal, "restart the companion: it sets a damaged journal aside and reads the orders from the provider again")
	case f.LimitsLost:
		return Check{name, Failure, "it is intact, but the spending limits were lost: nothing can be bought", "set both with logspanel-companion limits --order AMOUNT --day AMOUNT"}
	case f.SetAside != "":
		return Check{name, Warning, "it is intact; a damaged one is kept as " + f.SetAside, "delete the damaged one once you no longer need it"}
	}
	return passed(name, "it is intact")
}

func (f Facts) browsers() Check {
	const name = "browsers"
	if f.NoBrowsers {
		return Check{name, Unknown, "unknown while the companion isn't running", ""}
	}
	if len(f.Browsers) == 0 {
		return Check{name, Warning, "none paired", "install the extension, then pair it from the companion's menu or with logspanel-companion pair"}
	}
	c := passed(name, "")
	var lines []string
	for _, b := range f.Browsers {
		last := "connected"
		if !b.Connected {
			last = "last used " + b.LastUsed.UTC().Format("2006-01-02")
		}
		version := b.Version
		if version == "" {
			version = "of unknown version"
		}
		lines = append(lines, fmt.Sprintf("%s (extension %s, %s)", desktop.Plain(b.Product, 40), desktop.Plain(version, 40), last))
		if b.Version != "" && b.Version != f.DaemonVersion {
			c.State, c.Do = Warning, "install the extension of version "+f.DaemonVersion
		}
	}
	c.Found = strings.Join(lines, "; ")
	return c
}

func (f Facts) bus() Check {
	const name = "message bus"
	if f.Desktop.Bus != nil {
		return failed(name, Warning, f.Desktop.Bus, "log in to a desktop session: without one there is no tray icon, no notification, and only a keyring file")
	}
	return passed(name, "the session has one")
}

func (f Facts) tray() Check {
	const name = "tray"
	if f.Desktop.TrayErr != nil {
		return failed(name, Warning, f.Desktop.TrayErr, "add a tray (status notifier) to your panel; on GNOME, install the AppIndicator extension")
	}
	return passed(name, "icons are shown by "+f.Desktop.Tray)
}

func (f Facts) notices() Check {
	const name = "notifications"
	if f.Desktop.NotificationsErr != nil {
		return failed(name, Warning, f.Desktop.NotificationsErr, "install a notification daemon, such as dunst or your desktop's own")
	}
	found := "shown by " + f.Desktop.Notifications
	if !f.Desktop.NotificationButtons {
		found += ", without buttons"
	}
	return passed(name, found)
}

func (f Facts) windows() Check {
	if f.DialogErr != nil {
		return failed("windows", Warning, f.DialogErr, "install zenity, or use the commands in a terminal")
	}
	return passed("windows", "they can be opened")
}

func (f Facts) clipboard() Check {
	if f.Clipboard != nil {
		return failed("clipboard", Warning, f.Clipboard, "install wl-clipboard (Wayland), xclip or xsel")
	}
	return passed("clipboard", "a clipboard program is installed")
}

func (f Facts) login() Check {
	const name = "login"
	switch {
	case f.AtLoginErr != nil:
		return failed(name, Unknown, f.AtLoginErr, "")
	case f.AtLogin:
		return passed(name, "the companion starts at login")
	}
	return Check{name, OK, "the companion doesn't start at login; turn that on with logspanel-companion autostart on", ""}
}

func (f Facts) log() Check {
	return passed("log", fmt.Sprintf("%s, %d kB", f.Log, (f.LogSize+1023)/1024))
}

// Failures returns the number of failed checks.
func (r Report) Failures() (n int) {
	for _, c := range r.Checks {
		if c.State == Failure {
			n++
		}
	}
	return n
}

// Print writes the report as aligned text, one check a line.
func (r Report) Print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s on %s\n\n", desktop.Name, r.Version, r.System)
	signs := map[State]string{OK: "ok", Unknown: "?", Warning: "!", Failure: "FAIL"}
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "%-5s %-14s %s\n", signs[c.State], c.Name, c.Found)
		if c.Do != "" {
			fmt.Fprintf(&b, "%-5s %-14s → %s\n", "", "", c.Do)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// JSON writes the report as indented JSON.
func (r Report) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}
