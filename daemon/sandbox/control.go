package sandbox

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// routeControl registers the control endpoints for other processes, JSON over loopback:
//
//	GET    /sandbox/ledger  {"balance": …, "entries": [LedgerEntry…]}
//	GET    /sandbox/calls   [Call…]
//	GET    /sandbox/faults  [Fault…] that are still to happen
//	POST   /sandbox/faults  a Fault
//	DELETE /sandbox/faults  removes them
//	POST   /sandbox/sms     {"number": "+1…"} sends a code: {"code": "123456"}
//	POST   /sandbox/clock   {"advance_s": 60}
//	POST   /sandbox/next    a NextOrder; several are used in turn
//	POST   /sandbox/country a Country
//	GET    /sandbox/offers  [Offer…]
//	POST   /sandbox/offer   {"service_id": "123", "stock": 0, "price_kobo": 90000}, either or both
func (p *Provider) routeControl() {
	handle := func(pattern string, serve http.HandlerFunc) {
		p.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if !isLocal(r) {
				http.Error(w, "the sandbox can be controlled only from this computer", http.StatusForbidden)
				return
			}
			serve(w, r)
		})
	}
	handle("GET /sandbox/ledger", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, map[string]any{"balance": p.Balance(), "entries": p.Ledger()})
	})
	handle("GET /sandbox/calls", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, p.Calls()) })
	handle("GET /sandbox/faults", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, p.Faults()) })
	handle("DELETE /sandbox/faults", func(w http.ResponseWriter, _ *http.Request) {
		p.ClearFaults()
		w.WriteHeader(http.StatusNoContent)
	})
	handle("POST /sandbox/faults", jsonHandler(func(f Fault) (any, error) { return nil, p.InjectFault(f) }))
	handle("POST /sandbox/sms", jsonHandler(func(sms struct {
		Number string `json:"number"`
	},
	) (any, error) {
		code, err := p.SendSMS(sms.Number)
		return map[string]string{"code": code}, err
	}))
	handle("POST /sandbox/clock", jsonHandler(func(clock struct {
		Seconds int `json:"advance_s"`
	},
	) (any, error) {
		p.AdvanceClock(time.Duration(clock.Seconds) * time.Second)
		return nil, nil
	}))
	handle("POST /sandbox/next", jsonHandler(func(n NextOrder) (any, error) { return nil, p.ScriptNextOrder(n) }))
	handle("POST /sandbox/country", jsonHandler(func(c Country) (any, error) { return nil, p.AddCountry(c) }))
	handle("GET /sandbox/offers", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, p.Offers()) })
	handle("POST /sandbox/offer", jsonHandler(func(change struct {
		ServiceID string `json:"service_id"`
		Stock     *int   `json:"stock"`
		Kobo      *int64 `json:"price_kobo"`
	},
	) (any, error) {
		return nil, p.updateOffer(change.ServiceID, func(o *listing) {
			if change.Stock != nil {
				o.stock = *change.Stock
			}
			if change.Kobo != nil {
				o.price = *change.Kobo
			}
		})
	}))
}

// isLocal reports whether a request comes from this computer and not from a web page, which
// would send an Origin.
func isLocal(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	host, _, splitErr := net.SplitHostPort(r.Host)
	if splitErr != nil {
		host = r.Host
	}
	named, hostErr := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && from.Addr().Unmap().IsLoopback() && r.Header.Get("Origin") == "" &&
		(host == "localhost" || hostErr == nil && named.IsLoopback())
}

// jsonHandler decodes a JSON body, calls do, and writes the result, if there is one, as JSON.
func jsonHandler[T any](do func(T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in T
		body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
		body.DisallowUnknownFields()
		err := body.Decode(&in)
		var out any
		if err == nil {
			out, err = do(in)
		}
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadRequest)
		case out == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			writeJSON(w, out)
		}
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
