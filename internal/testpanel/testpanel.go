// Package testpanel makes the panels that tests of several rooms start from.
package testpanel

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
)

// Read returns the panel of a CSV text with the default columns and the named id columns. A text
// that does not read ends the test.
func Read(tb testing.TB, text string, ids ...string) *panel.Panel {
	tb.Helper()
	cfg := panel.Default()
	cfg.IDs = ids
	return ReadAs(tb, text, cfg)
}

// ReadAs returns the panel of a CSV text. A text that does not read ends the test.
func ReadAs(tb testing.TB, text string, cfg panel.Config) *panel.Panel {
	tb.Helper()
	p, err := panel.ReadFrom(tb.Context(), strings.NewReader(text), "test.csv", cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// Freqs returns every frequency that data can have.
func Freqs() []calendar.Freq {
	var freqs []calendar.Freq
	for f := calendar.Hour; f <= calendar.Year; f++ {
		freqs = append(freqs, f)
	}
	return freqs
}

// Sales returns made-up sales of four series as CSV, sorted by time: store and item are ids, promo
// and kind known ahead, stock known up to the cutoff, region and size static. One series starts
// three periods late, and some values are missing. The first period is the first one that does
// not start before November 4, 2019.
func Sales(f calendar.Freq, periods int) string {
	var b strings.Builder
	b.WriteString("date,store,item,sales,promo,kind,stock,region,size\n")
	_, first := f.Around(calendar.Time{Date: calendar.NewDate(2019, 11, 4)})
	for i := range periods {
		for s := range 4 {
			if s == 2 && i < 3 {
				continue
			}
			store, item := s/2+7, [...]string{"tea", "jam"}[s%2]
			sales, promo := strconv.Itoa(20+10*s+(i*i*31+s)%17+7*(i%7)), strconv.Itoa(i%5/4)
			if i%11 == 4 && s == 1 {
				sales = ""
			}
			if i%9 == 8 {
				promo = ""
			}
			kind, stock := [...]string{"", "coupon", "flyer"}[(i+s)%3], i+s
			region, size := [...]string{"north", "south", "north", ""}[s], [...]string{"1.5", "", "250", "4"}[s]
			fmt.Fprintf(&b, "%s,%d,%s,%s,%s,%s,%d,%s,%s\n",
				f.Format(first+calendar.Period(i)), store, item, sales, promo, kind, stock, region, size)
		}
	}
	return b.String()
}

// SalesConfig returns how Sales are read.
func SalesConfig(f calendar.Freq) panel.Config {
	cfg := panel.Default()
	cfg.Freq = f.String()
	cfg.KnownFuture, cfg.PastOnly, cfg.Static = []string{"promo", "kind"}, []string{"stock"}, []string{"region", "size"}
	return cfg
}
