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

// Pictures are what was drawn.
type Pictures struct {
	Files []string `json:"files"`
}

const (
	drawn  = 1500 * time.Millisecond // by then a panel has drawn what it was told: it says nothing itself
	iconAt = "16 16"                 // the only icon of the panel
)

// pictures shows the tray in a real panel, a light and a dark one, and takes pictures
// of each state of the icon and of the open menu.
func pictures(ctx context.Context, s settings, folder string) (p *Pictures, err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := openScreen(ctx); err != nil {
		return nil, err
	}
	own := sandbox.New(sandbox.Options{CodeDelay: -1})
	server := httptest.NewServer(own)
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
	d := &darkroom{folder: folder, pictures: &Pictures{}}
	if err := d.expose(ctx, &traveller{client, client.Welcome().Snapshot}, own); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, c.said())
	}
	return d.pictures, c.stop()
}

// openScreen starts a screen that nobody sees, and a window manager on it.
func openScreen(ctx context.Context) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	screen := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "900x700x24", "-nolisten", "tcp", "-noreset")
	screen.ExtraFiles = []*os.File{w}
	if err := errors.Join(screen.Start(), w.Close()); err != nil {
		return fmt.Errorf("open a screen (make install brings it): %w", err)
	}
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the screen did not open: %w", err)
	}
	if err := os.Setenv("DISPLAY", ":"+strings.TrimSpace(number)); err != nil {
		return err
	}
	return errors.Join(
		exec.CommandContext(ctx, "openbox").Start(),
		exec.CommandContext(ctx, "xdotool", "mousemove", "600", "600").Run(),
	)
}

type darkroom struct {
	folder   string
	pictures *Pictures
}

// expose brings the companion into each state.
func (d *darkroom) expose(ctx context.Context, t *traveller, own *sandbox.Provider) error {
	offers, err := find(ctx, t.Client, "", 1<<20)
	if err != nil {
		return err
	}
	saw := &Sights{}
	var order protocol.Order
	for _, state := range []struct {
		name   string
		become func() error
	}{
		{"idle", func() error {
			return t.follow(ctx, time.Minute, "a balance", func() bool { return t.state.Wallet != nil })
		}},
		{"attention", func() error {
			if err := own.InjectFault(sandbox.Fault{Kind: sandbox.Drop, Times: -1}); err != nil {
				return err
			}
			_ = t.Call(ctx, protocol.WalletRefresh, protocol.Empty{}, nil) // that it fails is the point
			return t.follow(ctx, time.Minute, "an outage", func() bool { return !t.state.Provider.Reachable })
		}},
		{"waiting", func() (err error) {
			own.ClearFaults()
			if err := t.ask(ctx, protocol.WalletRefresh, protocol.Empty{}, nil); err != nil {
				return err
			}
			order, err = t.buy(ctx, offers[0], saw)
			return err
		}},
		{"code", func() error {
			if _, err := own.SendSMS(order.Number); err != nil {
				return err
			}
			if err := t.follow(ctx, time.Minute, "a code", func() bool { o, _ := t.order(order.ID); return o.CodeReady }); err != nil {
				return err
			}
			_, err := t.buy(ctx, offers[0], saw) // for a menu with more in it
			return err
		}},
	} {
		if err := state.become(); err != nil {
			return err
		}
		for _, shade := range []string{"light", "dark"} {
			if err := d.take(ctx, shade, state.name); err != nil {
				return err
			}
		}
	}
	return nil
}

// take starts a panel of a shade and takes pictures of it, without and with the menu.
func (d *darkroom) take(ctx context.Context, shade, state string) (err error) {
	if err := furnish(shade == "dark"); err != nil {
		return err
	}
	panel := exec.CommandContext(ctx, "xfce4-panel", "--disable-wm-check")
	if err := panel.Start(); err != nil {
		return fmt.Errorf("start a panel (make install brings it): %w", err)
	}
	defer func() { _, _ = panel.Process.Kill(), panel.Wait() }()
	<-time.After(2 * drawn)
	if err := d.picture(ctx, state+"-"+shade+".png", "-crop", "120x32+0+0", "+repage", "-filter", "point", "-resize", "300%"); err != nil {
		return err
	}
	// The fourth line from below has a menu of its own.
	click := exec.CommandContext(ctx, "sh", "-c", "xdotool mousemove "+iconAt+" click 1 sleep 1 key Up key Up key Up key Up key Right")
	if out, err := click.CombinedOutput(); err != nil {
		return fmt.Errorf("click the icon: %w: %s", err, out)
	}
	<-time.After(drawn)
	if err := d.picture(ctx, state+"-"+shade+"-menu.png"); err != nil {
		return err
	}
	return exec.CommandContext(ctx, "xdotool", "key", "Escape", "key", "Escape", "key", "Escape", "mousemove", "600", "600").Run()
}

func (d *darkroom) picture(ctx context.Context, name string, how ...string) error {
	path := filepath.Join(d.folder, name)
	out, err := exec.CommandContext(ctx, "import", append(append([]string{"-window", "root"}, how...), path)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("take a picture: %w: %s", err, out)
	}
	d.pictures.Files = append(d.pictures.Files, path)
	return nil
}

// furnish tells the panel to be one line with nothing but the tray in it.
func furnish(dark bool) error {
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
			return fmt.Errorf("furnish the panel: %w: %s", err, out)
		}
	}
	return nil
}
