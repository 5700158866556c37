package main

import (
	"context"

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
		return panel.Read(ctx, path, cfg)
	}
	p, err := read()
	if err != nil {
		return nil, err
	}
	warn(e, p.Warnings)
	e.Log.Info().Str("file", path).Int("rows", p.Len()).Int("series", p.NumSeries()).Msg("sales read")
	return p, nil
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
