package desktop

// Capabilities describes what the desktop offers. A nil error means that the part works.
type Capabilities struct {
	Bus                 error
	Tray                string // the program that shows tray icons
	TrayErr             error
	Notifications       string // the program that shows notifications, with its version
	NotificationButtons bool   // it shows buttons in notifications
	NotificationsErr    error
}
