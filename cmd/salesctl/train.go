package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/score"
	"github.com/salesctl/salesctl/pkg/train"
)

// trainOptions is what train was asked for.
type trainOptions struct {
	*env
	config     *config
	sales      salesFiles
	features   string
	validation string
	format     format
}

func newTrainCmd(e *env) *cobra.Command {
	o := &trainOptions{env: e}
	cmd := &cobra.Command{
		Use:   "train FILE... | --features MATRIX",
		Short: "Train trees and publish them as a new version of a bundle",
		Long: `train makes the training matrix of FILE, or reads one that 'salesctl preprocess' wrote,
runs the pinned LightGBM on it, checks what LightGBM wrote, and publishes a new version
of the bundle. 'train FILE' and 'preprocess' then 'train --features' give the same digest.`,
		Example: indent(`
salesctl train sales.csv
salesctl train sales.csv --split time --horizon 28
salesctl train sales.csv --known-future promo --holidays US
salesctl train --features matrix.csv --validation-output validation.csv -o json
salesctl train sales.csv --set lightgbm.num_leaves=31 --promote never`),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := e.load(cmd)
			if err != nil {
				return err
			}
			o.config = &s.config
			if err := o.sales.resolve(args); err != nil {
				return err
			}
			if o.sales.given() == (o.features != "") {
				return usagef("train reads either FILE or --features MATRIX")
			}
			if o.features != "" {
				if err := refuseDataFlags(cmd, "with --features: the matrix has been made"); err != nil {
					return err
				}
			}
			return runTrain(cmd.Context(), o)
		},
	}
	addSalesFiles(cmd, &o.sales)
	cmd.Flags().StringVar(&o.features, "features", "", "train on a matrix of preprocess: `MATRIX`")
	cmd.Flags().StringVar(&o.validation, "validation-output", "", "write every held-out row as CSV row,actual,prediction: `FILE`")
	addFormat(cmd, &o.format, formatTable, formatJSON)
	addConfigFlags(cmd, "data", "holidays", "model.method", "model.horizon", "model.split", "lightgbm", "registry")
	return cmd
}

// refuseDataFlags reports a flag about the making of a matrix of sales, other than those of use. It
// has no effect where, and for the reason, that the text says.
func refuseDataFlags(cmd *cobra.Command, where string, ofUse ...string) error {
	for _, k := range keys() {
		section, _, _ := strings.Cut(k.Name, ".")
		about := section == "data" || section == "holidays" || k.Name == "model.method"
		if about && k.Flag != "" && cmd.Flags().Changed(k.Flag) && !slices.Contains(ofUse, k.Flag) {
			return usagef("--%s has no effect %s", k.Flag, where)
		}
	}
	return nil
}

func runTrain(ctx context.Context, o *trainOptions) error {
	if o.validation == "-" {
		return usagef("--validation-output needs a file: stdout has the result")
	}
	inputs := o.sales.paths
	if o.features != "" {
		inputs = []string{o.features, features.SpecPath(o.features)}
	}
	if err := o.config.checkOutputs(inputs, o.validation); err != nil {
		return err
	}
	m, err := o.matrix(ctx)
	if err != nil {
		return err
	}
	t, err := o.train(ctx, m)
	if err != nil {
		return err
	}
	return o.writeOutput(ctx, "", func(w io.Writer) error { return o.format.write(w, t.result, t.grid()) })
}

// train trains on m and writes the validation file, if there is one. It gets its name only after
// the version is published.
func (o *trainOptions) train(ctx context.Context, m *features.Matrix) (t *trained, err error) {
	if o.validation == "" {
		return trainBundle(ctx, o.env, o.config, m, nil)
	}
	var training, writing error
	err = o.writeOutput(ctx, o.validation, func(w io.Writer) error {
		t, training = trainBundle(ctx, o.env, o.config, m, func(pairs []train.Pair) error {
			writing = writePairs(w, pairs)
			return writing
		})
		return training
	})
	if training != nil && writing == nil {
		return nil, training // the file has no part in it
	}
	return t, err
}

func (o *trainOptions) matrix(ctx context.Context) (*features.Matrix, error) {
	if o.features != "" {
		return features.ReadFile(ctx, o.features)
	}
	return buildMatrix(ctx, o.env, o.config, o.sales.paths)
}

// trained is a published version.
type trained struct {
	bundle *model.Bundle
	result trainResult
}

// trainResult is what train prints.
type trainResult struct {
	Name     string         `json:"name"`
	Version  string         `json:"version"`
	Digest   string         `json:"digest"`
	ModelDir string         `json:"model_dir"`
	Alias    string         `json:"alias"`
	Seconds  float64        `json:"seconds"`
	Metrics  *model.Metrics `json:"metrics"`
}

// trainBundle trains on m, shows holdout every held-out row, publishes the version and moves an
// alias to it.
func trainBundle(ctx context.Context, e *env, cfg *config, m *features.Matrix, holdout func([]train.Pair) error) (*trained, error) {
	start := e.Now()
	if err := checkPublish(cfg); err != nil {
		return nil, err
	}
	lgb, err := train.Find(ctx, e.lightGBMLookup(*cfg))
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "salesctl-train-")
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			e.Log.Warn().Err(err).Msg("a directory of the training is left")
		}
	}()
	settings := cfg.training()
	curve := newCurve(e, settings)
	fitted, err := train.Fit(ctx, lgb, dir, m, settings, curve.observe)
	curve.done()
	if err != nil {
		return nil, trainFailed(dir, err)
	}
	for _, w := range fitted.Warnings {
		e.Log.Warn().Str("from", "training").Msg(w)
	}
	if holdout != nil {
		if err := holdout(fitted.Holdout); err != nil {
			return nil, err
		}
	}
	return publish(ctx, e, cfg, m, fitted, lgb, start)
}

// checkPublish reports, before hours of training, why nothing could be published.
func checkPublish(cfg *config) error {
	if f := checkRegistry(registryConfig{Dir: filepath.Join(cfg.Registry.Dir, cfg.Registry.Name)}); f.err != nil {
		return f.err
	}
	_, err := model.Open(cfg.Registry.Dir).Aliases(cfg.Registry.Name)
	if errors.Is(err, model.ErrNotFound) {
		return nil
	}
	return err
}

// trainFailed adds the remedy to the error of a training whose directory, dir, has no room left.
// LightGBM says what it could not write, but not why.
func trainFailed(dir string, err error) error {
	const page = 4096
	remedy := "make room in " + filepath.Dir(dir) + ", or name a directory on another disk with the variable TMPDIR"
	var disk unix.Statfs_t
	if unix.Statfs(dir, &disk) == nil && disk.Bavail*uint64(disk.Bsize) < page {
		return hint.Wrap(err, remedy)
	}
	return noRoom(err, remedy)
}

// publish puts the version into the registry and moves an alias to it.
func publish(ctx context.Context, e *env, cfg *config, m *features.Matrix, r *train.Result, lgb *train.LightGBM, start time.Time) (*trained, error) {
	reg := model.Open(cfg.Registry.Dir)
	end := e.Now()
	prov := model.Provenance{
		Seconds: map[string]float64{"train": end.Sub(start).Seconds()},
		Tools:   map[string]string{"salesctl": buildVersion(), "lightgbm": train.PinnedVersion, "lightgbm_sha256": lgb.SHA256},
	}
	if host, err := os.Hostname(); err == nil {
		prov.Host = host
	}
	version, err := reg.Put(ctx, cfg.Registry.Name, r.Content, prov, end)
	if err != nil {
		return nil, noRoom(err, "make room, or name a registry on another disk with --models; nothing was published")
	}
	bundle, err := reg.Load(cfg.Registry.Name, version.ID, model.CheckSums)
	if err != nil {
		return nil, err
	}
	alias, err := promote(ctx, e, cfg, reg, bundle, m, r.Holdout)
	if err != nil {
		return nil, err
	}
	return &trained{bundle: bundle, result: trainResult{
		Name: cfg.Registry.Name, Version: version.ID, Digest: bundle.Digest, ModelDir: version.Dir, Alias: alias,
		Seconds: end.Sub(start).Seconds(), Metrics: r.Content.Metrics,
	}}, nil
}

func (t *trained) grid() grid {
	r := t.result
	alias := r.Alias
	if alias == "" {
		alias = "-"
	}
	scores := func(of func(*score.Scores) float64) string {
		return fmt.Sprintf("%s %% held out, %s %% trained on", percentText(of(r.Metrics.Valid)), percentText(of(r.Metrics.Train)))
	}
	return grid{Header: []string{"bundle", r.Name}, Rows: [][]string{
		{"version", r.Version},
		{"alias", alias},
		{"digest", r.Digest},
		{"directory", r.ModelDir},
		{"split", r.Metrics.Split},
		{"trees", fmt.Sprintf("%d, the best of %d iterations", r.Metrics.BestIteration, r.Metrics.Iterations)},
		{"MAPE", scores(func(s *score.Scores) float64 { return s.MAPE })},
		{"SMAPE", scores(func(s *score.Scores) float64 { return s.SMAPE })},
		{"WAPE", scores(func(s *score.Scores) float64 { return s.WAPE })},
		{"bias", scores(func(s *score.Scores) float64 { return s.Bias })},
		{"time", fmt.Sprintf("%.1f s", r.Seconds)},
	}}
}

// writePairs writes held-out rows as CSV row,actual,prediction; numbers read back as the same
// float64. All of it has left w's buffer when writePairs returns, since csv.Writer buffers in a
// bufio.Writer that it is given: a full disk shows before a version is published.
func writePairs(w io.Writer, pairs []train.Pair) error {
	cw := csv.NewWriter(w)
	if err := cw.Write([]string{"row", "actual", "prediction"}); err != nil {
		return err
	}
	for _, p := range pairs {
		number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
		if err := cw.Write([]string{strconv.Itoa(p.Row), number(p.Actual), number(p.Predicted)}); err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}
