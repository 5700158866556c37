package panel_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/calendar"
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
	first, last := p.Range()
	late, ended := 0, 0
	for s := range p.NumSeries() {
		if p.Period[p.Offset[s]] > first {
			late++
		}
		if p.Period[p.Offset[s+1]-1] < last {
			ended++
		}
	}
	if gaps, _ := p.Gaps(); p.NumSeries() != 20 || len(p.IDs[0].Values) != 2 || len(p.IDs[1].Values) != 10 || late != 2 || ended != 0 || gaps != 0 {
		t.Errorf("%d series, stores %v, items %v, %d late, %d ended, %d gaps; want 2 stores x 10 items, two of them late, without gaps",
			p.NumSeries(), p.IDs[0].Values, p.IDs[1].Values, late, ended, gaps)
	}
	zeros, negative := 0, 0
	for _, y := range p.Y {
		if y == 0 {
			zeros++
		}
		if y < 0 {
			negative++
		}
	}
	if negative > 0 || zeros < p.Len()/300 || zeros > p.Len()/20 {
		t.Errorf("%d zeros and %d negatives in %d rows", zeros, negative, p.Len())
	}
	var weekday [7]float64 // of whole weeks
	var year [4]float64    // of the first series
	for i, y := range p.Y {
		weekday[p.Start(i).Date.Weekday()] += y
		if i < p.Offset[1] {
			n, _, _ := p.Start(i).Date.Civil()
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
	long := mustRead(t, sample(t, panel.SampleConfig{Series: 1, Days: 100_000, Seed: 1, Start: calendar.NewDate(1800, 1, 1)}), panel.Default())
	if most := slices.Max(long.Y); most > 700 || long.Start(0).String() != "1800-01-01" {
		t.Errorf("over 270 years from %s the most sold is %v, want growth to stop", long.Start(0), most)
	}
}

// TestSampleOfEveryFrequency reads made-up sales of a frequency: it is found again, no period is
// missing, and weeks to years hold the sales of their days.
func TestSampleOfEveryFrequency(t *testing.T) {
	t.Parallel()
	cfg := panel.SampleConfig{Series: 12, Days: 1500, Seed: 3}
	days := mustRead(t, sample(t, cfg), panel.Default())
	for freq := calendar.Hour; freq <= calendar.Year; freq++ {
		t.Run(freq.String(), func(t *testing.T) {
			t.Parallel()
			cfg := cfg
			cfg.Freq = freq
			if freq == calendar.Hour {
				cfg.Days = 40
			}
			p := mustRead(t, sample(t, cfg), panel.Default())
			if gaps, _ := p.Gaps(); p.Freq != freq || p.NumSeries() != 12 || gaps > 0 {
				t.Errorf("freq %s, %d series, %d gaps; want %s, 12, none", p.Freq, p.NumSeries(), gaps, freq)
			}
			for i, y := range p.Y[:p.Offset[1]] { // the first series is there from the first day on
				if freq <= calendar.Day {
					break
				}
				want, next := 0.0, p.Freq.Start(p.Period[i]+1).Date
				if freq == calendar.BusinessDay {
					next = p.Start(i).Date + 1
				}
				for date := p.Start(i).Date; date < next; date++ {
					want += days.Y[date-days.Start(0).Date]
				}
				if y != want {
					t.Fatalf("%s: %v are sold, the days sell %v", p.Freq.Format(p.Period[i]), y, want)
				}
			}
		})
	}
}

func TestSampleHoursHaveAProfile(t *testing.T) {
	t.Parallel()
	p := mustRead(t, sample(t, panel.SampleConfig{Series: 10, Days: 100, Seed: 1, Freq: calendar.Hour}), panel.Default())
	var hours [24]float64
	sum := 0.0
	for i, y := range p.Y {
		hours[p.Start(i).Hour] += y
		sum += y
	}
	if night, evening := hours[3]/sum, hours[18]/sum; night > 0.003 || evening < 0.075 || evening > 0.097 {
		t.Errorf("%.4f are sold at 3 and %.4f at 18, want about 0.001 and 0.086", night, evening)
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
		{panel.SampleConfig{Series: 1, Days: 100, Freq: calendar.Month}, "days: 100 is less than 124, which is four times the longest period of MS"},
		{panel.SampleConfig{Series: 1, Days: 1463, Freq: calendar.Year}, "days: 1463 is less than 1464, which is four times the longest period of YS"},
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
