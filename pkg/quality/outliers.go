package quality

import (
	"fmt"
	"math"
	"runtime"
	"slices"
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
// Where half of the targets are 0, the others alone show what is usual, and 0 is usual, too.
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
			f := outlierFinder{p: p}
			for s := w; s < len(found); s += workers {
				found[s] = f.find(s)
			}
		})
	}
	wg.Wait()
	return found
}

// outlierFinder looks for outliers in one series after another.
type outlierFinder struct {
	p        *panel.Panel
	values   []float64    // of a series
	weekdays [7][]float64 // the same by weekday
}

// find returns the outliers of a series. It looks at each target a few times, however many of them
// are outliers.
func (f *outlierFinder) find(s int) (found []outlier) {
	from, to := f.p.Offset[s], f.p.Offset[s+1]
	f.values = appendKnown(f.values[:0], f.p.Y[from:to])
	shown, zeros := usual(f.values)
	if len(shown) < minUsual {
		return nil
	}
	center := median(shown)
	if allWithin(shown, center, outlierSpreads) {
		return nil
	}
	all := usualTargets{center, outlierSpreads * spread(shown, center), zeros}
	if all.reach == 0 {
		return nil
	}
	var days []usualTargets // by weekday, once they are asked for
	for i := from; i < to; i++ {
		if all.has(f.p.Y[i]) {
			continue
		}
		if weekly(f.p.Freq) {
			if days == nil {
				days = f.byWeekday(s)
			}
			if days[f.p.Start(i).Date.Weekday()].has(f.p.Y[i]) {
				continue
			}
		}
		found = append(found, outlier{i, center})
	}
	return found
}

// byWeekday returns what is usual on each weekday of a series: anything where there are few targets.
func (f *outlierFinder) byWeekday(s int) []usualTargets {
	for d := range f.weekdays {
		f.weekdays[d] = f.weekdays[d][:0]
	}
	for i := f.p.Offset[s]; i < f.p.Offset[s+1]; i++ {
		if y := f.p.Y[i]; y == y {
			d := f.p.Start(i).Date.Weekday()
			f.weekdays[d] = append(f.weekdays[d], y)
		}
	}
	days := make([]usualTargets, len(f.weekdays))
	for d, values := range f.weekdays {
		days[d].reach = math.Inf(1)
		if shown, zeros := usual(values); len(shown) >= minOfWeekday {
			center := median(shown)
			days[d] = usualTargets{center, outlierSpreads * spread(shown, center), zeros}
		}
	}
	return days
}

// usualTargets says which targets are usual.
type usualTargets struct {
	center float64 // their median
	reach  float64 // how far from it they may be
	zeros  bool    // 0 is usual, too: half of all targets are 0, and the median is that of the others
}

// has reports whether a target is usual; one that is missing is.
func (u usualTargets) has(y float64) bool {
	return u.zeros && y == 0 || !(math.Abs(y-u.center) > u.reach)
}

// appendKnown appends the targets that are known to dst.
func appendKnown(dst, y []float64) []float64 {
	for _, v := range y {
		if v == v {
			dst = append(dst, v)
		}
	}
	return dst
}

// usual returns, in their place, the targets that show what is usual: where at least half of them are
// 0, only the others.
func usual(y []float64) (shown []float64, zeros bool) {
	n := 0
	for _, v := range y {
		if v != 0 {
			n++
		}
	}
	if 2*n > len(y) {
		return y, false
	}
	return slices.DeleteFunc(y, func(v float64) bool { return v == 0 }), true
}

// number writes a target for people: ten digits, without those that adding up left behind.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 10, 64) }

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
