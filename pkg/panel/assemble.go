package panel

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/salesctl/salesctl/internal/hint"
)

// assembly brings blocks together into a panel.
type assembly struct {
	file   string
	header *header
	blocks []*block
	rows   int
	panel  *Panel
	notes  notes
	bad    problems
}

// assemble makes the panel of a file whose first record is on line firstLine.
func assemble(file string, h *header, blocks []*block, firstLine int) (*Panel, error) {
	a := &assembly{file: file, header: h, blocks: blocks}
	line := firstLine
	for _, b := range blocks {
		b.firstRow, b.firstLine = a.rows, line
		a.rows += b.rows
		a.notes.join(b.notes, line)
		a.bad.join(b.bad, line)
		line += b.lines
	}
	switch {
	case a.rows == 0:
		return nil, fileError(file, CodeNoRows, "a header and no rows")
	case a.rows > math.MaxInt32:
		return nil, fileError(file, CodeTooManyRows, fmt.Sprintf("%d rows, at most %d are read", a.rows, math.MaxInt32))
	}
	a.panel = &Panel{
		Time: h.names.Time, Target: h.names.Target, Freq: FreqDay,
		Ignored: h.ignored, Warnings: h.warnings,
	}
	a.scatter(a.number())
	unsorted := a.sort()
	if err := a.bad.err(file, a.rows); err != nil {
		return nil, err
	}
	if err := a.checkFrequency(); err != nil {
		return nil, err
	}
	a.warn(unsorted)
	return a.panel, nil
}

// number brings the numbers of the coders together: ids and series are numbered by their order.
// It returns, for every coder, the panel's series of its own.
func (a *assembly) number() map[*coder][]int32 {
	var coders []*coder
	for _, b := range a.blocks {
		if !slices.Contains(coders, b.coder) {
			coders = append(coders, b.coder)
		}
	}
	width := len(a.header.ids)
	for column, name := range a.header.names.IDs {
		id, rank := newIDColumn(name, column, coders)
		a.panel.IDs = append(a.panel.IDs, id)
		for _, c := range coders {
			for i := column; i < len(c.tuples); i += width {
				c.tuples[i] = rank[c.columns[column].ids[c.tuples[i]]]
			}
		}
	}
	type local struct {
		coder  *coder
		series int32
	}
	tuple := func(l local) []int32 { return l.coder.tuples[int(l.series)*width : int(l.series+1)*width] }
	var all []local
	numbers := make(map[*coder][]int32, len(coders))
	for _, c := range coders {
		numbers[c] = make([]int32, c.count)
		for i := range c.count {
			all = append(all, local{c, i})
		}
	}
	slices.SortFunc(all, func(x, y local) int { return slices.Compare(tuple(x), tuple(y)) })
	codes := make([][]int32, width)
	series := int32(-1)
	for i, l := range all {
		if i == 0 || slices.Compare(tuple(l), tuple(all[i-1])) != 0 {
			series++
			for column, code := range tuple(l) {
				codes[column] = append(codes[column], code)
			}
		}
		numbers[l.coder][l.series] = series
	}
	a.panel.Codes = codes
	a.panel.Offset = make([]int, series+2)
	return numbers
}

// newIDColumn returns the distinct ids of a column and the place of each.
func newIDColumn(name string, column int, coders []*coder) (id IDColumn, rank map[string]int32) {
	rank = make(map[string]int32)
	for _, c := range coders {
		for _, v := range c.columns[column].ids {
			if _, known := rank[v]; !known {
				rank[v] = 0
				id.Values = append(id.Values, v)
			}
		}
	}
	id.Name, id.Rule = name, RuleOf(id.Values)
	slices.SortFunc(id.Values, id.Rule.Compare)
	for i, v := range id.Values {
		rank[v] = int32(i)
	}
	return id, rank
}

// scatter puts the observations of the blocks in the places of their series, in file order.
func (a *assembly) scatter(numbers map[*coder][]int32) {
	p := a.panel
	for _, b := range a.blocks {
		for from, to := range b.runs() {
			p.Offset[numbers[b.coder][b.series[from]]+1] += to - from
		}
	}
	for i := 1; i < len(p.Offset); i++ {
		p.Offset[i] += p.Offset[i-1]
	}
	next := slices.Clone(p.Offset)
	n := p.Offset[len(p.Offset)-1]
	p.Date, p.Y, p.Row = make([]Date, n), make([]float64, n), make([]int32, n)
	for _, b := range a.blocks {
		for from, to := range b.runs() {
			s := numbers[b.coder][b.series[from]]
			at := next[s]
			next[s] += to - from
			for i := range to - from { // mostly one row or a whole block
				p.Date[at+i], p.Y[at+i], p.Row[at+i] = b.date[from+i], b.y[from+i], int32(b.firstRow+from+i)
			}
		}
	}
}

// sort brings the observations of every series into the order of their dates, counts the days
// that stand twice as problems, and returns the series that it had to sort.
func (a *assembly) sort() (unsorted []int) {
	p := a.panel
	var twice []duplicate
	for s := range p.NumSeries() {
		from, to := p.Offset[s], p.Offset[s+1]
		ascends, strictly := order(p.Date[from:to])
		if strictly {
			continue
		}
		if !ascends {
			unsorted = append(unsorted, s)
			sortByDate(p.Date[from:to], p.Y[from:to], p.Row[from:to])
		}
		for i := from + 1; i < to; i++ {
			if p.Date[i] == p.Date[i-1] {
				twice = append(twice, duplicate{row: p.Row[i], before: p.Row[i-1], series: int32(s), date: p.Date[i]})
			}
		}
	}
	slices.SortFunc(twice, func(x, y duplicate) int { return cmp.Compare(x.row, y.row) })
	for i, d := range twice {
		a.bad.count(CodeDuplicateKey)
		if i < maxShown {
			a.bad.keep(&RowError{
				File: a.file, Line: a.lineOf(d.row), Code: CodeDuplicateKey,
				Err: fmt.Errorf("%s, %s: already on line %d", p.Label(int(d.series)), d.date, a.lineOf(d.before)),
			})
		}
	}
	return unsorted
}

// duplicate is a row of a series and day that an earlier row gave.
type duplicate struct {
	row, before, series int32
	date                Date
}

func order(dates []Date) (ascends, strictly bool) {
	strictly = true
	for i := 1; i < len(dates); i++ {
		if dates[i] <= dates[i-1] {
			strictly = false
			if dates[i] < dates[i-1] {
				return false, false
			}
		}
	}
	return true, strictly
}

// sortByDate sorts observations by date; those of one date stay in the order of their rows.
func sortByDate(date []Date, y []float64, row []int32) {
	keys := make([]uint64, len(date))
	for i, d := range date {
		keys[i] = uint64(uint32(d)^1<<31)<<32 | uint64(i)
	}
	slices.Sort(keys)
	oldY, oldRow := slices.Clone(y), slices.Clone(row)
	for i, k := range keys {
		from := uint32(k)
		date[i] = Date(uint32(k>>32) ^ 1<<31)
		y[i], row[i] = oldY[from], oldRow[from]
	}
}

// lineOf returns the line of the file on which a row starts.
func (a *assembly) lineOf(row int32) int {
	i := sort.Search(len(a.blocks), func(i int) bool { return a.blocks[i].firstRow > int(row) }) - 1
	b := a.blocks[i]
	return b.firstLine + b.lineOf(int(row)-b.firstRow)
}

// checkFrequency refuses data that are not daily, unless the Config says that they are.
func (a *assembly) checkFrequency() error {
	if a.header.names.Freq == FreqDay {
		return nil
	}
	p := a.panel
	spacings := make(map[int]int)
	steps := 0
	for s := range p.NumSeries() {
		for i := p.Offset[s] + 1; i < p.Offset[s+1]; i++ {
			days := int(p.Date[i] - p.Date[i-1])
			if days == 1 {
				return nil
			}
			spacings[days]++
			steps++
		}
	}
	if steps == 0 {
		return nil
	}
	common := 0
	for days, n := range spacings {
		if n > spacings[common] || n == spacings[common] && days < common {
			common = days
		}
	}
	err := fileError(a.file, CodeFrequency, fmt.Sprintf(
		"no series has two days in a row: %d of %d steps from one date to the next are %d days", spacings[common], steps, common,
	))
	return hint.Wrap(err, "only daily data is read so far; --freq D reads this as daily data with gaps")
}

func (a *assembly) warn(unsorted []int) {
	p := a.panel
	p.Warnings = append(p.Warnings, a.notes.warnings()...)
	add := func(code, message string, count int, series []int) {
		if count == 0 {
			return
		}
		w := Warning{Code: code, Count: count, Message: message}
		for _, s := range series[:min(len(series), maxPlaces)] {
			w.Places = append(w.Places, p.Label(s))
		}
		p.Warnings = append(p.Warnings, w)
	}
	add(WarnUnsorted, "series whose dates do not ascend in the file are sorted", len(unsorted), unsorted)

	gapDays, gapped := p.gaps()
	message := "days inside series without a row are missing observations"
	if !slices.Contains(p.Y, 0) {
		message += "; no target is 0, so days without sales may have been left out of the file"
	}
	add(WarnGaps, message, gapDays, gapped)

	if today := a.header.names.Today; today != 0 {
		rows, late := 0, []int(nil)
		for s := range p.NumSeries() {
			dates := p.Date[p.Offset[s]:p.Offset[s+1]]
			if i, _ := slices.BinarySearch(dates, today+1); i < len(dates) {
				rows += len(dates) - i
				late = append(late, s)
			}
		}
		add(WarnFuture, fmt.Sprintf("rows with a date after today, %s", today), rows, late)
	}
}
