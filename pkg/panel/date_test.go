package panel_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/panel"
)

func TestDateRoundTrip(t *testing.T) {
	t.Parallel()
	day := time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC)
	for want := panel.Date(day.Unix() / 86400); day.Year() <= 2400; want++ {
		got := panel.NewDate(day.Year(), int(day.Month()), day.Day())
		year, month, dayOfMonth := got.Civil()
		if got != want || year != day.Year() || month != int(day.Month()) || dayOfMonth != day.Day() {
			t.Fatalf("%s: day %d, want %d; civil %d-%d-%d", day.Format(time.DateOnly), got, want, year, month, dayOfMonth)
		}
		if want := (int(day.Weekday()) + 6) % 7; got.Weekday() != want {
			t.Fatalf("%s: weekday %d, want %d", day.Format(time.DateOnly), got.Weekday(), want)
		}
		text := day.Format(time.DateOnly)
		if got.String() != text {
			t.Fatalf("String() = %s, want %s", got, text)
		}
		if parsed, err := panel.ParseDate(text, panel.DefaultDateFormat); err != nil || parsed != got {
			t.Fatalf("ParseDate(%s) = %s, %v", text, parsed, err)
		}
		day = day.AddDate(0, 0, 1)
	}
}

func TestDateOutsideFourDigits(t *testing.T) {
	t.Parallel()
	for d, want := range map[panel.Date]string{
		panel.NewDate(0, 1, 1): "0000-01-01", panel.NewDate(-1, 12, 31): "-1-12-31", panel.NewDate(12345, 6, 7): "12345-06-07",
	} {
		if d.String() != want {
			t.Errorf("String() = %s, want %s", d, want)
		}
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	const day = "2024-02-29"
	tests := []struct{ text, format string }{
		{"2024-02-29", "%Y-%m-%d"},
		{"29/02/2024", "%d/%m/%Y"},
		{"02/29/2024", "%m/%d/%Y"},
		{"29.02.2024", "%d.%m.%Y"},
		{"20240229", "%Y%m%d"},
		{"29022024", "%d%m%Y"},
		{"29-2-2024", "%d-%-m-%Y"},
		{"2/29/24", "%-m/%-d/%y"},
		{"29-FEB-24", "%d-%b-%y"},
		{"29 february 2024", "%-d %B %Y"},
		{"2024-02-29 00:00:00", "%Y-%m-%d %H:%M:%S"},
		{"2024-02-29T00:00Z", "%Y-%m-%dT%H:%MZ"},
		{"100% 2024-02-29", "100%% %Y-%m-%d"},
		{"2024年02月29日", "%Y年%m月%d日"},
	}
	for _, tt := range tests {
		got, err := panel.ParseDate(tt.text, tt.format)
		if err != nil || got.String() != day {
			t.Errorf("ParseDate(%q, %q) = %s, %v; want %s", tt.text, tt.format, got, err, day)
		}
	}
}

func TestParseDateTwoDigitYears(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"68-01-01": "2068-01-01", "69-01-01": "1969-01-01", "00-01-01": "2000-01-01"} {
		if got, err := panel.ParseDate(text, "%y-%m-%d"); err != nil || got.String() != want {
			t.Errorf("ParseDate(%s) = %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, format, reason, hint string }{
		{"empty", "", "%Y-%m-%d", "not in the format %Y-%m-%d", ""},
		{"short", "2024-02-", "%Y-%m-%d", "not in the format %Y-%m-%d", ""},
		{"no digits", "abcd-ef-gh", "%Y-%m-%d", "not in the format %Y-%m-%d", ""},
		{"letter among digits", "2024-0a-01", "%Y-%m-%d", "not in the format %Y-%m-%d", ""},
		{"day 31 of a short month", "2024-04-31", "%Y-%m-%d", "not a day of the calendar", ""},
		{"day 0", "2024-04-00", "%Y-%m-%d", "not a day of the calendar", ""},
		{"month 13", "2024-13-01", "%Y-%m-%d", "not a day of the calendar", ""},
		{"month 0", "2024-00-01", "%Y-%m-%d", "not a day of the calendar", ""},
		{"year 0", "0000-01-01", "%Y-%m-%d", "not a day of the calendar", ""},
		{"no leap year", "1900-02-29", "%Y-%m-%d", "not a day of the calendar", ""},
		{"one digit where two belong", "2024-2-29", "%Y-%m-%d", "not in the format %Y-%m-%d", `--date-format '%Y-%-m-%-d' reads "2024-2-29"`},
		{"more behind it", "2024-02-29x", "%Y-%-m-%-d", "not in the format %Y-%-m-%-d", ""},
		{"not midnight", "2024-02-29 12:00:00", "%Y-%m-%d %H:%M:%S", "not midnight; daily data has whole days", ""},
		{"no month name", "29 Foo 2024", "%d %b %Y", "not in the format %d %b %Y", ""},
		{"day first", "29/02/2024", "%Y-%m-%d", "not in the format %Y-%m-%d", `--date-format '%d/%m/%Y' reads "29/02/2024"`},
		{"month first", "2/29/2024", "%Y-%m-%d", "not in the format %Y-%m-%d", `--date-format '%-m/%-d/%Y' reads "2/29/2024"`},
		{"day or month first", "02/03/2024", "%Y-%m-%d", "not in the format %Y-%m-%d", ""},
		{"date-time", "2024-02-29T00:00:00", "%Y-%m-%d", "not in the format %Y-%m-%d", `--date-format '%Y-%m-%dT%H:%M:%S' reads "2024-02-29T00:00:00"`},
		{"May", "1 May 2024", "%Y-%m-%d", "not in the format %Y-%m-%d", `--date-format '%-d %b %Y' reads "1 May 2024"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := panel.ParseDate(tt.text, tt.format)
			e, ok := errors.AsType[*panel.DateError](err)
			if !ok {
				t.Fatalf("ParseDate = %s, %v; want a *DateError", got, err)
			}
			other := strings.HasPrefix(tt.reason, "not in the format")
			if want := (panel.DateError{Text: tt.text, Format: tt.format, Reason: tt.reason, OtherFormat: other}); *e != want {
				t.Errorf("error = %#v, want %#v", *e, want)
			}
			if got := hint.Of(err); got != "" {
				t.Errorf("hint = %q where no flag is known", got)
			}
			cfg := panel.Default()
			cfg.DateFormat = tt.format
			_, err = panel.ReadFrom(t.Context(), strings.NewReader(header+`"`+tt.text+`",1,1,5`), "f.csv", cfg)
			if got := hint.Of(err); err == nil || got != tt.hint {
				t.Errorf("in a file: error = %v, hint = %q, want %q", err, got, tt.hint)
			}
		})
	}
}

func TestFormatDateIsParseDateBack(t *testing.T) {
	t.Parallel()
	d := panel.NewDate(2021, 3, 1)
	for format, want := range map[string]string{
		"%Y-%m-%d":         "2021-03-01",
		"%d/%m/%Y":         "01/03/2021",
		"%-d.%-m.%y":       "1.3.21",
		"%b %d, %Y":        "Mar 01, 2021",
		"%-d %B %Y %%":     "1 March 2021 %",
		"%Y%m%dT%H:%M:%SZ": "20210301T00:00:00Z",
		"%Y年%m月%d日":        "2021年03月01日",
	} {
		got, err := panel.FormatDate(d, format)
		if err != nil || got != want {
			t.Errorf("FormatDate by %q = %q, %v; want %q", format, got, err, want)
		}
		if back, err := panel.ParseDate(got, format); err != nil || back != d {
			t.Errorf("ParseDate(%q, %q) = %s, %v; want %s", got, format, back, err, d)
		}
	}
	if got, err := panel.FormatDate(d, "%Y"); err == nil {
		t.Errorf("FormatDate without a month = %q", got)
	}
}

func TestParseDateRefusesFormats(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"":               `date format "" has no year`,
		"%Y-%m":          `date format "%Y-%m" has no day`,
		"%Y-%d":          `date format "%Y-%d" has no month`,
		"%Y-%m-%d %j":    `date format "%Y-%m-%d %j": unknown directive "%j"; allowed: %Y %m %d %-m %-d %y %b %B %H %M %S %%`,
		"%Y-%m-%-Y":      `date format "%Y-%m-%-Y": unknown directive "%-Y"; allowed: %Y %m %d %-m %-d %y %b %B %H %M %S %%`,
		"%Y-%m-%d %y":    `date format "%Y-%m-%d %y" gives the year twice`,
		"%Y-%m-%d%":      `date format "%Y-%m-%d%" ends in an unfinished directive`,
		"%Y-%m-%d %-":    `date format "%Y-%m-%d %-" ends in an unfinished directive`,
		"%Y-%m-%d %H %H": `date format "%Y-%m-%d %H %H" gives the time of day twice`,
	} {
		if _, err := panel.ParseDate("2024-01-01", format); err == nil || err.Error() != want {
			t.Errorf("ParseDate by %q: %v\nwant %s", format, err, want)
		}
	}
}
