package report

import (
	"math"
	"strings"
)

// sparks returns the characters of a sparkline from the lowest to the highest.
func (g Glyphs) sparks() []rune {
	if g == ASCII {
		return []rune("_.-=*#")
	}
	return []rune("▁▂▃▄▅▆▇█")
}

// Sparkline returns values as a line of at most width columns, one for each value, or one for
// the mean of several neighbours where there are more values than columns. The lowest column
// is drawn as the lowest character, the highest as the highest, and all in the middle where
// they are equal. A value that is not finite counts for nothing; a column without a finite
// value is a blank. No values or no width make "".
func Sparkline(values []float64, width int, glyphs Glyphs) string {
	means := bucketMeans(values, width)
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range means {
		if isFinite(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	sparks := glyphs.sparks()
	var b strings.Builder
	for _, v := range means {
		switch {
		case !isFinite(v):
			b.WriteByte(' ')
		case low == high:
			b.WriteRune(sparks[(len(sparks)-1)/2])
		default: // halved, because high-low may be more than a float64 holds
			share := (v/2 - low/2) / (high/2 - low/2)
			b.WriteRune(sparks[min(int(share*float64(len(sparks))), len(sparks)-1)])
		}
	}
	return b.String()
}

// bucketMeans returns the means of width runs of neighbours, of equal length but for one, or
// each value where there are not more than width. A run without a finite value has the mean NaN.
func bucketMeans(values []float64, width int) []float64 {
	n := min(len(values), max(width, 0))
	means := make([]float64, n)
	for b := range means {
		run := values[b*len(values)/n : (b+1)*len(values)/n]
		mean, count := 0.0, 0.0
		for _, v := range run {
			if isFinite(v) {
				count++
				mean += v/count - mean/count
			}
		}
		means[b] = mean
		if count == 0 {
			means[b] = math.NaN()
		}
	}
	return means
}
