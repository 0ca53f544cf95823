package view

import (
	"strings"
)

// Options returns the options page.
func Options(s State) View {
	page := []Node{{Key: "title", Kind: KindTitle, Text: message("options_title")}}
	switch s.Connection {
	case ConnectionUnpaired, ConnectionPairing, ConnectionRevoked:
		page = append(page, withKey("connection", box("card", pairingSteps(s)...)))
	default:
		page = append(page, connectionSettings(s))
	}
	page = append(page, fillSettings(s), siteSettings(s), notificationSettings(s), settingsGroup("language", "language_title", text("dim", message("language_how"))), reportSection(s))
	return View{Title: *message("options_title"), Nodes: []Node{body(page...)}}
}

// settingsGroup returns one part of the page with its heading.
func settingsGroup(key, title string, children ...Node) Node {
	return withKey(key, box("card", append([]Node{heading(message(title))}, children...)...))
}

func connectionSettings(s State) Node {
	nodes := []Node{
		term("link", "link", connectionText(s.Connection)),
		term("version", "version_own", plain(s.Version)),
	}
	if s.Daemon != "" {
		nodes = append(nodes, term("daemon", "version_daemon", plain(s.Daemon)))
	}
	if s.Snapshot != nil {
		nodes = append(nodes, term("host", "provider_host", plain(s.Snapshot.Host)))
	}
	if s.Connection == ConnectionSilent {
		nodes = append(nodes, text("dim", message("silent_how")), command("run-command", "logspanel-companion run"))
	}
	nodes = append(nodes, nameForm(s), portForm(s), forgetButton())
	if s.Problem != nil {
		nodes = append(nodes, s.problemBox(s.Problem))
	}
	return settingsGroup("connection", "connection_title", nodes...)
}

func nameForm(s State) Node {
	save := button("name-save", message("save"), Action{Do: DoSetName})
	return Node{Key: "name-form", Kind: KindForm, Class: "line", Action: save.Action, Children: []Node{
		text("label", message("name_label")),
		{Key: "name", Kind: KindInput, Label: message("name_label"), Value: s.Name},
		save,
	}}
}

// setting returns a line with a setting and its switch.
func setting(key string, t *Text, on bool, a Action) Node {
	sw := toggle(key, message("off"), on, a)
	sw.Class, sw.Label = "switch", t
	if on {
		sw.Text = message("on")
	}
	return withKey(key+"-line", box("line", text("", t), sw))
}

// fillSettings also says that fields are remembered, because that reveals which sites the
// person has visited.
func fillSettings(s State) Node {
	forget := button("unlearn", message("unlearn"), Action{Do: DoClearOverrides})
	forget.Disabled = s.OverrideCount == 0
	return settingsGroup("filling", "filling_title",
		setting("auto-fill", message("auto_fill"), !s.Preferences.ManualFill, Action{Do: DoAutoFill}), text("dim", message("auto_fill_how")),
		withKey("lessons", box("line", text("", message("lessons", countArg(s.OverrideCount))), forget)))
}

// siteSettings lists the sites that the extension may access without a click.
func siteSettings(s State) Node {
	if len(s.AllowedSites) == 0 {
		return settingsGroup("reaching", "sites_title", text("dim", message("sites_none")))
	}
	nodes := []Node{text("dim", message("sites_how"))}
	for _, pattern := range s.AllowedSites {
		site := strings.TrimSuffix(pattern, "/*")
		back := button("give-back:"+pattern, message("give_back"), Action{Do: DoRevokeSite, Text: pattern})
		back.Label = message("give_back_of", plainArg(site))
		nodes = append(nodes, withKey("site:"+pattern, box("line", text("", plain(site)), back)))
	}
	return settingsGroup("reaching", "sites_title", nodes...)
}

func notificationSettings(s State) Node {
	if s.Snapshot != nil && s.Snapshot.ShowsNotifications {
		return settingsGroup("notifying", "notifying_title", text("dim", message("notifies_itself")))
	}
	line := setting("notify", message("notify"), s.NotificationsAllowed && !s.Preferences.NotificationsOff, Action{Do: DoNotify})
	if !s.NotificationsAllowed {
		line.Children[1].Permission = "notifications"
	}
	return settingsGroup("notifying", "notifying_title", line, text("dim", message("notify_how")))
}

func reportSection(s State) Node {
	report := Report(s)
	return settingsGroup("reporting", "report_title", text("dim", message("report_how")),
		Node{Key: "report", Kind: KindReport, Label: message("report_title"), Value: report},
		copyButton("copy-report", "report_title", report))
}

func connectionText(l Connection) *Text {
	switch l {
	case ConnectionReady:
		return message("link_ready")
	case ConnectionSilent:
		return message("silent")
	case ConnectionNotCompanion:
		return message("stranger")
	case ConnectionKeyringLocked:
		return message("locked")
	case ConnectionVersionMismatch:
		return message("other_version")
	}
	return message("connecting")
}
