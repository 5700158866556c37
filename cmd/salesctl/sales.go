package main

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/panel"
)

// salesFile is the argument FILE of a verb that reads sales, or its flag --input.
type salesFile struct {
	flag string
	path string
}

// addSalesFile gives cmd the argument FILE and the flag --input.
func addSalesFile(cmd *cobra.Command, f *salesFile) {
	cmd.Flags().StringVar(&f.flag, "input", "", "the sales, the same as the argument `FILE`; - is stdin")
	cmd.Args = cobra.MaximumNArgs(1)
}

// resolve settles the path of the sales: "" where neither was given.
func (f *salesFile) resolve(args []string) error {
	f.path = f.flag
	if len(args) == 0 {
		return nil
	}
	if f.flag != "" && f.flag != args[0] {
		return usagef("FILE %q and --input %q name two files", args[0], f.flag)
	}
	f.path = args[0]
	return nil
}

// need is resolve for verbs that cannot do without.
func (f *salesFile) need(args []string) error {
	if err := f.resolve(args); err != nil {
		return err
	}
	if f.path == "" {
		return usagef("no sales file: name a CSV as FILE or --input FILE")
	}
	return nil
}

// readSales reads and checks a file of sales and logs what was odd about it.
func readSales(ctx context.Context, e *env, cfg panel.Config, path string) (*panel.Panel, error) {
	now := e.Now()
	cfg.Today = panel.NewDate(now.Year(), int(now.Month()), now.Day())
	read := func() (*panel.Panel, error) {
		if path == "-" {
			return panel.ReadFrom(ctx, e.Stdin, "stdin", cfg)
		}
		return readPanel(ctx, path, cfg)
	}
	p, err := read()
	if err != nil {
		return nil, err
	}
	warn(e, p.Warnings)
	e.Log.Info().Str("file", path).Int("rows", p.Len()).Int("series", p.NumSeries()).Msg("sales read")
	return p, nil
}

// readPanel reads a file of sales, a named pipe too.
func readPanel(ctx context.Context, path string, cfg panel.Config) (*panel.Panel, error) {
	if r, ok := pipeAt(ctx, path); ok {
		return panel.ReadFrom(ctx, r, path, cfg)
	}
	return panel.Read(ctx, path, cfg)
}

// pipeAt returns a reader of the named pipe at path, and whether there is one. Opening and reading
// it wait for a writer; both end with ctx.
func pipeAt(ctx context.Context, path string) (io.Reader, bool) {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		return nil, false
	}
	var f *os.File
	return interruptible(ctx, readerFunc(func(p []byte) (n int, err error) {
		if f == nil {
			if f, err = os.Open(filepath.Clean(path)); err != nil {
				return 0, err
			}
		}
		return f.Read(p) // the process is short-lived: it ends with the file open
	})), true
}

// buildMatrix makes the training matrix of a file of sales.
func buildMatrix(ctx context.Context, e *env, cfg *config, path string) (*features.Matrix, error) {
	p, err := readSales(ctx, e, cfg.Data, path)
	if err != nil {
		return nil, err
	}
	spec, err := features.NewSpec(p, cfg.Features, cfg.Data.DateFormat)
	if err != nil {
		return nil, err
	}
	return features.Build(p, spec)
}
