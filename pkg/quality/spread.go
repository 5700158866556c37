package quality

import "math"

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
