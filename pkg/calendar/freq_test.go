package calendar_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

func freqs() []calendar.Freq {
	all := make([]calendar.Freq, 0, calendar.Year)
	for f := calendar.Hour; f <= calendar.Year; f++ {
		all = append(all, f)
	}
	return all
}

func TestFreqs(t *testing.T) {
	t.Parallel()
	type row struct {
		Name   string
		Unit   calendar.Unit
		Step   string
		Season int
	}
	week := func(name string) row { return row{name, calendar.Days, "week", 52} }
	want := []row{
		{"h", calendar.Hours, "hour", 24},
		{"D", calendar.Days, "day", 7},
		{"B", calendar.Days, "business day", 5},
		week("W-MON"), week("W-TUE"), week("W-WED"), week("W-THU"), week("W-FRI"), week("W-SAT"), week("W-SUN"),
		{"MS", calendar.Days, "month", 12},
		{"QS", calendar.Days, "quarter", 4},
		{"YS", calendar.Days, "year", 1},
	}
	got := make([]row, 0, len(want))
	for _, f := range freqs() {
		got = append(got, row{f.String(), f.Unit(), f.Step(), f.Season()})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("frequencies (-want +got):\n%s", diff)
	}
}

func TestFreqText(t *testing.T) {
	t.Parallel()
	for _, f := range append(freqs(), calendar.None) {
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		back := calendar.Day
		if err := json.Unmarshal(text, &back); err != nil || back != f {
			t.Errorf("%s read back = %v, %v; want %v", text, back, err, f)
		}
	}
	f := calendar.Day
	if err := f.UnmarshalText([]byte("fortnight")); err == nil || f != calendar.Day {
		t.Errorf("UnmarshalText(fortnight) = %v, %v", f, err)
	}
	if got, want := calendar.Freq(200).String(), "Freq(200)"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

func TestParseFreqRefuses(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"": "", "fortnight": "", "auto": "",
		"d": "D", "b": "B", "H": "h", "ms": "MS", "w-sun": "W-SUN", "W-SUM": "W-SUN", " MS": "MS",
		"W": "W-SUN", "M": "MS", "ME": "MS", "Q": "QS", "QE": "QS", "Y": "YS", "YE": "YS", "A": "YS", "AS": "YS",
		"hourly": "h", "daily": "D", "weekly": "W-SUN", "monthly": "MS", "quarterly": "QS", "yearly": "YS",
	} {
		f, err := calendar.ParseFreq(name)
		if err == nil {
			t.Errorf("ParseFreq(%q) = %v", name, f)
			continue
		}
		if want != "" {
			want = "did you mean " + want + "?"
		}
		if got := hint.Of(err); got != want {
			t.Errorf("ParseFreq(%q): hint = %q, want %q", name, got, want)
		}
		const message = `frequency "W" is not known; allowed: h, D, B, W-MON to W-SUN, MS, QS, YS`
		if name == "W" && err.Error() != message {
			t.Errorf("ParseFreq(%q): %v, want %s", name, err, message)
		}
	}
}

func FuzzParseFreq(f *testing.F) {
	for _, text := range []string{"", "D", "h", "W-SUN", "W-SUM", "ms", "--freq", "QS-FEB", "\xff\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		freq, err := calendar.ParseFreq(text)
		if err == nil && freq.String() != text {
			t.Errorf("ParseFreq(%q) = %v", text, freq)
		}
		if err != nil && (freq != calendar.None || errors.Unwrap(err) == nil && hint.Of(err) != "") {
			t.Errorf("ParseFreq(%q) = %v, %v", text, freq, err)
		}
	})
}
