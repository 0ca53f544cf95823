package view

// MenuItem is one entry of the context menu of a form field.
type MenuItem struct {
	Title  Text   `json:"title"`
	Action Action `json:"action"` // the browser adds the field's tab and frame
}

// ContextMenu returns the numbers and codes that a form field can be filled with. Each entry
// names the number and the service.
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
