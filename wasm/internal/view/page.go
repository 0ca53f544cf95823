package view

// Page is what one of the extension's pages shows.
func Page(name string, s State) View {
	switch name {
	case "options":
		return Options(s)
	case "welcome":
		return Welcome(s)
	}
	return Popup(s)
}
