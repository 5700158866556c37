package forecast_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/salesctl/salesctl/pkg/forecast"
)

func BenchmarkRun(b *testing.B) {
	bundle, err := bundle()
	if err != nil {
		b.Fatal(err)
	}
	f, err := forecast.New(bundle, forecast.Default())
	if err != nil {
		b.Fatal(err)
	}
	all := forecast.Next(bundle, 100)
	for _, n := range []int{1, 256} {
		b.Run(fmt.Sprintf("requests=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Run(b.Context(), all[:n]); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkWriteJSONL(b *testing.B) {
	bundle, err := bundle()
	if err != nil {
		b.Fatal(err)
	}
	f, err := forecast.New(bundle, forecast.Default())
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{1, 256} {
		rows, err := f.Run(b.Context(), forecast.Next(bundle, 100)[:n])
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := forecast.WriteJSONL(io.Discard, bundle.Spec.IDs, forecast.Default().Levels, rows); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
