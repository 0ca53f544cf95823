package view

// Welcome returns the page that a new installation opens: three steps and their progress.
func Welcome(s State) View {
	step := func(n string, done bool, title, how string, more ...Node) Node {
		text := box("say", append([]Node{heading(message(title)), text("dim", message(how))}, more...)...)
		class := "card step"
		if done {
			class = "card step done"
			text.Children = append(text.Children, banner("done-"+n, "ok", message("step_done")))
		}
		return withKey("step-"+n, box(class, Node{Key: "picture-" + n, Kind: KindPicture, Value: "pictures/" + n + ".svg"}, text))
	}
	paired := s.Connection != ConnectionUnpaired && s.Connection != ConnectionPairing && s.Connection != ConnectionRevoked
	running := paired && s.Connection != ConnectionSilent && s.Connection != ConnectionConnecting
	var pair []Node
	if !paired {
		pair = []Node{command("pair-command", "logspanel-companion pair"), pairForm(s)}
		if s.Problem != nil {
			pair = append(pair, s.problemBox(s.Problem))
		}
	}
	start := []Node{command("run-command", "logspanel-companion run")}
	if running {
		start = nil
	}
	return View{Title: *message("welcome_title"), Nodes: []Node{body(
		Node{Key: "title", Kind: KindTitle, Text: message("welcome_title")},
		text("lead", message("welcome_how")),
		step("start", running, "step_start", "step_start_how", start...),
		step("pair", paired, "step_pair", "step_pair_how", pair...),
		step("use", false, "step_use", "step_use_how"),
		text("dim", message("welcome_privacy")),
	)}}
}
