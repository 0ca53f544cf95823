//go:build linux

package secrets

import (
	"os"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
	"github.com/stretchr/testify/require"
)

const (
	root       = dbus.ObjectPath("/org/freedesktop/secrets")
	collection = root + "/collection/login"
	prompt     = root + "/prompt/1"
	stored     = collection + "/1"
)

// fakeService is a Secret Service that asks for a password before it stores anything, and
// announces the end of the prompt only to subscribers.
type fakeService struct {
	bus     *dbus.Conn
	speaks  <-chan struct{} // closed when the service starts to answer
	dismiss bool
	denies  bool
}

func (p fakeService) OpenSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	<-p.speaks
	if p.denies {
		return dbus.MakeVariant(""), "/", dbus.NewError("org.freedesktop.DBus.Error.AccessDenied", []any{"Sender is not authorized to send message"})
	}
	return dbus.MakeVariant(""), root + "/session/1", nil
}

func (p fakeService) CreateItem(map[string]dbus.Variant, secretValue, bool) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	return "/", prompt, nil
}

func (p fakeService) Prompt(string) *dbus.Error {
	result := dbus.MakeVariant(stored)
	if p.dismiss {
		result = dbus.MakeVariant("")
	}
	if err := p.bus.Emit(prompt, "org.freedesktop.Secret.Prompt.Completed", p.dismiss, result); err != nil {
		return dbus.MakeFailedError(err)
	}
	return nil
}

// secretValue is the specification's struct of a secret.
type secretValue struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

// pretend serves p on its own bus, and returns a keyring that uses it.
func pretend(t *testing.T, p fakeService) *Keyring {
	bus, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	t.Cleanup(func() { bus.Close() })
	p.bus = bus
	require.NoError(t, bus.Export(p, root, "org.freedesktop.Secret.Service"))
	require.NoError(t, bus.Export(p, collection, "org.freedesktop.Secret.Collection"))
	require.NoError(t, bus.Export(p, prompt, "org.freedesktop.Secret.Prompt"))
	_, err = prop.Export(bus, root, prop.Map{"org.freedesktop.Secret.Service": {
		"Collections": {Value: []dbus.ObjectPath{collection}},
	}})
	require.NoError(t, err)
	_, err = prop.Export(bus, collection, prop.Map{"org.freedesktop.Secret.Collection": {"Locked": {Value: false}}})
	require.NoError(t, err)
	reply, err := bus.RequestName("org.freedesktop.secrets", dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	require.Equal(t, dbus.RequestNameReplyPrimaryOwner, reply)
	k, err := Open()
	require.NoError(t, err)
	return k
}

func spoken() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func TestPromptCompletionOnlyToSubscribers(t *testing.T) {
	if os.Getenv(inSession) != "broadcast" {
		again(t, "broadcast", "")
		return
	}
	k := pretend(t, fakeService{speaks: spoken()})
	require.NoError(t, k.Set(t.Context(), "a", []byte("x")))
}

func TestPromptDismissed(t *testing.T) {
	if os.Getenv(inSession) != "dismissed" {
		again(t, "dismissed", "")
		return
	}
	k := pretend(t, fakeService{speaks: spoken(), dismiss: true})
	require.ErrorIs(t, k.Set(t.Context(), "a", []byte("x")), ErrLocked)
	_, err := k.call(t.Context(), nil)
	require.Error(t, err, "the next call has its turn")
}

func TestServiceDenies(t *testing.T) {
	if os.Getenv(inSession) != "denies" {
		again(t, "denies", "")
		return
	}
	k := pretend(t, fakeService{speaks: spoken(), denies: true})
	_, err := k.Get(t.Context(), "a")
	require.ErrorIs(t, err, ErrDenied)
	require.ErrorIs(t, k.Set(t.Context(), "a", []byte("x")), ErrDenied)
}

func TestSlowService(t *testing.T) {
	if os.Getenv(inSession) != "slow" {
		again(t, "slow", "")
		return
	}
	speaks := make(chan struct{})
	k := pretend(t, fakeService{speaks: speaks})
	k.patience = 50 * time.Millisecond
	require.ErrorIs(t, k.Set(t.Context(), "a", []byte("x")), ErrLocked)
	k.patience = time.Minute
	close(speaks)
	require.NoError(t, k.Set(t.Context(), "a", []byte("x")), "in the turn after the slow one")
}

func TestUnresponsiveService(t *testing.T) {
	if os.Getenv(inSession) != "silent" {
		again(t, "silent", "")
		return
	}
	silent := make(chan struct{})
	k := pretend(t, fakeService{speaks: silent})
	k.patience = 50 * time.Millisecond
	_, err := k.Get(t.Context(), "a")
	require.ErrorIs(t, err, ErrLocked)
	close(silent)
}
