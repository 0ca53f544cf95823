//go:build linux

package desktop

import (
	"sync/atomic"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDetect(t *testing.T) {
	kill := startBus(t)
	s := Detect(t.Context())
	require.NoError(t, s.Bus)
	require.ErrorIs(t, s.TrayErr, errNoTray)
	require.ErrorIs(t, s.NotificationsErr, ErrNoNotifications)

	server := newFakeServer(t, "actions")
	require.NoError(t, server.bus.ExportMethodTable(map[string]any{
		"GetServerInformation": func() (string, string, string, string, *dbus.Error) { return "Dune", "v", "1.2", "1.2", nil },
		"GetCapabilities":      func() ([]string, *dbus.Error) { return []string{"actions"}, nil },
	}, notificationsPath, notificationsName))
	var hosted atomic.Bool
	require.NoError(t, server.bus.ExportMethodTable(map[string]any{
		"Get": func(string, string) (dbus.Variant, *dbus.Error) { return dbus.MakeVariant(hosted.Load()), nil },
	}, "/StatusNotifierWatcher", "org.freedesktop.DBus.Properties"))
	_, err := server.bus.RequestName(TrayWatcher, dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	s = Detect(t.Context())
	require.ErrorContains(t, s.TrayErr, "waits for a panel")
	assert.Equal(t, "Dune 1.2", s.Notifications)
	assert.True(t, s.NotificationButtons)
	hosted.Store(true)
	s = Detect(t.Context())
	require.NoError(t, s.TrayErr)
	assert.NotEmpty(t, s.Tray)

	kill()
	s = Detect(t.Context())
	require.ErrorIs(t, s.Bus, ErrNoBus)
	require.ErrorIs(t, s.TrayErr, ErrNoBus)
}
