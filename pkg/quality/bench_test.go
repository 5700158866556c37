package quality_test

import (
	"bytes"
	"testing"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
)

// shift makes the last 30 % of each series a hundred times as large: they are outliers.
func shift(p *panel.Panel) {
	for s := range p.NumSeries() {
		from, to := p.Offset[s], p.Offset[s+1]
		for i := to - (to-from)*3/10; i < to; i++ {
			p.Y[i] *= 100
		}
	}
}

// bigPanel returns 500 series of 1,826 days, the size of a well-known data set.
func bigPanel(tb testing.TB) *panel.Panel {
	tb.Helper()
	cfg := panel.DefaultSample()
	cfg.Series, cfg.Days = 500, 1826
	var text bytes.Buffer
	if err := panel.Sample(&text, cfg); err != nil {
		tb.Fatal(err)
	}
	p, err := panel.ReadFrom(tb.Context(), &text, "sample.csv", panel.Default())
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func BenchmarkNotices(b *testing.B) {
	p := bigPanel(b)
	for _, name := range []string{"rows=913000", "rows=913000/shifted"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				quality.Notices(p)
			}
			b.ReportMetric(float64(p.Len())*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
		shift(p)
	}
}

func BenchmarkCheck(b *testing.B) {
	p := bigPanel(b)
	b.Run("rows=913000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			quality.Check(p, quality.Config{})
		}
		b.ReportMetric(float64(p.Len())*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}
