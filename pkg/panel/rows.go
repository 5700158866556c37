package panel

import (
	"cmp"
	"slices"
	"sort"

	"github.com/salesctl/salesctl/pkg/table"
)

// scatter puts the rows in the places of their series, in the order of the files.
func (a *assembly) scatter() {
	p := a.panel
	numbers := a.number()
	n := p.Offset[len(p.Offset)-1]
	a.ticks, p.Y, p.Row = make([]int32, n), make([]float64, n), make([]int32, n)
	covariates := a.covariateValues()
	if a.wide != nil {
		a.scatterWide(numbers, covariates)
	} else {
		a.scatterLong(numbers, covariates)
	}
	for i, y := range p.Y {
		if y == 0 {
			p.Y[i] = 0 // it may be -0
		}
	}
}

// scatterLong puts the rows of long files in the places of their series.
func (a *assembly) scatterLong(numbers map[*table.Keys][]int32, covariates []textValues) {
	p := a.panel
	next := slices.Clone(p.Offset)
	for f, d := range a.data {
		scale := int32(1)
		if d.Unit != a.unit {
			scale = 24 // days among hours
		}
		for _, b := range d.Batches {
			row := a.first[f] + b.FirstRow
			var y []float64
			if a.names.target != "" {
				y = b.Numbers[0]
			}
			for from, to := range b.Runs() {
				s := numbers[b.Keys][b.Group[from]]
				at := next[s]
				next[s] += to - from
				for i := range to - from { // mostly one row or a whole batch
					a.ticks[at+i], p.Row[at+i] = b.Ticks[from+i]*scale, int32(row+from+i)
				}
				if y != nil {
					copy(p.Y[at:], y[from:to])
				}
				for c, values := range covariates {
					values.put(p.Covariates[c].Values[at:], b, c, from, to)
				}
			}
		}
	}
}

// sort brings the observations of every series into the order of their dates, looks whether any
// share one, and returns the series that it had to sort.
func (a *assembly) sort() (unsorted []int) {
	p := a.panel
	a.repeats = false
	for s := range p.NumSeries() {
		from, to := p.Offset[s], p.Offset[s+1]
		if ascend(a.ticks[from:to]) {
			continue
		}
		if slices.IsSorted(a.ticks[from:to]) {
			a.repeats = true
			continue
		}
		unsorted = append(unsorted, s)
		order := byTick(a.ticks[from:to])
		permute(a.ticks[from:to], order)
		permute(p.Y[from:to], order)
		permute(p.Row[from:to], order)
		for _, c := range p.Covariates {
			permute(c.Values[from:to], order)
		}
		a.repeats = a.repeats || !ascend(a.ticks[from:to])
	}
	return unsorted
}

// ascend reports whether every tick is after the one before.
func ascend(ticks []int32) bool {
	for i := 1; i < len(ticks); i++ {
		if ticks[i] <= ticks[i-1] {
			return false
		}
	}
	return true
}

// byTick returns the order of observations by tick; those of one tick stay as they are.
func byTick(ticks []int32) []uint32 {
	keys := make([]uint64, len(ticks))
	for i, t := range ticks {
		keys[i] = uint64(uint32(t)^1<<31)<<32 | uint64(i)
	}
	slices.Sort(keys)
	order := make([]uint32, len(keys))
	for i, k := range keys {
		order[i] = uint32(k)
	}
	return order
}

// permute puts in place i what stands at order[i].
func permute[T any](values []T, order []uint32) {
	old := slices.Clone(values)
	for i, from := range order {
		values[i] = old[from]
	}
}

// file returns the file that a row stands in and its number there. The observations of a wide row
// are counted one by one.
func (a *assembly) file(row int32) (*table.Data, int) {
	if a.wide != nil {
		return a.data[0], int(row) / len(a.wide)
	}
	i := sort.Search(len(a.first), func(i int) bool { return a.first[i] > int(row) }) - 1
	return a.data[i], int(row) - a.first[i]
}

// place returns where a row stands: "line 7", with its file where there are several.
func (a *assembly) place(row int32) string {
	d, n := a.file(row)
	if a.inputs > 1 {
		return d.File + " " + d.Place(n)
	}
	return d.Place(n)
}

// refuse reports the rows of observations as bad ones, in the order of the files, and takes them out
// of the data.
func (a *assembly) refuse(observations []int, column, code string, why func(i int) error) {
	if len(observations) == 0 {
		return
	}
	a.refused = true
	a.bad.Join(a.problems(observations, column, code, why))
	for _, i := range observations {
		d, n := a.file(a.panel.Row[i])
		d.Drop(n)
	}
}

// problems returns what is wrong with the rows of observations.
func (a *assembly) problems(observations []int, column, code string, why func(i int) error) *table.Problems {
	row := a.panel.Row
	slices.SortFunc(observations, func(i, j int) int { return cmp.Compare(row[i], row[j]) })
	problems := table.NewProblems(a.cfg.keep())
	for _, i := range observations {
		problems.Add(code, func() *table.RowError {
			d, n := a.file(row[i])
			if a.wide != nil && column == a.names.target {
				return d.RowError(n, a.wide[int(row[i])%len(a.wide)].name, code, why(i))
			}
			return d.RowError(n, column, code, why(i))
		})
	}
	return problems
}
