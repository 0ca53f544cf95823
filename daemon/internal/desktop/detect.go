package desktop

// Capabilities are what of the desktop the companion can use.
type Capabilities struct {
	Bus        error
	Tray       string // who shows tray icons
	TrayErr    error
	Notices    string // who shows notifications
	Buttons    bool   // and with buttons
	NoticesErr error
}
