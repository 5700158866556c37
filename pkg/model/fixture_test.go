package model_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/score"
)

// noon is when the tests publish.
func noon() time.Time { return time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC) }

// content is what a training on the data of scripts/golden/model.py makes. Variants differ in
// their data digest and scores.
func content(tb testing.TB, variant int) *model.Content {
	tb.Helper()
	return contentOf(tb, "trees", variant)
}

// contentOf is content with the trees and golden rows of that name in testdata.
func contentOf(tb testing.TB, name string, variant int) *model.Content {
	tb.Helper()
	c, err := readContent(name, variant)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func readContent(name string, variant int) (*model.Content, error) {
	text, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		return nil, err
	}
	golden, err := readGolden(filepath.Join("testdata", name+".csv"))
	if err != nil {
		return nil, err
	}
	spec, history, err := data()
	if err != nil {
		return nil, err
	}
	return &model.Content{
		Method: spec.Method, Spec: spec, Trees: text, History: history, Golden: golden,
		Metrics: &model.Metrics{
			Split:      "time",
			Train:      &score.Scores{MAPE: 0.1, SMAPE: 0.1, WAPE: 0.1, MAE: 2, RMSE: 3, Bias: 0.001},
			Valid:      &score.Scores{MAPE: 0.2 + float64(variant)/1000, SMAPE: 0.2, WAPE: 0.2, MAE: 4, RMSE: 5, Bias: -0.01},
			Iterations: 60, BestIteration: 12,
		},
		Params:       map[string]string{"objective": "regression", "num_leaves": "8", "learning_rate": "0.2"},
		DataDigest:   "data " + strconv.Itoa(variant),
		ConfigDigest: "config",
	}, nil
}

// data returns the Spec and the history of three stores with two items each.
func data() (*features.Spec, *model.History, error) {
	p := &panel.Panel{
		Time: "date", Target: "sales", Freq: calendar.Day, Offset: []int{0},
		IDs: []panel.IDColumn{
			{Name: "store", Rule: panel.PositiveInteger, Values: []string{"1", "2", "3"}},
			{Name: "item", Rule: panel.PositiveInteger, Values: []string{"1", "2"}},
		},
		Codes: make([][]int32, 2),
	}
	h := &model.History{IDs: []string{"store", "item"}, Values: make([][]string, 2)}
	first := calendar.Period(calendar.NewDate(2024, 1, 1))
	for store := range int32(3) {
		for item := range int32(2) {
			p.Codes[0], p.Codes[1] = append(p.Codes[0], store), append(p.Codes[1], item)
			for day := range 400 {
				p.Period = append(p.Period, first+calendar.Period(day))
				p.Y = append(p.Y, float64(day))
				p.Row = append(p.Row, int32(len(p.Row)))
			}
			p.Offset = append(p.Offset, len(p.Y))
			h.Values[0] = append(h.Values[0], p.IDs[0].Values[store])
			h.Values[1] = append(h.Values[1], p.IDs[1].Values[item])
			h.Period = append(h.Period, first+399)
			h.Y = append(h.Y, 399)
		}
	}
	cfg := features.Config{IDs: true, DateFeatures: []string{"year", "month", "day", "dayofweek"}}
	s, err := features.NewSpec(p, cfg, "%Y-%m-%d")
	return s, h, err
}

func readGolden(path string) (*model.Golden, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	records, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		return nil, err
	}
	width := len(records[0]) - 1
	g := &model.Golden{Features: records[0][:width]}
	for _, record := range records[1:] {
		row := make([]float64, width+1)
		for i, cell := range record {
			if row[i], err = strconv.ParseFloat(cell, 64); err != nil {
				return nil, err
			}
		}
		g.Rows = append(g.Rows, row[:width:width])
		g.Raw = append(g.Raw, row[width])
	}
	return g, nil
}

// put publishes content under the name sales.
func put(tb testing.TB, r *model.Registry, c *model.Content, now time.Time) model.Version {
	tb.Helper()
	v, err := r.Put(tb.Context(), "sales", c, model.Provenance{Host: "test"}, now)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// published returns a registry with the version put(content 0) at noon, its champion.
func published(tb testing.TB) (*model.Registry, model.Version) {
	tb.Helper()
	dir := tb.TempDir()
	if err := os.CopyFS(dir, os.DirFS(backcompat(model.Format))); err != nil {
		tb.Fatal(err)
	}
	r := model.Open(dir)
	versions, err := r.List("sales")
	if err != nil {
		tb.Fatal(err)
	}
	return r, versions[0]
}
