package logspanel

import (
	"net/http"
	"strings"
)

// endpoint is one call of the provider's API.
type endpoint struct {
	method     string
	path       string // under the base URL; {id} stands for one id
	movesMoney bool   // a purchase or cancellation: sent even during an outage
}

// allowlist is every call that can leave this program. An API key could also buy account
// logs and boosts. This program can't, because Client.send sends nothing else.
var allowlist = []endpoint{
	wallet,
	countries, services, areaCodes,
	numberOrders, numberOrder, buyNumber, checkNumber, cancelNumber,
	logParentCategories, logCategories, logCategory, logOrders,
	boostCategories, boostServices, boostService,
	boostOrders, boostOrder, checkBoost, cancelBoost,
}

var (
	wallet = endpoint{method: http.MethodGet, path: "/wallet"}

	countries    = endpoint{method: http.MethodGet, path: "/numbers/countries"}
	services     = endpoint{method: http.MethodGet, path: "/numbers/services"}
	areaCodes    = endpoint{method: http.MethodGet, path: "/numbers/area-codes"}
	numberOrders = endpoint{method: http.MethodGet, path: "/numbers/orders"}
	numberOrder  = endpoint{method: http.MethodGet, path: "/numbers/orders/{id}"}
	buyNumber    = endpoint{method: http.MethodPost, path: "/numbers/orders", movesMoney: true}
	checkNumber  = endpoint{method: http.MethodPost, path: "/numbers/orders/{id}/check"}
	cancelNumber = endpoint{method: http.MethodPost, path: "/numbers/orders/{id}/cancel", movesMoney: true}

	logParentCategories = endpoint{method: http.MethodGet, path: "/logs/parent-categories"}
	logCategories       = endpoint{method: http.MethodGet, path: "/logs/categories"}
	logCategory         = endpoint{method: http.MethodGet, path: "/logs/categories/{id}"}
	logOrders           = endpoint{method: http.MethodGet, path: "/logs/orders"}

	boostCategories = endpoint{method: http.MethodGet, path: "/boost/categories"}
	boostServices   = endpoint{method: http.MethodGet, path: "/boost/services"}
	boostService    = endpoint{method: http.MethodGet, path: "/boost/services/{id}"}
	boostOrders     = endpoint{method: http.MethodGet, path: "/boost/orders"}
	boostOrder      = endpoint{method: http.MethodGet, path: "/boost/orders/{id}"}
	checkBoost      = endpoint{method: http.MethodPost, path: "/boost/orders/{id}/check"}
	cancelBoost     = endpoint{method: http.MethodPost, path: "/boost/orders/{id}/cancel", movesMoney: true}
)

// allowedEndpoint finds the endpoint on the allowlist that a method and an escaped path
// under the base URL belong to.
func allowedEndpoint(method, path string) (endpoint, bool) {
	for _, e := range allowlist {
		if e.method == method && e.matches(path) {
			return e, true
		}
	}
	return endpoint{}, false
}

func (e endpoint) matches(path string) bool {
	want, got := strings.Split(e.path, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] == "{id}" && !ID(got[i]).pathSafe() || want[i] != "{id}" && want[i] != got[i] {
			return false
		}
	}
	return true
}

func (e endpoint) String() string { return e.method + " " + e.path }
