package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/wsclient"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// rows is the number of offers that the popup requests at once.
const rows = 60

func someOffers(n int) protocol.Offers {
	found := protocol.Offers{Total: 10_000}
	for i := range n {
		found.Offers = append(found.Offers, protocol.Offer{
			ServiceID: fmt.Sprint(i), ServiceName: fmt.Sprintf("Service %d", i), CountryID: "1", CountryName: "United States",
			Price: money.Money{Minor: int64(850_00 + i), Currency: "NGN"}, Available: i,
		})
	}
	return found
}

// BenchmarkRoundTrip measures a search as the popup makes it, over the channel and, for
// comparison, as plain JSON over a plain websocket, with few offers and with many.
func BenchmarkRoundTrip(b *testing.B) {
	search := protocol.Search{Query: "service", Limit: rows}
	for name, offers := range map[string]protocol.Offers{"few": someOffers(1), "many": someOffers(rows)} {
		b.Run(name+"/channel", func(b *testing.B) {
			h := newHarness(b)
			h.catalog.offers = offers
			c, _ := h.pair(chromium, hello)
			for b.Loop() {
				var found protocol.Offers
				require.NoError(b, c.Call(b.Context(), protocol.OfferSearch, search, &found))
				require.Len(b, found.Offers, len(offers.Offers))
			}
		})
		b.Run(name+"/plain", func(b *testing.B) {
			ws := plainSocket(b, &fakeCatalog{offers: offers})
			id := uint64(0)
			for b.Loop() {
				id++
				request, err := protocol.Request(id, protocol.OfferSearch, search)
				require.NoError(b, err)
				require.NoError(b, ws.WriteJSON(request))
				var m protocol.Message
				require.NoError(b, ws.ReadJSON(&m))
				var found protocol.Offers
				require.NoError(b, protocol.Bind(m.Result, &found))
				require.Len(b, found.Offers, len(offers.Offers))
			}
		})
	}
}

// plainSocket connects to a server without authentication and encryption.
func plainSocket(b *testing.B, s *fakeCatalog) *websocket.Conn {
	var upgrader websocket.Upgrader
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		for {
			var m protocol.Message
			if ws.ReadJSON(&m) != nil {
				return
			}
			var search protocol.Search
			err := protocol.Bind(m.Params, &search)
			var found protocol.Offers
			if err == nil {
				found, err = s.Search(r.Context(), search)
			}
			answer, err := protocol.Response(m.ID, found, err)
			if err != nil || ws.WriteJSON(answer) != nil {
				return
			}
		}
	}))
	b.Cleanup(server.Close)
	ws, response, err := websocket.DefaultDialer.DialContext(b.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	require.NoError(b, err)
	b.Cleanup(func() { _ = ws.Close(); _ = response.Body.Close() })
	return ws
}

// BenchmarkBroadcast measures the time until every browser has received a change.
func BenchmarkBroadcast(b *testing.B) {
	for name, browsers := range map[string]int{"one": 1, "five": 5} {
		b.Run(name, func(b *testing.B) {
			h := newHarness(b)
			clients := make([]*wsclient.Client, browsers)
			for i := range clients {
				clients[i], _ = h.pair(chromium, hello)
			}
			for b.Loop() {
				h.orders.publish(protocol.Change{Wallet: &protocol.Wallet{Balance: money.Money{Minor: 1, Currency: "NGN"}}})
				for _, c := range clients {
					_, open := <-c.Changes()
					require.True(b, open)
				}
			}
		})
	}
}
