//go:build windows || (darwin && cgo)

package tray

import (
	"context"
	"log/slog"

	"fyne.io/systray"
)

// perform builds and plays the menu in the panel, which is part of the system.
func perform(ctx context.Context, _ *slog.Logger, build func(), play func(context.Context)) error {
	played := make(chan struct{})
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	systray.Run(func() {
		build()
		go func() {
			defer close(played)
			play(ctx)
		}()
		context.AfterFunc(ctx, systray.Quit)
	}, stop)
	<-played
	return nil
}

func setIcon(i Icon) (told bool) {
	systray.SetIcon(i.image())
	return true
}
