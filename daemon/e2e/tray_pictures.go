package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/sandbox"
	"github.com/logspanel/companion/shared/protocol"
)

// TrayReport lists the pictures that were taken.
type TrayReport struct {
	Files []string `json:"files"`
}

const (
	panelDelay = 1500 * time.Millisecond // a panel does not say when it has drawn, so wait this long
	iconAt     = "16 16"                 // the position of the panel's only icon
)

// photographTray shows the tray icon in a real panel, light and dark, and takes pictures of
// each state of the icon and of the open menu.
func photographTray(ctx context.Context, s settings, folder string) (p *TrayReport, err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := startDisplay(ctx); err != nil {
		return nil, err
	}
	simulated := sandbox.New(sandbox.Options{CodeDelay: -1})
	server := httptest.NewServer(simulated)
	defer server.Close()
	c, err := newCompanion(ctx, s.binary, server.URL+sandbox.Path, sandbox.Key)
	if err != nil {
		return nil, err
	}
	c.tray = true
	defer func() { err = errors.Join(err, c.remove()) }()
	client, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	d := &trayCamera{folder: folder, report: &TrayReport{}}
	if err := d.captureStates(ctx, &testBrowser{client, client.Welcome().Snapshot}, simulated); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, c.logTail())
	}
	return d.report, c.stop()
}

// startDisplay starts a virtual X display with a window manager, and sets DISPLAY.
func startDisplay(ctx context.Context) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	screen := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "900x700x24", "-nolisten", "tcp", "-noreset")
	screen.ExtraFiles = []*os.File{w}
	if err := errors.Join(screen.Start(), w.Close()); err != nil {
		return fmt.Errorf("start a virtual display (make install installs it): %w", err)
	}
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the virtual display did not start: %w", err)
	}
	if err := os.Setenv("DISPLAY", ":"+strings.TrimSpace(number)); err != nil {
		return err
	}
	return errors.Join(
		exec.CommandContext(ctx, "openbox").Start(),
		exec.CommandContext(ctx, "xdotool", "mousemove", "600", "600").Run(),
	)
}

// trayCamera takes pictures of the tray and collects their names.
type trayCamera struct {
	folder string
	report *TrayReport
}

// captureStates brings the companion into each state of the icon and takes pictures.
func (d *trayCamera) captureStates(ctx context.Context, t *testBrowser, simulated *sandbox.Provider) error {
	offers, err := cheapestOffers(ctx, t.Client, "", 1<<20)
	if err != nil {
		return err
	}
	report := &JourneyReport{}
	var order protocol.Order
	for _, state := range []struct {
		name  string
		enter func() error
	}{
		{"idle", func() error {
			return t.follow(ctx, time.Minute, "a balance", func() bool { return t.state.Wallet != nil })
		}},
		{"attention", func() error {
			if err := simulated.InjectFault(sandbox.Fault{Kind: sandbox.Drop, Times: -1}); err != nil {
				return err
			}
			_ = t.Call(ctx, protocol.WalletRefresh, protocol.Empty{}, nil) // it has to fail
			return t.follow(ctx, time.Minute, "an outage", func() bool { return !t.state.Provider.Reachable })
		}},
		{"waiting", func() (err error) {
			simulated.ClearFaults()
			if err := t.ask(ctx, protocol.WalletRefresh, protocol.Empty{}, nil); err != nil {
				return err
			}
			order, err = t.buy(ctx, offers[0], report)
			return err
		}},
		{"code", func() error {
			if _, err := simulated.SendSMS(order.Number); err != nil {
				return err
			}
			if err := t.follow(ctx, time.Minute, "a code", func() bool { o, _ := t.order(order.ID); return o.CodeReady }); err != nil {
				return err
			}
			_, err := t.buy(ctx, offers[0], report) // so that the menu has more lines
			return err
		}},
	} {
		if err := state.enter(); err != nil {
			return err
		}
		for _, shade := range []string{"light", "dark"} {
			if err := d.capture(ctx, shade, state.name); err != nil {
				return err
			}
		}
	}
	return nil
}

// capture starts a light or dark panel and takes two pictures: of the icon and of the menu.
func (d *trayCamera) capture(ctx context.Context, shade, state string) (err error) {
	if err := configurePanel(shade == "dark"); err != nil {
		return err
	}
	panel := exec.CommandContext(ctx, "xfce4-panel", "--disable-wm-check")
	if err := panel.Start(); err != nil {
		return fmt.Errorf("start a panel (make install installs it): %w", err)
	}
	defer func() { _, _ = panel.Process.Kill(), panel.Wait() }()
	<-time.After(2 * panelDelay)
	if err := d.screenshot(ctx, state+"-"+shade+".png", "-crop", "120x32+0+0", "+repage", "-filter", "point", "-resize", "300%"); err != nil {
		return err
	}
	// The fourth line from the bottom has a submenu.
	click := exec.CommandContext(ctx, "sh", "-c", "xdotool mousemove "+iconAt+" click 1 sleep 1 key Up key Up key Up key Up key Right")
	if out, err := click.CombinedOutput(); err != nil {
		return fmt.Errorf("click the icon: %w: %s", err, out)
	}
	<-time.After(panelDelay)
	if err := d.screenshot(ctx, state+"-"+shade+"-menu.png"); err != nil {
		return err
	}
	return exec.CommandContext(ctx, "xdotool", "key", "Escape", "key", "Escape", "key", "Escape", "mousemove", "600", "600").Run()
}

func (d *trayCamera) screenshot(ctx context.Context, name string, how ...string) error {
	path := filepath.Join(d.folder, name)
	out, err := exec.CommandContext(ctx, "import", append(append([]string{"-window", "root"}, how...), path)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("take a picture: %w: %s", err, out)
	}
	d.report.Files = append(d.report.Files, path)
	return nil
}

// configurePanel configures a panel with nothing but the system tray in it.
func configurePanel(dark bool) error {
	for _, set := range [][]string{
		{"/configver", "-t", "int", "-s", "2"},
		{"/panels", "-a", "-t", "int", "-s", "1"},
		{"/panels/dark-mode", "-t", "bool", "-s", fmt.Sprint(dark)},
		{"/panels/panel-1/position", "-t", "string", "-s", "p=6;x=0;y=0"},
		{"/panels/panel-1/length", "-t", "uint", "-s", "100"},
		{"/panels/panel-1/position-locked", "-t", "bool", "-s", "true"},
		{"/panels/panel-1/size", "-t", "uint", "-s", "32"},
		{"/panels/panel-1/plugin-ids", "-a", "-t", "int", "-s", "1"},
		{"/plugins/plugin-1", "-t", "string", "-s", "systray"},
		{"/plugins/plugin-1/square-icons", "-t", "bool", "-s", "true"},
	} {
		out, err := exec.Command("xfconf-query", append([]string{"-c", "xfce4-panel", "-n", "-p"}, set...)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("configure the panel: %w: %s", err, out)
		}
	}
	return nil
}
