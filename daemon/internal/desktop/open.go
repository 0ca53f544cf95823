package desktop

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"time"
)

const openerWait = 3 * time.Second // a launcher that fails does so within this time; one that runs longer has become the viewer

// Open opens a file in the person's preferred program. It blocks for three seconds at most.
func Open(path string) error {
	program, args := "xdg-open", []string{path}
	switch runtime.GOOS {
	case "windows":
		program, args = "rundll32.exe", []string{"url.dll,FileProtocolHandler", path}
	case "darwin":
		program = "open"
	}
	cmd := exec.Command(program, args...)
	err := cmd.Start()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%s is missing: open %s yourself", program, path)
	}
	if err != nil {
		return fmt.Errorf("%s can't be opened: %w", path, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("no program opens %s: %s: %w", path, program, err)
		}
	case <-time.After(openerWait):
	}
	return nil
}
