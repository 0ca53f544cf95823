package desktop

// Capabilities are what of the desktop the companion can use.
type Capabilities struct {
	Bus                 error
	Tray                string // who shows tray icons
	TrayErr             error
	Notifications       string // who shows notifications
	NotificationButtons bool   // and with buttons
	NotificationsErr    error
}
