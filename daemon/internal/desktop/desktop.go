// Package desktop reaches the desktop of the logged-in person: notifications, dialogs, the
// clipboard, starting at login, opening files, and watching the keyring.
//
// Nothing in the companion depends on it. Where a desktop lacks something, the function
// returns an error that says what is missing (ErrNoNotifications, ErrNoDialogs,
// ErrNoClipboard, ErrNoBus), and the caller goes on without it. Detect reports in advance
// what is there.
//
// On Linux and the BSDs notifications and keyring go over the session's D-Bus, dialogs
// through zenity and the clipboard through wl-copy, xclip or xsel. Windows and macOS bring
// all of it. Secrets reach other programs through pipes, never as arguments.
//
// The tray icon has a package of its own, tray.
package desktop

// Name is the companion's name in windows, notifications and menus.
const Name = "Logspanel Companion"
