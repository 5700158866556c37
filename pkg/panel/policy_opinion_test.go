package panel_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
)

// plainRow is a row of a file for the obvious version of the policies.
type plainRow struct {
	series       string
	day          int
	sales        string
	promo, price string
}

// plain is what the rows of a series and day come to.
type plain struct {
	y            float64
	promo, price string
}

// together brings rows of a series and day together.
func together(policy string, list []plainRow) plain {
	pick := list[0]
	if policy == panel.DuplicatesLast {
		pick = list[len(list)-1]
	}
	sum, n := 0.0, 0.0
	for _, r := range list {
		if v, err := strconv.ParseFloat(r.sales, 64); err == nil {
			sum += v
			n++
		}
	}
	of := plain{math.NaN(), pick.promo, pick.price}
	switch v, err := strconv.ParseFloat(pick.sales, 64); {
	case policy == panel.DuplicatesSum && n > 0:
		of.y = sum
	case policy == panel.DuplicatesMean && n > 0:
		of.y = sum / n
	case (policy == panel.DuplicatesFirst || policy == panel.DuplicatesLast) && err == nil:
		of.y = v
	}
	return of
}

// filled returns the target of a day without a row.
func filled(policy string, days map[int]plain, day, first, last int) float64 {
	if policy == panel.GapsZero {
		return 0
	}
	known := func(d int) bool { of, ok := days[d]; return ok && of.y == of.y }
	before, after := day, day
	for before >= first && !known(before) {
		before--
	}
	for after <= last && !known(after) {
		after++
	}
	if before < first || after > last {
		return math.NaN()
	}
	a, b := days[before].y, days[after].y
	return a + (b-a)*float64(day-before)/float64(after-before)
}

// byMaps reads rows by the policies, with maps and loops alone.
func byMaps(cfg panel.Config, list []plainRow) []string {
	groups := make(map[string]map[int][]plainRow)
	for _, r := range list {
		if groups[r.series] == nil {
			groups[r.series] = make(map[int][]plainRow)
		}
		groups[r.series][r.day] = append(groups[r.series][r.day], r)
	}
	var lines []string
	for series, group := range groups {
		days := make(map[int]plain)
		first, last := math.MaxInt, 0
		for day, list := range group {
			of := together(cfg.Duplicates, list)
			if cfg.Negative == panel.NegativeZero && of.y < 0 {
				of.y = 0
			}
			days[day] = of
			first, last = min(first, day), max(last, day)
		}
		for day := first; day <= last; day++ {
			of, ok := days[day]
			if !ok {
				if cfg.Gaps == panel.GapsMissing {
					continue
				}
				of = plain{y: filled(cfg.Gaps, days, day, first, last)}
				if of.y != of.y {
					continue // the line has no end: it stays a gap
				}
			}
			lines = append(lines, plainLine(series, day, of.y, of.promo, of.price))
		}
	}
	slices.Sort(lines)
	return lines
}

// plainLine rounds the target: the two versions add in other orders.
func plainLine(series string, day int, y float64, promo, price string) string {
	return fmt.Sprintf("%s %d %.9g %s %s", series, day, y+0, promo, price)
}

// TestPoliciesAgainstMaps reads generated files by generated policies.
func TestPoliciesAgainstMaps(t *testing.T) {
	t.Parallel()
	start := calendar.NewDate(2024, 2, 20)
	rapid.Check(t, func(rt *rapid.T) {
		cfg := with(func(c *panel.Config) {
			c.Duplicates = rapid.SampledFrom(panel.DuplicatePolicies()[1:]).Draw(rt, "duplicates")
			c.Gaps = rapid.SampledFrom([]string{panel.GapsMissing, panel.GapsZero, panel.GapsInterpolate}).Draw(rt, "gaps")
			c.Negative = rapid.SampledFrom([]string{panel.NegativeKeep, panel.NegativeZero}).Draw(rt, "negative")
			c.KnownFuture, c.PastOnly = []string{"promo"}, []string{"price"}
		})
		var list []plainRow
		var b strings.Builder
		b.WriteString("promo,date,sales,item,price,store\n")
		for range rapid.IntRange(1, 30).Draw(rt, "rows") {
			r := plainRow{
				series: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "store"), day: rapid.IntRange(0, 14).Draw(rt, "day"),
				sales: rapid.SampledFrom([]string{"", "0", "1", "-2", "3.5", "100"}).Draw(rt, "sales"),
				promo: rapid.SampledFrom([]string{"", "x", "y"}).Draw(rt, "promo"), price: rapid.SampledFrom([]string{"", "1", "2.5"}).Draw(rt, "price"),
			}
			list = append(list, r)
			fmt.Fprintf(&b, "%s,%s,%s,7,%s,%s\n", r.promo, start+calendar.Date(r.day), r.sales, r.price, r.series)
		}
		p, err := panel.ReadFrom(t.Context(), strings.NewReader(b.String()), "f.csv", cfg)
		if err != nil {
			rt.Fatalf("%v\n%s", err, b.String())
		}
		checkPanel(rt, p)
		var got []string
		for s := range p.NumSeries() {
			for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
				got = append(got, plainLine(p.ID(0, s), int(p.Start(i).Date-start), p.Y[i], p.Covariates[0].Text(i), p.Covariates[1].Text(i)))
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(byMaps(cfg, list), got); diff != "" {
			rt.Fatalf("policies %s, %s, %s (-maps +panel):\n%s\n%s", cfg.Duplicates, cfg.Gaps, cfg.Negative, diff, b.String())
		}
		byRow := slices.Clone(p.Row)
		slices.Sort(byRow)
		for i, row := range byRow {
			if int(row) != i {
				rt.Fatalf("rows %v are not the numbers from 0 on", p.Row)
			}
		}
	})
}
