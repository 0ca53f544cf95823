package view

// MenuItem is one entry of the menu over a page's field.
type MenuItem struct {
	Title  Text   `json:"title"`
	Action Action `json:"action"` // the browser adds where the field is
}

// ContextMenu is what the field under the pointer can be filled with. Each entry names number
// and service; where it goes, the person points at.
func ContextMenu(s State) []MenuItem {
	if s.Snapshot == nil {
		return nil
	}
	var items []MenuItem
	for i, o := range activeOrders(s) {
		if i == maxActiveShown {
			break
		}
		fill := Action{Do: DoFillField, OrderID: o.ID, Text: FillsNumber}
		title := message("menu_number", plainArg(o.DisplayNumber()), plainArg(o.ServiceName))
		if o.CodeReady {
			code, _ := s.codeOf(o)
			if code.Code == "" {
				continue
			}
			fill.Text, title = FillsCode, message("menu_code", plainArg(code.Code), plainArg(o.ServiceName), plainArg(o.DisplayNumber()))
		}
		items = append(items, MenuItem{*title, fill})
	}
	return items
}
