package holidays

import (
	"slices"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"github.com/rickar/cal/v2"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// TestZones computes all days on machines whose clocks skip midnights. It is not parallel: the
// library's zone is one for the process.
func TestZones(t *testing.T) {
	t.Cleanup(func() { cal.DefaultLoc = time.Local })
	want := make(map[string][]day)
	cal.DefaultLoc = time.UTC
	for _, code := range Countries() {
		want[code] = publicDays(code)
	}
	skipped := 0
	zones := []string{
		"America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Pacific/Auckland",
	}
	for _, zone := range zones {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		cal.DefaultLoc = loc
		for _, code := range Countries() {
			got := publicDays(code)
			if !slices.Equal(got, want[code]) {
				t.Errorf("%s in %s: %s", code, zone, cmp.Diff(want[code], got, cmp.AllowUnexported(day{})))
			}
			for _, d := range got {
				if y, m, n := d.date.Civil(); time.Date(y, time.Month(m), n, 0, 0, 0, 0, loc).Hour() != 0 {
					skipped++
				}
			}
		}
	}
	if skipped == 0 {
		t.Error("no holiday had a midnight that is skipped: the test shows nothing")
	}
}

// TestObserved holds our rule for substitutes against the library's own.
func TestObserved(t *testing.T) {
	t.Cleanup(func() { cal.DefaultLoc = time.Local })
	cal.DefaultLoc = time.UTC
	moved := 0
	for _, l := range holidayLists() {
		for _, h := range l.days {
			for year := firstYear; year <= lastYear; year++ {
				actual, observed := h.Clone(nil).Calc(year)
				got, ok := actualDay(h, year)
				if ok != !actual.IsZero() {
					t.Fatalf("%s %s %d: is a day %t, want %t", l.code, h.Name, year, ok, !actual.IsZero())
				}
				if !ok {
					continue
				}
				if want := civil(actual); got != want {
					t.Errorf("%s %s: day %s, want %s", l.code, h.Name, got, want)
				}
				offset := substitute(h, got)
				if got, want := got+calendar.Date(offset), civil(observed); got != want {
					t.Errorf("%s %s: observed %s, want %s", l.code, h.Name, got, want)
				}
				if offset != 0 {
					moved++
				}
			}
		}
	}
	if moved == 0 {
		t.Error("no holiday was moved: the test shows nothing")
	}
}

func civil(t time.Time) calendar.Date {
	y, m, d := t.Date()
	return calendar.NewDate(y, int(m), d)
}

// TestConcurrent finds, with the race detector, rules of the library that write to their holiday.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for _, code := range Countries() {
				publicDays(code)
			}
		})
	}
	wg.Wait()
}

// TestAmendments finds lines without effect: the library has them by itself, and they may go.
func TestAmendments(t *testing.T) {
	t.Parallel()
	check := func(list []amendment, inLibrary bool) {
		for _, a := range list {
			if !changes(a, inLibrary) {
				t.Errorf("%s %d-%02d-%02d %s changes nothing", a.code, a.first, a.month, a.day, a.name)
			}
		}
	}
	taken := removals()
	added := slices.DeleteFunc(amendments(), func(a amendment) bool { // those that only rename a day
		return slices.ContainsFunc(taken, func(r amendment) bool {
			return r.code == a.code && r.first == a.first && r.month == a.month && r.day == a.day
		})
	})
	check(added, false)
	check(taken, true)
}

// changes reports whether a list has, or has not, a day of the amendment.
func changes(a amendment, has bool) bool {
	for _, l := range holidayLists() {
		if !within(l.code, a.code) {
			continue
		}
		have := make(map[calendar.Date]bool)
		for _, d := range listDays(l.days) {
			have[d.date] = true
		}
		for _, d := range amendedDays(a.code, []amendment{a}) {
			if have[d.date] == has {
				return true
			}
		}
	}
	return false
}
