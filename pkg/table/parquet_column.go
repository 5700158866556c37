package table

import (
	"fmt"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

// form is what the values of a Parquet column are.
type form uint8

const (
	formOther form = iota // nested, or of a type that is not read
	formNull              // nothing but nulls
	formBool
	formInt
	formUint
	formFloat
	formDecimal
	formText
	formDate
	formInstant // a date with a time of day
)

// parquetColumn is a column of a Parquet file.
type parquetColumn struct {
	name  string
	typ   string // for errors
	form  form
	kind  parquet.Kind // how the values are stored
	leaf  int          // its place among the columns that hold values
	scale int          // formDecimal: digits behind the point
	hour  int64        // formInstant: an hour in the unit of the values
	zoned bool         // formInstant: counted in UTC, whatever the zone they were written in
}

func newParquetColumn(c *parquet.Column) parquetColumn {
	col := parquetColumn{name: c.Name(), leaf: c.Index()}
	switch {
	case c.Repeated():
		col.typ = "a list"
		return col
	case !c.Leaf():
		col.typ = "nested"
		return col
	}
	t := c.Type()
	col.typ = "of type " + t.String()
	logical := t.LogicalType()
	if logical == nil {
		col.kind = t.Kind()
		col.form, col.hour = plainForm(col.kind), hourIn(format.TimeUnit{}) // of INT96: nanoseconds
		return col
	}
	switch l := logical.Value.(type) {
	case *format.NullType:
		col.form = formNull
		return col
	case *format.StringType, *format.EnumType, *format.JsonType:
		col.form = formText
	case *format.IntType:
		col.form = formInt
		if !l.IsSigned {
			col.form = formUint
		}
	case *format.DateType:
		col.form = formDate
	case *format.DecimalType:
		if l.Scale >= 0 && l.Scale <= maxScale {
			col.form, col.scale = formDecimal, int(l.Scale)
		}
	case *format.TimestampType:
		col.form, col.hour, col.zoned = formInstant, hourIn(l.Unit), l.IsAdjustedToUTC
	}
	col.kind = t.Kind()
	return col
}

// plainForm returns the form of a column whose type says no more than how it is stored. Bytes are
// text, as older programs write it.
func plainForm(k parquet.Kind) form {
	switch k {
	case parquet.Boolean:
		return formBool
	case parquet.Int32, parquet.Int64:
		return formInt
	case parquet.Float, parquet.Double:
		return formFloat
	case parquet.ByteArray:
		return formText
	case parquet.Int96:
		return formInstant
	default:
		return formOther
	}
}

// hourIn returns an hour in a unit.
func hourIn(u format.TimeUnit) int64 {
	const seconds = 3600
	switch u.Value.(type) {
	case *format.MilliSeconds:
		return seconds * 1e3
	case *format.MicroSeconds:
		return seconds * 1e6
	default:
		return seconds * 1e9
	}
}

// refuse returns the error of a column whose values cannot be of the kind asked for, else nil.
func (p *parquetColumn) refuse(file string, c Column) error {
	var good bool
	var wanted, remedy string
	switch c.Kind {
	case Key:
		good = p.form == formText || p.form == formInt || p.form == formUint || p.form == formDecimal && p.scale == 0
		wanted, remedy = "an id is text or an integer", "cast the column to text or to an integer"
	case Time:
		good = p.form == formDate || p.form == formInstant || p.form == formText || p.form == formInt
		wanted, remedy = "a time is a DATE, a TIMESTAMP or text", "cast the column to a date; in pandas: pd.to_datetime"
	case Number:
		good = p.form >= formInt && p.form <= formDecimal
		wanted, remedy = "a number is an integer, a float or a decimal", "cast the column to a number; in pandas: pd.to_numeric"
	default:
		good = p.form != formOther
		wanted, remedy = "it is not read", "leave the column out, or cast it to text or to a number"
	}
	if good || p.form == formNull {
		return nil
	}
	return hint.Wrap(NewFileError(file, CodeColumnType, fmt.Sprintf("column %q is %s; %s", c.Name, p.typ, wanted)), remedy)
}

// unit returns what the ticks of the Time column count.
func (p *parquetFile) unit(columns []Column, o Options) calendar.Unit {
	for _, c := range columns {
		if c.Kind != Time {
			continue
		}
		switch p.columns[c.Place].form {
		case formDate:
			return calendar.Days
		case formInstant:
			return calendar.Hours
		default:
			if layout, err := calendar.CompileLayout(o.DateFormat); err == nil {
				return layout.Unit()
			}
		}
	}
	return calendar.Days
}
