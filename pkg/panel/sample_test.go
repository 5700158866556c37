package panel_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/panel"
)

var update = flag.Bool("update", false, "rewrite the files in testdata")

func sample(tb testing.TB, cfg panel.SampleConfig) string {
	tb.Helper()
	var b strings.Builder
	if err := panel.Sample(&b, cfg); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// TestSampleIsPinned keeps the bytes of a seed: demos, goldens and documents rest on them.
func TestSampleIsPinned(t *testing.T) {
	t.Parallel()
	const golden = "testdata/sample.csv"
	got := sample(t, panel.SampleConfig{Series: 4, Days: 60, Seed: 7})
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

func TestSampleShape(t *testing.T) {
	t.Parallel()
	cfg := panel.DefaultSample()
	p := mustRead(t, sample(t, cfg), panel.Default())
	d := p.Describe()
	if d.Series != 20 || d.IDs[0].Distinct != 2 || d.IDs[1].Distinct != 10 || d.Late.Count != 2 || d.Ended.Count != 0 || d.GapDays != 0 {
		t.Errorf("description = %+v, want 2 stores x 10 items, two of them late, without gaps", d)
	}
	if d.Values.Negative > 0 || d.Values.Zeros < p.Len()/300 || d.Values.Zeros > p.Len()/20 {
		t.Errorf("%d zeros and %d negatives in %d rows", d.Values.Zeros, d.Values.Negative, p.Len())
	}
	var weekday [7]float64 // of whole weeks
	var year [4]float64    // of the first series
	for i, y := range p.Y {
		weekday[p.Date[i].Weekday()] += y
		if i < p.Offset[1] {
			n, _, _ := p.Date[i].Civil()
			year[n-2020] += y
		}
	}
	if ratio := weekday[5] / weekday[0]; ratio < 1.4 || ratio > 1.7 {
		t.Errorf("Saturdays sell %.2f times what Mondays do, want about 1260/820", ratio)
	}
	if growth := year[2] / year[0]; growth < 1.1 || growth > 1.3 {
		t.Errorf("the first series sells %.2f times as much in 2022 as in 2020, want about 1.17", growth)
	}
}

func TestSamplePromotionsSellMore(t *testing.T) {
	t.Parallel()
	cfg := panel.Default()
	text := sample(t, panel.SampleConfig{Series: 50, Days: 730, Seed: 3})
	sales := mustRead(t, text, cfg)
	cfg.Target = "promo"
	promo := mustRead(t, text, cfg)
	var sum, n [2]float64
	for i, y := range sales.Y {
		sum[int(promo.Y[i])] += y
		n[int(promo.Y[i])]++
	}
	if share := n[1] / (n[0] + n[1]); share < 0.09 || share > 0.13 {
		t.Errorf("%.3f of the days have a promotion, want about 1/9", share)
	}
	if lift := sum[1] / n[1] * n[0] / sum[0]; lift < 1.35 || lift > 1.55 {
		t.Errorf("promotions sell %.2f times as much, want about 1.45", lift)
	}
}

func TestSampleTakesEveryCount(t *testing.T) {
	t.Parallel()
	for _, series := range []int{1, 2, 3, 7, 10, 11, 25, 100, 123} {
		for _, days := range []int{1, 2, 3, 10} {
			p := mustRead(t, sample(t, panel.SampleConfig{Series: series, Days: days, Seed: 1}), panel.Default())
			if p.NumSeries() != series {
				t.Errorf("%d series x %d days: %d series", series, days, p.NumSeries())
			}
		}
	}
	long := mustRead(t, sample(t, panel.SampleConfig{Series: 1, Days: 100_000, Seed: 1, Start: panel.NewDate(1800, 1, 1)}), panel.Default())
	if d := long.Describe(); d.Values.Max > 700 || d.FirstDate != "1800-01-01" {
		t.Errorf("over 270 years the most sold is %v, want growth to stop", d.Values.Max)
	}
}

func TestSampleSeeds(t *testing.T) {
	t.Parallel()
	a, b := panel.DefaultSample(), panel.DefaultSample()
	b.Seed++
	first, again, other := sample(t, a), sample(t, a), sample(t, b)
	if first != again {
		t.Error("one seed gives two files")
	}
	if first == other {
		t.Error("two seeds give one file")
	}
}

func TestSampleRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		cfg  panel.SampleConfig
		want string
	}{
		{panel.SampleConfig{}, "series: 0 is not between 1 and 1000000\ndays: 0 is not between 1 and 2914635, the end of the year 9999"},
		{panel.SampleConfig{Series: -1, Days: 3_000_000}, "series: -1 is not between 1 and 1000000\ndays: 3000000 is not between 1 and 2914635, the end of the year 9999"},
	}
	for _, tt := range tests {
		var b bytes.Buffer
		if err := panel.Sample(&b, tt.cfg); err == nil || err.Error() != tt.want || b.Len() > 0 {
			t.Errorf("Sample(%+v) = %v, %d bytes\nwant %s", tt.cfg, err, b.Len(), tt.want)
		}
	}
	full := errors.New("disk full")
	if err := panel.Sample(&fullDisk{room: 100_000, err: full}, panel.DefaultSample()); !errors.Is(err, full) {
		t.Errorf("error = %v, want %v", err, full)
	}
	if err := panel.Sample(&fullDisk{err: full}, panel.SampleConfig{Series: 1, Days: 1}); !errors.Is(err, full) {
		t.Errorf("error = %v, want %v", err, full)
	}
}

type fullDisk struct {
	room int
	err  error
}

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, f.err
	}
	return len(p), nil
}
