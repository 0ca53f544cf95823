package view

import "strconv"

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

// IconBadge is the badge for a state: the minutes that are left for a code, or that one is
// there.
func IconBadge(s State) Badge {
	quiet := Badge{Title: *message("app_name")}
	if s.Snapshot == nil {
		return quiet
	}
	waits := Badge{}
	for _, o := range activeOrders(s) {
		if o.CodeReady {
			return Badge{Text: "✓", Colour: colourCode, Title: *message("badge_code", plainArg(o.ServiceName))}
		}
		left := o.Deadline.Sub(s.Now)
		minutes := max(0, int((left.Seconds()+59)/60))
		if text := strconv.Itoa(minutes) + "′"; o.Open() && waits.Text == "" {
			waits = Badge{Text: text, Colour: colourWaiting, Title: *message("badge_waiting", plainArg(o.ServiceName), Arg{Span: max(1, minutes) * 60})}
		}
	}
	if waits.Text == "" {
		return quiet
	}
	return waits
}
