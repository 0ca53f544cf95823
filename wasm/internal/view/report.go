package view

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Report returns a text for bug reports, which the person can send to anyone. It contains no
// number, code, site, name, amount or id.
func Report(s State) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	line("time", s.Now.UTC().Format(time.RFC3339))
	line("extension", s.Version)
	line("companion", s.Daemon)
	line("browser", s.Browser)
	line("link", string(s.Connection))
	line("live", strconv.FormatBool(s.UpToDate))
	line("offline", strconv.FormatBool(s.Offline))
	line("behind", string(s.Outdated))
	line("automatic filling", strconv.FormatBool(!s.Preferences.ManualFill))
	line("fields pointed at", strconv.Itoa(s.OverrideCount))
	line("last fill", s.FillReason)
	line("page wants", string(s.FillWants))
	for _, place := range s.FillCandidates {
		line("weighed", place)
	}
	for _, id := range slices.Sorted(maps.Keys(s.Fills)) {
		f := s.Fills[id]
		line("fill", "number "+cmp.Or(string(f.Number), "not tried")+", code "+cmp.Or(string(f.Code), "not tried")+", bound "+strconv.FormatBool(f.Bound))
	}
	for _, c := range s.Crashes {
		line("crash", c.reportLine())
	}
	if s.Problem != nil {
		line("problem", strings.TrimSpace(string(s.Problem.Code)+" "+s.Problem.Provider))
	}
	if snap := s.Snapshot; snap != nil {
		line("sandbox", strconv.FormatBool(snap.Sandbox))
		line("sequence", strconv.FormatUint(snap.Seq, 10))
		line("key", string(snap.Key.State))
		line("provider reachable", strconv.FormatBool(snap.Provider.Reachable))
		for _, o := range snap.Orders {
			problem := ""
			if o.Problem != nil {
				problem = ", " + string(o.Problem.Code)
			}
			line("order", string(o.State)+", provider says "+cmp.Or(o.Status, "nothing")+problem)
			line("its number", "of "+cmp.Or(o.Phone.Region, "no region")+", "+cmp.Or(string(o.Phone.Kind), "of no kind")+", valid "+strconv.FormatBool(o.Phone.Valid))
			line("its message", o.Received.Why)
		}
		for _, i := range snap.Intents {
			line("purchase", string(i.State)+", asks "+strconv.FormatBool(i.NeedsDecision)+", candidates "+strconv.Itoa(len(i.Candidates)))
		}
	}
	return b.String()
}
