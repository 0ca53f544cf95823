package view

// confirmationScreen asks the person to confirm a purchase. No money is spent before.
func confirmationScreen(s State) screen {
	q := s.Quote
	i := q.Intent
	sc := screen{key: "confirm-title", title: message("confirm_title"), back: true}
	card := withKey("quote", box("card",
		term("quote-service", "service", plain(i.ServiceName)),
		term("quote-country", "country", plain(i.CountryName)),
		term("quote-price", "price", priceText(i.Price)),
		term("quote-after", "balance_after", priceText(q.BalanceAfter)),
		term("quote-spent", "spent", message("spent_of", amountArg(q.Limits.Spent), amountArg(q.Limits.PerDay))),
	))
	sc.nodes = []Node{card}
	if len(s.Areas) > 0 {
		area := Node{
			Key: "area", Kind: KindSelect, Label: message("area_label"), Value: s.AreaCode,
			Options: []Option{{Value: "", Text: *message("area_any")}},
			Action:  &Action{Do: DoQuote, CountryID: i.CountryID, ServiceID: i.ServiceID, OrderID: i.Replaces},
		}
		for _, code := range s.Areas {
			area.Options = append(area.Options, Option{Value: code, Text: *plain(code)})
		}
		sc.nodes = append(sc.nodes, area)
	}
	if i.Replaces == "" {
		favoured := s.Preferences.IsFavourite(i.CountryID, i.ServiceID)
		favour := toggle("favour", message("favour"), favoured, Action{Do: DoToggleFavourite, CountryID: i.CountryID, ServiceID: i.ServiceID})
		favour.Class = "chip star"
		compare := button("compare", message("compare"), Action{Do: DoCompare, Text: i.ServiceName})
		compare.Class, compare.Disabled = "chip", s.Buying
		sc.nodes = append(sc.nodes, withKey("aside", box("chips", favour, compare)))
	}
	buy := primary("buy", message("buy_for", amountArg(i.Price)), Action{Do: DoBuy})
	switch {
	case q.Unresolved != nil:
		sc.nodes = append(sc.nodes, banner("unresolved", "warn", message("unresolved", plainArg(i.ServiceName), plainArg(i.CountryName))))
		buy.Disabled = true
	case s.Snapshot.KeepExpired:
		sc.nodes = append(sc.nodes, text("dim", message("kept_late")))
	default:
		sc.nodes = append(sc.nodes, text("dim", message("refund_promise")))
	}
	if o, known := s.snapshotOrder(i.Replaces); known {
		sc.nodes = append(sc.nodes, banner("replaces", "quiet", message("replaces", plainArg(o.DisplayNumber()), amountArg(o.Price))))
	}
	back := button("leave", message("back"), Action{Do: DoBack})
	if s.Buying {
		buy.Text, buy.Disabled, back.Disabled = message("buying_now"), true, true
	}
	buy.Disabled = buy.Disabled || !s.UpToDate
	buy.Focus = true
	sc.nodes = append(sc.nodes, withKey("confirm", box("row bottom", back, buy)))
	return sc
}
