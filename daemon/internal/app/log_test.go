package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/app"
	"github.com/logspanel/companion/daemon/internal/control"
	"github.com/logspanel/companion/daemon/internal/secrets"
	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/shared/protocol"
)

// A provider writes number, code and key into each refusal. None of it appears in the log
// or in the doctor's report, whether it belongs to an order of this run, of an earlier one,
// or to none. The person still reads the provider's message.
func TestProviderMessagesAreNotLogged(t *testing.T) {
	keyring := secrets.Memory()
	simulated, api := provider(t, keyring)
	opts := app.Options{API: api, Dir: t.TempDir(), Secrets: keyring}
	require.NoError(t, simulated.ScriptNextOrder(sandbox.NextOrder{Number: "+2348031234567", Code: "G-573920 is your code", Sent: true}))
	require.NoError(t, simulated.ScriptNextOrder(sandbox.NextOrder{Number: "+2348097654321", Code: "184 926", Sent: true}))
	whileRunning(t, opts, func() {
		c := pairClient(t, opts.Dir)
		state := c.Welcome().Snapshot
		buy(t, c)
		follow(t, c, &state, func() bool { return len(state.Orders) == 1 && state.Orders[0].CodeReady })
	})
	message := strings.Join([]string{
		"Sorry, 0803 123 4567 got 573-920", "and (0809) 765-4321 got 184926", "and +234 705 111 2222 got 66 55 44", sandbox.Key,
	}, "; ")
	shown := ""
	whileRunning(t, opts, func() {
		c := pairClient(t, opts.Dir)
		state := c.Welcome().Snapshot
		order := buy(t, c).OrderID
		follow(t, c, &state, func() bool { return len(state.Orders) == 2 && state.Orders[0].CodeReady })
		q := quoteTelegram(t, c)
		for _, status := range []int{400, 401, 409, 422, 500} {
			for _, code := range []string{"VALIDATION_FAILED", "NOT_TODAY", message} {
				require.NoError(t, simulated.InjectFault(sandbox.Fault{Kind: sandbox.Refuse, Status: status, Code: code, Message: message, Times: -1}))
				for method, params := range map[string]any{
					protocol.WalletRefresh: protocol.Empty{}, protocol.OrderList: protocol.Empty{},
					protocol.OrderCancel: protocol.OrderRef{OrderID: order},
					protocol.BoostCancel: protocol.OrderRef{OrderID: "b1"},
					protocol.OrderQuote:  protocol.QuoteRequest{CountryID: q.Intent.CountryID, ServiceID: q.Intent.ServiceID},
				} {
					if err := c.Call(t.Context(), method, params, nil); err != nil {
						shown += err.Error()
					}
				}
				diagnostics, err := control.Dial(opts.Dir).Diagnose(t.Context())
				require.NoError(t, err)
				if diagnostics.Provider != nil {
					assert.NotContains(t, diagnostics.Provider.Error(), "Sorry")
				}
				simulated.ClearFaults()
			}
		}
		require.NoError(t, simulated.InjectFault(sandbox.Fault{Kind: sandbox.Refuse, Status: 500, Code: message, Message: message, Method: "POST", Path: "/numbers/orders"}))
		_ = c.Call(t.Context(), protocol.OrderBuy, protocol.BuyRequest{IntentID: q.Intent.ID, Journal: q.Intent.Journal, Price: q.Intent.Price}, nil)
	})
	raw, err := os.ReadFile(filepath.Join(opts.Dir, "companion.log"))
	require.NoError(t, err)
	log := string(raw)
	assert.Contains(t, shown, "Sorry", "the person reads what the provider says")
	assert.Contains(t, log, "VALIDATION_FAILED")
	assert.Contains(t, log, "HTTP 422")
	for _, part := range []string{"Sorry", "got ", sandbox.Key, "803 123", "8031234567", "573-920", "573920", "765-4321", "184926", "705 111", "66 55", "8097654321"} {
		assert.NotContains(t, log, part)
	}
}
