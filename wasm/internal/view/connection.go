package view

import "strconv"

// connectionScreen replaces every other screen while there is no connection to the daemon.
func connectionScreen(s State) []Node {
	screen := func(title string, children ...Node) []Node {
		return []Node{middle(append([]Node{heading(message(title))}, children...)...)}
	}
	switch s.Connection {
	case ConnectionUnpaired, ConnectionRevoked, ConnectionPairing:
		return []Node{box("middle start", pairingSteps(s)...)}
	case ConnectionConnecting:
		return screen("connecting", busy("connecting", message("connecting_how")))
	case ConnectionSilent:
		return screen("silent", text("dim", message("silent_how")), command("run-command", "logspanel-companion run"),
			busy("retries", message("silent_retries")), Node{Key: "help", Kind: KindLink, Text: message("silent_help"), Value: "welcome.html"},
			Node{Key: "trouble", Kind: KindFold, Text: message("trouble"), Children: []Node{portForm(s), forgetButton()}})
	case ConnectionNotCompanion:
		return screen("stranger", text("dim", message("stranger_how", plainArg(strconv.Itoa(s.Port)))),
			command("port-command", "logspanel-companion run --port 47616"), portForm(s), forgetButton())
	case ConnectionKeyringLocked:
		return screen("locked", text("dim", message("locked_how")), busy("retries", message("silent_retries")))
	case ConnectionVersionMismatch:
		return screen("other_version", text("dim", versionMismatch(s)))
	}
	return nil
}

// versionMismatch says whether extension or daemon is outdated, if the daemon said so.
func versionMismatch(s State) *Text {
	switch s.Outdated {
	case SideExtension:
		return message("extension_behind", plainArg(s.Version))
	case SideCompanion:
		return message("companion_behind", plainArg(s.Version))
	}
	return message("other_version_how", plainArg(s.Version))
}

func pairingSteps(s State) []Node {
	title, how := "pair_title", "pair_how"
	if s.Connection == ConnectionRevoked {
		title, how = "pair_again_title", "pair_again_how"
	}
	nodes := []Node{heading(message(title))}
	if s.Problem != nil {
		nodes = append(nodes, s.problemBox(s.Problem))
	} else {
		nodes = append(nodes, text("dim", message(how)))
	}
	return append(nodes,
		box("steps",
			text("step", message("pair_step_run")), command("run-command", "logspanel-companion run"),
			text("step", message("pair_step_pair")), command("pair-command", "logspanel-companion pair"),
			text("step", message("pair_step_paste")),
		),
		pairForm(s),
	)
}

func pairForm(s State) Node {
	input := Node{
		Key: "pair-code", Kind: KindInput, Class: "code-input", Label: message("pair_label"), Focus: true, SubmitOnPaste: true,
		Disabled: s.Connection == ConnectionPairing,
	}
	submit := primary("pair", message("pair_button"), Action{Do: DoPair})
	submit.Disabled = s.Connection == ConnectionPairing
	if s.Connection == ConnectionPairing {
		submit.Text = message("pair_busy")
	}
	return Node{Key: "pair-form", Kind: KindForm, Action: submit.Action, Children: []Node{input, submit}}
}

func portForm(s State) Node {
	save := button("port-save", message("save"), Action{Do: DoSetPort})
	return Node{Key: "port-form", Kind: KindForm, Class: "line", Action: save.Action, Children: []Node{
		text("label", message("port_label")),
		{Key: "port", Kind: KindInput, Label: message("port_label"), Value: strconv.Itoa(s.Port)},
		save,
	}}
}

func forgetButton() Node {
	b := button("forget", message("pair_anew"), Action{Do: DoForget})
	b.Class = "quiet"
	return b
}
