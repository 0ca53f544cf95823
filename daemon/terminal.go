package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// terminal asks the person for secrets, and prints everything else.
type terminal struct {
	in    io.Reader
	lines *bufio.Reader
	out   io.Writer
}

func newTerminal(in io.Reader, out io.Writer) *terminal {
	return &terminal{in: in, lines: bufio.NewReader(io.LimitReader(in, 8192)), out: out}
}

// secret asks for a text and hides it while it is typed. Without a terminal it reads the
// next line of the input.
func (t *terminal) secret(prompt string) (string, error) {
	if f, ok := t.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(t.out, prompt)
		raw, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(t.out)
		return string(raw), err
	}
	return t.read()
}

// line asks for a text, or reads the next line of the input.
func (t *terminal) line(prompt string) (string, error) {
	fmt.Fprint(t.out, prompt)
	return t.read()
}

func (t *terminal) read() (string, error) {
	line, err := t.lines.ReadString('\n')
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}
