package attack

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/scripts/testenv"
	"github.com/logspanel/companion/shared/channel"
	"github.com/logspanel/companion/shared/protocol"
)

const forgerUUID = "6f2c7a57-3d0b-4c61-8a77-2f6a6a3f1d10"

// socketResult is what happened to a socket that the forger opened.
type socketResult struct {
	Opened  bool
	Answers int
	Code    int
}

// Another extension gives its sockets the origin of ours. That passes the check of the
// origin, but the handshake fails and nothing changes.
func TestForgedOriginFailsInTheHandshake(t *testing.T) {
	testenv.NeedsBrowsers(t)
	t.Run("Chromium", func(t *testing.T) {
		t.Parallel()
		c := startChromium(t, built+"chromium", browser.Flags{"host-resolver-rules": "MAP *.test 127.0.0.1"})
		id, err := c.Load(forgerExtension(t, "chromium"))
		require.NoError(t, err)
		page := c.visit("chrome-extension://" + id + "/page.html")
		forger{page, c.globalObject()}.attack(t, c, strings.TrimSuffix(c.ExtensionURL(""), "/"))
	})
	t.Run("Firefox", func(t *testing.T) {
		t.Parallel()
		own := new(browser.Firefox).ExtensionURL("")
		uuids, err := json.Marshal(map[string]string{
			"companion@logspanel.com": regexp.MustCompile(`[0-9a-f-]{36}`).FindString(own), "forger@example.com": forgerUUID,
		})
		require.NoError(t, err)
		f := startFirefox(t, built+"firefox", browser.Prefs{
			"extensions.webextensions.uuids": string(uuids), "network.dns.localDomains": "rebound.test",
		})
		require.NoError(t, f.Load(forgerExtension(t, "firefox")))
		forger{forgerPage{f}, f.globalObject()}.attack(t, f, strings.TrimSuffix(own, "/"))
	})
}

// forgerExtension returns the folder of the forger, with the manifest for a browser.
func forgerExtension(t *testing.T, name string) (dir string) {
	dir = t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/forger")))
	require.NoError(t, os.Rename(filepath.Join(dir, "manifest."+name+".json"), filepath.Join(dir, "manifest.json")))
	return dir
}

// forgerPage is the forger's page in Firefox. It is opened for each Eval, since the browser
// may show another tab.
type forgerPage struct{ firefox }

func (p forgerPage) Eval(expression string) (string, error) {
	if err := p.OpenTrusted("moz-extension://" + forgerUUID + "/page.html"); err != nil {
		return "", err
	}
	return p.firefox.Eval(expression)
}

type forger struct {
	tab
	global string // the object with its functions
}

func (f forger) forge(t *testing.T, origin string) {
	require.Eventually(t, func() bool { // its background script may not have started
		done, err := f.Eval(fmt.Sprintf(`(async () => (await %s.forge(%q), "forged"))()`, f.global, origin))
		return err == nil && done == "forged"
	}, 20*time.Second, 100*time.Millisecond)
}

func (f forger) connect(t *testing.T, address string, frames ...[]byte) (seen socketResult) {
	texts := []string{}
	for _, frame := range frames {
		texts = append(texts, base64.StdEncoding.EncodeToString(frame))
	}
	list, err := json.Marshal(texts)
	require.NoError(t, err)
	raw, err := f.Eval(fmt.Sprintf("%s.attack(%q, JSON.parse(%q))", f.global, address, list))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal([]byte(raw), &seen), "%s", raw)
	return seen
}

func (f forger) attack(t *testing.T, w testBrowser, origin string) {
	open, c := newOpenServer(t), startCompanion(t)

	t.Log("the attack works on an unprotected server")
	f.forge(t, origin)
	seen := f.connect(t, open.address(), []byte("hello"))
	assert.Equal(t, 1, seen.Answers)
	require.Equal(t, origin, open.lastOrigin())

	rebound := func(address string) string { return fmt.Sprintf("rebound.test:%d", port(t, address)) }
	assert.Equal(t, 1, f.connect(t, rebound(open.address()), []byte("hello")).Answers, "also by another host name")

	t.Log("before pairing, our origin is refused too")
	assert.False(t, f.connect(t, c.Address).Opened)

	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	w.pair(code)
	id := clientID(t, c)
	_, err = c.Pair(t.Context()) // for the guessed code
	require.NoError(t, err)

	t.Log("by a host name that was rebound to this computer")
	assert.False(t, f.connect(t, rebound(c.Address)).Opened)

	t.Log("the right origin, without the secret")
	for name, frames := range map[string][][]byte{
		"nothing":                       nil,
		"noise":                         {[]byte(rand.Text())},
		"the client's id and noise":     {append([]byte{byte(len(id))}, (id + strings.Repeat("x", 48))...)},
		"a handshake by another secret": {firstFrame(t, []byte(strings.Repeat("s", channel.SecretSize)), id, origin, c.Address)},
		"a guessed code":                {firstFrame(t, guessedKey(t, c.Address), channel.PairingClientID, origin, c.Address)},
		"an unencrypted request":        {[]byte(`{"jsonrpc":"2.0","id":1,"method":"state.get","params":{}}`)},
	} {
		seen := f.connect(t, c.Address, frames...)
		assert.True(t, seen.Opened, "%s: the origin alone does not reveal the forger", name)
		assert.Zero(t, seen.Answers, "%s is answered", name)
		assert.Contains(t, []int{1002, protocol.CloseUnknownClient, protocol.CloseNoPairing, protocol.CloseSlow}, seen.Code, name)
	}

	t.Log("without an origin, or with that of a page")
	for _, other := range []string{"", "null", "http://" + c.Address, "https://logspanel.com"} {
		f.forge(t, other)
		assert.False(t, f.connect(t, c.Address).Opened, "%q", other)
	}

	assert.Equal(t, id, clientID(t, c), "no other client was paired")
}

// clientID returns the id of the one paired browser.
func clientID(t *testing.T, c *companion.Companion) string {
	list, err := c.Command(t.Context(), "clients", "list")
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(list), "\n")
	require.Len(t, lines, 2)
	return strings.Fields(lines[1])[0]
}

// firstFrame returns the first frame of a handshake.
func firstFrame(t *testing.T, secret []byte, id, origin, address string) []byte {
	_, frame, err := channel.Initiate(secret, channel.Binding{Version: protocol.Version, ClientID: id, Origin: origin, Host: address}, rand.Reader)
	require.NoError(t, err)
	return frame
}

func guessedKey(t *testing.T, address string) []byte {
	code, err := channel.NewPairingCode(uint16(port(t, address)), rand.Reader)
	require.NoError(t, err)
	return code.Key()
}
