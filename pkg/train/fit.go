package train

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/score"
	"github.com/salesctl/salesctl/pkg/trees"
)

// Pair is one held-out row: its data row in the input, what happened and what was predicted.
type Pair struct {
	Row               int
	Actual, Predicted float64
}

// Result is what Fit made.
type Result struct {
	Content  *model.Content
	Holdout  []Pair   // ascending by row
	Warnings []string // LightGBM's, each once
}

// Observer is called for each evaluated iteration of LightGBM; stage says which training it
// belongs to.
type Observer func(stage Stage, e Evaluation)

// Stage is one training of Fit.
type Stage string

// The stages. A random split has StageFinal only.
const (
	StageChoice Stage = "choice" // the number of trees is chosen
	StageFinal  Stage = "final"  // the trees of the bundle are trained
)

// ErrUnlikeLightGBM is returned when this program and LightGBM disagree on a golden row.
var ErrUnlikeLightGBM = errors.New("golden rows differ from LightGBM's own predictions")

// Fit trains on the rows of m that have a target and scores the trees on the rows that the
// split holds out. It works in dir, which must be empty and private, and leaves files there.
func Fit(ctx context.Context, lgb *LightGBM, dir string, m *features.Matrix, cfg Config, observe Observer) (*Result, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	f := &fit{lgb: lgb, dir: dir, m: m, cfg: cfg, observe: observe}
	text, err := f.train(ctx)
	if err != nil {
		return nil, err
	}
	return f.pack(ctx, text)
}

// fit is one run of Fit.
type fit struct {
	lgb     *LightGBM
	dir     string
	m       *features.Matrix
	cfg     Config
	observe Observer

	trainRows, validRows []int
	iterations           int // evaluated to choose the best
	warnings             []string
}

// train returns the text of the bundle's trees.
func (f *fit) train(ctx context.Context) ([]byte, error) {
	rows, err := f.usableRows()
	if err != nil {
		return nil, err
	}
	if len(rows) < minRows {
		return nil, fmt.Errorf("train: %d rows with a target, at least %d are needed: %w", len(rows), minRows, ErrTooShort)
	}
	if f.cfg.Split == SplitRandom {
		f.trainRows, f.validRows = splitRandom(rows)
		text, _, err := f.chooseTrees(ctx, StageFinal, f.trainRows, f.validRows)
		return text, err
	}
	last := f.m.Period[rows[0]]
	for _, i := range rows {
		last = max(last, f.m.Period[i])
	}
	h := f.cfg.Horizon
	cutoff := last - calendar.Period(h)
	inner, choice, err := splitTime(f.m, rows, cutoff-calendar.Period(h), h)
	if err != nil {
		return nil, err
	}
	if f.trainRows, f.validRows, err = splitTime(f.m, rows, cutoff, h); err != nil {
		return nil, err
	}
	_, best, err := f.chooseTrees(ctx, StageChoice, inner, choice)
	if err != nil {
		return nil, err
	}
	return f.fixedTrees(ctx, best)
}

// minRows is the least that a split can divide into something to learn from.
const minRows = 10

// ErrBadTarget is wrapped when a target is more than LightGBM's labels, which are float32, hold.
var ErrBadTarget = errors.New("too large for LightGBM")

// exactLabels is up to where float32 holds every whole number.
const exactLabels = 1 << 24

// usableRows returns the rows that have a target.
func (f *fit) usableRows() ([]int, error) {
	var rows []int
	rounded := 0
	for i, y := range f.m.Target {
		switch {
		case math.Abs(y) > math.MaxFloat32:
			return nil, hint.Wrap(fmt.Errorf("train: data row %d: target %v is %w", i, y, ErrBadTarget), "scale the target, to thousands or millions")
		case !math.IsNaN(y):
			rows = append(rows, i)
			if math.Abs(y) > exactLabels && float64(float32(y)) != y {
				rounded++
			}
		}
	}
	if rounded > 0 {
		f.warnings = append(f.warnings, fmt.Sprintf("%d targets above %d are rounded to the 7 digits that LightGBM's labels have", rounded, exactLabels))
	}
	return rows, nil
}

// chooseTrees trains with early stopping on valid and returns the trees up to the best
// iteration.
func (f *fit) chooseTrees(ctx context.Context, stage Stage, train, valid []int) ([]byte, int, error) {
	text, out, err := f.run(ctx, stage, f.cfg.Params, train, valid)
	if err != nil {
		return nil, 0, err
	}
	curve := firstMetric(out.Evaluations)
	f.iterations = len(curve)
	if out.Stopped {
		return text, out.BestIteration, nil
	}
	// LightGBM cuts its model to the best iteration only when it stops early.
	best, err := f.bestIteration(text, curve, valid)
	if err != nil {
		return nil, 0, err
	}
	f.iterations = max(f.iterations, best)
	if text, err = trees.Cut(text, best); err != nil {
		return nil, 0, fmt.Errorf("cut the model to its best iteration: %w", err)
	}
	return text, best, nil
}

// fixedTrees trains exactly n iterations on all rows before the holdout.
func (f *fit) fixedTrees(ctx context.Context, n int) ([]byte, error) {
	p := maps.Clone(f.cfg.Params)
	p["num_iterations"] = strconv.Itoa(n)
	delete(p, "early_stopping_round")
	text, _, err := f.run(ctx, StageFinal, p, f.trainRows, nil)
	return text, err
}

// run trains once, in a directory of its own.
func (f *fit) run(ctx context.Context, stage Stage, p Params, train, valid []int) ([]byte, *Outcome, error) {
	dir := filepath.Join(f.dir, string(stage))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("train: %w", err)
	}
	if err := f.writeRows(ctx, filepath.Join(dir, trainFile), train); err != nil {
		return nil, nil, err
	}
	if valid != nil {
		if err := f.writeRows(ctx, filepath.Join(dir, validFile), valid); err != nil {
			return nil, nil, err
		}
	}
	out, err := f.lgb.Train(ctx, dir, withCategories(p, f.m.Spec), func(e Evaluation) { f.observe(stage, e) })
	if err != nil {
		return nil, nil, err
	}
	for _, w := range out.Warnings {
		if !slices.Contains(f.warnings, w) {
			f.warnings = append(f.warnings, w)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, modelFile))
	if err != nil {
		return nil, nil, fmt.Errorf("train: %w", err)
	}
	read, err := trees.Parse(text)
	if err != nil {
		return nil, nil, fmt.Errorf("train: the model that LightGBM wrote: %w", err)
	}
	if n := read.NumClass(); n != 1 {
		return nil, nil, fmt.Errorf("train: the model has %d outputs a row, a forecast needs one", n)
	}
	if out.Stopped && read.NumIterations() != out.BestIteration {
		return nil, nil, fmt.Errorf("train: LightGBM names iteration %d the best, but wrote %d", out.BestIteration, read.NumIterations())
	}
	return text, out, nil
}

// withCategories returns p and which features are categories, unless p says it itself.
func withCategories(p Params, s *features.Spec) Params {
	categories := s.Categorical()
	if _, ok := p["categorical_feature"]; ok || len(categories) == 0 {
		return p
	}
	list := make([]string, len(categories))
	for i, c := range categories {
		list[i] = strconv.Itoa(c)
	}
	p = maps.Clone(p)
	p["categorical_feature"] = strings.Join(list, ",") // by LightGBM's count, which leaves out the target
	return p
}

// pack checks the trees against LightGBM, scores them and returns the content of a bundle.
func (f *fit) pack(ctx context.Context, text []byte) (*Result, error) {
	read, err := trees.Parse(text)
	if err != nil {
		return nil, err
	}
	golden, err := f.golden(ctx, text, read)
	if err != nil {
		return nil, err
	}
	trained, err := f.score(ctx, read, f.trainRows, nil)
	if err != nil {
		return nil, err
	}
	var holdout []Pair
	valid, err := f.score(ctx, read, f.validRows, &holdout)
	if err != nil {
		return nil, err
	}
	return &Result{
		Holdout:  holdout,
		Warnings: f.warnings,
		Content: &model.Content{
			Method: f.m.Spec.Method, Spec: f.m.Spec, Trees: text, Golden: golden, History: history(f.m),
			Params:     f.cfg.deciding(),
			DataDigest: f.m.Digest(), ConfigDigest: f.cfg.Digest(f.m.Spec),
			Metrics: &model.Metrics{
				Split: string(f.cfg.Split), Train: trained, Valid: valid,
				Iterations: f.iterations, BestIteration: read.NumIterations(),
			},
		},
	}, nil
}

func (f *fit) score(ctx context.Context, read *trees.Model, rows []int, pairs *[]Pair) (*score.Scores, error) {
	predicted, err := predictRows(ctx, read, f.m, rows)
	if err != nil {
		return nil, err
	}
	actual := make([]float64, len(rows))
	for i, row := range rows {
		actual[i] = f.m.Target[row]
		if pairs != nil {
			*pairs = append(*pairs, Pair{row, actual[i], predicted[i]})
		}
	}
	s, err := score.Of(actual, predicted)
	return &s, err
}
