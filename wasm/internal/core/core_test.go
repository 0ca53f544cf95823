package core_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/core"
	"github.com/logspanel/companion/wasm/internal/view"
)

func TestPairing(t *testing.T) {
	w := paired(t)
	require.NotNil(t, w.stored)
	assert.Equal(t, "c1", w.stored.ClientID)
	assert.Equal(t, 47615, w.stored.Port)

	w.worker(core.Event{})
	w.open()
	assert.Equal(t, 2, w.daemon.asked[protocol.SessionHello])
	assert.Equal(t, "0.1.0", w.daemon.hello.Version, "the manifest's")
	assert.True(t, w.shows("balance"))
	assert.True(t, w.shows("proposed"))
	assert.True(t, w.shows("quote:9:5"))
}

func TestPairingRefused(t *testing.T) {
	for name, spoil := range map[string]func(*world) string{
		"not a code":   func(*world) string { return "hello" },
		"another code": func(w *world) string { return paired(w.t).daemon.code.String() },
		"nobody there": func(w *world) string { w.daemon.down = true; return w.daemon.code.String() },
		"too old":      func(w *world) string { w.daemon.refuse = protocol.CloseNoPairing; return w.daemon.code.String() },
		"a stranger":   func(w *world) string { w.daemon.stranger = true; return w.daemon.code.String() },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.open()
			text := spoil(w)
			w.act(view.Action{Do: view.DoPair, Text: text})
			assert.Nil(t, w.stored)
			assert.True(t, w.shows("problem"), "%v", w.view)
			assert.True(t, w.shows("pair-code"), "another code can be pasted")
		})
	}
}

func TestWhyThereIsNoConnection(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*daemon)
		title string
	}{
		"silent":         {func(d *daemon) { d.down = true }, "silent"},
		"stranger":       {func(d *daemon) { d.stranger = true }, "stranger"},
		"locked":         {func(d *daemon) { d.refuse = protocol.CloseLocked }, "locked"},
		"other version":  {func(d *daemon) { d.refuse = protocol.CloseOtherVersion }, "other_version"},
		"unknown client": {func(d *daemon) { d.secrets = nil }, "pair_again_title"},
	} {
		t.Run(name, func(t *testing.T) {
			w := reopened(t, c.spoil)
			assert.Contains(t, w.shown(), `"key":"`+c.title+`"`)
			assert.NotNil(t, w.stored, "a hint from outside the channel loses no pairing")
		})
	}
}

func TestConnectsAgainByItself(t *testing.T) {
	w := paired(t)
	w.daemon.down = true
	w.drop(1006)
	require.True(t, w.shows("stale"), "the last known state stays, marked as such")
	assert.Positive(t, w.did(core.Wake))
	w.daemon.down = false
	w.pass(5 * time.Second)
	assert.False(t, w.shows("stale"))
	assert.True(t, w.shows("quote:9:5"))
}

// Whatever is wrong at the other end, it is tried again within seconds and never in a
// hot loop, at one port.
func TestPaceOfConnecting(t *testing.T) {
	for name, spoil := range map[string]func(*daemon){
		"nobody there":       func(d *daemon) { d.down = true },
		"a deaf port":        func(d *daemon) { d.deaf = true },
		"a mute one":         func(d *daemon) { d.mute = true },
		"a stranger":         func(d *daemon) { d.stranger = true },
		"a locked keyring":   func(d *daemon) { d.refuse = protocol.CloseLocked },
		"one that gives up":  func(d *daemon) { d.refuse = protocol.CloseSlow },
		"one that is fickle": func(d *daemon) { d.fickle = true },
	} {
		t.Run(name, func(t *testing.T) {
			w := paired(t)
			w.pass(time.Minute)
			healthy := *w.daemon
			spoil(w.daemon)
			w.drop(1006)
			before := w.dials
			w.pass(10 * time.Minute)
			assert.Less(t, w.dials-before, 140, "in ten minutes")
			assert.Greater(t, w.dials-before, 30)
			conn := w.daemon.conn
			*w.daemon = healthy
			w.daemon.conn = conn
			w.pass(16 * time.Second) // as long as an attempt under way may last, and the pause after it
			assert.False(t, w.shows("stale"))
			assert.True(t, w.shows("balance"))
			for _, e := range w.effects {
				if e.Do == core.Connect {
					assert.Equal(t, "ws://127.0.0.1:47615", e.URL)
				}
			}
		})
	}
}

func TestADaemonThatIsRestartedIsBackAtOnce(t *testing.T) {
	w := paired(t)
	w.pass(time.Minute)
	w.daemon.down = true
	w.drop(1001)
	w.pass(7 * time.Second)
	w.daemon.down = false
	w.pass(5 * time.Second)
	assert.False(t, w.shows("stale"))
}

func TestWhatOnlyAPersonCanMendIsNotTriedAgain(t *testing.T) {
	for name, code := range map[string]int{"unknown": protocol.CloseUnknownClient, "of another version": protocol.CloseOtherVersion} {
		t.Run(name, func(t *testing.T) {
			w := reopened(t, func(d *daemon) { d.refuse = code })
			before := w.dials
			w.pass(10 * time.Minute)
			assert.Equal(t, before, w.dials)
			w.daemon.refuse = 0
			w.close()
			w.open()
			assert.True(t, w.shows("balance"), "the popup was opened again")
		})
	}
}

func TestARenamedBrowserForgetsWhatItAsked(t *testing.T) {
	w := paired(t)
	w.daemon.silent = protocol.SessionPing
	w.pass(21 * time.Second)
	w.daemon.silent = ""
	w.act(view.Action{Do: view.DoName, Text: "at work"})
	before := w.dials
	w.pass(21 * time.Second)
	assert.Equal(t, before, w.dials, "the new connection answers")
}

func TestNobodyWaitingMeansNoConnecting(t *testing.T) {
	w := paired(t)
	w.close()
	w.daemon.down = true
	w.drop(1006)
	before := w.dials
	w.pass(10 * time.Minute)
	assert.LessOrEqual(t, w.dials-before, 1)
}

func TestASessionThatDiedUnnoticed(t *testing.T) {
	w := paired(t)
	w.daemon.silent = protocol.SessionPing
	w.pass(30 * time.Second)
	assert.Equal(t, 1, w.dials)
	w.pass(21 * time.Second)
	assert.Equal(t, 2, w.dials, "a ping without an answer until the next")
}

func TestAPortThatIsSilentOrStrange(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*daemon)
		title string
	}{
		"deaf": {func(d *daemon) { d.deaf = true }, "silent"},
		"mute": {func(d *daemon) { d.mute = true }, "stranger"},
	} {
		t.Run(name, func(t *testing.T) {
			w := reopened(t, c.spoil)
			assert.Contains(t, w.shown(), `"key":"connecting"`)
			w.pass(11 * time.Second)
			assert.Contains(t, w.shown(), `"key":"`+c.title+`"`)

			w = newWorld(t)
			w.open()
			c.spoil(w.daemon)
			w.act(view.Action{Do: view.DoPair, Text: w.daemon.code.String()})
			assert.True(t, w.node("pair").Disabled)
			w.pass(11 * time.Second)
			assert.True(t, w.shows("problem"))
			assert.False(t, w.node("pair").Disabled, "another code can be pasted")
			assert.Nil(t, w.stored)
		})
	}
}

func TestWhichSideIsBehind(t *testing.T) {
	for reason, key := range map[string]string{
		"this companion speaks logspanel-companion.v2": "extension_behind",
		"this companion speaks logspanel-companion.v0": "companion_behind",
		"": "other_version_how",
		"this companion speaks logspanel-companion.v99999999999999999999": "other_version_how",
	} {
		w := reopened(t, func(d *daemon) { d.refuse, d.reason = protocol.CloseOtherVersion, reason })
		assert.Contains(t, w.shown(), `"key":"`+key+`"`, reason)
	}
}

func TestGapAsksForEverything(t *testing.T) {
	w := paired(t)
	w.daemon.snapshot.Seq += 3
	w.daemon.snapshot.Wallet = &protocol.Wallet{Balance: naira(99)}
	w.change(protocol.Change{Catalog: true})
	assert.Equal(t, 1, w.daemon.asked[protocol.StateGet])
	assert.Equal(t, view.Amount{Decimal: "99.00", Currency: "NGN"}, *w.node("balance").Text.Args[0].Money)
}

func TestBuy(t *testing.T) {
	w := paired(t)
	w.press("quote:9:5")
	assert.Zero(t, w.daemon.asked[protocol.OrderBuy], "a quote buys nothing")
	w.daemon.silent = protocol.OrderBuy
	w.press("buy")
	w.act(view.Action{Do: view.DoBuy})
	w.act(view.Action{Do: view.DoBuy})
	assert.Equal(t, 1, w.daemon.asked[protocol.OrderBuy], "three clicks buy once")
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.change(protocol.Change{Intent: &protocol.Intent{ID: "i1", State: protocol.IntentBought, OrderID: "o1"}})
	assert.True(t, w.shows("number"))
	assert.Equal(t, "20′", w.badge.Text)
}

func TestLostAnswerIsAskedForAgain(t *testing.T) {
	for name, lose := range map[string]func(*world){
		"connection": func(w *world) { w.drop(1006) },
		"worker":     func(w *world) { w.worker(core.Event{}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := paired(t)
			w.press("quote:9:5")
			var sent []protocol.BuyRequest
			w.daemon.silent = protocol.OrderBuy
			w.press("buy")
			w.daemon.silent = ""
			w.daemon.answer(protocol.OrderBuy, func(raw json.RawMessage) (any, error) {
				var req protocol.BuyRequest
				require.NoError(t, json.Unmarshal(raw, &req))
				sent = append(sent, req)
				return protocol.Intent{ID: "i1", State: protocol.IntentBought, OrderID: "o1"}, nil
			})
			w.daemon.snapshot.Orders = []protocol.Order{waitingOrder()}
			lose(w)
			w.open()
			require.Equal(t, []protocol.BuyRequest{{IntentID: "i1", Journal: "j1", Price: naira(550)}}, sent)
			assert.True(t, w.shows("number"))
		})
	}
}

func TestReadingAProblemLeavesTheOrder(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.act(view.Action{Do: view.DoOrder, OrderID: "o1"})
	w.daemon.answer(protocol.OrderCancel, func(json.RawMessage) (any, error) {
		return nil, &protocol.Error{Code: protocol.CodeUnreachable, Message: "the provider can't be reached"}
	})
	w.press("cancel")
	w.press("dismiss")
	assert.False(t, w.shows("problem"))
	assert.True(t, w.shows("number"))
}

func TestRefusedPurchaseIsSaid(t *testing.T) {
	w := paired(t)
	w.press("quote:9:5")
	price, old := naira(600), naira(550)
	w.daemon.answer(protocol.OrderBuy, func(json.RawMessage) (any, error) {
		return nil, &protocol.Error{Code: protocol.CodePriceChanged, Message: "the price has changed", Price: &price, OldPrice: &old}
	})
	w.press("buy")
	assert.True(t, w.shows("problem"), "with both prices")
	assert.True(t, w.shows("quote"), "asked again")
	assert.Equal(t, 2, w.daemon.asked[protocol.OrderQuote])
	assert.Equal(t, 1, w.daemon.asked[protocol.OrderBuy])
	w.press("dismiss")
	assert.False(t, w.shows("problem"))

	w.daemon.answer(protocol.OrderBuy, func(json.RawMessage) (any, error) {
		return nil, &protocol.Error{Code: protocol.CodeOutOfStock, Message: "no number is left"}
	})
	w.press("buy")
	assert.True(t, w.shows("problem"))
	assert.False(t, w.shows("quote"))
}

func TestAnotherNumberForASiteThatRefusesOne(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.press("order:o1")
	var asked protocol.QuoteRequest
	w.daemon.answer(protocol.OrderQuote, func(raw json.RawMessage) (any, error) {
		require.NoError(t, json.Unmarshal(raw, &asked))
		return protocol.Quote{Intent: protocol.Intent{ID: "i2", Journal: "j1", State: protocol.IntentIntended, Replaces: asked.Replaces, Price: naira(550)}}, nil
	})
	w.press("replace")
	assert.Equal(t, "o1", asked.Replaces)
	assert.True(t, w.shows("replaces"))
	assert.Zero(t, w.daemon.asked[protocol.OrderBuy])
	w.press("buy")
	assert.Equal(t, 1, w.daemon.asked[protocol.OrderBuy])
}

func TestThePersonDecides(t *testing.T) {
	w := paired(t)
	w.change(protocol.Change{Intent: &protocol.Intent{
		ID: "i9", State: protocol.IntentUnknown, NeedsDecision: true, Candidates: []protocol.Candidate{{OrderID: "o7", Number: "+2348031234567", Price: naira(550)}},
	}})
	var word protocol.DecideRequest
	w.daemon.answer(protocol.OrderDecide, func(raw json.RawMessage) (any, error) {
		require.NoError(t, json.Unmarshal(raw, &word))
		return protocol.Intent{ID: "i9", State: protocol.IntentRefused}, nil
	})
	w.press("intent-i9-none")
	assert.Equal(t, protocol.DecideRequest{IntentID: "i9", Journal: "j1"}, word)
	w.press("intent-i9-o7")
	assert.Equal(t, "o7", word.OrderID)
}

func TestOffersAreSorted(t *testing.T) {
	w := paired(t)
	var asked protocol.Search
	w.daemon.answer(protocol.OfferSearch, func(raw json.RawMessage) (any, error) {
		require.NoError(t, json.Unmarshal(raw, &asked))
		return protocol.Offers{Offers: []protocol.Offer{{ServiceID: "5", CountryID: "9", Price: naira(550), Available: 3}}, Total: 1}, nil
	})
	w.press("sort-record")
	assert.Equal(t, protocol.SortDelivery, asked.Sort)
}

// bound buys a number and fills it into the site.
func bound(t *testing.T) *world {
	w := paired(t)
	w.press("quote:9:5")
	w.change(protocol.Change{Order: ref(waitingOrder())})
	w.press("buy")
	w.pages = phonePage()
	w.press("fill-number")
	require.Len(t, w.fills, 1)
	require.Equal(t, "+2348031234567", w.fills[0].Steps[0].Value)
	w.open()
	require.True(t, w.shows("number-filled"))
	w.close()
	w.pages, w.fills = codePage(), nil
	return w
}

func ref[T any](v T) *T { return &v }

func received() *protocol.Order {
	o := waitingOrder()
	o.State, o.Code, o.CodeReady, o.Message = protocol.OrderReceived, "481902", true, "Your code is 481902"
	o.Received = protocol.OneTimeCode{Code: "481902", Written: "481902", Text: o.Message}
	return &o
}

func TestCodeFillsWithThePopupClosed(t *testing.T) {
	w := bound(t)
	w.change(protocol.Change{Order: received()})
	require.Len(t, w.fills, 1)
	assert.Equal(t, "481902", w.fills[0].Steps[0].Value)
	w.tell(core.Event{Kind: core.TabChanged, Tab: theTab})
	w.change(protocol.Change{Order: received()})
	assert.Len(t, w.fills, 1, "it fills by itself once")
	w.open()
	assert.True(t, w.shows("code-filled"))
}

func TestCodeWaitsForItsField(t *testing.T) {
	w := bound(t)
	w.pages = phonePage()
	w.change(protocol.Change{Order: received()})
	assert.Empty(t, w.fills)
	assert.True(t, w.watched)
	w.pages = codePage()
	w.tell(core.Event{Kind: core.TabChanged, Tab: theTab})
	assert.Len(t, w.fills, 1)
	assert.False(t, w.watched, "nothing is watched any longer than it has to be")
}

func TestCodeGoesNowhereElse(t *testing.T) {
	for name, leave := range map[string]func(*world){
		"another site":    func(w *world) { w.pages[0].Origin = "https://evil.test" },
		"no access":       func(w *world) { w.pages = nil },
		"the tab is gone": func(w *world) { w.tell(core.Event{Kind: core.TabClosed, Tab: theTab}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := bound(t)
			leave(w)
			w.change(protocol.Change{Order: received()})
			assert.Empty(t, w.fills)
			w.open()
			assert.True(t, w.shows("fill-code"), "a click fills it")
			w.pages = codePage()
			w.press("fill-code")
			assert.Len(t, w.fills, 1)
		})
	}
}

func TestCodeFillsAfterTheWorkerDied(t *testing.T) {
	w := bound(t)
	w.daemon.conn = nil
	w.daemon.snapshot.Apply(protocol.Change{Seq: w.daemon.snapshot.Seq + 1, Order: received()})
	w.worker(core.Event{})
	assert.Len(t, w.fills, 1)
}

func TestPageThatKeepsSomethingElse(t *testing.T) {
	w := bound(t)
	w.kept = false
	w.change(protocol.Change{Order: received()})
	w.open()
	assert.Equal(t, "note warn", w.node("code-filled").Class)
	assert.Len(t, w.fills, 1)
}

func TestCodeOfAnotherBrowser(t *testing.T) {
	w := paired(t)
	o := received()
	o.Client, o.Code, o.Message, o.Received = "c2", "", "", protocol.OneTimeCode{}
	w.change(protocol.Change{Order: o})
	w.close()
	w.open()
	w.daemon.answer(protocol.OrderCode, func(json.RawMessage) (any, error) {
		return protocol.ReceivedCode{OrderID: "o1", Code: "481902", Received: received().Received}, nil
	})
	w.press("reveal")
	assert.Equal(t, "481902", w.node("code").Text.Plain)
}

func TestCodeThatThePersonHandsOver(t *testing.T) {
	w := paired(t)
	o := received()
	o.Client, o.Code, o.Message, o.Received = "c2", "", "", protocol.OneTimeCode{}
	w.change(protocol.Change{Order: o})
	w.close()
	w.open()
	w.daemon.answer(protocol.OrderCode, func(json.RawMessage) (any, error) {
		return nil, &protocol.Error{Code: protocol.CodeHandOver, Message: "bought in another browser"}
	})
	w.press("reveal")
	assert.False(t, w.shows("problem"))
	asked := *o
	asked.AskedBy = []string{"c1"}
	w.change(protocol.Change{Order: &asked})
	assert.True(t, w.shows("asked"), "and where to say yes")
	assert.False(t, w.shows("reveal"))
	handed := *o
	handed.HandedTo, handed.Code, handed.Received = []string{"c1"}, "481902", received().Received
	w.change(protocol.Change{Order: &handed})
	assert.Equal(t, "481902", w.node("code").Text.Plain)
}

func TestStaysAwakeOnlyWhileSomethingWaits(t *testing.T) {
	w := paired(t)
	awake := func() (on bool) {
		for _, e := range w.effects {
			if e.Do == core.Alive {
				on = e.On
			}
		}
		return on
	}
	w.close()
	assert.False(t, awake())
	w.change(protocol.Change{Order: ref(waitingOrder())})
	assert.True(t, awake())
	w.change(protocol.Change{Order: received()})
	assert.False(t, awake())
}

func TestLatestSearchWins(t *testing.T) {
	w := paired(t)
	w.daemon.silent = protocol.OfferSearch
	w.act(view.Action{Do: view.DoSearch, Text: "tele"})
	w.daemon.silent = ""
	w.daemon.answer(protocol.OfferSearch, func(raw json.RawMessage) (any, error) {
		var s protocol.Search
		require.NoError(t, json.Unmarshal(raw, &s))
		assert.Equal(t, "signal", s.Query)
		return protocol.Offers{}, nil
	})
	w.act(view.Action{Do: view.DoSearch, Text: " signal "})
	assert.True(t, w.shows("nothing"))
}

func TestProposedServiceOfALongerName(t *testing.T) {
	for name, found := range map[string]int{"known by another name": 1, "not known": 0} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.names = []string{"Tele"}
			var asked []protocol.Search
			w.daemon.answer(protocol.OfferSearch, func(raw json.RawMessage) (any, error) {
				var s protocol.Search
				require.NoError(t, json.Unmarshal(raw, &s))
				asked = append(asked, s)
				if s.Query == "" {
					return protocol.Offers{}, nil
				}
				return protocol.Offers{Total: found, Offers: []protocol.Offer{{CountryID: "9", ServiceID: "5"}}[:found]}, nil
			})
			w.open()
			w.act(view.Action{Do: view.DoPair, Text: w.daemon.code.String()})
			require.Len(t, asked, 2)
			assert.Equal(t, "Tele", asked[0].Service)
			assert.Equal(t, "Tele", asked[1].Query)
			assert.Equal(t, found == 1, w.shows("proposed"))
		})
	}
}

func TestProposedServiceByTheNameThatTheProviderUses(t *testing.T) {
	w := paired(t)
	var asked []protocol.Search
	w.daemon.answer(protocol.OfferSearch, func(raw json.RawMessage) (any, error) {
		var s protocol.Search
		require.NoError(t, json.Unmarshal(raw, &s))
		asked = append(asked, s)
		if s.Service != "Twitter" {
			return protocol.Offers{}, nil
		}
		return protocol.Offers{Total: 1, Offers: []protocol.Offer{{CountryID: "9", ServiceID: "5"}}}, nil
	})
	w.act(view.Action{Do: view.DoOpen, Tab: &view.Tab{ID: theTab, Origin: "https://x.com", Host: "x.com"}})
	require.Len(t, asked, 2)
	assert.Equal(t, "X", asked[0].Service)
	assert.Equal(t, "Twitter", w.node("proposed").Text.Plain)
}

func TestForget(t *testing.T) {
	w := paired(t)
	w.act(view.Action{Do: view.DoForget})
	assert.Nil(t, w.stored)
	assert.True(t, w.shows("pair-code"))
	assert.False(t, w.shows("balance"))
}

func TestForgettingTellsTheDaemon(t *testing.T) {
	w := paired(t)
	w.act(view.Action{Do: view.DoForget})
	assert.Equal(t, 1, w.daemon.asked[protocol.SessionLeave])
}

func TestPairingAgainReplaces(t *testing.T) {
	for name, lose := range map[string]func(*world){
		"forgotten here":  func(w *world) { w.act(view.Action{Do: view.DoForget}) },
		"forgotten there": func(w *world) { w.drop(protocol.CloseUnknownClient) },
	} {
		t.Run(name, func(t *testing.T) {
			w := paired(t)
			assert.Empty(t, w.daemon.hello.Replaces)
			lose(w)
			delete(w.daemon.secrets, "c1")
			w.act(view.Action{Do: view.DoPair, Text: w.daemon.code.String()})
			require.True(t, w.shows("balance"))
			assert.Equal(t, "c1", w.daemon.hello.Replaces)
			w.drop(1006)
			w.pass(5 * time.Second)
			require.True(t, w.shows("balance"))
			assert.Empty(t, w.daemon.hello.Replaces)
		})
	}
}

func TestTheBrowserHasAName(t *testing.T) {
	w := paired(t)
	w.act(view.Action{Do: view.DoName, Text: " at work "})
	assert.Equal(t, "at work", w.daemon.hello.Name)
	assert.True(t, w.shows("balance"))
	w.act(view.Action{Do: view.DoPort, Text: "47615"})
	w.worker(core.Event{})
	w.open()
	assert.Equal(t, "at work", w.daemon.hello.Name, "also of the next worker")
	assert.Equal(t, "c1", w.stored.ClientID)
}

func TestPortMoves(t *testing.T) {
	w := paired(t)
	w.act(view.Action{Do: view.DoPort, Text: "x"})
	assert.Equal(t, 47615, w.stored.Port)
	w.act(view.Action{Do: view.DoPort, Text: " 50000 "})
	assert.Equal(t, 50000, w.stored.Port)
}

func FuzzHostileDaemon(f *testing.F) {
	f.Add([]byte(`{"jsonrpc":"2.0","method":"state.changed","params":{"seq":11,"order":{"id":"o1","code":"1","code_ready":true}}}`))
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"result":null}`))
	f.Add([]byte("not JSON"))
	f.Fuzz(func(t *testing.T, message []byte) {
		w := paired(t)
		frames, err := w.daemon.conn.Seal(message)
		require.NoError(t, err)
		for _, frame := range frames {
			w.tell(core.Event{Kind: core.Received, Socket: w.socket, Frame: frame})
		}
		w.now = w.now.Add(time.Minute)
		w.tell(core.Event{Kind: core.Beat})
	})
}
