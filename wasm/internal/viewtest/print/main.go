// Print writes what every page shows in every state, as JSON, for those who render it.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/logspanel/companion/wasm/internal/view"
	"github.com/logspanel/companion/wasm/internal/viewtest"
)

// shown is one page in one state.
type shown struct {
	Page  string    `json:"page"`
	State string    `json:"state"`
	Now   time.Time `json:"now"`
	View  view.View `json:"view"`
}

func main() {
	var all []shown
	add := func(page string, names []string) {
		for _, name := range names {
			all = append(all, shown{page, name, viewtest.Now, view.Page(page, viewtest.States[name])})
		}
	}
	add("popup", viewtest.Names())
	add("options", viewtest.PageStates["options"])
	add("welcome", viewtest.PageStates["welcome"])
	if err := json.NewEncoder(os.Stdout).Encode(all); err != nil {
		fmt.Fprintln(os.Stderr, "print:", err)
		os.Exit(1)
	}
}
