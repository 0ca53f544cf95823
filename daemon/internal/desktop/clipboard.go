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
	program, err := clipboardProgram()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program[0], program[1:]...)
	cmd.Stdin = strings.NewReader(text)
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("nothing was copied: %s failed: %w", program[0], err)
	}
	return nil
}

// Clipboard says why nothing can be copied, or nil.
func CheckClipboard() error {
	_, err := clipboardProgram()
	return err
}

// copier is the first program that is there, with its arguments.
func clipboardProgram() ([]string, error) {
	for _, program := range clipboardPrograms() {
		if _, err := exec.LookPath(program[0]); err == nil {
			return program, nil
		}
	}
	return nil, ErrNoClipboard
}

// copiers are the programs that copy their input here, the best first.
func clipboardPrograms() [][]string {
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
