package desktop

// Surroundings are what of the desktop the companion can use.
type Surroundings struct {
	Bus        error
	Tray       string // who shows tray icons
	TrayErr    error
	Notices    string // who shows notifications
	Buttons    bool   // and with buttons
	NoticesErr error
}
