package table

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/parquet-go/parquet-go"

	"github.com/salesctl/salesctl/internal/columnar"
	"github.com/salesctl/salesctl/pkg/calendar"
)

// columnTask reads one column from the first row group to the last.
type columnTask struct {
	p    *parquetFile
	col  *parquetColumn
	take func(*rowGroup, int, *stretch) // puts a stretch into a row group, from a row on
}

// tasks returns one task a column; a column whose type does not fit its kind is a *FileError.
func (p *parquetFile) tasks(columns []Column, keys *Keys, o Options) ([]*columnTask, error) {
	tasks := make([]*columnTask, len(columns))
	var next [ignored + 1]int
	for i, c := range columns {
		col := &p.columns[c.Place]
		if err := col.refuse(p.name, c); err != nil {
			return nil, err
		}
		t := &columnTask{p: p, col: col}
		index := next[c.Kind]
		next[c.Kind]++
		fault := faults{file: p.name, column: c.Name, index: i}
		switch c.Kind {
		case Time:
			layout, err := calendar.CompileLayout(o.DateFormat)
			if err != nil {
				return nil, err
			}
			l := timeLane(fault, layout, col)
			t.take = func(g *rowGroup, row int, s *stretch) { l.take(&g.batch.Ticks, g, row, s) }
		case Number:
			l := numberLane(fault)
			t.take = func(g *rowGroup, row int, s *stretch) { l.take(&g.batch.Numbers[index], g, row, s) }
		case Key:
			l := keyLane(fault, &keys.columns[index])
			t.take = func(g *rowGroup, row int, s *stretch) { l.take(&g.codes[index], g, row, s) }
		default:
			l := textLane(fault, &keys.texts[index])
			t.take = func(g *rowGroup, row int, s *stretch) { l.take(&g.batch.Texts[index], g, row, s) }
		}
		tasks[i] = t
	}
	return tasks, nil
}

func (t *columnTask) run(ctx context.Context, groups []rowGroup) error {
	for i := range groups {
		err := columnar.Guard(func() error { return t.readGroup(ctx, &groups[i], i) })
		if ctx.Err() != nil {
			return fmt.Errorf("read %s: %w", t.p.name, context.Cause(ctx))
		}
		if err != nil {
			return t.p.damaged(fmt.Errorf("column %q: %w", t.col.name, err))
		}
	}
	return nil
}

func (t *columnTask) readGroup(ctx context.Context, g *rowGroup, group int) error {
	pages, err := newPageReader(t.p.file, group, t.col)
	if err != nil {
		return err
	}
	defer pages.close()
	for row := 0; ctx.Err() == nil; {
		s, err := pages.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		t.take(g, row, &s)
		row += s.rows
	}
	return nil
}

// lane brings the values of a column to their rows as a T. An entry of a dictionary is converted
// once, when the first row names it.
type lane[T any] struct {
	faults  faults
	convert func(*cells, int) (v T, code string) // code is "" for a good value
	null    func() (v T, code string)
	explain func(code string, c *cells, i int) error // c is nil for null

	dictionary parquet.Dictionary // of the last stretch
	known      []entry[T]         // of the dictionary
}

type entry[T any] struct {
	known bool
	value T
	code  string
}

// faults collects what is wrong with the rows of a column.
type faults struct {
	file, column string
	index        int // of the column, among those asked for
}

func (f *faults) add(g *rowGroup, row int, code string, explain func() error) {
	g.bad[f.index] = append(g.bad[f.index], int32(row))
	g.found[f.index].Add(code, func() *RowError {
		return &RowError{File: f.file, Row: g.first + row + 1, Column: f.column, Code: code, Err: explain()}
	})
}

// take puts a stretch into column, of a row group, from a row on. The first one makes room: the pages
// have shown by then that they hold the rows.
func (l *lane[T]) take(column *[]T, g *rowGroup, row int, s *stretch) {
	if row == 0 {
		*column = make([]T, g.rows)
	}
	dst := (*column)[row : row+s.rows]
	if s.dictionary != l.dictionary {
		l.dictionary = s.dictionary
		if s.dictionary != nil {
			l.known = make([]entry[T], s.dictionary.Len())
		}
	}
	value := -1
	for i := range dst {
		if s.levels != nil && s.levels[i] == 0 {
			v, code := l.null()
			dst[i] = v
			if code != "" {
				l.faults.add(g, row+i, code, func() error { return l.explain(code, nil, 0) })
			}
			continue
		}
		value++
		at := value
		if s.dictionary != nil {
			at = int(s.index[value])
			if e := &l.known[at]; e.known && e.code == "" {
				dst[i] = e.value
				continue
			}
		}
		v, code := l.convert(&s.values, at)
		dst[i] = v
		if s.dictionary != nil {
			l.known[at] = entry[T]{known: true, value: v, code: code}
		}
		if code != "" {
			l.faults.add(g, row+i, code, func() error { return l.explain(code, &s.values, at) })
		}
	}
}

// timeLane reads dates and instants, or text and integers by a layout.
func timeLane(f faults, layout *calendar.Layout, col *parquetColumn) *lane[int32] {
	buf := make([]byte, 0, 64)
	byLayout := col.form != formDate && col.form != formInstant
	tick := (*cells).tick
	if byLayout {
		tick = func(c *cells, i int) (int32, calendar.Fault) { return layout.Tick(c.text(buf, i)) }
	}
	return &lane[int32]{
		faults: f,
		convert: func(c *cells, i int) (int32, string) {
			v, fault := tick(c, i)
			if fault != calendar.FaultNone && col.form == formText {
				return 0, cmp.Or(textFault(c.bytes(i)), timeCode(fault))
			}
			return v, timeCode(fault)
		},
		null: func() (int32, string) { return 0, CodeBadDate },
		explain: func(code string, c *cells, i int) error {
			switch {
			case c == nil:
				return errors.New("is missing")
			case code == CodeNUL || code == CodeUTF8:
				return explainText(code)
			case byLayout:
				_, fault := tick(c, i)
				return explainTime(layout, string(c.text(buf, i)), fault)
			}
			_, fault := tick(c, i)
			reason := "not in the years 1 to 9999"
			if fault == calendar.FaultPartHour {
				reason = "not a whole hour; minutes and seconds must be 0"
			}
			return fmt.Errorf("%s: %s", c.text(buf, i), reason)
		},
	}
}

// numberLane reads numbers. NaN is missing, as null is: data frames have no other way to say so.
func numberLane(f faults) *lane[float64] {
	return &lane[float64]{
		faults: f,
		convert: func(c *cells, i int) (float64, string) {
			v := c.number(i)
			if math.IsInf(v, 0) {
				return 0, CodeNotFinite
			}
			return v, ""
		},
		null:    func() (float64, string) { return math.NaN(), "" },
		explain: func(_ string, c *cells, i int) error { return notFinite(string(c.appendText(nil, i))) },
	}
}

// keyLane numbers keys, by the rules of keys in text.
func keyLane(f faults, d *dictionary) *lane[int32] {
	buf := make([]byte, 0, 64)
	return &lane[int32]{
		faults: f,
		convert: func(c *cells, i int) (int32, string) {
			id := c.text(buf, i)
			if len(id) > 0 && string(id) == d.lastID {
				return d.lastCode, ""
			}
			if code := cmp.Or(keyFault(id), textFault(id)); code != "" {
				return 0, code
			}
			return d.look(id), ""
		},
		null: func() (int32, string) { return 0, CodeEmptyID },
		explain: func(code string, c *cells, i int) error {
			if c == nil {
				return explainKey(code, nil)
			}
			return explainKey(code, c.appendText(nil, i))
		},
	}
}

// textLane numbers texts.
func textLane(f faults, d *dictionary) *lane[int32] {
	buf := make([]byte, 0, 64)
	return &lane[int32]{
		faults: f,
		convert: func(c *cells, i int) (int32, string) {
			text := c.text(buf, i)
			switch {
			case len(text) == 0:
				return NoText, ""
			case string(text) == d.lastID:
				return d.lastCode, ""
			case c.col.form == formFloat && math.IsInf(c.number(i), 0):
				return NoText, CodeNotFinite
			}
			if code := textFault(text); code != "" {
				return NoText, code
			}
			return d.look(text), ""
		},
		null: func() (int32, string) { return NoText, "" },
		explain: func(code string, c *cells, i int) error {
			text := c.appendText(nil, i)
			if code == CodeNotFinite {
				return notFinite(string(text))
			}
			return explainText(code)
		},
	}
}
