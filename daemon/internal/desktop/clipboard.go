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

// ErrNoClipboard means that no clipboard program is installed.
var ErrNoClipboard = errors.New("nothing was copied: install wl-clipboard, xclip or xsel")

// Copy puts text on the clipboard. It writes the text to the input of a clipboard program:
// other users could read an argument. It gives up after five seconds.
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

// CheckClipboard returns why Copy cannot work here, or nil.
func CheckClipboard() error {
	_, err := clipboardProgram()
	return err
}

// clipboardProgram returns the first installed clipboard program with its arguments.
func clipboardProgram() ([]string, error) {
	for _, program := range clipboardPrograms() {
		if _, err := exec.LookPath(program[0]); err == nil {
			return program, nil
		}
	}
	return nil, ErrNoClipboard
}

// clipboardPrograms lists the programs that copy their input on this system, the best
// first.
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
