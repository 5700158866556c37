package forecast

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/panel"
)

// Columns returns the names of a row's members in their order: the id columns, date,
// predicted_sales, lo_L and hi_L for each level L, then how the forecast was made.
func Columns(ids []features.IDSpec, levels []float64) []string {
	var names []string
	for _, id := range ids {
		names = append(names, id.Name)
	}
	names = append(names, "date", "predicted_sales")
	for _, l := range levels {
		level := strconv.FormatFloat(l, 'g', -1, 64)
		names = append(names, "lo_"+level, "hi_"+level)
	}
	return append(names, "method", "horizon", "extrapolated", "cold_start", "model_version")
}

// Fields returns the row as texts in the order of Columns. Numbers have the fewest digits that
// read back as the same float64; what is not known is "".
func (r *Row) Fields() []string {
	fields := append([]string{}, r.IDs...)
	fields = append(fields, r.Freq.Format(r.Period), number(r.PredictedSales))
	for _, i := range r.Intervals {
		fields = append(fields, number(i.Lo), number(i.Hi))
	}
	return append(fields, r.Method, strconv.Itoa(r.Horizon),
		strconv.FormatBool(r.Extrapolated), strconv.FormatBool(r.ColdStart), r.ModelVersion)
}

func number(v float64) string { return string(appendNumber(nil, v)) }

// appendNumber appends nothing for a number that is not known.
func appendNumber(dst []byte, v float64) []byte {
	switch size := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return dst
	case size < 1e15 && size >= 1e-6 || v == 0:
		return strconv.AppendFloat(dst, v, 'f', -1, 64)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}

// WriteCSV writes a header and one line per row.
func WriteCSV(w io.Writer, ids []features.IDSpec, levels []float64, rows []Row) error {
	cw := csv.NewWriter(w)
	if err := cw.Write(Columns(ids, levels)); err != nil {
		return err
	}
	for i := range rows {
		if err := cw.Write(rows[i].Fields()); err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}

// WriteJSONL writes one JSON object per row and line, its members in the order of Columns. Ids
// have the JSON type they had in the data: numbers where the column holds integers only. Sales are
// floats, 16.0 where they are whole. What is not known is null.
func WriteJSONL(w io.Writer, ids []features.IDSpec, levels []float64, rows []Row) error {
	return writeJSON(w, newEncoder(ids, levels), rows, [3]string{"", "\n", "\n"})
}

// WriteJSON writes a JSON array of the objects that WriteJSONL writes.
func WriteJSON(w io.Writer, ids []features.IDSpec, levels []float64, rows []Row) error {
	return writeJSON(w, newEncoder(ids, levels), rows, [3]string{"[\n", ",\n", "\n]\n"})
}

// writeJSON writes the rows between the marks for start, between and end.
func writeJSON(w io.Writer, e *encoder, rows []Row, marks [3]string) error {
	bw := bufio.NewWriter(w)
	line := []byte(marks[0])
	for i := range rows {
		if i > 0 {
			line = append(line, marks[1]...)
		}
		line = e.appendRow(line, &rows[i])
		if _, err := bw.Write(line); err != nil {
			return err
		}
		line = line[:0]
	}
	if len(rows) > 0 || marks[0] != "" {
		line = append(line, marks[2]...)
	}
	if _, err := bw.Write(line); err != nil {
		return err
	}
	return bw.Flush()
}

// encoder makes the JSON objects of rows.
type encoder struct {
	text []bool   // per id column: its ids are text, not numbers
	keys [][]byte // per member of Columns: what stands before its value, as in `,"date":`
}

func newEncoder(ids []features.IDSpec, levels []float64) *encoder {
	e := new(encoder)
	for _, id := range ids {
		e.text = append(e.text, id.Rule == panel.Text)
	}
	for c, name := range Columns(ids, levels) {
		key := append([]byte{}, "{,"[min(c, 1)])
		e.keys = append(e.keys, append(appendText(key, name), ':'))
	}
	return e
}

// appendRow appends the object of a row with one id per column and one interval per level.
func (e *encoder) appendRow(dst []byte, r *Row) []byte {
	for i, id := range r.IDs {
		dst = append(dst, e.keys[i]...)
		if e.text[i] {
			dst = appendText(dst, id)
		} else {
			dst = orNull(append(dst, id...), len(dst))
		}
	}
	keys := e.keys[len(r.IDs):]
	dst = append(append(dst, keys[0]...), '"')
	dst = append(r.Freq.Append(dst, r.Period), '"')
	dst = appendValue(append(dst, keys[1]...), r.PredictedSales)
	keys = keys[2:]
	for i, interval := range r.Intervals {
		dst = appendValue(append(dst, keys[2*i]...), interval.Lo)
		dst = appendValue(append(dst, keys[2*i+1]...), interval.Hi)
	}
	keys = keys[2*len(r.Intervals):]
	dst = appendText(append(dst, keys[0]...), r.Method)
	dst = strconv.AppendInt(append(dst, keys[1]...), int64(r.Horizon), 10)
	dst = strconv.AppendBool(append(dst, keys[2]...), r.Extrapolated)
	dst = strconv.AppendBool(append(dst, keys[3]...), r.ColdStart)
	dst = appendText(append(dst, keys[4]...), r.ModelVersion)
	return append(dst, '}')
}

// appendValue appends v as a JSON number that typed languages read as a float, also where it is
// whole: 16.0.
func appendValue(dst []byte, v float64) []byte {
	start := len(dst)
	dst = appendNumber(dst, v)
	if len(dst) > start && !bytes.ContainsAny(dst[start:], ".e") {
		dst = append(dst, ".0"...)
	}
	return orNull(dst, start)
}

// orNull appends null if nothing was appended since dst had the length n.
func orNull(dst []byte, n int) []byte {
	if len(dst) == n {
		return append(dst, "null"...)
	}
	return dst
}

// appendText appends s as a JSON string, with U+FFFD for what is not UTF-8.
func appendText(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // the error only says that U+FFFD was needed
	return dst
}
