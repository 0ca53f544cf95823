package view

import "github.com/logspanel/companion/shared/protocol"

// Item is one entry of the menu over a page's field.
type Item struct {
	Title  Text   `json:"title"`
	Action Action `json:"action"` // the browser adds where the field is
}

// Menu is what the field under the pointer can be filled with. Each entry names number
// and service; where it goes, the person points at.
func Menu(s State) []Item {
	if s.Snapshot == nil {
		return nil
	}
	var items []Item
	for i, o := range active(s) {
		if i == recent {
			break
		}
		fill := Action{Do: DoFillThis, OrderID: o.ID, Text: FillsNumber}
		title := say("menu_number", word(o.DisplayNumber()), word(o.ServiceName))
		if o.CodeReady {
			code, _ := s.code(o)
			if code.Code == "" {
				continue
			}
			fill.Text, title = FillsCode, say("menu_code", word(code.Code), word(o.ServiceName), word(o.DisplayNumber()))
		}
		items = append(items, Item{*title, fill})
	}
	return items
}

// code is an order's code, once one is sure, and what the provider sent, where this
// browser may have it.
func (s State) code(o protocol.Order) (code protocol.OneTimeCode, sent string) {
	if o.Erased {
		return protocol.OneTimeCode{}, ""
	}
	if handed, ok := s.Codes[o.ID]; ok {
		return handed.Received, handed.Code
	}
	return o.Received, o.Code
}
