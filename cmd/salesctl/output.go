package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/renameio/v2"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/internal/hint"
)

// formatFlag is the long name of -o.
const formatFlag = "output-format"

// format is the form of what a command prints.
type format string

// The formats.
const (
	formatTable format = "table"
	formatJSON  format = "json"
	formatJSONL format = "jsonl"
	formatCSV   format = "csv"
	formatYAML  format = "yaml"
)

// addFormat gives cmd the flag -o. The first allowed format is the default.
func addFormat(cmd *cobra.Command, f *format, allowed ...format) {
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	*f = allowed[0]
	cmd.Flags().VarP(&formatValue{f, names}, formatFlag, "o", "form of what is printed: "+strings.Join(names, ", "))
	_ = cmd.RegisterFlagCompletionFunc(formatFlag, cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
}

type formatValue struct {
	f       *format
	allowed []string
}

func (v *formatValue) Set(text string) error {
	if !slices.Contains(v.allowed, text) {
		return fmt.Errorf("%q is not one of %s", text, strings.Join(v.allowed, ", "))
	}
	*v.f = format(text)
	return nil
}

func (v *formatValue) String() string { return string(*v.f) }

// Type names the value in help texts.
func (v *formatValue) Type() string { return "FORMAT" }

// grid is a small result for people: rows of text under a header.
type grid struct {
	Header []string
	Rows   [][]string
}

// write writes a result to w: value as JSON, or the items of the slice value as a JSON line
// each, or g as a table or as CSV.
func (f format) write(w io.Writer, value any, g grid) error {
	switch f {
	case formatJSON:
		return writeJSON(w, value, jsontext.WithIndent("  "))
	case formatJSONL:
		items := reflect.ValueOf(value)
		for i := range items.Len() {
			if err := writeJSON(w, items.Index(i).Interface()); err != nil {
				return err
			}
		}
		return nil
	case formatCSV:
		cw := csv.NewWriter(w)
		if err := cw.Write(g.Header); err != nil {
			return err
		}
		return cw.WriteAll(g.Rows)
	default:
		return writeTable(w, g)
	}
}

// writeJSON writes v as one JSON value and a line end, the same bytes for the same value.
func writeJSON(w io.Writer, v any, opts ...json.Options) error {
	if err := json.MarshalWrite(w, v, append(opts, json.Deterministic(true))...); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// writeTable writes g with aligned columns. Numbers stand to the right.
func writeTable(w io.Writer, g grid) error {
	t := table.NewWriter()
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft = ""
	style.Box.PaddingRight = "  "
	t.SetStyle(style)
	t.SuppressTrailingSpaces()
	t.AppendHeader(tableRow(g.Header))
	configs := make([]table.ColumnConfig, len(g.Header))
	for c := range g.Header {
		configs[c] = table.ColumnConfig{Number: c + 1}
		numeric := func(row []string) bool { return c < len(row) && (row[c] == "" || isDecimal(row[c])) }
		if len(g.Rows) > 0 && !slices.ContainsFunc(g.Rows, func(row []string) bool { return !numeric(row) }) {
			configs[c].Align, configs[c].AlignHeader = text.AlignRight, text.AlignRight
		}
	}
	t.SetColumnConfigs(configs)
	for _, row := range g.Rows {
		t.AppendRow(tableRow(row))
	}
	_, err := fmt.Fprintln(w, t.Render())
	return err
}

func tableRow(cells []string) table.Row {
	row := make(table.Row, len(cells))
	for i, cell := range cells {
		row[i] = printable(cell)
	}
	return row
}

// writeOutput gives write a buffered writer to path, or to stdout where path is "" or "-".
// A regular file appears, complete, when write has returned without an error and ctx has not
// ended; otherwise what was there before stays.
func (e *env) writeOutput(ctx context.Context, path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return buffered(ctx, e.Stdout, write)
	}
	to := writeRegular
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		to = writeDevice
	}
	if err := to(ctx, path, write); err != nil {
		return writeFailed(path, err)
	}
	return nil
}

// writeRegular writes to a temporary file beside path, which takes its place at the end.
func writeRegular(ctx context.Context, path string, write func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // the file changes, the link to it stays
	}
	f, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)),
		renameio.WithPermissions(0o666), renameio.WithExistingPermissions())
	if err != nil {
		return err
	}
	defer f.Cleanup() //nolint:errcheck // after an error that is returned, or after the rename, when it does nothing
	if err := buffered(ctx, f, write); err != nil {
		return err
	}
	return f.CloseAtomicallyReplace()
}

// writeDevice writes to a pipe or a device, which a rename would replace by a file.
func writeDevice(ctx context.Context, path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(buffered(ctx, f, write), f.Close())
}

// writeFailed names path instead of a temporary file, and the remedy where there is one.
func writeFailed(path string, err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok && strings.HasPrefix(filepath.Base(pe.Path), "."+filepath.Base(path)) {
		err = pe.Err
	}
	err = fmt.Errorf("write %s: %w", path, err)
	switch {
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG):
		return hint.Wrap(err, "make room or write to another disk; nothing was changed")
	case errors.Is(err, fs.ErrNotExist):
		return hint.Wrap(err, "make the directory first: mkdir -p "+filepath.Dir(path))
	}
	return err
}

// buffered calls write with a buffer before w, whose writes fail once ctx has ended.
func buffered(ctx context.Context, w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(writerFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return w.Write(p)
	}), 64<<10)
	if err := write(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	return ctx.Err()
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
