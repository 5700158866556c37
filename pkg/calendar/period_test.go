package calendar_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// TestPeriodsArePandas recomputes every label and ordinal of 1900-2100 that pandas gave; the file
// is made by scripts/golden/calendar_golden.py.
func TestPeriodsArePandas(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("testdata", "periods.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if got, want := lines[0], "freq\tyear\tcount\tfirst\tordinal\tsha256"; got != want {
		t.Fatalf("header = %q, want %q", got, want)
	}
	const years = 2100 - 1900 + 1
	lines = lines[1:]
	if got, want := len(lines), len(freqs())*years; got != want {
		t.Fatalf("%d lines, want %d", got, want)
	}
	for i, f := range freqs() {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			checkPeriods(t, f, lines[i*years:(i+1)*years])
		})
	}
}

// checkPeriods checks the lines of one frequency, which are years that follow each other.
func checkPeriods(t *testing.T, f calendar.Freq, lines []string) {
	t.Helper()
	var next calendar.Period
	for i, line := range lines {
		cells := strings.Split(line, "\t")
		year, count, ordinal := number(t, cells[1]), number(t, cells[2]), calendar.Period(number(t, cells[4]))
		if cells[0] != f.String() || year != 1900+i || i > 0 && ordinal != next {
			t.Fatalf("line %q does not go on", line)
		}
		if got := f.Format(ordinal); got != cells[3] {
			t.Fatalf("%d: Format(%d) = %s, pandas %s", year, ordinal, got, cells[3])
		}
		next = ordinal + calendar.Period(count)
		var labels []byte
		for p := ordinal; p < next; p++ {
			start := f.Start(p)
			if got, ok := f.Period(start); !ok || got != p {
				t.Fatalf("Period(Start(%d)) = %d, %t; %v", p, got, ok, start)
			}
			labels = append(f.Append(labels, p), '\n')
		}
		sum := sha256.Sum256(labels[:len(labels)-1])
		if got := hex.EncodeToString(sum[:]); got != cells[5] {
			t.Errorf("%d: labels from %s on differ from pandas", year, cells[3])
		}
	}
}

func number(t *testing.T, cell string) int {
	t.Helper()
	n, err := strconv.Atoi(cell)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAround(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, at      string
		freq          calendar.Freq
		before, after string
	}{
		{"every day is one", "2024-02-29", calendar.Day, "2024-02-29", "2024-02-29"},
		{"an hour of a day", "2024-02-29T13", calendar.Day, "2024-02-29", "2024-03-01"},
		{"every hour is one", "2024-02-29T13", calendar.Hour, "2024-02-29T13:00:00", "2024-02-29T13:00:00"},
		{"a Saturday", "2024-03-02", calendar.BusinessDay, "2024-03-01", "2024-03-04"},
		{"a Sunday", "2024-03-03", calendar.BusinessDay, "2024-03-01", "2024-03-04"},
		{"a Friday", "2024-03-01", calendar.BusinessDay, "2024-03-01", "2024-03-01"},
		{"a Friday afternoon", "2024-03-01T15", calendar.BusinessDay, "2024-03-01", "2024-03-04"},
		{"a Saturday before 1970", "1969-12-27", calendar.BusinessDay, "1969-12-26", "1969-12-29"},
		{"a Monday in weeks of Sundays", "2024-01-01", calendar.WeekSun, "2023-12-31", "2024-01-07"},
		{"a Sunday in weeks of Sundays", "2024-01-07", calendar.WeekSun, "2024-01-07", "2024-01-07"},
		{"a Sunday in weeks of Mondays", "1969-12-28", calendar.WeekMon, "1969-12-22", "1969-12-29"},
		{"a leap day", "2024-02-29", calendar.Month, "2024-02-01", "2024-03-01"},
		{"the last day of a year", "1969-12-31", calendar.Month, "1969-12-01", "1970-01-01"},
		{"a first of the month after midnight", "2024-02-01T01", calendar.Month, "2024-02-01", "2024-03-01"},
		{"a first of the month in quarters", "2024-02-01", calendar.Quarter, "2024-01-01", "2024-04-01"},
		{"the end of a quarter before 1970", "1960-03-31", calendar.Quarter, "1960-01-01", "1960-04-01"},
		{"a leap day in years", "1904-02-29", calendar.Year, "1904-01-01", "1905-01-01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			at := parse(t, tt.at)
			before, after := tt.freq.Around(at)
			if got := tt.freq.Format(before); got != tt.before {
				t.Errorf("before = %s, want %s", got, tt.before)
			}
			if got := tt.freq.Format(after); got != tt.after {
				t.Errorf("after = %s, want %s", got, tt.after)
			}
			p, ok := tt.freq.Period(at)
			if want := tt.before == tt.after; ok != want || ok && p != before {
				t.Errorf("Period(%s) = %d, %t; want %d, %t", tt.at, p, ok, before, want)
			}
		})
	}
}

func TestOffGrid(t *testing.T) {
	t.Parallel()
	tests := []struct {
		at   string
		freq calendar.Freq
		want string
	}{
		{"2024-01-07", calendar.WeekSun, ""},
		{"2024-01-08", calendar.WeekSun, "2024-01-08 is not a date of the frequency W-SUN; the nearest are 2024-01-07 and 2024-01-14"},
		{"2024-02-29T13", calendar.Hour, ""},
		{"2024-02-29T13", calendar.None, "2024-02-29T13:00:00 is not a date of the frequency D; the nearest are 2024-02-29 and 2024-03-01"},
	}
	for _, tt := range tests {
		got := ""
		if err := tt.freq.OffGrid(parse(t, tt.at)); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: OffGrid(%s) = %q, want %q", tt.freq, tt.at, got, tt.want)
		}
	}
}

// parse reads a day, or a day and an hour.
func parse(t *testing.T, text string) calendar.Time {
	t.Helper()
	format := calendar.DefaultDateFormat
	if strings.Contains(text, "T") {
		format += "T%H"
	}
	at, err := calendar.ParseTime(text, format)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestPeriodsBeforeTheFirst(t *testing.T) {
	t.Parallel()
	for f, want := range map[calendar.Freq]string{
		calendar.Hour: "1969-12-31T23:00:00", calendar.Day: "1969-12-31", calendar.BusinessDay: "1969-12-31",
		calendar.WeekThu: "1969-12-25", calendar.WeekSun: "1969-12-21",
		calendar.Month: "1969-12-01", calendar.Quarter: "1969-10-01", calendar.Year: "1969-01-01",
	} {
		if got := f.Format(-1); got != want {
			t.Errorf("%v: Format(-1) = %s, want %s", f, got, want)
		}
	}
}

// TestGrid holds what every frequency owes at any time of the years 1 to 9999.
func TestGrid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(freqs()).Draw(t, "freq")
		at := calendar.Time{
			Date: calendar.Date(rapid.Int32Range(int32(calendar.NewDate(1, 1, 1)), int32(calendar.NewDate(9999, 12, 31))).Draw(t, "day")),
			Hour: rapid.IntRange(0, 23).Draw(t, "hour"),
		}
		before, after := f.Around(at)
		tick := calendar.Hours.Tick
		if got := tick(at); tick(f.Start(before)) > got || tick(f.Start(after)) < got || after-before > 1 {
			t.Fatalf("%v is not around %v: %v to %v", f, at, f.Start(before), f.Start(after))
		}
		if tick(f.Start(before)) >= tick(f.Start(before+1)) {
			t.Fatalf("%v: labels do not ascend: %v, %v", f, f.Start(before), f.Start(before+1))
		}
		if p, ok := f.Period(f.Start(before)); !ok || p != before {
			t.Fatalf("%v: Period(%v) = %d, %t; want %d", f, f.Start(before), p, ok, before)
		}
		if p, ok := f.Period(at); ok != (before == after) || ok && p != before {
			t.Fatalf("%v: Period(%v) = %d, %t between %d and %d", f, at, p, ok, before, after)
		}
		if got := calendar.Hours.Time(tick(at)); got != at {
			t.Fatalf("%v is %v after a tick", at, got)
		}
	})
}
