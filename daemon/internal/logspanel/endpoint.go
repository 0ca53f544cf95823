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
	walletEndpoint,
	countriesEndpoint, servicesEndpoint, areaCodesEndpoint,
	numberOrdersEndpoint, numberOrderEndpoint, buyNumberEndpoint, checkNumberEndpoint, cancelNumberEndpoint,
	logParentCategoriesEndpoint, logCategoriesEndpoint, logCategoryEndpoint, logOrdersEndpoint,
	boostCategoriesEndpoint, boostServicesEndpoint, boostServiceEndpoint,
	boostOrdersEndpoint, boostOrderEndpoint, checkBoostEndpoint, cancelBoostEndpoint,
}

var (
	walletEndpoint = endpoint{method: http.MethodGet, path: "/wallet"}

	countriesEndpoint    = endpoint{method: http.MethodGet, path: "/numbers/countries"}
	servicesEndpoint     = endpoint{method: http.MethodGet, path: "/numbers/services"}
	areaCodesEndpoint    = endpoint{method: http.MethodGet, path: "/numbers/area-codes"}
	numberOrdersEndpoint = endpoint{method: http.MethodGet, path: "/numbers/orders"}
	numberOrderEndpoint  = endpoint{method: http.MethodGet, path: "/numbers/orders/{id}"}
	buyNumberEndpoint    = endpoint{method: http.MethodPost, path: "/numbers/orders", movesMoney: true}
	checkNumberEndpoint  = endpoint{method: http.MethodPost, path: "/numbers/orders/{id}/check"}
	cancelNumberEndpoint = endpoint{method: http.MethodPost, path: "/numbers/orders/{id}/cancel", movesMoney: true}

	logParentCategoriesEndpoint = endpoint{method: http.MethodGet, path: "/logs/parent-categories"}
	logCategoriesEndpoint       = endpoint{method: http.MethodGet, path: "/logs/categories"}
	logCategoryEndpoint         = endpoint{method: http.MethodGet, path: "/logs/categories/{id}"}
	logOrdersEndpoint           = endpoint{method: http.MethodGet, path: "/logs/orders"}

	boostCategoriesEndpoint = endpoint{method: http.MethodGet, path: "/boost/categories"}
	boostServicesEndpoint   = endpoint{method: http.MethodGet, path: "/boost/services"}
	boostServiceEndpoint    = endpoint{method: http.MethodGet, path: "/boost/services/{id}"}
	boostOrdersEndpoint     = endpoint{method: http.MethodGet, path: "/boost/orders"}
	boostOrderEndpoint      = endpoint{method: http.MethodGet, path: "/boost/orders/{id}"}
	checkBoostEndpoint      = endpoint{method: http.MethodPost, path: "/boost/orders/{id}/check"}
	cancelBoostEndpoint     = endpoint{method: http.MethodPost, path: "/boost/orders/{id}/cancel", movesMoney: true}
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
		if want[i] == "{id}" && !ID(got[i]).isPathSafe() || want[i] != "{id}" && want[i] != got[i] {
			return false
		}
	}
	return true
}

// String returns the method and the path, such as "POST /numbers/orders".
func (e endpoint) String() string { return e.method + " " + e.path }
