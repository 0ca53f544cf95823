// Demo makes a whole purchase as a person would, in a headless Chromium, through the real
// popup, with the sandbox provider.
//
// It needs Chromium and what "make build" builds, and takes about half a minute. It prints
// a line for each step and "demo: ok" at the end, and writes pictures to build/demo. The
// first difference from what is expected ends it with an error.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/shared/money"
)

const pictureDir = "build/demo"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo: failed:", err)
		os.Exit(1)
	}
	fmt.Println("demo: ok")
}

// demo is the state between the steps.
type demo struct {
	ctx          context.Context
	companion    *companion.Companion
	chromium     *browser.Chromium
	site         *browser.Page
	popup        *browser.Page
	pictures     map[string]string // file names, by what they show
	startBalance money.Money       // the balance before anything was bought
	price        money.Money
}

func run(ctx context.Context) (err error) {
	if err := os.RemoveAll(pictureDir); err != nil {
		return err
	}
	d := &demo{ctx: ctx, pictures: map[string]string{}}
	defer func() {
		if err != nil && d.companion != nil {
			err = fmt.Errorf("%w\nthe companion's log:\n%s", err, d.companion.Log())
		}
		d.close()
	}()
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"start the companion with the sandbox provider", d.startCompanion},
		{"start Chromium with the extension", d.startChromium},
		{"open the sign-up site", d.openSite},
		{"open the popup and paste the pairing code", d.pair},
		{"see the balance and the site's service", d.checkProposal},
		{"pick a country and see the price", d.pickOffer},
		{"buy", d.buy},
		{"fill the number", d.fillNumber},
		{"close the popup and let the site send its code", d.sendCode},
		{"the code is filled in by itself, and the site accepts it", d.waitForCode},
		{"the balance fell by exactly the price", d.checkBalance},
		{"open the site with six boxes", d.openBoxes},
		{"the price rises before the click, and both are shown", d.raisePrice},
		{"buy a second number and fill it", d.buySecond},
		{"the site refuses it: replace the number in one step", d.replaceNumber},
		{"cancel and refund it", d.cancel},
		{"the money is refunded", d.checkRefund},
	} {
		began := time.Now()
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Printf("%6d ms  %s\n", time.Since(began).Milliseconds(), step.name)
	}
	var side []string
	for _, name := range []string{"proposed", "number-filled", "code"} {
		side = append(side, d.pictures[name])
	}
	return montage(filepath.Join(pictureDir, "popup.png"), side...)
}

func (d *demo) close() {
	if d.chromium != nil {
		d.chromium.Close()
	}
	if d.companion != nil {
		if err := d.companion.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "demo: stop the companion:", err)
		}
	}
}

// takePicture writes a numbered picture of a page.
func (d *demo) takePicture(p *browser.Page, name string) error {
	d.pictures[name] = filepath.Join(pictureDir, fmt.Sprintf("%02d-%s.png", len(d.pictures)+1, name))
	return p.SaveScreenshot(d.pictures[name])
}
