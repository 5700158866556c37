package calendar_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

func TestDateRoundTrip(t *testing.T) {
	t.Parallel()
	day := time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC)
	for want := calendar.Date(day.Unix() / 86400); day.Year() <= 2400; want++ {
		got := calendar.NewDate(day.Year(), int(day.Month()), day.Day())
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
		if parsed, err := calendar.ParseDate(text, calendar.DefaultDateFormat); err != nil || parsed != got {
			t.Fatalf("ParseDate(%s) = %s, %v", text, parsed, err)
		}
		day = day.AddDate(0, 0, 1)
	}
}

func TestDateOutsideFourDigits(t *testing.T) {
	t.Parallel()
	for d, want := range map[calendar.Date]string{
		calendar.NewDate(0, 1, 1): "0000-01-01", calendar.NewDate(-1, 12, 31): "-1-12-31", calendar.NewDate(12345, 6, 7): "12345-06-07",
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
		got, err := calendar.ParseDate(tt.text, tt.format)
		if err != nil || got.String() != day {
			t.Errorf("ParseDate(%q, %q) = %s, %v; want %s", tt.text, tt.format, got, err, day)
		}
	}
}

func TestParseDateTwoDigitYears(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"68-01-01": "2068-01-01", "69-01-01": "1969-01-01", "00-01-01": "2000-01-01"} {
		if got, err := calendar.ParseDate(text, "%y-%m-%d"); err != nil || got.String() != want {
			t.Errorf("ParseDate(%s) = %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, format, reason, other string }{
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
		{"one digit where two belong", "2024-2-29", "%Y-%m-%d", "not in the format %Y-%m-%d", "%Y-%-m-%-d"},
		{"more behind it", "2024-02-29x", "%Y-%-m-%-d", "not in the format %Y-%-m-%-d", ""},
		{"not midnight", "2024-02-29 12:00:00", "%Y-%m-%d %H:%M:%S", "not midnight; daily data has whole days", "%Y-%m-%d %H:%M:%S"},
		{"no month name", "29 Foo 2024", "%d %b %Y", "not in the format %d %b %Y", ""},
		{"day first", "29/02/2024", "%Y-%m-%d", "not in the format %Y-%m-%d", "%d/%m/%Y"},
		{"month first", "2/29/2024", "%Y-%m-%d", "not in the format %Y-%m-%d", "%-m/%-d/%Y"},
		{"day or month first", "02/03/2024", "%Y-%m-%d", "not in the format %Y-%m-%d", ""},
		{"date-time", "2024-02-29T00:00:00", "%Y-%m-%d", "not in the format %Y-%m-%d", "%Y-%m-%dT%H:%M:%S"},
		{"May", "1 May 2024", "%Y-%m-%d", "not in the format %Y-%m-%d", "%-d %b %Y"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := calendar.ParseDate(tt.text, tt.format)
			e, ok := errors.AsType[*calendar.DateError](err)
			if !ok {
				t.Fatalf("ParseDate = %s, %v; want a *DateError", got, err)
			}
			other := strings.HasPrefix(tt.reason, "not in the format")
			if want := (calendar.DateError{Text: tt.text, Format: tt.format, Reason: tt.reason, OtherFormat: other}); *e != want {
				t.Errorf("error = %#v, want %#v", *e, want)
			}
			if got := hint.Of(err); got != "" {
				t.Errorf("hint = %q where no flag is known", got)
			}
			if got := calendar.OnlyFormat(tt.text); got != tt.other {
				t.Errorf("OnlyFormat = %q, want %q", got, tt.other)
			}
		})
	}
}

func TestFormatTimeIsParseDateBack(t *testing.T) {
	t.Parallel()
	d := calendar.NewDate(2021, 3, 1)
	for format, want := range map[string]string{
		"%Y-%m-%d":         "2021-03-01",
		"%d/%m/%Y":         "01/03/2021",
		"%-d.%-m.%y":       "1.3.21",
		"%b %d, %Y":        "Mar 01, 2021",
		"%-d %B %Y %%":     "1 March 2021 %",
		"%Y%m%dT%H:%M:%SZ": "20210301T00:00:00Z",
		"%Y年%m月%d日":        "2021年03月01日",
	} {
		got, err := calendar.FormatTime(calendar.Time{Date: d}, format)
		if err != nil || got != want {
			t.Errorf("FormatTime by %q = %q, %v; want %q", format, got, err, want)
		}
		if back, err := calendar.ParseDate(got, format); err != nil || back != d {
			t.Errorf("ParseDate(%q, %q) = %s, %v; want %s", got, format, back, err, d)
		}
	}
	if got, err := calendar.FormatTime(calendar.Time{Date: d}, "%Y"); err == nil {
		t.Errorf("FormatTime without a month = %q", got)
	}
}

func TestFormatTimeRefusesYears(t *testing.T) {
	t.Parallel()
	tests := []struct {
		year   int
		format string
		want   string // "" for an error
	}{
		{1969, "%y%m%d", "690101"},
		{2068, "%y%m%d", "680101"},
		{1968, "%y%m%d", ""},
		{2069, "%y%m%d", ""},
		{2100, "%d.%m.%y", ""},
		{1950, "%d.%m.%Y", "01.01.1950"},
		{1, "%Y-%m-%d", "0001-01-01"},
		{9999, "%Y-%m-%d", "9999-01-01"},
		{0, "%Y-%m-%d", ""},
		{10000, "%Y-%m-%d", ""},
	}
	for _, tt := range tests {
		d := calendar.NewDate(tt.year, 1, 1)
		got, err := calendar.FormatTime(calendar.Time{Date: d}, tt.format)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%d by %q = %q, %v; want %q", tt.year, tt.format, got, err, tt.want)
		}
		if back, err := calendar.ParseDate(got, tt.format); tt.want != "" && (err != nil || back != d) {
			t.Errorf("ParseDate(%q, %q) = %s, %v; want %s", got, tt.format, back, err, d)
		}
	}
}

func TestParseDateRefusesFormats(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"":               `date format "" has no year`,
		"%m-%d":          `date format "%m-%d" has no year`,
		"%M:%M":          `date format "%M:%M" gives the minute twice`,
		"%S%S":           `date format "%S%S" gives the second twice`,
		"%d %Y %d":       `date format "%d %Y %d" gives the day twice`,
		"%Y-%d":          `date format "%Y-%d" has no month`,
		"%Y-%m-%d %j":    `date format "%Y-%m-%d %j": unknown directive "%j"; allowed: %Y %m %d %-m %-d %y %b %B %H %M %S %%`,
		"%Y-%m-%-Y":      `date format "%Y-%m-%-Y": unknown directive "%-Y"; allowed: %Y %m %d %-m %-d %y %b %B %H %M %S %%`,
		"%Y-%m-%d %y":    `date format "%Y-%m-%d %y" gives the year twice`,
		"%Y-%m-%d%":      `date format "%Y-%m-%d%" ends in an unfinished directive`,
		"%Y-%m-%d %-":    `date format "%Y-%m-%d %-" ends in an unfinished directive`,
		"%Y-%m-%d %H %H": `date format "%Y-%m-%d %H %H" gives the hour twice`,
	} {
		if _, err := calendar.ParseDate("2024-01-01", format); err == nil || err.Error() != want {
			t.Errorf("ParseDate by %q: %v\nwant %s", format, err, want)
		}
	}
}

func TestDateText(t *testing.T) {
	t.Parallel()
	want := calendar.NewDate(2024, 2, 29)
	text, err := json.Marshal(want)
	if err != nil || string(text) != `"2024-02-29"` {
		t.Fatalf("Marshal = %s, %v", text, err)
	}
	var got calendar.Date
	if err := json.Unmarshal(text, &got); err != nil || got != want {
		t.Errorf("Unmarshal = %v, %v; want %v", got, err, want)
	}
	if err := got.UnmarshalText([]byte("2024-02-30")); err == nil || got != want {
		t.Errorf("Unmarshal of no day = %v, %v", got, err)
	}
}

func TestTimeText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]calendar.Time{
		`"2024-02-29"`:          {Date: calendar.NewDate(2024, 2, 29)},
		`"2024-02-29T07:00:00"`: {Date: calendar.NewDate(2024, 2, 29), Hour: 7},
	} {
		var got calendar.Time
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("Unmarshal(%s) = %v, %v; want %v", text, got, err, want)
		}
		if back, err := json.Marshal(got); err != nil || string(back) != text {
			t.Errorf("Marshal = %s, %v; want %s", back, err, text)
		}
	}
	got := calendar.Time{Hour: 5}
	if err := got.UnmarshalText([]byte("2024-02-29T07:30:00")); err == nil || got.Hour != 5 {
		t.Errorf("Unmarshal of half an hour = %v, %v", got, err)
	}
}
