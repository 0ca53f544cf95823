package view

import "strconv"

// Options is what the options page shows.
func Options(s State) View {
	v := View{Title: *say("options_title")}
	page := []Node{heading(say("options_title"))}
	switch s.Link {
	case LinkUnpaired, LinkPairing, LinkUnknownClient:
		page = append(page, pairing(s)...)
	default:
		page = append(page, paired(s))
	}
	v.Nodes = []Node{main(page...)}
	return v
}

func paired(s State) Node {
	card := box("card",
		term("link", "link", linkText(s.Link)),
		term("port-now", "port_label", plain(strconv.Itoa(s.Port))),
		term("version", "version_own", plain(s.Version)),
	)
	card.Key = "paired"
	if s.Daemon != "" {
		card.Children = append(card.Children, term("daemon", "version_daemon", plain(s.Daemon)))
	}
	if s.Snapshot != nil {
		card.Children = append(card.Children, term("host", "provider_host", plain(s.Snapshot.Host)))
	}
	return box("stack", card, name(s), port(s), lessons(s), forget())
}

func name(s State) Node {
	save := button("name-save", say("save"), Action{Do: DoName})
	return Node{Key: "name-form", Kind: KindForm, Class: "row", Action: save.Action, Children: []Node{
		{Key: "name", Kind: KindInput, Label: say("name_label"), Value: s.Name},
		save,
	}}
}

// lessons says that fields are remembered, since that tells which sites were visited.
func lessons(s State) Node {
	row := box("row", text("dim", say("lessons", count(s.Lessons))), button("unlearn", say("unlearn"), Action{Do: DoUnlearn}))
	row.Key = "lessons"
	row.Children[1].Disabled = s.Lessons == 0
	return row
}

func linkText(l Link) *Text {
	switch l {
	case LinkReady:
		return say("link_ready")
	case LinkSilent:
		return say("silent")
	case LinkStranger:
		return say("stranger")
	case LinkLocked:
		return say("locked")
	case LinkOtherVersion:
		return say("other_version")
	}
	return say("connecting")
}

// Badge is what stands on the extension's icon.
type Badge struct {
	Text   string `json:"text"`
	Colour string `json:"colour"`
	Title  Text   `json:"title"`
}

// The badge's colours, readable under white text.
const (
	colourWaiting = "#0b6b57"
	colourCode    = "#1a56db"
)

// Icon is the badge for a state: how many numbers wait, or that a code is there.
func Icon(s State) Badge {
	quiet := Badge{Title: *say("app_name")}
	if s.Snapshot == nil {
		return quiet
	}
	waits := 0
	for _, o := range active(s) {
		if o.CodeReady {
			return Badge{Text: "✓", Colour: colourCode, Title: *say("badge_code", word(o.ServiceName))}
		}
		waits++
	}
	if waits == 0 {
		return quiet
	}
	return Badge{Text: strconv.Itoa(waits), Colour: colourWaiting, Title: *say("badge_waiting", count(waits))}
}
