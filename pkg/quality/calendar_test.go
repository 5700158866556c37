package quality_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
)

// slowCalendar looks at every period inside every series.
func slowCalendar(p *panel.Panel, withDays bool) []quality.Part {
	type cell struct{ year, month, day int }
	parts := make(map[cell]*quality.Part)
	for s := range p.NumSeries() {
		have := make(map[calendar.Period]bool)
		for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
			have[p.Period[i]] = true
		}
		for t := p.Period[p.Offset[s]]; t <= p.Period[p.Offset[s+1]-1]; t++ {
			year, month, day := p.Freq.Start(t).Date.Civil()
			if !withDays {
				day = 0
			}
			at := cell{year, month, day}
			if parts[at] == nil {
				parts[at] = &quality.Part{Year: year, Month: month, Day: day}
			}
			parts[at].Expected++
			if !have[t] {
				parts[at].Missing++
			}
		}
	}
	var list []quality.Part
	first, last := p.Range()
	for d := p.Freq.Start(first).Date; d <= p.Freq.Start(last).Date; d++ {
		year, month, day := d.Civil()
		if !withDays {
			day = 0
		}
		if part := parts[cell{year, month, day}]; part != nil {
			list = append(list, *part)
			delete(parts, cell{year, month, day})
		}
	}
	return list
}

func TestCalendarOfGaps(t *testing.T) {
	t.Parallel()
	tests := []struct {
		freq     calendar.Freq
		periods  int
		withDays bool
	}{
		{calendar.Hour, 24 * 70, true},
		{calendar.Hour, 24 * 500, false},
		{calendar.Day, 300, true},
		{calendar.Day, 900, false},
		{calendar.BusinessDay, 250, true},
		{calendar.BusinessDay, 700, false},
		{calendar.WeekSun, 40, false},
		{calendar.WeekWed, 200, false},
		{calendar.Month, 90, false},
		{calendar.Quarter, 40, false},
		{calendar.Year, 30, false},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %d", tt.freq, tt.periods), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(5, uint64(tt.periods)))
			var text strings.Builder
			text.WriteString(header)
			for s := range 5 {
				for i := range tt.periods {
					if i < 3*s || i > tt.periods-4*s || rng.IntN(8) == 0 && i > 2*s+4 {
						continue
					}
					start, _ := tt.freq.Around(calendar.Time{Date: calendar.NewDate(2019, 12, 20)})
					fmt.Fprintf(&text, "%s,%d,1,%d\n", tt.freq.Format(start+calendar.Period(i)), s, rng.IntN(9))
				}
			}
			cfg := lenient()
			cfg.Freq = tt.freq.String()
			missing := quality.Check(read(t, text.String(), cfg), quality.Config{}).Calendar
			if diff := cmp.Diff(slowCalendar(read(t, text.String(), cfg), tt.withDays), missing); diff != "" {
				t.Errorf("calendar (-want +got):\n%s", diff)
			}
			cfg.Gaps = panel.GapsZero
			filled := quality.Check(read(t, text.String(), cfg), quality.Config{}).Calendar
			if diff := cmp.Diff(missing, filled); diff != "" {
				t.Errorf("calendar of gaps that are filled (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTotal(t *testing.T) {
	t.Parallel()
	r := quality.Check(read(t, header+daily("1", "1", "2", "", "4")+daily("2", "10", "20"), lenient()), quality.Config{})
	got, err := json.Marshal(r.Total)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"first_date":"2024-01-01","last_date":"2024-01-04","periods":1,"values":[11,22,null,4]}`
	if string(got) != want {
		t.Errorf("total is %s, want %s", got, want)
	}
}

// TestLongTotal has more periods than a page draws: each value is a mean.
func TestLongTotal(t *testing.T) {
	t.Parallel()
	values := make([]string, 1001)
	for i := range values {
		values[i] = strconv.Itoa(i)
	}
	got := quality.Check(read(t, header+daily("1", values...), lenient()), quality.Config{}).Total
	if got.Periods != 3 || len(got.Values) != 334 || got.Values[1] != 4 || got.Values[333] != 999.5 {
		t.Errorf("%d values of %d periods, the second %v, the last %v", len(got.Values), got.Periods, got.Values[1], got.Values[len(got.Values)-1])
	}
}
