package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/sandbox"
)

// Scripted orders are used in turn, and each only once.
func TestScriptNextOrder(t *testing.T) {
	p, c, url := serve(t, sandbox.Options{CodeDelay: -1})
	for _, body := range []string{
		`{"number": "+905321234567", "code": "G-48213", "message": "G-48213 is your code", "sent": true}`, `{"code": "77a1"}`,
	} {
		res, response := call(t, http.MethodPost, url+"/sandbox/next", body)
		require.Equal(t, http.StatusNoContent, res.StatusCode, response)
	}
	buy := func(key string) logspanel.NumberOrder {
		bought, err := c.BuyNumber(t.Context(), telegram(key))
		require.NoError(t, err)
		o, err := c.CheckNumber(t.Context(), bought.Order.ID)
		require.NoError(t, err)
		return o
	}
	first := buy("1")
	assert.Equal(t, "+905321234567", first.Number)
	assert.Equal(t, "G-48213", first.Code)
	assert.Equal(t, "G-48213 is your code", first.Message)

	second := buy("2")
	assert.Contains(t, second.Number, "+1")
	assert.Empty(t, second.Code, "it is not sent yet")
	code, err := p.SendSMS(second.Number)
	require.NoError(t, err)
	assert.Equal(t, "77a1", code)

	third := buy("3")
	assert.Empty(t, third.Code)
	code, err = p.SendSMS(third.Number)
	require.NoError(t, err)
	assert.Regexp(t, `^\d{6}$`, code)
}

func TestScriptNextOrderRefusals(t *testing.T) {
	p, c, _ := serve(t, sandbox.Options{})
	require.ErrorIs(t, p.ScriptNextOrder(sandbox.NextOrder{Number: "2348031234567"}), sandbox.ErrInvalidNumber)
	require.Error(t, p.ScriptNextOrder(sandbox.NextOrder{Sent: true}))
	require.NoError(t, p.ScriptNextOrder(sandbox.NextOrder{Number: "+2348031234567"}))
	require.ErrorIs(t, p.ScriptNextOrder(sandbox.NextOrder{Number: "+2348031234567"}), sandbox.ErrNumberInUse)
	bought, err := c.BuyNumber(t.Context(), telegram("1"))
	require.NoError(t, err)
	require.ErrorIs(t, p.ScriptNextOrder(sandbox.NextOrder{Number: "+2348031234567"}), sandbox.ErrNumberInUse)
	_, err = c.CancelNumber(t.Context(), bought.Order.ID)
	require.NoError(t, err)
	require.NoError(t, p.ScriptNextOrder(sandbox.NextOrder{Number: "+2348031234567"}), "the number is free again")
}

func TestAddCountry(t *testing.T) {
	p, c, url := serve(t, sandbox.Options{})
	require.Error(t, p.AddCountry(sandbox.Country{Short: "TR", Name: "Turkey", CallingCode: "90"}))
	for range 2 {
		res, response := call(t, http.MethodPost, url+"/sandbox/country", `{"short": "tr", "name": "Turkey", "calling_code": "90"}`)
		require.Equal(t, http.StatusNoContent, res.StatusCode, response)
	}
	offers := p.Offers()
	assert.Equal(t, "tr", offers[len(offers)-1].Country)
	_, response := call(t, http.MethodGet, url+"/sandbox/offers", "")
	assert.Contains(t, response, `{"service_id":"2123","service":"Telegram","country_id":"3","country":"ng"}`)
	listed, err := c.Countries(t.Context())
	require.NoError(t, err)
	turkey := listed[len(listed)-1]
	assert.Equal(t, "tr", turkey.Short)
	assert.NotEqual(t, "tr", listed[len(listed)-2].Short, "the country is added only once")
	services, err := c.Services(t.Context(), turkey.ID)
	require.NoError(t, err)
	bought, err := c.BuyNumber(t.Context(), logspanel.Purchase{CountryID: turkey.ID, ServiceID: services[0].ID, IdempotencyKey: "1"})
	require.NoError(t, err)
	assert.Regexp(t, `^\+90\d{9}$`, bought.Order.Number)
}
