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
	b := paired(t)
	require.NotNil(t, b.pairing)
	assert.Equal(t, "c1", b.pairing.ClientID)
	assert.Equal(t, 47615, b.pairing.Port)

	b.startWorker(core.Event{})
	b.openPopup()
	assert.Equal(t, 2, b.daemon.calls[protocol.SessionHello])
	assert.Equal(t, "0.1.0", b.daemon.hello.Version, "the version in the manifest")
	assert.True(t, b.shows("balance"))
	assert.True(t, b.shows("proposed"))
	assert.True(t, b.shows("quote:9:5"))
}

func TestPairingRefused(t *testing.T) {
	for name, breakDaemon := range map[string]func(*fakeBrowser) string{
		"not a code":   func(*fakeBrowser) string { return "hello" },
		"another code": func(b *fakeBrowser) string { return paired(b.t).daemon.code.String() },
		"nobody there": func(b *fakeBrowser) string { b.daemon.down = true; return b.daemon.code.String() },
		"too old": func(b *fakeBrowser) string {
			b.daemon.closeCode = protocol.CloseNoPairing
			return b.daemon.code.String()
		},
		"a stranger": func(b *fakeBrowser) string { b.daemon.impostor = true; return b.daemon.code.String() },
	} {
		t.Run(name, func(t *testing.T) {
			b := newFakeBrowser(t)
			b.openPopup()
			text := breakDaemon(b)
			b.act(view.Action{Do: view.DoPair, Text: text})
			assert.Nil(t, b.pairing)
			assert.True(t, b.shows("problem"), "%v", b.view)
			assert.True(t, b.shows("pair-code"), "another code can be pasted")
		})
	}
}

func TestConnectionFailureIsExplained(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*fakeDaemon)
		title string
	}{
		"silent":         {func(d *fakeDaemon) { d.down = true }, "silent"},
		"stranger":       {func(d *fakeDaemon) { d.impostor = true }, "stranger"},
		"locked":         {func(d *fakeDaemon) { d.closeCode = protocol.CloseLocked }, "locked"},
		"other version":  {func(d *fakeDaemon) { d.closeCode = protocol.CloseOtherVersion }, "other_version"},
		"unknown client": {func(d *fakeDaemon) { d.secrets = nil }, "pair_again_title"},
	} {
		t.Run(name, func(t *testing.T) {
			b := reopened(t, c.spoil)
			assert.Contains(t, b.shownJSON(), `"key":"`+c.title+`"`)
			assert.NotNil(t, b.pairing, "an unauthenticated close code does not remove the pairing")
		})
	}
}

func TestReconnectsAutomatically(t *testing.T) {
	b := paired(t)
	b.daemon.down = true
	b.dropConnection(1006)
	require.True(t, b.shows("stale"), "the last known state stays, marked as such")
	assert.Positive(t, b.count(core.StartTimer))
	b.daemon.down = false
	b.advance(5 * time.Second)
	assert.False(t, b.shows("stale"))
	assert.True(t, b.shows("quote:9:5"))
}

// After any failure the core reconnects within seconds, to the same port and never in a hot
// loop.
func TestReconnectRate(t *testing.T) {
	for name, breakDaemon := range map[string]func(*fakeDaemon){
		"nobody there":       func(d *fakeDaemon) { d.down = true },
		"port never accepts": func(d *fakeDaemon) { d.neverAccepts = true },
		"no answer":          func(d *fakeDaemon) { d.neverAnswers = true },
		"a stranger":         func(d *fakeDaemon) { d.impostor = true },
		"a locked keyring":   func(d *fakeDaemon) { d.closeCode = protocol.CloseLocked },
		"closed as too slow": func(d *fakeDaemon) { d.closeCode = protocol.CloseSlow },
		"sessions drop":      func(d *fakeDaemon) { d.dropsSessions = true },
	} {
		t.Run(name, func(t *testing.T) {
			b := paired(t)
			b.advance(time.Minute)
			healthy := *b.daemon
			breakDaemon(b.daemon)
			b.dropConnection(1006)
			before := b.dials
			b.advance(10 * time.Minute)
			assert.Less(t, b.dials-before, 140, "in ten minutes")
			assert.Greater(t, b.dials-before, 30)
			conn := b.daemon.conn
			*b.daemon = healthy
			b.daemon.conn = conn
			b.advance(16 * time.Second) // the longest attempt and the pause after it
			assert.False(t, b.shows("stale"))
			assert.True(t, b.shows("balance"))
			for _, e := range b.effects {
				if e.Do == core.Connect {
					assert.Equal(t, "ws://127.0.0.1:47615", e.URL)
				}
			}
		})
	}
}

func TestReconnectsAtOnceAfterDaemonRestart(t *testing.T) {
	b := paired(t)
	b.advance(time.Minute)
	b.daemon.down = true
	b.dropConnection(1001)
	b.advance(7 * time.Second)
	b.daemon.down = false
	b.advance(5 * time.Second)
	assert.False(t, b.shows("stale"))
}

func TestPermanentFailureIsNotRetried(t *testing.T) {
	for name, code := range map[string]int{"unknown": protocol.CloseUnknownClient, "of another version": protocol.CloseOtherVersion} {
		t.Run(name, func(t *testing.T) {
			b := reopened(t, func(d *fakeDaemon) { d.closeCode = code })
			before := b.dials
			b.advance(10 * time.Minute)
			assert.Equal(t, before, b.dials)
			b.daemon.closeCode = 0
			b.closePopup()
			b.openPopup()
			assert.True(t, b.shows("balance"), "the popup was opened again")
		})
	}
}

func TestRenamedBrowserForgetsPendingRequests(t *testing.T) {
	b := paired(t)
	b.daemon.unanswered = protocol.SessionPing
	b.advance(21 * time.Second)
	b.daemon.unanswered = ""
	b.act(view.Action{Do: view.DoSetName, Text: "at work"})
	before := b.dials
	b.advance(21 * time.Second)
	assert.Equal(t, before, b.dials, "the new connection answers")
}

func TestDoesNotReconnectWhenIdle(t *testing.T) {
	b := paired(t)
	b.closePopup()
	b.daemon.down = true
	b.dropConnection(1006)
	before := b.dials
	b.advance(10 * time.Minute)
	assert.LessOrEqual(t, b.dials-before, 1)
}

func TestDeadSessionIsDetected(t *testing.T) {
	b := paired(t)
	b.daemon.unanswered = protocol.SessionPing
	b.advance(30 * time.Second)
	assert.Equal(t, 1, b.dials)
	b.advance(21 * time.Second)
	assert.Equal(t, 2, b.dials, "a ping without an answer until the next")
}

func TestSilentOrForeignPort(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*fakeDaemon)
		title string
	}{
		"deaf": {func(d *fakeDaemon) { d.neverAccepts = true }, "silent"},
		"mute": {func(d *fakeDaemon) { d.neverAnswers = true }, "stranger"},
	} {
		t.Run(name, func(t *testing.T) {
			b := reopened(t, c.spoil)
			assert.Contains(t, b.shownJSON(), `"key":"connecting"`)
			b.advance(11 * time.Second)
			assert.Contains(t, b.shownJSON(), `"key":"`+c.title+`"`)

			b = newFakeBrowser(t)
			b.openPopup()
			c.spoil(b.daemon)
			b.act(view.Action{Do: view.DoPair, Text: b.daemon.code.String()})
			assert.True(t, b.node("pair").Disabled)
			b.advance(11 * time.Second)
			assert.True(t, b.shows("problem"))
			assert.False(t, b.node("pair").Disabled, "another code can be pasted")
			assert.Nil(t, b.pairing)
		})
	}
}

func TestOutdatedSideIsNamed(t *testing.T) {
	for reason, key := range map[string]string{
		"this companion speaks logspanel-companion.v2": "extension_behind",
		"this companion speaks logspanel-companion.v0": "companion_behind",
		"": "other_version_how",
		"this companion speaks logspanel-companion.v99999999999999999999": "other_version_how",
	} {
		b := reopened(t, func(d *fakeDaemon) { d.closeCode, d.closeReason = protocol.CloseOtherVersion, reason })
		assert.Contains(t, b.shownJSON(), `"key":"`+key+`"`, reason)
	}
}

func TestSequenceGapRequestsSnapshot(t *testing.T) {
	b := paired(t)
	b.daemon.snapshot.Seq += 3
	b.daemon.snapshot.Wallet = &protocol.Wallet{Balance: naira(99)}
	b.pushChange(protocol.Change{Catalog: true})
	assert.Equal(t, 1, b.daemon.calls[protocol.StateGet])
	assert.Equal(t, view.Amount{Decimal: "99.00", Currency: "NGN"}, *b.node("balance").Text.Args[0].Money)
}

func TestBuy(t *testing.T) {
	b := paired(t)
	b.press("quote:9:5")
	assert.Zero(t, b.daemon.calls[protocol.OrderBuy], "a quote buys nothing")
	b.daemon.unanswered = protocol.OrderBuy
	b.press("buy")
	b.act(view.Action{Do: view.DoBuy})
	b.act(view.Action{Do: view.DoBuy})
	assert.Equal(t, 1, b.daemon.calls[protocol.OrderBuy], "three clicks buy once")
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.pushChange(protocol.Change{Intent: &protocol.Intent{ID: "i1", State: protocol.IntentBought, OrderID: "o1"}})
	assert.True(t, b.shows("number"))
	assert.Equal(t, "20′", b.badge.Text)
}

func TestPurchaseIsResentAfterLostAnswer(t *testing.T) {
	for name, lose := range map[string]func(*fakeBrowser){
		"connection": func(b *fakeBrowser) { b.dropConnection(1006) },
		"worker":     func(b *fakeBrowser) { b.startWorker(core.Event{}) },
	} {
		t.Run(name, func(t *testing.T) {
			b := paired(t)
			b.press("quote:9:5")
			var sent []protocol.BuyRequest
			b.daemon.unanswered = protocol.OrderBuy
			b.press("buy")
			b.daemon.unanswered = ""
			b.daemon.on(protocol.OrderBuy, func(raw json.RawMessage) (any, error) {
				var req protocol.BuyRequest
				require.NoError(t, json.Unmarshal(raw, &req))
				sent = append(sent, req)
				return protocol.Intent{ID: "i1", State: protocol.IntentBought, OrderID: "o1"}, nil
			})
			b.daemon.snapshot.Orders = []protocol.Order{waitingOrder()}
			lose(b)
			b.openPopup()
			require.Equal(t, []protocol.BuyRequest{{IntentID: "i1", Journal: "j1", Price: naira(550)}}, sent)
			assert.True(t, b.shows("number"))
		})
	}
}

func TestDismissingAProblemKeepsTheOrderOpen(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.act(view.Action{Do: view.DoOrder, OrderID: "o1"})
	b.daemon.on(protocol.OrderCancel, func(json.RawMessage) (any, error) {
		return nil, &protocol.Error{Code: protocol.CodeUnreachable, Message: "the provider can't be reached"}
	})
	b.press("cancel")
	b.press("dismiss")
	assert.False(t, b.shows("problem"))
	assert.True(t, b.shows("number"))
}

func TestRefusedPurchaseIsShown(t *testing.T) {
	b := paired(t)
	b.press("quote:9:5")
	price, old := naira(600), naira(550)
	b.daemon.on(protocol.OrderBuy, func(json.RawMessage) (any, error) {
		return nil, &protocol.Error{Code: protocol.CodePriceChanged, Message: "the price has changed", Price: &price, OldPrice: &old}
	})
	b.press("buy")
	assert.True(t, b.shows("problem"), "with both prices")
	assert.True(t, b.shows("quote"), "asked again")
	assert.Equal(t, 2, b.daemon.calls[protocol.OrderQuote])
	assert.Equal(t, 1, b.daemon.calls[protocol.OrderBuy])
	b.press("dismiss")
	assert.False(t, b.shows("problem"))

	b.daemon.on(protocol.OrderBuy, func(json.RawMessage) (any, error) {
		return nil, &protocol.Error{Code: protocol.CodeOutOfStock, Message: "no number is left"}
	})
	b.press("buy")
	assert.True(t, b.shows("problem"))
	assert.False(t, b.shows("quote"))
}

func TestReplacingANumberThatASiteRefuses(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.press("order:o1")
	var asked protocol.QuoteRequest
	b.daemon.on(protocol.OrderQuote, func(raw json.RawMessage) (any, error) {
		require.NoError(t, json.Unmarshal(raw, &asked))
		return protocol.Quote{Intent: protocol.Intent{ID: "i2", Journal: "j1", State: protocol.IntentIntended, Replaces: asked.Replaces, Price: naira(550)}}, nil
	})
	b.press("replace")
	assert.Equal(t, "o1", asked.Replaces)
	assert.True(t, b.shows("replaces"))
	assert.Zero(t, b.daemon.calls[protocol.OrderBuy])
	b.press("buy")
	assert.Equal(t, 1, b.daemon.calls[protocol.OrderBuy])
}

func TestPersonDecidesUnknownOutcome(t *testing.T) {
	b := paired(t)
	b.pushChange(protocol.Change{Intent: &protocol.Intent{
		ID: "i9", State: protocol.IntentUnknown, NeedsDecision: true, Candidates: []protocol.Candidate{{OrderID: "o7", Number: "+2348031234567", Price: naira(550)}},
	}})
	var word protocol.DecideRequest
	b.daemon.on(protocol.OrderDecide, func(raw json.RawMessage) (any, error) {
		require.NoError(t, json.Unmarshal(raw, &word))
		return protocol.Intent{ID: "i9", State: protocol.IntentRefused}, nil
	})
	b.press("intent-i9-none")
	assert.Equal(t, protocol.DecideRequest{IntentID: "i9", Journal: "j1"}, word)
	b.press("intent-i9-o7")
	assert.Equal(t, "o7", word.OrderID)
}

func TestOffersAreSorted(t *testing.T) {
	b := paired(t)
	var asked protocol.Search
	b.daemon.on(protocol.OfferSearch, func(raw json.RawMessage) (any, error) {
		require.NoError(t, json.Unmarshal(raw, &asked))
		return protocol.Offers{Offers: []protocol.Offer{{ServiceID: "5", CountryID: "9", Price: naira(550), Available: 3}}, Total: 1}, nil
	})
	b.press("sort-record")
	assert.Equal(t, protocol.SortDelivery, asked.Sort)
}

// withNumberFilled returns a browser that bought a number and filled it into the site.
func withNumberFilled(t *testing.T) *fakeBrowser {
	b := paired(t)
	b.press("quote:9:5")
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	b.press("buy")
	b.pages = phonePage()
	b.press("fill-number")
	require.Len(t, b.fills, 1)
	require.Equal(t, "+2348031234567", b.fills[0].Steps[0].Value)
	b.openPopup()
	require.True(t, b.shows("number-filled"))
	b.closePopup()
	b.pages, b.fills = codePage(), nil
	return b
}

func ptr[T any](v T) *T { return &v }

func receivedOrder() *protocol.Order {
	o := waitingOrder()
	o.State, o.Code, o.CodeReady, o.Message = protocol.OrderReceived, "481902", true, "Your code is 481902"
	o.Received = protocol.OneTimeCode{Code: "481902", Written: "481902", Text: o.Message}
	return &o
}

func TestCodeFillsWithThePopupClosed(t *testing.T) {
	b := withNumberFilled(t)
	b.pushChange(protocol.Change{Order: receivedOrder()})
	require.Len(t, b.fills, 1)
	assert.Equal(t, "481902", b.fills[0].Steps[0].Value)
	b.send(core.Event{Kind: core.TabChanged, Tab: tabID})
	b.pushChange(protocol.Change{Order: receivedOrder()})
	assert.Len(t, b.fills, 1, "it fills automatically only once")
	b.openPopup()
	assert.True(t, b.shows("code-filled"))
}

func TestCodeWaitsForItsField(t *testing.T) {
	b := withNumberFilled(t)
	b.pages = phonePage()
	b.pushChange(protocol.Change{Order: receivedOrder()})
	assert.Empty(t, b.fills)
	assert.True(t, b.watched)
	b.pages = codePage()
	b.send(core.Event{Kind: core.TabChanged, Tab: tabID})
	assert.Len(t, b.fills, 1)
	assert.False(t, b.watched, "the tab is no longer watched")
}

func TestCodeIsFilledOnlyWhereTheNumberWas(t *testing.T) {
	for name, leave := range map[string]func(*fakeBrowser){
		"another site":    func(b *fakeBrowser) { b.pages[0].Origin = "https://evil.test" },
		"no access":       func(b *fakeBrowser) { b.pages = nil },
		"the tab is gone": func(b *fakeBrowser) { b.send(core.Event{Kind: core.TabClosed, Tab: tabID}) },
	} {
		t.Run(name, func(t *testing.T) {
			b := withNumberFilled(t)
			leave(b)
			b.pushChange(protocol.Change{Order: receivedOrder()})
			assert.Empty(t, b.fills)
			b.openPopup()
			assert.True(t, b.shows("fill-code"), "a click fills it")
			b.pages = codePage()
			b.press("fill-code")
			assert.Len(t, b.fills, 1)
		})
	}
}

func TestCodeFillsAfterTheWorkerDied(t *testing.T) {
	b := withNumberFilled(t)
	b.daemon.conn = nil
	b.daemon.snapshot.Apply(protocol.Change{Seq: b.daemon.snapshot.Seq + 1, Order: receivedOrder()})
	b.startWorker(core.Event{})
	assert.Len(t, b.fills, 1)
}

func TestPageThatChangesTheText(t *testing.T) {
	b := withNumberFilled(t)
	b.accepts = false
	b.pushChange(protocol.Change{Order: receivedOrder()})
	b.openPopup()
	assert.Equal(t, "note warn", b.node("code-filled").Class)
	assert.Len(t, b.fills, 1)
}

func TestCodeOfAnotherBrowser(t *testing.T) {
	b := paired(t)
	o := receivedOrder()
	o.Client, o.Code, o.Message, o.Received = "c2", "", "", protocol.OneTimeCode{}
	b.pushChange(protocol.Change{Order: o})
	b.closePopup()
	b.openPopup()
	b.daemon.on(protocol.OrderCode, func(json.RawMessage) (any, error) {
		return protocol.ReceivedCode{OrderID: "o1", Code: "481902", Received: receivedOrder().Received}, nil
	})
	b.press("reveal")
	assert.Equal(t, "481902", b.node("code").Text.Plain)
}

func TestCodeHandedOverByThePerson(t *testing.T) {
	b := paired(t)
	o := receivedOrder()
	o.Client, o.Code, o.Message, o.Received = "c2", "", "", protocol.OneTimeCode{}
	b.pushChange(protocol.Change{Order: o})
	b.closePopup()
	b.openPopup()
	b.daemon.on(protocol.OrderCode, func(json.RawMessage) (any, error) {
		return nil, &protocol.Error{Code: protocol.CodeHandOver, Message: "bought in another browser"}
	})
	b.press("reveal")
	assert.False(t, b.shows("problem"))
	asked := *o
	asked.AskedBy = []string{"c1"}
	b.pushChange(protocol.Change{Order: &asked})
	assert.True(t, b.shows("asked"), "the popup says where to confirm")
	assert.False(t, b.shows("reveal"))
	handed := *o
	handed.HandedTo, handed.Code, handed.Received = []string{"c1"}, "481902", receivedOrder().Received
	b.pushChange(protocol.Change{Order: &handed})
	assert.Equal(t, "481902", b.node("code").Text.Plain)
}

func TestStaysAwakeOnlyWhileWaiting(t *testing.T) {
	b := paired(t)
	awake := func() (on bool) {
		for _, e := range b.effects {
			if e.Do == core.KeepAlive {
				on = e.On
			}
		}
		return on
	}
	b.closePopup()
	assert.False(t, awake())
	b.pushChange(protocol.Change{Order: ptr(waitingOrder())})
	assert.True(t, awake())
	b.pushChange(protocol.Change{Order: receivedOrder()})
	assert.False(t, awake())
}

func TestLatestSearchWins(t *testing.T) {
	b := paired(t)
	b.daemon.unanswered = protocol.OfferSearch
	b.act(view.Action{Do: view.DoSearch, Text: "tele"})
	b.daemon.unanswered = ""
	b.daemon.on(protocol.OfferSearch, func(raw json.RawMessage) (any, error) {
		var s protocol.Search
		require.NoError(t, json.Unmarshal(raw, &s))
		assert.Equal(t, "signal", s.Query)
		return protocol.Offers{}, nil
	})
	b.act(view.Action{Do: view.DoSearch, Text: " signal "})
	assert.True(t, b.shows("nothing"))
}

// answerSearches answers a search with one offer where it is for the service or the query, and
// returns the searches.
func answerSearches(b *fakeBrowser, known protocol.Search) *[]protocol.Search {
	var asked []protocol.Search
	b.daemon.on(protocol.OfferSearch, func(raw json.RawMessage) (any, error) {
		var s protocol.Search
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, err
		}
		asked = append(asked, protocol.Search{Service: s.Service, Query: s.Query})
		if s.Service != known.Service || s.Query != known.Query {
			return protocol.Offers{}, nil
		}
		return protocol.Offers{Total: 1, Offers: []protocol.Offer{{CountryID: "9", ServiceID: "5"}}}, nil
	})
	return &asked
}

func TestUnlistedSiteIsGuessed(t *testing.T) {
	for service, proposed := range map[string]string{"Acme Cars": "Acme Cars", "site": "site", "Acme": ""} {
		b := newFakeBrowser(t)
		b.names = []string{"", "Sign up | Acme Cars"}
		asked := answerSearches(b, protocol.Search{Service: service})
		b.openPopup()
		b.act(view.Action{Do: view.DoPair, Text: b.daemon.code.String()})
		assert.Equal(t, protocol.Search{Service: "Acme Cars"}, (*asked)[0])
		assert.Equal(t, proposed != "", b.shows("proposed"), service)
		assert.Equal(t, proposed != "", b.shows("guess"), service)
		if proposed != "" {
			assert.Equal(t, proposed, b.node("proposed").Text.Plain)
		}
		for _, s := range *asked {
			assert.Empty(t, s.Query, "a part of a word may be another service")
		}
	}
}

func TestListedSiteWithLongerName(t *testing.T) {
	for _, c := range []struct {
		known protocol.Search
		guess bool
	}{
		{protocol.Search{Service: "Telegram"}, false},
		{protocol.Search{Query: "Telegram"}, true},
	} {
		b := paired(t)
		answerSearches(b, c.known)
		b.act(view.Action{Do: view.DoOpen, Tab: &view.Tab{ID: tabID, Origin: "https://telegram.org", Host: "telegram.org"}})
		assert.Equal(t, "Telegram", b.node("proposed").Text.Plain)
		assert.Equal(t, c.guess, b.shows("guess"))
	}
}

func TestProposedServiceUsesTheProvidersName(t *testing.T) {
	b := paired(t)
	var asked []protocol.Search
	b.daemon.on(protocol.OfferSearch, func(raw json.RawMessage) (any, error) {
		var s protocol.Search
		require.NoError(t, json.Unmarshal(raw, &s))
		asked = append(asked, s)
		if s.Service != "Twitter" {
			return protocol.Offers{}, nil
		}
		return protocol.Offers{Total: 1, Offers: []protocol.Offer{{CountryID: "9", ServiceID: "5"}}}, nil
	})
	b.act(view.Action{Do: view.DoOpen, Tab: &view.Tab{ID: tabID, Origin: "https://x.com", Host: "x.com"}})
	require.Len(t, asked, 2)
	assert.Equal(t, "X", asked[0].Service)
	assert.Equal(t, "Twitter", b.node("proposed").Text.Plain)
}

func TestForget(t *testing.T) {
	b := paired(t)
	b.act(view.Action{Do: view.DoForget})
	assert.Nil(t, b.pairing)
	assert.True(t, b.shows("pair-code"))
	assert.False(t, b.shows("balance"))
}

func TestForgettingNotifiesTheDaemon(t *testing.T) {
	b := paired(t)
	b.act(view.Action{Do: view.DoForget})
	assert.Equal(t, 1, b.daemon.calls[protocol.SessionLeave])
}

func TestPairingAgainReplacesTheClient(t *testing.T) {
	for name, lose := range map[string]func(*fakeBrowser){
		"forgotten here":  func(b *fakeBrowser) { b.act(view.Action{Do: view.DoForget}) },
		"forgotten there": func(b *fakeBrowser) { b.dropConnection(protocol.CloseUnknownClient) },
	} {
		t.Run(name, func(t *testing.T) {
			b := paired(t)
			assert.Empty(t, b.daemon.hello.Replaces)
			lose(b)
			delete(b.daemon.secrets, "c1")
			b.act(view.Action{Do: view.DoPair, Text: b.daemon.code.String()})
			require.True(t, b.shows("balance"))
			assert.Equal(t, "c1", b.daemon.hello.Replaces)
			b.dropConnection(1006)
			b.advance(5 * time.Second)
			require.True(t, b.shows("balance"))
			assert.Empty(t, b.daemon.hello.Replaces)
		})
	}
}

func TestBrowserName(t *testing.T) {
	b := paired(t)
	b.act(view.Action{Do: view.DoSetName, Text: " at work "})
	assert.Equal(t, "at work", b.daemon.hello.Name)
	assert.True(t, b.shows("balance"))
	b.act(view.Action{Do: view.DoSetPort, Text: "47615"})
	b.startWorker(core.Event{})
	b.openPopup()
	assert.Equal(t, "at work", b.daemon.hello.Name, "the next worker sends the name too")
	assert.Equal(t, "c1", b.pairing.ClientID)
}

func TestPortCanBeChanged(t *testing.T) {
	b := paired(t)
	b.act(view.Action{Do: view.DoSetPort, Text: "x"})
	assert.Equal(t, 47615, b.pairing.Port)
	b.act(view.Action{Do: view.DoSetPort, Text: " 50000 "})
	assert.Equal(t, 50000, b.pairing.Port)
}

func FuzzHostileDaemon(f *testing.F) {
	f.Add([]byte(`{"jsonrpc":"2.0","method":"state.changed","params":{"seq":11,"order":{"id":"o1","code":"1","code_ready":true}}}`))
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"result":null}`))
	f.Add([]byte("not JSON"))
	f.Fuzz(func(t *testing.T, message []byte) {
		b := paired(t)
		frames, err := b.daemon.conn.Seal(message)
		require.NoError(t, err)
		for _, frame := range frames {
			b.send(core.Event{Kind: core.FrameReceived, Socket: b.socket, Frame: frame})
		}
		b.now = b.now.Add(time.Minute)
		b.send(core.Event{Kind: core.Heartbeat})
	})
}
