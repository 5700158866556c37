package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
	"github.com/salesctl/salesctl/pkg/table"
)

// salesFiles are the arguments FILE... of a verb that reads sales, or its flag --input.
type salesFiles struct {
	flags []string
	paths []string
}

// addSalesFiles gives cmd the arguments FILE... and the flag --input.
func addSalesFiles(cmd *cobra.Command, f *salesFiles) {
	cmd.Flags().StringArrayVar(&f.flags, "input", nil, "the sales, the same as the argument `FILE`, repeatable; - is stdin")
	cmd.Args = cobra.ArbitraryArgs
}

// resolve settles the paths of the sales: none where neither was given.
func (f *salesFiles) resolve(args []string) error {
	if len(args) > 0 && len(f.flags) > 0 && !slices.Equal(args, f.flags) {
		return usagef("FILE %s and --input %s name different files", fileNames(args), fileNames(f.flags))
	}
	f.paths = args
	if len(args) == 0 {
		f.paths = f.flags
	}
	if len(f.paths) > 1 && slices.Contains(f.paths, "-") {
		return usagef("- is stdin and is read alone, not with other files")
	}
	return nil
}

// need is resolve for verbs that cannot do without.
func (f *salesFiles) need(args []string) error {
	if err := f.resolve(args); err != nil {
		return err
	}
	if !f.given() {
		return usagef("no sales file: name a CSV or Parquet file as FILE or --input FILE")
	}
	return nil
}

func (f *salesFiles) given() bool { return len(f.paths) > 0 && f.paths[0] != "" }

// String names the files for people.
func (f *salesFiles) String() string { return fileNames(f.paths) }

func fileNames(paths []string) string {
	const most = 3
	if len(paths) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(paths[:most], ", "), len(paths)-most)
	}
	return strings.Join(paths, ", ")
}

// salesOptions is what a verb was asked for that reads sales and nothing else.
type salesOptions struct {
	*env
	config *config
	sales  salesFiles
}

// settle loads the config and settles which files are read.
func (o *salesOptions) settle(cmd *cobra.Command, args []string) error {
	s, err := o.load(cmd)
	if err != nil {
		return err
	}
	o.config = &s.config
	return o.sales.need(args)
}

func (o *salesOptions) checkOutputs(outputs ...string) error {
	return o.config.checkOutputs(o.sales.paths, outputs...)
}

// checkOutputs reports, before any work is done, why a verb that reads sales could not write its
// outputs, the quarantine among them: see checkOutput and checkDistinct.
func (c *config) checkOutputs(sales []string, outputs ...string) error {
	quarantine := c.Data.Quarantine()
	if quarantine == "-" {
		return usagef("--on-error quarantine needs a file: stdout has the result")
	}
	outputs = append(outputs, quarantine)
	if err := checkDistinct(outputs...); err != nil {
		return err
	}
	inputs := c.reads(sales)
	for _, path := range outputs {
		if err := checkOutput(path, inputs...); err != nil {
			return err
		}
	}
	return nil
}

// reads returns every file that a verb reads of these sales, patterns as the files they stand for.
func (c *config) reads(sales []string) []string {
	var files []string
	for _, path := range slices.Concat(sales, c.Data.Attributes, []string{c.Holidays.Events}) {
		inputs, err := table.Files(path)
		if err != nil {
			continue // opening it will say why
		}
		for _, in := range inputs {
			files = append(files, in.Name)
		}
	}
	return files
}

// oneInput returns the input that a flag names beside the sales: one file, and not the stdin that
// has the sales.
func oneInput(ctx context.Context, e *env, flag, path string, sales []string) (table.Input, error) {
	if path == "-" && slices.Contains(sales, "-") {
		return table.Input{}, usagef("stdin has the sales: --%s needs a file", flag)
	}
	inputs, err := salesInputs(ctx, e, []string{path})
	if err != nil {
		return table.Input{}, err
	}
	if len(inputs) > 1 {
		return table.Input{}, usagef("--%s %s stands for %d files: name one", flag, path, len(inputs))
	}
	return inputs[0], nil
}

// readSales reads and checks files of sales, logs what was odd about them and writes the rows that
// the config leaves out.
func readSales(ctx context.Context, e *env, cfg panel.Config, paths []string) (*panel.Panel, error) {
	cfg.Today = today(e)
	inputs, err := salesInputs(ctx, e, paths)
	if err != nil {
		return nil, err
	}
	p, err := panel.ReadInputs(ctx, inputs, cfg)
	if err != nil {
		return nil, err
	}
	warn(e, slices.Concat(p.Warnings, quality.Notices(p)))
	if err := quarantine(ctx, e, cfg.Quarantine(), p.Rejected); err != nil {
		return nil, err
	}
	e.Log.Info().Str("file", fileNames(paths)).Int("rows", p.Len()).Int("series", p.NumSeries()).
		Stringer("freq", p.Freq).Msg("sales read")
	return p, nil
}

// quarantine writes the rows that were left out, if any.
func quarantine(ctx context.Context, e *env, path string, rejected *table.Rejected) error {
	if rejected == nil {
		return nil
	}
	warn(e, []table.Warning{{
		Code: "rejected_rows", Count: rejected.Rows, Message: "bad rows are left out and written to " + path,
	}})
	return e.writeOutput(ctx, path, rejected.WriteCSV)
}

// salesInputs returns the inputs of paths: files, patterns, named pipes, - for stdin.
func salesInputs(ctx context.Context, e *env, paths []string) ([]table.Input, error) {
	var inputs []table.Input
	for _, path := range paths {
		if path == "-" {
			inputs = append(inputs, table.Input{Name: "stdin", Open: func() (io.ReadCloser, error) { return io.NopCloser(e.Stdin), nil }})
			continue
		}
		if r, ok := pipeAt(ctx, path); ok {
			inputs = append(inputs, table.Input{Name: path, Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }})
			continue
		}
		files, err := table.Files(path)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, files...)
	}
	return inputs, nil
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

// buildMatrix makes the training matrix of files of sales.
func buildMatrix(ctx context.Context, e *env, cfg *config, paths []string) (*features.Matrix, error) {
	p, err := readSales(ctx, e, cfg.Data, paths)
	if err != nil {
		return nil, err
	}
	spec, err := features.NewSpec(p, cfg.Features, cfg.Data.DateFormat)
	if err != nil {
		return nil, err
	}
	tellUnused(e, cfg, p)
	if spec, err = withHolidays(ctx, e, cfg, paths, p, spec); err != nil {
		return nil, err
	}
	return features.Build(p, spec)
}

// tellUnused names what the method does not learn from: covariates that are known up to the cutoff
// only, and the hour of hourly sales where it is no feature.
func tellUnused(e *env, cfg *config, p *panel.Panel) {
	past := table.Warning{Code: "past_only_unused", Message: "past-only columns are no features of the method " + cfg.Model.Method}
	for _, c := range p.Covariates {
		if c.Use == panel.PastOnly {
			past.Count++
			past.Places = append(past.Places, c.Name)
		}
	}
	if past.Count > 0 {
		warn(e, []table.Warning{past})
	}
	if p.Freq == calendar.Hour && !slices.Contains(cfg.Features.DateFeatures, "hour") {
		warn(e, []table.Warning{{
			Code: "hour_unused", Count: 1,
			Message: "the sales are hourly and the hour is no feature: add hour to features.date_features",
		}})
	}
}

// joinOnError makes one argument of `--on-error quarantine FILE`, the way it is said: a flag takes
// one.
func joinOnError(args []string) []string {
	out := make([]string, 0, len(args))
	for i := 0; i < len(args); i++ {
		rest := args[i:]
		switch {
		case rest[0] == "--":
			return append(out, rest...)
		case len(rest) > 2 && rest[0] == "--on-error" && rest[1] == panel.OnErrorQuarantine && !isFlag(rest[2]):
			out = append(out, "--on-error="+panel.OnErrorQuarantine+" "+rest[2])
			i += 2
		case len(rest) > 1 && rest[0] == "--on-error="+panel.OnErrorQuarantine && !isFlag(rest[1]):
			out = append(out, rest[0]+" "+rest[1])
			i++
		default:
			out = append(out, rest[0])
		}
	}
	return out
}

func isFlag(arg string) bool { return strings.HasPrefix(arg, "-") && arg != "-" }
