package table

import (
	"bytes"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// cells are the values of a page or of a dictionary, without nulls. The slice that the column's
// kind names holds them; it belongs to the page.
type cells struct {
	col     *parquetColumn
	bits    []byte // Boolean
	i32     []int32
	i64     []int64
	i96     []deprecated.Int96
	f32     []float32
	f64     []float64
	data    []byte   // ByteArray and FixedLenByteArray
	offsets []uint32 // ByteArray
	width   int      // FixedLenByteArray
}

func newCells(col *parquetColumn, v encoding.Values) cells {
	c := cells{col: col}
	switch col.kind {
	case parquet.Boolean:
		c.bits = v.Boolean()
	case parquet.Int32:
		c.i32 = v.Int32()
	case parquet.Int64:
		c.i64 = v.Int64()
	case parquet.Int96:
		c.i96 = v.Int96()
	case parquet.Float:
		c.f32 = v.Float()
	case parquet.Double:
		c.f64 = v.Double()
	case parquet.ByteArray:
		c.data, c.offsets = v.ByteArray()
	case parquet.FixedLenByteArray:
		c.data, c.width = v.FixedLenByteArray()
	}
	return c
}

// bytes returns a value of bytes.
func (c *cells) bytes(i int) []byte {
	if c.col.kind == parquet.FixedLenByteArray {
		return c.data[i*c.width : (i+1)*c.width]
	}
	return c.data[c.offsets[i]:c.offsets[i+1]]
}

// integer returns a value of an integer column; an unsigned one of 64 bits keeps its bits.
func (c *cells) integer(i int) int64 {
	switch {
	case c.col.kind == parquet.Int64:
		return c.i64[i]
	case c.col.form == formUint:
		return int64(uint32(c.i32[i]))
	}
	return int64(c.i32[i])
}

// number returns a value of a number column as the nearest float64.
func (c *cells) number(i int) float64 {
	switch c.col.form {
	case formInt:
		return float64(c.integer(i))
	case formUint:
		return float64(uint64(c.integer(i)))
	case formFloat:
		if c.col.kind == parquet.Float {
			return float64(c.f32[i])
		}
		return c.f64[i]
	default:
		return c.decimal(i)
	}
}

// maxScale is the most digits behind the point of a decimal.
const maxScale = 76

// decimal returns a value of a decimal column as the nearest float64.
func (c *cells) decimal(i int) float64 {
	const exact = 1 << 53 // an integer up to here and a power of ten up to 1e15 are float64 themselves
	if c.col.kind == parquet.Int32 || c.col.kind == parquet.Int64 {
		if v := c.integer(i); v >= -exact && v <= exact && c.col.scale <= 15 {
			return float64(v) / powerOfTen(c.col.scale)
		}
	}
	v, err := strconv.ParseFloat(string(c.appendDecimal(nil, i)), 64)
	if err != nil {
		return math.Inf(1)
	}
	return v
}

// appendDecimal appends a decimal without zeros at its end.
func (c *cells) appendDecimal(dst []byte, i int) []byte {
	var digits []byte
	if c.col.kind == parquet.Int32 || c.col.kind == parquet.Int64 {
		digits = strconv.AppendInt(nil, c.integer(i), 10)
	} else {
		digits = bigEndian(c.bytes(i)).Append(nil, 10)
	}
	digits, negative := bytes.CutPrefix(digits, []byte("-"))
	if negative {
		dst = append(dst, '-')
	}
	if missing := c.col.scale + 1 - len(digits); missing > 0 {
		digits = append(bytes.Repeat([]byte("0"), missing), digits...)
	}
	point := len(digits) - c.col.scale
	dst = append(dst, digits[:point]...)
	if rest := bytes.TrimRight(digits[point:], "0"); len(rest) > 0 {
		dst = append(append(dst, '.'), rest...)
	}
	return dst
}

// bigEndian returns the integer in two's complement that b holds, the highest byte first.
func bigEndian(b []byte) *big.Int {
	v := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return v
}

// The days of the years 1 to 9999, counted from 1970.
const (
	firstDay = -719_162
	lastDay  = 2_932_896
)

// tick returns a value of a column of dates, in days, or of instants, in hours.
func (c *cells) tick(i int) (int32, calendar.Fault) {
	if c.col.form == formDate {
		day := c.integer(i)
		if day < firstDay || day > lastDay {
			return 0, calendar.FaultNoDay
		}
		return int32(day), calendar.FaultNone
	}
	hours, rest := c.instant(i)
	switch {
	case hours < firstDay*calendar.HoursPerDay || hours >= (lastDay+1)*calendar.HoursPerDay:
		return 0, calendar.FaultNoDay
	case rest != 0:
		return 0, calendar.FaultPartHour
	}
	return int32(hours), calendar.FaultNone
}

// instant returns an instant as hours since 1970 and the rest in the unit of the column.
func (c *cells) instant(i int) (hours, rest int64) {
	var v int64
	if c.col.kind == parquet.Int96 { // nanoseconds of the day, then the Julian day, as Spark writes it
		const julian1970 = 2_440_588
		t := c.i96[i]
		v = int64(uint64(t[1])<<32 | uint64(t[0]))
		hours = (int64(int32(t[2])) - julian1970) * calendar.HoursPerDay
	} else {
		v = c.i64[i]
	}
	whole, rest := v/c.col.hour, v%c.col.hour
	if rest < 0 {
		whole, rest = whole-1, rest+c.col.hour
	}
	return hours + whole, rest
}

// appendText appends the text of a value: integers and decimals in full, floats in the fewest
// digits that give them back, true as 1, dates and instants in ISO 8601. NaN has no text.
func (c *cells) appendText(dst []byte, i int) []byte {
	switch c.col.form {
	case formBool:
		return append(dst, '0'+c.bits[i/8]>>(i%8)&1)
	case formInt:
		return strconv.AppendInt(dst, c.integer(i), 10)
	case formUint:
		return strconv.AppendUint(dst, uint64(c.integer(i)), 10)
	case formFloat:
		if c.col.kind == parquet.Float {
			return appendFloat(dst, float64(c.f32[i]), 32)
		}
		return appendFloat(dst, c.f64[i], 64)
	case formDecimal:
		return c.appendDecimal(dst, i)
	case formDate:
		return appendDay(dst, c.integer(i))
	case formInstant:
		hours, rest := c.instant(i)
		nanos := rest * (3600e9 / c.col.hour)
		return appendInstant(dst, hours, nanos)
	default:
		return append(dst, c.bytes(i)...)
	}
}

// text returns the text of a value. It lies in the page, or in buf's array.
func (c *cells) text(buf []byte, i int) []byte {
	if c.col.form == formText {
		return c.bytes(i)
	}
	return c.appendText(buf[:0], i)
}

func appendFloat(dst []byte, v float64, bits int) []byte {
	if math.IsNaN(v) {
		return dst
	}
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(dst, v, 'g', -1, bits)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, bits)
}

func appendDay(dst []byte, day int64) []byte {
	return time.Unix(0, 0).UTC().AddDate(0, 0, int(day)).AppendFormat(dst, time.DateOnly)
}

// appendInstant appends the day alone at midnight.
func appendInstant(dst []byte, hours, nanos int64) []byte {
	t := time.Unix(hours*3600, nanos).UTC()
	if hours%calendar.HoursPerDay == 0 && nanos == 0 {
		return t.AppendFormat(dst, time.DateOnly)
	}
	return t.AppendFormat(dst, "2006-01-02T15:04:05.999999999")
}
