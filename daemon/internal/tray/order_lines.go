package tray

import (
	"fmt"
	"time"

	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/shared/protocol"
)

// currentLine returns the line of an order that is open, has a problem, or has just
// received its code, and when that line changes without a change of the order.
func currentLine(o protocol.Order, now time.Time) (line Line, changes time.Time, ok bool) {
	line = Line{Order: o.ID, Copy: desktop.Plain(o.Number, maxName)}
	var text string
	switch {
	case o.State == protocol.OrderReceived:
		if o.CodeAt == nil || !now.Before(o.CodeAt.Add(codeShownFor)) {
			return Line{}, time.Time{}, false
		}
		changes = o.CodeAt.Add(codeShownFor)
		text = "code received"
		if o.Code != "" {
			line.Copy = desktop.Plain(o.DisplayCode(), maxName)
			text = "code " + line.Copy
		}
	case o.Problem != nil:
		text = desktop.Plain(o.Problem.Message, maxLine)
	case o.State == protocol.OrderCancelling:
		text = "cancelled, waiting for the refund"
	case o.State == protocol.OrderWaiting:
		var left string
		left, changes = countdown(o.Deadline, now)
		text = "waiting, " + left
	default:
		return Line{}, time.Time{}, false
	}
	line.Text = orderLabel(o) + "  " + text
	return line, changes, true
}

// recentLine returns the line of a finished order.
func recentLine(o protocol.Order, now time.Time) Line {
	line := Line{Order: o.ID, Copy: desktop.Plain(o.Number, maxName)}
	text, at := "", o.CreatedAt
	switch {
	case o.State == protocol.OrderReceived:
		text = "code received"
		if o.Code != "" {
			line.Copy = desktop.Plain(o.DisplayCode(), maxName)
			text = "code " + line.Copy
		}
		if o.CodeAt != nil {
			at = *o.CodeAt
		}
	case o.State == protocol.OrderRefunded:
		text = "no code, " + desktop.Plain(o.Price.String(), maxName) + " refunded"
	default:
		text = "no code, not refunded"
	}
	line.Text = orderLabel(o) + "  " + text + "  " + when(at, now)
	return line
}

// cancelLine returns the line that cancels a number, and until when it is offered; zero: no
// limit.
func cancelLine(o protocol.Order, now time.Time) (line Line, until time.Time, ok bool) {
	what := "cancel and refund "
	switch end := o.CreatedAt.Add(cancellableFor); {
	case o.State == protocol.OrderWaiting:
	case o.State == protocol.OrderCancelling && o.Problem != nil:
		what = "ask again to refund "
	case o.State == protocol.OrderExpired && now.Before(end):
		until = end
	default:
		return Line{}, time.Time{}, false
	}
	text := orderLabel(o) + "  " + what + desktop.Plain(o.Price.String(), maxName)
	return Line{Text: text, Order: o.ID}, until, true
}

// decisionLines lists the possible answers to purchases that only the person can settle:
// one for each order that the purchase may have made, and one for none.
func decisionLines(intents []protocol.Intent) (list []Line) {
	for _, i := range intents {
		if !i.NeedsDecision {
			continue
		}
		service := desktop.Plain(i.ServiceName, maxName)
		for _, c := range i.Candidates {
			number := desktop.Plain(c.DisplayNumber(), maxName)
			text := fmt.Sprintf("%s  bought %s for %s", service, number, desktop.Plain(c.Price.String(), maxName))
			list = append(list, Line{Text: text, Order: c.OrderID, Intent: i.ID})
		}
		text := fmt.Sprintf("%s  nothing bought for %s", service, desktop.Plain(i.Price.String(), maxName))
		list = append(list, Line{Text: text, Intent: i.ID})
	}
	return list
}

// orderLabel returns the beginning of an order's line: its service and number.
func orderLabel(o protocol.Order) string {
	return desktop.Plain(o.ServiceName, maxName) + "  " + desktop.Plain(o.DisplayNumber(), maxName)
}

// countdown returns the time left until a deadline, rounded up to minutes or, in the last
// two, to seconds, and when that text changes.
func countdown(deadline, now time.Time) (text string, next time.Time) {
	left := deadline.Sub(now)
	if left <= 0 {
		return "time is up", time.Time{}
	}
	step := time.Second
	if left > 2*time.Minute {
		step = time.Minute
	}
	n := (left + step - 1) / step
	next = deadline.Add(-(n - 1) * step)
	if step == time.Minute {
		return fmt.Sprintf("%d min left", n), next
	}
	return fmt.Sprintf("%d:%02d left", n/60, n%60), next
}
