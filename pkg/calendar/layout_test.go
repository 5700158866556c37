package calendar_test

import (
	"errors"
	"testing"

	"github.com/salesctl/salesctl/pkg/calendar"
)

func TestParseTime(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, format, want string }{
		{"2024-02-29T13:00:00", "%Y-%m-%dT%H:%M:%S", "2024-02-29T13:00:00"},
		{"2024-02-29 23:00", "%Y-%m-%d %H:%M", "2024-02-29T23:00:00"},
		{"1969-12-31T23:00:00Z", "%Y-%m-%dT%H:%M:%SZ", "1969-12-31T23:00:00"},
		{"29/2/2024 07", "%-d/%-m/%Y %H", "2024-02-29T07:00:00"},
		{"07h, 29 Feb 24", "%Hh, %d %b %y", "2024-02-29T07:00:00"},
		{"2024-02-29T00:00:00", "%Y-%m-%dT%H:%M:%S", "2024-02-29"},
		{"2024-02", "%Y-%m", "2024-02-01"},
		{"Feb 2024", "%b %Y", "2024-02-01"},
		{"202402", "%Y%m", "2024-02-01"},
	}
	for _, tt := range tests {
		got, err := calendar.ParseTime(tt.text, tt.format)
		if err != nil || got.String() != tt.want {
			t.Errorf("ParseTime(%q, %q) = %v, %v; want %s", tt.text, tt.format, got, err, tt.want)
			continue
		}
		text, err := calendar.FormatTime(got, tt.format)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := calendar.ParseTime(text, tt.format); err != nil || back != got {
			t.Errorf("ParseTime(%q, %q) = %v, %v; want %v", text, tt.format, back, err, got)
		}
	}
}

func TestParseTimeRefuses(t *testing.T) {
	t.Parallel()
	const iso = "%Y-%m-%dT%H:%M:%S"
	tests := []struct{ name, text, format, reason string }{
		{"minutes", "2024-02-29T13:30:00", iso, "not a whole hour; minutes and seconds must be 0"},
		{"seconds", "2024-02-29T13:00:01", iso, "not a whole hour; minutes and seconds must be 0"},
		{"minutes, step by step", "29 Feb 2024 13:30", "%d %b %Y %H:%M", "not a whole hour; minutes and seconds must be 0"},
		{"hour 24", "2024-02-29T24:00:00", iso, "not an hour of a day of the calendar"},
		{"no leap year", "2023-02-29T00:00:00", iso, "not an hour of a day of the calendar"},
		{"a letter in the hour", "2024-02-29T1a:00:00", iso, "not in the format " + iso},
		{"a day", "2024-02-29", iso, "not in the format " + iso},
		{"a blank for T", "2024-02-29 13:00:00", iso, "not in the format " + iso},
		{"NULs", "\x00\x00\x00\x00\x00\x00\x00\x0001", "%Y-%m-%d", "not in the format %Y-%m-%d"},
		{"month 13", "2024-13", "%Y-%m", "not a day of the calendar"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := calendar.ParseTime(tt.text, tt.format)
			e, ok := errors.AsType[*calendar.DateError](err)
			if !ok || e.Reason != tt.reason || e.Text != tt.text || e.Format != tt.format {
				t.Errorf("ParseTime = %v, %#v; want the reason %q", got, err, tt.reason)
			}
		})
	}
}

// TestTickRefusesZeroBytes has a text of zeros and a day after one whose month is known and whose day
// is not.
func TestTickRefusesZeroBytes(t *testing.T) {
	t.Parallel()
	l, err := calendar.CompileLayout(calendar.DefaultDateFormat)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"2024-02-30", "\x00\x00\x00\x00\x00\x00\x00\x0015"} {
		if tick, fault := l.Tick([]byte(text)); fault == calendar.FaultNone {
			t.Errorf("%q is read as %s", text, l.Unit().Time(tick))
		}
	}
}

func TestDateErrorCutsLongText(t *testing.T) {
	t.Parallel()
	_, err := calendar.ParseTime("2024-02-29 and then some more word äöü äöü", calendar.DefaultDateFormat)
	const want = `"2024-02-29 and then some more word äö"...: not in the format %Y-%m-%d`
	if err == nil || err.Error() != want {
		t.Errorf("error = %v, want %s", err, want)
	}
}

func TestSniffLayout(t *testing.T) {
	t.Parallel()
	const day = calendar.DefaultDateFormat
	tests := []struct{ cell, format, want string }{
		{"2024-01-31", day, day},
		{"2024-01-31T13:00:00", day, day + "T%H:%M:%S"},
		{"2024-01-31 13:00:00", day, day + " %H:%M:%S"},
		{"2024-01-31T13:00", day, day + "T%H:%M"},
		{"2024-01-31 13:00", day, day + " %H:%M"},
		{"2024-01-31T13:00:00Z", day, day + "T%H:%M:%SZ"},
		{"2024-01-31 13:00Z", day, day + " %H:%MZ"},
		{"2024-02-31T13:00:00", day, day + "T%H:%M:%S"}, // its own error, not one of its shape
		{"2024-01-31T13:30:00", day, day + "T%H:%M:%S"},
		{"2024-01-31T13:00:00+01:00", day, day},
		{"", day, day},
		{"2024-01-31T13:00:00", "%d/%m/%Y", "%d/%m/%Y"},
	}
	for _, tt := range tests {
		if got := calendar.SniffLayout(tt.cell, tt.format); got != tt.want {
			t.Errorf("SniffLayout(%q, %q) = %q, want %q", tt.cell, tt.format, got, tt.want)
		}
	}
}

func TestOnlyFormat(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"":                     "",
		"yesterday":            "",
		"2024-02-29":           "%Y-%m-%d",
		"01/02/2024":           "", // January or February
		"13/02/2024":           "%d/%m/%Y",
		"02/13/2024":           "%m/%d/%Y",
		"13/02/2024 07:00":     "%d/%m/%Y %H:%M",
		"2/13/2024 07:00":      "%-m/%-d/%Y %H:%M",
		"2024-02-29T13:00":     "%Y-%m-%dT%H:%M",
		"2024-02-29 13:00:00":  "%Y-%m-%d %H:%M:%S",
		"2024-02-29T13:00:00Z": "%Y-%m-%dT%H:%M:%SZ",
		"2024-02-29T13:30:00Z": "", // half an hour is no tick
		"2024-02":              "%Y-%m",
		"2024/02":              "%Y/%m",
		"02/2024":              "%m/%Y",
		"2/2024":               "%-m/%Y",
		"2024-2":               "%Y-%-m",
		"202402":               "%Y%m",
		"201112":               "", // December 2011, or a day of 2020
		"240229":               "%y%m%d",
		"Feb 2024":             "%b %Y",
		"February 2024":        "%B %Y",
		"May 2024":             "%b %Y",
		"Feb-24":               "%b-%y",
	} {
		if got := calendar.OnlyFormat(cell); got != want {
			t.Errorf("OnlyFormat(%q) = %q, want %q", cell, got, want)
		}
	}
}

func TestLayout(t *testing.T) {
	t.Parallel()
	tests := []struct {
		format string
		unit   calendar.Unit
		width  int
	}{
		{"%Y-%m-%d", calendar.Days, 10},
		{"%Y-%m", calendar.Days, 7},
		{"%Y-%m-%dT%H:%M:%S", calendar.Hours, 19},
		{"%Y-%m-%d T00:00", calendar.Days, 17},
		{"%-d/%m/%Y", calendar.Days, 0},
		{"%b %Y %H", calendar.Hours, 0},
	}
	for _, tt := range tests {
		l, err := calendar.CompileLayout(tt.format)
		if err != nil {
			t.Fatal(err)
		}
		if l.Unit() != tt.unit || l.Width() != tt.width || l.Format() != tt.format {
			t.Errorf("%s: unit %d, width %d, format %s; want %d, %d", tt.format, l.Unit(), l.Width(), l.Format(), tt.unit, tt.width)
		}
	}
}
