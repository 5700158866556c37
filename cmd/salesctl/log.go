package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"github.com/salesctl/salesctl/pkg/table"
)

// newLogger returns the logger of cfg. Levels and formats that do not exist are taken as the
// defaults; Validate has refused them before.
func newLogger(e *env, cfg logConfig) zerolog.Logger {
	level, err := zerolog.ParseLevel(cfg.Level)
	if err != nil {
		level = zerolog.InfoLevel
	}
	if e.global.Quiet {
		level = zerolog.ErrorLevel
	}
	var w io.Writer = e.logTo
	if cfg.Format == logConsole || cfg.Format == logAuto && e.StderrIsTerminal {
		w = zerolog.ConsoleWriter{
			Out: e.logTo, NoColor: !e.colour(), TimeFormat: time.TimeOnly,
			FieldsOrder: []string{"method", "route", "path", "status", "ms", "code", "error", "job_id"}, // the rest by name
			FormatMessage: func(msg any) string {
				if msg == nil {
					return ""
				}
				return printable(fmt.Sprint(msg))
			},
		}
	}
	now := e.Now
	return zerolog.New(w).Level(level).Hook(zerolog.HookFunc(func(ev *zerolog.Event, _ zerolog.Level, _ string) {
		ev.Time(zerolog.TimestampFieldName, now())
	}))
}

// colour reports whether stderr takes colours: it is a terminal that has some, and NO_COLOR
// (https://no-color.org) does not forbid them.
func (e *env) colour() bool {
	noColor, _ := e.lookupEnv("NO_COLOR")
	terminal, _ := e.lookupEnv("TERM")
	return e.StderrIsTerminal && noColor == "" && terminal != "dumb"
}

// warn logs each warning once, with its code, count and first places.
func warn(e *env, warnings []table.Warning) {
	for _, w := range warnings {
		ev := e.Log.Warn().Str("code", w.Code)
		if w.Count > 0 {
			ev = ev.Int("count", w.Count)
		}
		if len(w.Places) > 0 {
			ev = ev.Str("places", strings.Join(w.Places, "; "))
		}
		ev.Msg(w.Message)
	}
}

// printable returns text with every rune that could move the cursor back, change the colours or
// the reading direction of a terminal, or start a new line, in its Go escape. Tabs stay.
func printable(text string) string {
	var b strings.Builder
	for rest := text; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		if r == '\t' || unicode.IsPrint(r) && (r != utf8.RuneError || size > 1) {
			b.WriteString(rest[:size])
		} else {
			quoted := strconv.Quote(rest[:size])
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		rest = rest[size:]
	}
	return b.String()
}

// redirect is a writer whose target can change, safe for concurrent use.
type redirect struct {
	mu sync.Mutex
	w  io.Writer
}

// Write writes p to the present target.
func (r *redirect) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.w.Write(p)
}

// to sets the target.
func (r *redirect) to(w io.Writer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.w = w
}
