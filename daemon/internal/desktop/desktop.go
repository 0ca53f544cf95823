// Package desktop is what the companion asks of the person's desktop: notifications,
// dialogs, the clipboard, a place among what starts at login. Each works on without the
// desktop, and says once what is missing.
package desktop

// Name is what the companion is called where a person reads it.
const Name = "Logspanel Companion"
