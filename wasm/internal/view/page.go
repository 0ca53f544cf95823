package view

// Page returns the View of one of the extension's pages.
func Page(name string, s State) View {
	switch name {
	case "options":
		return Options(s)
	case "welcome":
		return Welcome(s)
	}
	return Popup(s)
}
