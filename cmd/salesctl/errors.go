package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/holidays"
	"github.com/salesctl/salesctl/pkg/jobs/sqlitestore"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/table"
	"github.com/salesctl/salesctl/pkg/train"
)

// The exit codes.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitData        = 3
	exitNoTool      = 5
	exitNotFound    = 6
	exitInterrupted = 130
)

// failure is a class of errors: the code that programs read and the exit code.
type failure struct {
	Code string
	Exit int
	Is   func(error) bool
}

// failures is the one table from errors to codes. The first entry that fits decides.
func failures() []failure {
	return []failure{
		{"interrupted", exitInterrupted, is(errInterrupted)},
		{"usage", exitUsage, as[*usageError]},
		{"config", exitUsage, as[*configError]},
		{"usage", exitUsage, is(model.ErrBadRef)},
		{"no_lightgbm", exitNoTool, as[*installError]},
		{"no_lightgbm", exitNoTool, is(train.ErrNoLightGBM)},
		{"no_lightgbm", exitNoTool, as[*train.NamedError]},
		{"no_lightgbm", exitNoTool, as[*train.UnfitError]},
		{"bad_bundle", exitFailure, as[*model.BundleError]},
		{"jobs_locked", exitFailure, as[*sqlitestore.LockedError]},
		{"bad_jobs", exitFailure, is(sqlitestore.ErrDamaged)},
		{"bad_jobs", exitFailure, is(sqlitestore.ErrForeign)},
		{"listen", exitFailure, as[*listenError]},
		{"not_found", exitNotFound, is(model.ErrNotFound)},
		{"not_found", exitNotFound, is(fs.ErrNotExist)},
		{"check_failed", exitData, as[*checkError]},
		{"bad_data", exitData, as[*table.DataError]},
		{"bad_data", exitData, as[*table.RowError]},
		{"bad_data", exitData, as[*table.ColumnError]},
		{"bad_data", exitData, as[*table.FileError]},
		{"bad_data", exitData, is(features.ErrBadMatrix)},
		{"bad_data", exitData, is(features.ErrBadSpec)},
		{"known_future_missing", exitData, as[*forecast.FutureError]},
		{"bad_data", exitData, is(holidays.ErrBadSpec)},
		{"bad_data", exitData, is(holidays.ErrUnknownCountry)},
		{"bad_data", exitData, is(forecast.ErrNoRequests)},
		{"bad_data", exitData, is(train.ErrTooShort)},
	}
}

// errInterrupted stands for whatever error a verb returned after a signal had ended its context.
var errInterrupted = errors.New("interrupted")

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func as[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// classify returns the code and the exit code of err.
func classify(err error) (code string, exit int) {
	for _, f := range failures() {
		if f.Is(err) {
			return f.Code, f.Exit
		}
	}
	return "failure", exitFailure
}

// usageError is a command line that cannot be understood.
type usageError struct{ Err error }

func (u *usageError) Error() string { return u.Err.Error() }
func (u *usageError) Unwrap() error { return u.Err }

// usagef returns a usage error, for arguments that only the verb itself can judge.
func usagef(format string, args ...any) error {
	return &usageError{Err: fmt.Errorf(format, args...)}
}

// asUsage makes err a usage error that names the help of cmd, unless it has a hint already.
func asUsage(cmd *cobra.Command, err error) error {
	if hint.Of(err) == "" {
		err = hint.Wrap(err, fmt.Sprintf("run '%s --help'", cmd.CommandPath()))
	}
	return &usageError{Err: err}
}

// flagError says what is wrong with a flag: a value of another type by the flag's name, an
// unknown flag with the nearest that exists. A word before it that should be a command and is
// none is the first thing that is wrong.
func flagError(cmd *cobra.Command, err error) error {
	if words := cmd.Flags().Args(); cmd.HasSubCommands() && len(words) > 0 {
		return unknownCommand(cmd, words[0])
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return flagValueError(invalid)
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok || unknown.GetSpecifiedShortnames() != "" {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return withDidYouMean(fmt.Errorf("unknown flag --%s", unknown.GetSpecifiedName()), "--"+unknown.GetSpecifiedName(), names)
}

// flagValueError replaces what package strconv says about the value of a flag.
func flagValueError(err *pflag.InvalidValueError) error {
	if _, ok := errors.AsType[*strconv.NumError](err); !ok {
		return err
	}
	want := "not a whole number"
	switch kind := err.GetFlag().Value.Type(); {
	case errors.Is(err, strconv.ErrRange):
		want = "out of range"
	case kind == "bool":
		want = "neither true nor false"
	case strings.HasPrefix(kind, "uint"):
		want = "not a whole number from 0 on"
	case strings.HasPrefix(kind, "float"):
		want = "not a number"
	}
	return fmt.Errorf("--%s %q: %s", err.GetFlag().Name, err.GetValue(), want)
}

// withDidYouMean adds the candidate nearest to word as err's hint, where one is near.
func withDidYouMean(err error, word string, candidates []string) error {
	if best := hint.Nearest(word, candidates); best != "" {
		return hint.Wrap(err, fmt.Sprintf("did you mean %s?", best))
	}
	return err
}

// detail is one of several problems behind an error: where it is and what it is.
type detail struct {
	File    string `json:"file,omitzero"`
	Line    int    `json:"line,omitzero"`
	Row     int    `json:"row,omitzero"` // in data without lines
	Column  string `json:"column,omitzero"`
	Code    string `json:"code,omitzero"`
	Message string `json:"message"`
}

// details returns the problems of err that have a place, nil if it has none.
func details(err error) []detail {
	if c, ok := errors.AsType[*configError](err); ok {
		return c.details()
	}
	if f, ok := errors.AsType[*table.FileError](err); ok {
		return []detail{{File: f.File, Code: f.Code, Message: f.Err.Error()}}
	}
	var rows []*table.RowError
	if d, ok := errors.AsType[*table.DataError](err); ok {
		rows = d.First
	} else if r, ok := errors.AsType[*table.RowError](err); ok {
		rows = append(rows, r)
	}
	var list []detail
	for _, r := range rows {
		list = append(list, detail{File: r.File, Line: r.Line, Row: r.Row, Column: r.Column, Code: r.Code, Message: r.Err.Error()})
	}
	return list
}

// errorText returns err for people: a line, the lines of its problems, and the hint.
func errorText(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	for i, line := range lines {
		lines[i] = "  " + printable(strings.TrimSpace(line))
	}
	lines[0] = "salesctl: error: " + strings.TrimSpace(lines[0])
	if h := hint.Of(err); h != "" {
		lines = append(lines, "salesctl: hint: "+printable(h))
	}
	return strings.Join(lines, "\n") + "\n"
}

// errorJSON returns err as one JSON object for programs.
func errorJSON(err error) string {
	code, _ := classify(err)
	object := struct {
		Error  string   `json:"error"`
		Code   string   `json:"code"`
		Hint   string   `json:"hint,omitzero"`
		Errors []detail `json:"errors,omitempty"`
	}{err.Error(), code, hint.Of(err), details(err)}
	if object.Errors != nil {
		object.Error, _, _ = strings.Cut(object.Error, "\n")
	}
	text, jsonErr := json.Marshal(object, jsontext.AllowInvalidUTF8(true))
	if jsonErr != nil {
		return errorText(err)
	}
	return string(text) + "\n"
}

// wantsJSON reports whether the command line asks for JSON. It reads the arguments themselves,
// since the flags of a wrong command line are not parsed.
func wantsJSON(cmd *cobra.Command, args []string) bool {
	if f := cmd.Flags().Lookup(formatFlag); f != nil && f.Changed {
		return isJSON(f.Value.String())
	}
	for i, arg := range args {
		switch arg {
		case "--":
			return false
		case "-o", "--" + formatFlag:
			return i+1 < len(args) && isJSON(args[i+1])
		case "-ojson", "-ojsonl", "-o=json", "-o=jsonl", "--" + formatFlag + "=json", "--" + formatFlag + "=jsonl":
			return true
		}
	}
	return false
}

func isJSON(f string) bool { return f == string(formatJSON) || f == string(formatJSONL) }
