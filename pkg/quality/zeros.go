package quality

import (
	"fmt"
	"math"
	"strconv"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
)

// Codes of the findings about the values of targets.
const (
	CodeStockouts = "stockouts" // runs of zeros that are too long to be chance
	CodeFractions = "fractions" // a few targets that are no whole numbers
)

const (
	minStockout = 3    // zeros in a row
	chance      = 1e-6 // that a run begins on a date, if zeros come one by one

	fewFractions  = 0.01 // of the targets
	minForNumbers = 100  // targets that show of what kind they are
)

// stockouts names the runs of zeros that are improbably long: with p the share of zeros in the
// rest of the series, each side counted once more, p to the power of the length is less than
// chance. An item was not in stock, or not sold yet, or the till was closed.
func stockouts(p *panel.Panel) []Finding {
	f := Finding{
		Code: CodeStockouts, Severity: Warning,
		Message: fmt.Sprintf("runs of zeros are too long for their series to be chance (a probability below %s): no stock, or not sold yet", strconv.FormatFloat(chance, 'f', -1, 64)),
	}
	for s := range p.NumSeries() {
		from, to := p.Offset[s], p.Offset[s+1]
		known, zeros := 0, 0
		for _, y := range p.Y[from:to] {
			if y == y {
				known++
			}
			if y == 0 {
				zeros++
			}
		}
		if zeros < minStockout || zeros == known {
			continue
		}
		for i := from; i < to; {
			end := i
			for end < to && p.Y[end] == 0 && p.Period[end]-p.Period[i] == calendar.Period(end-i) {
				end++
			}
			n := end - i
			if n >= minStockout && math.Pow(float64(zeros-n+1)/float64(known-n+2), float64(n)) < chance {
				f.place(func() string { return p.Label(s) + ": " + describeRun(p.Freq, p.Period[i], p.Period[end-1]+1) })
			}
			i = max(end, i+1)
		}
	}
	return []Finding{f}
}

// fractions names the few targets that are no whole numbers where the others are.
func fractions(p *panel.Panel) []Finding {
	f := Finding{Code: CodeFractions, Severity: Info, Message: "targets are no whole numbers, as all others are"}
	known := 0
	for s := range p.NumSeries() {
		for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
			y := p.Y[i]
			if y != y {
				continue
			}
			known++
			if y != math.Trunc(y) {
				f.place(func() string {
					return fmt.Sprintf("%s: %s on %s", p.Label(s), number(y), p.Freq.Format(p.Period[i]))
				})
			}
		}
	}
	if known < minForNumbers || float64(f.Count) > fewFractions*float64(known) {
		return nil
	}
	return []Finding{f}
}
