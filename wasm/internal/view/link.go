package view

import "strconv"

// linkScreen is what stands in place of everything while there is no connection.
func linkScreen(s State) []Node {
	screen := func(title string, children ...Node) []Node {
		return []Node{middle(append([]Node{heading(say(title))}, children...)...)}
	}
	switch s.Link {
	case LinkUnpaired, LinkUnknownClient, LinkPairing:
		return []Node{box("middle start", pairing(s)...)}
	case LinkConnecting:
		return screen("connecting", busy("connecting", say("connecting_how")))
	case LinkSilent:
		return screen("silent", text("dim", say("silent_how")), command("run-command", "logspanel-companion run"),
			busy("retries", say("silent_retries")), Node{Key: "help", Kind: KindLink, Text: say("silent_help"), Value: "welcome.html"},
			Node{Key: "trouble", Kind: KindFold, Text: say("trouble"), Children: []Node{port(s), forget()}})
	case LinkStranger:
		return screen("stranger", text("dim", say("stranger_how", word(strconv.Itoa(s.Port)))),
			command("port-command", "logspanel-companion run --port 47616"), port(s), forget())
	case LinkLocked:
		return screen("locked", text("dim", say("locked_how")), busy("retries", say("silent_retries")))
	case LinkOtherVersion:
		return screen("other_version", text("dim", otherVersion(s)))
	}
	return nil
}

// otherVersion says which of the two is behind, where the daemon told.
func otherVersion(s State) *Text {
	switch s.Behind {
	case SideExtension:
		return say("extension_behind", word(s.Version))
	case SideCompanion:
		return say("companion_behind", word(s.Version))
	}
	return say("other_version_how", word(s.Version))
}

func pairing(s State) []Node {
	title, how := "pair_title", "pair_how"
	if s.Link == LinkUnknownClient {
		title, how = "pair_again_title", "pair_again_how"
	}
	nodes := []Node{heading(say(title))}
	if s.Problem != nil {
		nodes = append(nodes, s.problem(s.Problem))
	} else {
		nodes = append(nodes, text("dim", say(how)))
	}
	return append(nodes,
		box("steps",
			text("step", say("pair_step_run")), command("run-command", "logspanel-companion run"),
			text("step", say("pair_step_pair")), command("pair-command", "logspanel-companion pair"),
			text("step", say("pair_step_paste")),
		),
		pairForm(s),
	)
}

func pairForm(s State) Node {
	input := Node{
		Key: "pair-code", Kind: KindInput, Class: "code-input", Label: say("pair_label"), Focus: true, Pasted: true,
		Disabled: s.Link == LinkPairing,
	}
	submit := primary("pair", say("pair_button"), Action{Do: DoPair})
	submit.Disabled = s.Link == LinkPairing
	if s.Link == LinkPairing {
		submit.Text = say("pair_busy")
	}
	return Node{Key: "pair-form", Kind: KindForm, Action: submit.Action, Children: []Node{input, submit}}
}

func port(s State) Node {
	save := button("port-save", say("save"), Action{Do: DoPort})
	return Node{Key: "port-form", Kind: KindForm, Class: "line", Action: save.Action, Children: []Node{
		text("label", say("port_label")),
		{Key: "port", Kind: KindInput, Label: say("port_label"), Value: strconv.Itoa(s.Port)},
		save,
	}}
}

func forget() Node {
	b := button("forget", say("pair_anew"), Action{Do: DoForget})
	b.Class = "quiet"
	return b
}
