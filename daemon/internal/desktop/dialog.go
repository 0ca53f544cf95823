package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/ncruces/zenity"
)

var (
	// ErrNoDialogs says that no window can be opened here.
	ErrNoDialogs = errors.New("no window can be opened here")
	// ErrDismissed says that the person closed the window without an answer.
	ErrDismissed = errors.New("the window was closed")
)

const dialogWidth = 460 // pixels

// Dialogs says why no window can be opened, or nil.
func CheckDialogs() error {
	switch {
	case runtime.GOOS == "windows" || runtime.GOOS == "darwin":
		return nil
	case os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "":
		return fmt.Errorf("%w: the companion was started without a screen", ErrNoDialogs)
	case !zenity.IsAvailable():
		return fmt.Errorf("%w: install zenity", ErrNoDialogs)
	}
	return nil
}

// AskSecret asks for a text that is not shown. It reaches the companion through a pipe.
func AskSecret(ctx context.Context, title, prompt string) (string, error) {
	return askText(ctx, prompt, zenity.Title(title), zenity.HideText())
}

// Ask asks for a text in place of the present one.
func Ask(ctx context.Context, title, prompt, present string) (string, error) {
	return askText(ctx, prompt, zenity.Title(title), zenity.EntryText(present))
}

func askText(ctx context.Context, prompt string, options ...zenity.Option) (string, error) {
	if err := CheckDialogs(); err != nil {
		return "", err
	}
	text, err := zenity.Entry(prompt, append(options, zenity.Context(ctx), zenity.Width(dialogWidth))...)
	return text, dialogError(ctx, err)
}

// Say shows a text until the person closes it.
func ShowMessage(ctx context.Context, title, text string) error {
	if err := CheckDialogs(); err != nil {
		return err
	}
	return dialogError(ctx, zenity.Info(text, zenity.Title(title), zenity.Context(ctx), zenity.Width(dialogWidth), zenity.NoWrap()))
}

// Show shows a text that changes each second, with a bar that fills until a time. The
// text may hold a secret: nothing of it is in an argument, which other users could read.
func ShowCountdown(ctx context.Context, title string, text func(left time.Duration) string, until time.Time) error {
	if err := CheckDialogs(); err != nil {
		return err
	}
	whole := time.Until(until)
	window, err := zenity.Progress(zenity.Title(title), zenity.Context(ctx), zenity.Width(dialogWidth),
		zenity.MaxValue(int(whole/time.Second)), zenity.CancelLabel("Close"))
	if err != nil {
		return dialogError(ctx, err)
	}
	defer window.Close()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		left := max(time.Until(until), 0)
		if err := errors.Join(window.Text(text(left)), window.Value(int((whole-left)/time.Second))); err != nil {
			return dialogError(ctx, err)
		}
		if left == 0 {
			return nil
		}
		select {
		case <-second.C:
		case <-window.Done():
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func dialogError(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, zenity.ErrCanceled):
		return ErrDismissed
	}
	return fmt.Errorf("%w: %w", ErrNoDialogs, err)
}
