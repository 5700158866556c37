package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/holidays"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/score"
)

func newModelCmd(e *env) *cobra.Command {
	cmd := newGroup("model", "List, check and promote the versions of a bundle")
	cmd.AddCommand(
		newModelVerb(e, modelVerb{
			use: "list [NAME]", short: "List the versions of a bundle, newest first",
			example: "salesctl model list\nsalesctl model list sales -o json", run: runModelList,
		}),
		newModelVerb(e, modelVerb{
			use: "show [NAME[@version|@alias]]", short: "Show what a version is made of",
			example: "salesctl model show\nsalesctl model show sales@champion -o json", run: runModelShow,
		}),
		newModelVerb(e, modelVerb{
			use: "verify [NAME[@version|@alias]]", short: "Check every file of a version, and that it predicts what LightGBM did",
			example: "salesctl model verify\nsalesctl model verify sales@champion", run: runModelVerify,
		}),
		newModelVerb(e, modelVerb{
			use: "promote NAME@version|@alias", short: "Make a version the champion",
			example: "salesctl model promote sales@challenger", run: runModelPromote,
		}),
		newModelVerb(e, modelVerb{
			use: "rollback [NAME]", short: "Make the champion before the present one champion again",
			example: "salesctl model rollback\nsalesctl model rollback sales", run: runModelRollback,
		}),
	)
	return cmd
}

// modelVerb is one verb on a version of a bundle.
type modelVerb struct {
	use, short, example string
	run                 func(context.Context, *modelOptions) error
}

// modelOptions is what a verb of model was asked for.
type modelOptions struct {
	*env
	config *config
	name   string
	ref    string // version or @alias; "" is the champion
	format format
}

func newModelVerb(e *env, v modelVerb) *cobra.Command {
	o := &modelOptions{env: e}
	cmd := &cobra.Command{
		Use: v.use, Short: v.short, Example: indent(v.example), Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := e.load(cmd)
			if err != nil {
				return err
			}
			o.config = &s.config
			if o.name, o.ref, err = model.ParseRef(strings.Join(args, ""), s.Registry.Name); err != nil {
				return err
			}
			return v.run(cmd.Context(), o)
		},
	}
	addFormat(cmd, &o.format, formatTable, formatJSON)
	addConfigFlags(cmd, "registry.dir")
	return cmd
}

func (o *modelOptions) registry() *model.Registry { return model.Open(o.config.Registry.Dir) }

// print writes a result to stdout.
func (o *modelOptions) print(ctx context.Context, value any, g grid) error {
	return o.writeOutput(ctx, "", func(w io.Writer) error { return o.format.write(w, value, g) })
}

// modelVersion is a version as list prints it.
type modelVersion struct {
	Name    string         `json:"name"`
	Version string         `json:"version"`
	Aliases []string       `json:"aliases"`
	Created time.Time      `json:"created"`
	Digest  string         `json:"digest,omitzero"`
	Metrics *model.Metrics `json:"metrics,omitzero"`
	Error   string         `json:"error,omitzero"`
}

func runModelList(ctx context.Context, o *modelOptions) error {
	if o.ref != "" {
		return usagef("model list takes a NAME without a version")
	}
	versions, err := o.registry().List(o.name)
	if err != nil {
		return err
	}
	out := make([]modelVersion, 0, len(versions))
	g := grid{Header: []string{"VERSION", "ALIASES", "SPLIT", "HELD-OUT MAPE %", "WAPE %", "CREATED"}}
	for _, v := range versions {
		info := modelVersion{Name: v.Name, Version: v.ID, Aliases: v.Aliases, Created: v.Created, Digest: v.Digest, Metrics: v.Metrics}
		row := []string{v.ID, strings.Join(v.Aliases, ", "), "", "", "", v.Created.Format(time.DateTime)}
		if v.Err != nil {
			info.Error = v.Err.Error()
			row[2] = "unusable: " + info.Error
		} else {
			row[2], row[3], row[4] = v.Metrics.Split, percentText(v.Metrics.Valid.MAPE), percentText(v.Metrics.Valid.WAPE)
		}
		out = append(out, info)
		g.Rows = append(g.Rows, row)
	}
	return o.print(ctx, out, g)
}

func runModelShow(ctx context.Context, o *modelOptions) error {
	b, err := o.registry().Load(o.name, o.ref, model.CheckSums)
	if err != nil {
		return err
	}
	value := struct {
		Name       string           `json:"name"`
		Version    string           `json:"version"`
		Digest     string           `json:"digest"`
		Manifest   *model.Manifest  `json:"manifest"`
		Freq       calendar.Freq    `json:"freq"`
		Features   []string         `json:"features"`
		Static     []string         `json:"static,omitempty"`
		Known      []string         `json:"known_future,omitempty"`
		Holidays   *modelHolidays   `json:"holidays,omitempty"`
		Series     int              `json:"series"`
		FirstDate  string           `json:"first_date"`
		LastDate   string           `json:"last_date"`
		Trees      int              `json:"trees"`
		Metrics    *model.Metrics   `json:"metrics"`
		Provenance model.Provenance `json:"provenance"`
	}{
		b.Name, b.ID, b.Digest, b.Manifest, b.Spec.Freq, b.Spec.FeatureNames(),
		covariateNames(b.Spec.Covariates[:b.Spec.NumStatic()]), covariateNames(b.Spec.Covariates[b.Spec.NumStatic():]),
		holidaysOf(b.Spec.Holidays), b.History.Len(),
		b.Spec.FirstDate.String(), b.Spec.LastDate.String(), b.Trees.NumTrees(), b.Metrics, b.Provenance,
	}
	rows := [][]string{
		{"version", b.ID},
		{"digest", b.Digest},
		{"method", b.Manifest.Method},
		{"data", fmt.Sprintf("%d series, %s to %s, frequency %s", value.Series, value.FirstDate, value.LastDate, b.Spec.Freq)},
		{"features", strings.Join(value.Features, ", ")},
		{"trees", fmt.Sprintf("%d, the best of %d iterations", b.Metrics.BestIteration, b.Metrics.Iterations)},
		{"split", b.Metrics.Split},
		{"held out", scoresText(b.Metrics.Valid)},
		{"trained on", scoresText(b.Metrics.Train)},
		{"golden rows", strconv.Itoa(len(b.Golden.Raw))},
	}
	if len(value.Static) > 0 {
		rows = append(rows, []string{"static", strings.Join(value.Static, ", ")})
	}
	if len(value.Known) > 0 {
		rows = append(rows, []string{"known future", strings.Join(value.Known, ", ")})
	}
	if value.Holidays != nil {
		rows = append(rows, []string{"holidays", value.Holidays.String()})
	}
	for _, name := range slices.Sorted(maps.Keys(b.Manifest.Params)) {
		rows = append(rows, []string{"lightgbm." + name, b.Manifest.Params[name]})
	}
	return o.print(ctx, value, grid{Header: []string{"bundle", b.Name}, Rows: rows})
}

// modelHolidays says what the holiday features of a version were made of.
type modelHolidays struct {
	Column    string   `json:"column,omitempty"` // holds the country of each series, one of Countries
	Countries []string `json:"countries,omitempty"`
	Events    int      `json:"events"`
}

// holidaysOf returns nil for a version without holiday features.
func holidaysOf(s *holidays.Spec) *modelHolidays {
	if s == nil {
		return nil
	}
	return &modelHolidays{Column: s.Column, Countries: s.Countries, Events: len(s.Events)}
}

// String is the same for people: "US, DE-BY; 3 events" or "by column country: US, DE".
func (h *modelHolidays) String() string {
	countries := strings.Join(h.Countries, ", ")
	if h.Column != "" {
		countries = fmt.Sprintf("by column %s: %s", h.Column, countries)
	}
	var parts []string
	if countries != "" {
		parts = append(parts, countries)
	}
	switch h.Events {
	case 0:
	case 1:
		parts = append(parts, "1 event")
	default:
		parts = append(parts, fmt.Sprintf("%d events", h.Events))
	}
	return strings.Join(parts, "; ")
}

func covariateNames(list []features.CovariateSpec) []string {
	var names []string
	for _, c := range list {
		names = append(names, c.Name)
	}
	return names
}

func runModelVerify(ctx context.Context, o *modelOptions) error {
	v, err := o.registry().Verify(o.name, o.ref)
	if err != nil {
		return err
	}
	b := v.Bundle
	value := struct {
		Name       string `json:"name"`
		Version    string `json:"version"`
		Digest     string `json:"digest"`
		Files      int    `json:"files"`
		GoldenRows int    `json:"golden_rows"`
		Leaves     string `json:"leaves"` // the second evaluator
	}{b.Name, b.ID, b.Digest, len(b.Manifest.Files), len(b.Golden.Raw), "equal"}
	if v.LeavesRefusal != nil {
		value.Leaves = "not asked: " + v.LeavesRefusal.Error()
	}
	return o.print(ctx, value, grid{
		Header: []string{"bundle", b.Name},
		Rows: [][]string{
			{"version", b.ID},
			{"digest", b.Digest},
			{"files", fmt.Sprintf("%d, sizes and checksums as published", value.Files)},
			{"golden rows", fmt.Sprintf("%d, equal to LightGBM's predictions bit for bit", value.GoldenRows)},
			{"leaves", value.Leaves},
		},
	})
}

func runModelPromote(ctx context.Context, o *modelOptions) error {
	if o.ref == "" {
		return usagef("name the version to promote: NAME@version or NAME@challenger")
	}
	a, err := o.registry().Promote(ctx, o.name, o.ref)
	return o.printAliases(ctx, a, err)
}

func runModelRollback(ctx context.Context, o *modelOptions) error {
	if o.ref != "" {
		return usagef("model rollback takes a NAME; to choose a version use model promote")
	}
	a, err := o.registry().Rollback(ctx, o.name)
	return o.printAliases(ctx, a, err)
}

// printAliases prints where the aliases are after a move, or returns its error.
func (o *modelOptions) printAliases(ctx context.Context, a model.Aliases, err error) error {
	if err != nil {
		return err
	}
	return o.print(ctx, a, grid{
		Header: []string{"ALIAS", "VERSION"},
		Rows:   [][]string{{"champion", a.Champion}, {"challenger", a.Challenger}, {"previous", a.Previous}},
	})
}

func scoresText(s *score.Scores) string {
	return fmt.Sprintf("MAPE %s %%, SMAPE %s %%, WAPE %s %%, bias %s %%",
		percentText(s.MAPE), percentText(s.SMAPE), percentText(s.WAPE), percentText(s.Bias))
}

// percentText writes a fraction as percent with two decimals, "-" for none.
func percentText(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return strconv.FormatFloat(100*v, 'f', 2, 64)
}
