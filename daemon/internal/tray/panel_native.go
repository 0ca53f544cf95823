//go:build windows || (darwin && cgo)

package tray

import (
	"context"
	"log/slog"

	"fyne.io/systray"
)

// runInPanels builds and runs the menu. The system brings the panel.
func runInPanels(ctx context.Context, _ *slog.Logger, build func(), run func(context.Context)) error {
	stopped := make(chan struct{})
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	systray.Run(func() {
		build()
		go func() {
			defer close(stopped)
			run(ctx)
		}()
		context.AfterFunc(ctx, systray.Quit)
	}, stop)
	<-stopped
	return nil
}

func setIcon(i Icon) (ok bool) {
	systray.SetIcon(i.encoded())
	return true
}
