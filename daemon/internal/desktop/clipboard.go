package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// ErrNoClipboard says that no program is there that copies.
var ErrNoClipboard = errors.New("nothing was copied: install wl-clipboard, xclip or xsel")

// Copy puts text on the clipboard. It goes to a program's input, never into its
// arguments, which others could read.
func Copy(ctx context.Context, text string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for _, program := range copiers() {
		path, err := exec.LookPath(program[0])
		if err != nil {
			continue
		}
		cmd := exec.CommandContext(ctx, path, program[1:]...)
		cmd.Stdin = strings.NewReader(text)
		cmd.WaitDelay = time.Second
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("nothing was copied: %s failed: %w", program[0], err)
		}
		return nil
	}
	return ErrNoClipboard
}

// Clipboard says why nothing can be copied, or nil.
func Clipboard() error {
	for _, program := range copiers() {
		if _, err := exec.LookPath(program[0]); err == nil {
			return nil
		}
	}
	return ErrNoClipboard
}

// copiers are the programs that copy their input here, the best first.
func copiers() [][]string {
	switch {
	case runtime.GOOS == "windows":
		return [][]string{{"clip.exe"}}
	case runtime.GOOS == "darwin":
		return [][]string{{"pbcopy"}}
	case os.Getenv("WAYLAND_DISPLAY") != "":
		return [][]string{{"wl-copy"}, {"xclip", "-selection", "clipboard"}, {"xsel", "--clipboard", "--input"}}
	}
	return [][]string{{"xclip", "-selection", "clipboard"}, {"xsel", "--clipboard", "--input"}}
}
