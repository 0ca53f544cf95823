package logging

import (
	"context"
	"io"
	"log"
	"log/slog"
	"strings"
)

// NewLogger returns a logger that writes redacted lines to w. An error with a method
// LogText() string, such as one that quotes the provider to the person, is logged by that
// text alone, even if another error wraps it.
func NewLogger(redact *Redactor, w io.Writer) *slog.Logger {
	return slog.New(handler{slog.NewTextHandler(redact.Writer(w), nil)})
}

type handler struct{ slog.Handler }

func (h handler) Handle(ctx context.Context, r slog.Record) error {
	plain := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		plain.AddAttrs(describeAttr(a))
		return true
	})
	return h.Handler.Handle(ctx, plain)
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(describeAll(attrs))}
}

func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }

func describeAll(attrs []slog.Attr) []slog.Attr {
	plain := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		plain = append(plain, describeAttr(a))
	}
	return plain
}

func describeAttr(a slog.Attr) slog.Attr {
	if err, is := a.Value.Any().(error); is {
		a.Value = slog.StringValue(describe(err))
		return a
	}
	a.Value = a.Value.Resolve()
	if a.Value.Kind() == slog.KindGroup {
		a.Value = slog.GroupValue(describeAll(a.Value.Group())...)
	} else if err, is := a.Value.Any().(error); is {
		a.Value = slog.StringValue(describe(err))
	}
	return a
}

// describe returns an error's text for the log, with the LogText of each wrapped error that
// has one. If that can't replace the wrapped error's own text, the text around it is dropped.
func describe(err error) string {
	text, wrapped := err.Error(), unwrap(err)
	if own, is := err.(interface{ LogText() string }); is {
		text = own.LogText()
		for _, cause := range wrapped {
			text += ": " + describe(cause)
		}
		return text
	}
	for _, cause := range wrapped {
		original, plain := cause.Error(), describe(cause)
		switch {
		case original == plain:
		case original != "" && strings.Contains(text, original):
			text = strings.ReplaceAll(text, original, plain)
		default:
			return plain
		}
	}
	return text
}

func unwrap(err error) []error {
	switch err := err.(type) {
	case interface{ Unwrap() error }:
		if cause := err.Unwrap(); cause != nil {
			return []error{cause}
		}
	case interface{ Unwrap() []error }:
		return err.Unwrap()
	}
	return nil
}

// SetDefault makes l the logger of libraries too. What they write through package log is
// cut at the first quotation mark, because they quote others after it, as net/http does with
// unsolicited bytes from a server.
func SetDefault(l *slog.Logger) {
	slog.SetDefault(l)
	log.SetFlags(0)
	log.SetOutput(library{l})
}

type library struct{ log *slog.Logger }

func (l library) Write(line []byte) (int, error) {
	own, _, _ := strings.Cut(string(line), `"`)
	l.log.Info(strings.TrimSpace(own), "from", "library")
	return len(line), nil
}
