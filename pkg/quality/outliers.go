package quality

import (
	"fmt"
	"math"
	"runtime"
	"strconv"
	"sync"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
)

// CodeOutliers is the code of targets far from what is usual in their series.
const CodeOutliers = "outliers"

const (
	outlierSpreads = 8  // times the usual distance from the median
	minUsual       = 10 // targets that show what is usual
	minOfWeekday   = 5  // targets that show what is usual on a weekday
)

// outlier is an observation far from what is usual.
type outlier struct {
	at     int     // the observation
	center float64 // the median of its series
}

// outliers names the targets that are farther from the median of their series than outlierSpreads
// times its usual spread; in sales by day, from the median of the same weekday of the series, too.
// Where half of the targets are 0, the others alone show what is usual.
func outliers(p *panel.Panel) []Finding {
	f := Finding{
		Code: CodeOutliers, Severity: Warning,
		Message: fmt.Sprintf("targets are farther than %d x %g x the median absolute deviation from the median of the series", outlierSpreads, perSigma),
	}
	if weekly(p.Freq) {
		f.Message += " and of its weekday"
	}
	for s, found := range findOutliers(p) {
		for _, o := range found {
			f.place(func() string {
				return fmt.Sprintf("%s: %s on %s, median %s", p.Label(s), number(p.Y[o.at]), p.Freq.Format(p.Period[o.at]), number(o.center))
			})
		}
	}
	return []Finding{f}
}

// weekly reports whether the weekdays of a frequency differ.
func weekly(f calendar.Freq) bool {
	return f == calendar.None || f == calendar.Day || f == calendar.BusinessDay
}

// findOutliers returns the outliers of every series, the series shared out among goroutines.
func findOutliers(p *panel.Panel) [][]outlier {
	found := make([][]outlier, p.NumSeries())
	workers := min(runtime.GOMAXPROCS(0), p.NumSeries())
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			var scratch []float64
			for s := w; s < len(found); s += workers {
				found[s], scratch = outliersOf(p, s, scratch)
			}
		})
	}
	wg.Wait()
	return found
}

// outliersOf returns the outliers of a series. It may use and grow the scratch it is given.
func outliersOf(p *panel.Panel, s int, scratch []float64) (found []outlier, _ []float64) {
	from, to := p.Offset[s], p.Offset[s+1]
	everywhere := func(int) bool { return true }
	scratch = usual(scratch[:0], p.Y[from:to], everywhere)
	if len(scratch) < minUsual {
		return nil, scratch
	}
	center := median(scratch)
	if allWithin(scratch, center, outlierSpreads) {
		return nil, scratch
	}
	scale := spread(scratch, center)
	if scale == 0 {
		return nil, scratch
	}
	for i := from; i < to; i++ {
		if !(math.Abs(p.Y[i]-center) > outlierSpreads*scale) {
			continue
		}
		if weekly(p.Freq) {
			day := p.Start(i).Date.Weekday()
			scratch = usual(scratch[:0], p.Y[from:to], func(k int) bool { return p.Start(from+k).Date.Weekday() == day })
			if len(scratch) < minOfWeekday {
				continue
			}
			c := median(scratch)
			if !(math.Abs(p.Y[i]-c) > outlierSpreads*spread(scratch, c)) {
				continue
			}
		}
		found = append(found, outlier{i, center})
	}
	return found, scratch
}

// usual appends the known targets that are asked for to dst; where most of them are 0, only the
// others.
func usual(dst, y []float64, wanted func(int) bool) []float64 {
	zeros := 0
	for i, v := range y {
		if v == v && wanted(i) {
			dst = append(dst, v)
			if v == 0 {
				zeros++
			}
		}
	}
	if 2*zeros < len(dst) {
		return dst
	}
	n := 0
	for _, v := range dst {
		if v != 0 {
			dst[n] = v
			n++
		}
	}
	return dst[:n]
}

// number writes a target.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// perSigma makes the median absolute deviation of normal numbers their standard deviation.
const perSigma = 1.4826

// median returns the middle of values, the upper one of two, and reorders them. It panics if
// there are none.
func median(values []float64) float64 {
	want, from, to := len(values)/2, 0, len(values)-1
	for from < to {
		pivot := middle(values[from], values[(from+to)/2], values[to])
		i, j := from, to
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch {
		case want <= j:
			to = j
		case want >= i:
			from = i
		default:
			return values[want]
		}
	}
	return values[want]
}

func middle(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }

// spread returns how far values usually are from their center: the median absolute deviation in the
// scale of a standard deviation, 0 where most values are equal. It reorders and changes values,
// which must not be empty.
func spread(values []float64, center float64) float64 {
	for i, v := range values {
		values[i] = math.Abs(v - center)
	}
	return perSigma * median(values)
}

// allWithin reports whether no value is farther from the center than spreads times their spread. It
// is true only if that is so, and costs much less than the spread: at the distance of the farthest,
// divided, the median absolute deviation need not be known, only whether most values are nearer.
func allWithin(values []float64, center, spreads float64) bool {
	farthest := 0.0
	for _, v := range values {
		farthest = max(farthest, math.Abs(v-center))
	}
	enough := farthest / (spreads * perSigma)
	nearer := 0
	for _, v := range values {
		if math.Abs(v-center) < enough {
			nearer++
		}
	}
	return nearer <= len(values)/2
}
