package view

import (
	"strconv"
	"strings"

	"github.com/logspanel/companion/shared/protocol"
)

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

// Options is what the options page shows.
func Options(s State) View {
	page := []Node{{Key: "title", Kind: KindTitle, Text: say("options_title")}}
	switch s.Link {
	case LinkUnpaired, LinkPairing, LinkUnknownClient:
		page = append(page, keyed("connection", box("card", pairing(s)...)))
	default:
		page = append(page, connection(s))
	}
	page = append(page, filling(s), reaching(s), notifying(s), part("language", "language_title", text("dim", say("language_how"))), reporting(s))
	return View{Title: *say("options_title"), Nodes: []Node{main(page...)}}
}

// part is one part of the page, under its heading.
func part(key, title string, children ...Node) Node {
	return keyed(key, box("card", append([]Node{heading(say(title))}, children...)...))
}

func connection(s State) Node {
	nodes := []Node{
		term("link", "link", linkText(s.Link)),
		term("version", "version_own", plain(s.Version)),
	}
	if s.Daemon != "" {
		nodes = append(nodes, term("daemon", "version_daemon", plain(s.Daemon)))
	}
	if s.Snapshot != nil {
		nodes = append(nodes, term("host", "provider_host", plain(s.Snapshot.Host)))
	}
	if s.Link == LinkSilent {
		nodes = append(nodes, text("dim", say("silent_how")), command("run-command", "logspanel-companion run"))
	}
	nodes = append(nodes, name(s), port(s), forget())
	if s.Problem != nil {
		nodes = append(nodes, s.problem(s.Problem))
	}
	return part("connection", "connection_title", nodes...)
}

func name(s State) Node {
	save := button("name-save", say("save"), Action{Do: DoName})
	return Node{Key: "name-form", Kind: KindForm, Class: "line", Action: save.Action, Children: []Node{
		text("label", say("name_label")),
		{Key: "name", Kind: KindInput, Label: say("name_label"), Value: s.Name},
		save,
	}}
}

// setting is a line about something that is on or off, and the switch.
func setting(key string, t *Text, on bool, a Action) Node {
	sw := toggle(key, say("off"), on, a)
	sw.Class, sw.Label = "switch", t
	if on {
		sw.Text = say("on")
	}
	return keyed(key+"-line", box("line", text("", t), sw))
}

// filling also says that fields are remembered, since that tells which sites were visited.
func filling(s State) Node {
	forget := button("unlearn", say("unlearn"), Action{Do: DoUnlearn})
	forget.Disabled = s.Lessons == 0
	return part("filling", "filling_title",
		setting("auto-fill", say("auto_fill"), !s.Habits.ByHand, Action{Do: DoAutoFill}), text("dim", say("auto_fill_how")),
		keyed("lessons", box("line", text("", say("lessons", count(s.Lessons))), forget)))
}

// reaching lists the sites that the extension may reach without a click.
func reaching(s State) Node {
	if len(s.Sites) == 0 {
		return part("reaching", "sites_title", text("dim", say("sites_none")))
	}
	nodes := []Node{text("dim", say("sites_how"))}
	for _, pattern := range s.Sites {
		site := strings.TrimSuffix(pattern, "/*")
		back := button("give-back:"+pattern, say("give_back"), Action{Do: DoGiveBack, Text: pattern})
		back.Label = say("give_back_of", word(site))
		nodes = append(nodes, keyed("site:"+pattern, box("line", text("", plain(site)), back)))
	}
	return part("reaching", "sites_title", nodes...)
}

func notifying(s State) Node {
	if s.Snapshot != nil && s.Snapshot.ShowsNotifications {
		return part("notifying", "notifying_title", text("dim", say("notifies_itself")))
	}
	line := setting("notify", say("notify"), s.Notify && !s.Habits.Quiet, Action{Do: DoNotify})
	if !s.Notify {
		line.Children[1].Ask = "notifications"
	}
	return part("notifying", "notifying_title", line, text("dim", say("notify_how")))
}

func reporting(s State) Node {
	report := Report(s)
	return part("reporting", "report_title", text("dim", say("report_how")),
		Node{Key: "report", Kind: KindReport, Label: say("report_title"), Value: report},
		copier("copy-report", "report_title", report))
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

// Welcome is the page that a new installation opens: three steps, and how far they are.
func Welcome(s State) View {
	step := func(n string, done bool, title, how string, more ...Node) Node {
		text := box("say", append([]Node{heading(say(title)), text("dim", say(how))}, more...)...)
		class := "card step"
		if done {
			class = "card step done"
			text.Children = append(text.Children, notice("done-"+n, "ok", say("step_done")))
		}
		return keyed("step-"+n, box(class, Node{Key: "picture-" + n, Kind: KindPicture, Value: "pictures/" + n + ".svg"}, text))
	}
	paired := s.Link != LinkUnpaired && s.Link != LinkPairing && s.Link != LinkUnknownClient
	running := paired && s.Link != LinkSilent && s.Link != LinkConnecting
	var pair []Node
	if !paired {
		pair = []Node{command("pair-command", "logspanel-companion pair"), pairForm(s)}
		if s.Problem != nil {
			pair = append(pair, s.problem(s.Problem))
		}
	}
	start := []Node{command("run-command", "logspanel-companion run")}
	if running {
		start = nil
	}
	return View{Title: *say("welcome_title"), Nodes: []Node{main(
		Node{Key: "title", Kind: KindTitle, Text: say("welcome_title")},
		text("lead", say("welcome_how")),
		step("start", running, "step_start", "step_start_how", start...),
		step("pair", paired, "step_pair", "step_pair_how", pair...),
		step("use", false, "step_use", "step_use_how"),
		text("dim", say("welcome_privacy")),
	)}}
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

// Icon is the badge for a state: the minutes that are left for a code, or that one is
// there.
func Icon(s State) Badge {
	quiet := Badge{Title: *say("app_name")}
	if s.Snapshot == nil {
		return quiet
	}
	waits := Badge{}
	for _, o := range active(s) {
		if o.CodeReady {
			return Badge{Text: "✓", Colour: colourCode, Title: *say("badge_code", word(o.ServiceName))}
		}
		left := o.Deadline.Sub(s.Now)
		minutes := max(0, int((left.Seconds()+59)/60))
		if text := strconv.Itoa(minutes) + "′"; o.Open() && waits.Text == "" {
			waits = Badge{Text: text, Colour: colourWaiting, Title: *say("badge_waiting", word(o.ServiceName), Arg{Span: max(1, minutes) * 60})}
		}
	}
	if waits.Text == "" {
		return quiet
	}
	return waits
}

// Notice is a notification of the browser.
type Notice struct {
	ID    string `json:"id"` // a later one of the same replaces it
	Title Text   `json:"title"`
	Text  Text   `json:"text"`
}

// CodeCame tells of a code, without the code: others may see the screen.
func CodeCame(o protocol.Order) Notice {
	return Notice{ID: o.ID, Title: *say("notify_title", word(o.ServiceName)), Text: *say("notify_text", word(o.DisplayNumber()))}
}
