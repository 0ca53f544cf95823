package fields

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// markedPage is a page whose fields are marked with their purposes.
type markedPage struct {
	name  string
	page  Page
	marks []string
}

// markedPages reads testdata/fields.txt. The top of that file describes its format.
func markedPages(t *testing.T) []markedPage {
	raw, err := os.ReadFile("testdata/fields.txt")
	require.NoError(t, err)
	var pages []markedPage
	pageLine := regexp.MustCompile(`^= (.+) \[(\w+)\]$`)
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if m := pageLine.FindStringSubmatch(line); m != nil {
			pages = append(pages, markedPage{name: m[2] + " " + m[1], page: Page{Lang: m[2], Title: m[1]}})
			continue
		}
		parts := strings.SplitN(line, " |", 4)
		require.Len(t, parts, 4, line)
		at := &pages[len(pages)-1]
		n := len(at.page.Fields)
		f := Field{
			Ref: n + 1, Form: 1, Kind: Input, Type: "text", Name: strings.TrimSpace(parts[1]), Label: strings.TrimSpace(parts[2]),
			Visibility: Shown, X: 20, Y: 100 + 60*n, W: 220, H: 32,
		}
		for more := range strings.SplitSeq(parts[3], ";") {
			key, value, _ := strings.Cut(strings.TrimSpace(more), ":")
			switch key {
			case "type":
				f.Type = value
			case "max":
				f.MaxLength, err = strconv.Atoi(value)
				require.NoError(t, err, line)
				f.W = min(f.W, 20+9*f.MaxLength)
			case "auto":
				f.Autocomplete = value
			case "ph":
				f.Placeholder = value
			case "mode":
				f.InputMode = value
			case "image":
				f.Image = value
			case "value":
				f.Value = value
			case "class":
				f.Hints = value
			case "pattern":
				f.Pattern = value
			case "button":
				f.Buttons = []string{value}
			case "heading":
				f.Heading = value
			case "wide":
				f.W, err = strconv.Atoi(value)
				require.NoError(t, err, line)
			case "before":
				f.Before = []string{value}
			case "after":
				f.After = []string{value}
			case "select":
				f.Kind, f.Type = Select, ""
				for text := range strings.SplitSeq(value, "/") {
					f.Options = append(f.Options, Option{Value: text, Text: text})
				}
			default:
				require.Empty(t, key, line)
			}
		}
		if n > 0 && f.Label == "" && f.Before == nil {
			last := at.page.Fields[n-1] // the parts of a number are on one line
			f.X, f.Y = last.X+last.W+8, last.Y
		} else if f.Label != "" {
			f.Before = append(f.Before, f.Label)
		}
		at.page.Fields = append(at.page.Fields, f)
		at.marks = append(at.marks, strings.TrimSpace(parts[0]))
	}
	return pages
}

// codes are of every length and kind that the tests fill.
var codes = []string{"4930", "49302", "493027", "4930271", "49302718", "A7K2Q9"}

// TestCodesOnPagesOfRealFields checks that a code goes into its own field or none, even on a
// page that mentions text messages.
func TestCodesOnPagesOfRealFields(t *testing.T) {
	for _, m := range markedPages(t) {
		t.Run(m.name, func(t *testing.T) {
			expected := -1
			for i, mark := range m.marks {
				if mark == "otp" {
					expected = i
				}
			}
			for _, text := range []string{"", "You agree to text messages. We sent you an SMS."} {
				for _, code := range codes {
					page := m.page
					page.Text = text
					plan := PlanCode([]Page{page}, code)
					if expected < 0 || !page.Fields[expected].takes(code) {
						assert.Empty(t, plan.Steps, "%s: %s", code, plan.Why)
						continue
					}
					require.Len(t, plan.Steps, 1, "%s: %s", code, plan.Why)
					assert.Equal(t, page.Fields[expected].Ref, plan.Steps[0].Ref, plan.Why)
				}
			}
		})
	}
}

// TestNumbersOnPagesOfRealFields checks that a number goes into its own field or none.
func TestNumbersOnPagesOfRealFields(t *testing.T) {
	number := map[string]PhoneNumber{
		"ja": numberJP,
		"":   numberUS,
	}
	for _, m := range markedPages(t) {
		t.Run(m.name, func(t *testing.T) {
			p, ok := number[m.page.Lang]
			if !ok {
				p = number[""]
			}
			plan := PlanNumber([]Page{m.page}, p)
			expected := -1
			for i, mark := range m.marks {
				if mark == "tel!" || mark == "tel" && expected < 0 {
					expected = i
				}
			}
			filled := map[int]bool{}
			for _, s := range plan.Steps {
				filled[s.Ref] = true
				mark := m.marks[s.Ref-1]
				if f := m.page.Fields[s.Ref-1]; f.Kind == Input {
					assert.Contains(t, []string{"tel", "tel!", "dial"}, mark, "%s: %s", f.Label, plan.Why)
				}
			}
			if expected >= 0 {
				assert.True(t, filled[expected+1], plan.Why)
			}
		})
	}
}
