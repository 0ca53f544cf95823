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
	// ErrNoDialogs means that no window can be opened here.
	ErrNoDialogs = errors.New("no window can be opened here")
	// ErrDismissed means that the person closed the window without an answer.
	ErrDismissed = errors.New("the window was closed")
)

const dialogWidth = 460 // pixels

// CheckDialogs returns why no window can be opened, or nil.
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

// AskSecret asks for a text and hides it while it is typed. The text reaches the companion
// through a pipe. It blocks until the person answers; see ErrDismissed.
func AskSecret(ctx context.Context, title, prompt string) (string, error) {
	return askText(ctx, prompt, zenity.Title(title), zenity.HideText())
}

// Ask asks for a text, with present in the field to begin with. It blocks like AskSecret.
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

// ShowMessage shows a text and blocks until the person closes the window.
func ShowMessage(ctx context.Context, title, text string) error {
	if err := CheckDialogs(); err != nil {
		return err
	}
	return dialogError(ctx, zenity.Info(text, zenity.Title(title), zenity.Context(ctx), zenity.Width(dialogWidth), zenity.NoWrap()))
}

// ShowCountdown shows a text, updated every second, and a bar that is full at the time
// until. It blocks until then, or until the person closes the window or ctx ends. The text
// may hold a secret: it never becomes an argument, which other users could read.
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
