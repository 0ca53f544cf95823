package browser_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/scripts/testenv"
)

const (
	binary        = "../../build/logspanel-companion"
	extensionDirs = "../../build/extension/"
)

// The built extension pairs with the built companion in Firefox, and shows the balance.
func TestFirefoxPairs(t *testing.T) {
	testenv.NeedsBrowsers(t)
	c, err := companion.Start(t.Context(), binary)
	require.NoError(t, err)
	defer func() { assert.NoError(t, c.Stop()) }()
	f, err := browser.StartFirefox(t.Context(), extensionDirs+"firefox")
	require.NoError(t, err)
	defer f.Close()

	require.NoError(t, f.Open("popup.html"))
	code, err := c.Pair(t.Context())
	require.NoError(t, err)
	require.NoError(t, f.Type(browser.Key("pair-code"), code))
	require.NoError(t, f.Click(browser.Key("pair")))
	balance, err := f.Text(browser.Key("balance"))
	require.NoError(t, err)
	assert.Equal(t, "₦12,500.00", balance)
	require.NoError(t, f.SaveScreenshot("../../build/screens/firefox-paired.png"))
}
