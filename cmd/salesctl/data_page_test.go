package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
	"github.com/salesctl/salesctl/pkg/report"
)

var update = flag.Bool("update", false, "rewrite the pages under testdata/page")

// TestPages draws the report and the description of several files for several terminals.
func TestPages(t *testing.T) {
	t.Parallel()
	wide, narrow := report.Style{Width: 100}, report.Style{Width: 60}
	tests := []struct {
		name  string
		text  func(t *testing.T) []byte
		style report.Style
	}{
		{"mess", file("mess.csv"), wide},
		{"mess-60", file("mess.csv"), narrow},
		{"mess-ascii", file("mess.csv"), report.Style{Width: 80, Glyphs: report.ASCII}},
		{"mess-colour", file("mess.csv"), report.Style{Width: 80, Colour: report.ANSI}},
		{"weekly", file("weekly.csv"), wide},
		{"weekly-60", file("weekly.csv"), narrow},
		{"daily", sampled(calendar.Day, 400), wide},
		{"hourly", sampled(calendar.Hour, 40), wide},
		{"monthly", sampled(calendar.Month, 1500), narrow},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := panel.Default()
			cfg.OnError = "quarantine the report"
			cfg.Today = calendar.NewDate(2024, 3, 31)
			if bytes.Contains(tt.text(t), []byte(",price,event,")) {
				cfg.KnownFuture = []string{"price", "event"}
			}
			p, err := panel.ReadFrom(t.Context(), bytes.NewReader(tt.text(t)), "sales.csv", cfg)
			if err != nil {
				t.Fatal(err)
			}
			var check, description bytes.Buffer
			if err := drawReport(&check, tt.style, quality.Check(p, quality.Config{Files: []string{"sales.csv"}})); err != nil {
				t.Fatal(err)
			}
			d := quality.Describe(p, quality.DescribeConfig{Files: []string{"sales.csv"}})
			if err := drawDescription(&description, tt.style, &d); err != nil {
				t.Fatal(err)
			}
			golden(t, "check-"+tt.name, check.Bytes())
			golden(t, "describe-"+tt.name, description.Bytes())
		})
	}
}

// file reads a file of testdata/page.
func file(name string) func(*testing.T) []byte {
	return func(t *testing.T) []byte {
		t.Helper()
		text, err := os.ReadFile(filepath.Join("testdata", "page", name))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
}

// sampled makes up sales of a frequency and takes out every 17th row of some.
func sampled(freq calendar.Freq, days int) func(*testing.T) []byte {
	return func(t *testing.T) []byte {
		t.Helper()
		cfg := panel.DefaultSample()
		cfg.Series, cfg.Days, cfg.Freq = 6, days, freq
		var text bytes.Buffer
		if err := panel.Sample(&text, cfg); err != nil {
			t.Fatal(err)
		}
		var kept []byte
		n := 0
		for line := range bytes.Lines(text.Bytes()) {
			if n++; n%17 != 8 {
				kept = append(kept, line...)
			}
		}
		return kept
	}
}

// golden compares a page with the file of testdata/page that holds it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "page", name+".txt")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
