package view

import "strconv"

// Badge is the badge on the extension's icon.
type Badge struct {
	Text   string `json:"text"`
	Colour string `json:"colour"`
	Title  Text   `json:"title"`
}

// The colours of the badge. White text is readable on each.
const (
	colourWaiting = "#0b6b57"
	colourCode    = "#1a56db"
)

// IconBadge returns the badge for a state: a mark if a code has arrived, otherwise the minutes
// left to wait for one.
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
