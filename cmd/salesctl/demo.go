package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/train"
)

// demoOptions is what demo was asked for.
type demoOptions struct {
	*env
	dir    string
	config config
}

func newDemoCmd(e *env) *cobra.Command {
	o := &demoOptions{env: e}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Generate sales, train on them and forecast every series",
		Long: `demo runs the whole road once on generated sales: data sample, preprocess, train and
forecast, each as the verb of that name runs, with the default recipe. All files go into one
directory; a second run renews them. Where no LightGBM is found, demo installs the pinned one
as 'salesctl lightgbm install' does.`,
		Example: indent("salesctl demo\nsalesctl demo --output try"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := e.load(cmd)
			if err != nil {
				return err
			}
			o.config = demoConfig(s.config, o.dir)
			return runDemo(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.dir, "output", "demo", "where everything goes: `DIR`")
	addConfigFlags(cmd, "lightgbm")
	return cmd
}

// demoConfig returns the defaults, which fit the generated sales whatever the user's own
// configuration is for, with the registry in dir and the LightGBM that cfg names.
func demoConfig(cfg config, dir string) config {
	c := defaultConfig()
	c.Log = cfg.Log
	c.LightGBM.Path = cfg.LightGBM.Path
	c.Registry.Dir = filepath.Join(dir, "models")
	return c
}

// demo is one run of the road.
type demo struct {
	e      *env
	config config
	dir    string

	sales, matrix, forecasts string // files in dir

	trained *trained
	steps   []demoStep
}

// demoStep is a verb that has run.
type demoStep struct {
	verb, wrote string
	took        time.Duration
}

func runDemo(ctx context.Context, o *demoOptions) error {
	verbs := *o.env
	verbs.Stdout = io.Discard // demo shows results in its own way
	in := func(name string) string { return filepath.Join(o.dir, name) }
	d := &demo{
		e: &verbs, config: o.config, dir: o.dir,
		sales: in("sales.csv"), matrix: in("matrix.csv"), forecasts: in("forecast.csv"),
	}
	if err := d.claim(); err != nil {
		return err
	}
	if err := d.findLightGBM(ctx); err != nil {
		return err
	}
	for _, step := range []struct {
		verb, writes string
		run          func(context.Context) error
	}{
		{"data sample", d.sales, d.sample},
		{"preprocess", d.matrix, d.preprocess},
		{"train", d.config.Registry.Dir, d.train},
		{"forecast", d.forecasts, d.forecast},
	} {
		start := o.Now()
		if err := step.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.verb, err)
		}
		d.steps = append(d.steps, demoStep{step.verb, step.writes, o.Now().Sub(start)})
	}
	return d.show(ctx, o.env)
}

// sampleOptions returns what the demo asks of data sample: its defaults, which train in seconds.
func (d *demo) sampleOptions() *dataSampleOptions {
	return &dataSampleOptions{env: d.e, sample: panel.DefaultSample(), output: d.sales}
}

// claim refuses a directory whose files are not those of an earlier demo: its sales must be the
// generated ones.
func (d *demo) claim() error {
	entries, err := os.ReadDir(d.dir)
	if len(entries) == 0 && (err == nil || errors.Is(err, fs.ErrNotExist)) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the demo's directory: %w", err)
	}
	want := new(bytes.Buffer)
	if err := panel.Sample(want, d.sampleOptions().sample); err != nil {
		return err
	}
	got, err := os.ReadFile(d.sales)
	if err != nil || !bytes.Equal(got, want.Bytes()) {
		return hint.Wrap(fmt.Errorf("%s holds files that are not the demo's", d.dir), "name an empty or a new directory with --output, or remove this one")
	}
	return nil
}

// findLightGBM installs the pinned LightGBM into the user's data directory where none is found.
func (d *demo) findLightGBM(ctx context.Context) error {
	_, err := train.Find(ctx, d.e.lightGBMLookup(d.config))
	if !errors.Is(err, train.ErrNoLightGBM) {
		return err
	}
	d.e.Log.Info().Str("version", train.PinnedVersion).Msg("no LightGBM is found: the pinned one is installed first")
	_, err = installLightGBM(ctx, d.e, "")
	return err
}

func (d *demo) sample(ctx context.Context) error {
	if err := os.MkdirAll(d.dir, 0o777); err != nil { //nolint:gosec // the umask decides, as for any directory of a user
		return err
	}
	return runDataSample(ctx, d.sampleOptions())
}

func (d *demo) preprocess(ctx context.Context) error {
	return runPreprocess(ctx, &preprocessOptions{salesOptions: salesOptions{d.e, &d.config, salesFiles{paths: []string{d.sales}}}, output: d.matrix})
}

func (d *demo) train(ctx context.Context) error {
	m, err := features.ReadFile(ctx, d.matrix)
	if err != nil {
		return err
	}
	d.trained, err = trainBundle(ctx, d.e, &d.config, m, nil)
	return err
}

func (d *demo) forecast(ctx context.Context) error {
	return runForecast(ctx, &forecastOptions{
		env: d.e, config: &d.config,
		to: forecastTo{engine: forecast.EngineTrees, output: d.forecasts, format: formatCSV},
	})
}

// read returns the panel of one of the demo's files.
func (d *demo) read(ctx context.Context, path, target string) (*panel.Panel, error) {
	cfg := d.config.Data
	cfg.Target = target
	return panel.Read(ctx, []string{path}, cfg)
}
