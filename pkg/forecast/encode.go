package forecast

import (
	"bufio"
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
	fields = append(fields, r.Date.String(), number(r.PredictedSales))
	for _, i := range r.Intervals {
		fields = append(fields, number(i.Lo), number(i.Hi))
	}
	return append(fields, r.Method, strconv.Itoa(r.Horizon),
		strconv.FormatBool(r.Extrapolated), strconv.FormatBool(r.ColdStart), r.ModelVersion)
}

func number(v float64) string {
	switch size := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return ""
	case size < 1e15 && size >= 1e-6 || v == 0:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
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
// have the JSON type they had in the data: numbers where the column holds integers only. What
// is not known is null.
func WriteJSONL(w io.Writer, ids []features.IDSpec, levels []float64, rows []Row) error {
	return writeJSON(w, ids, levels, rows, [3]string{"", "\n", "\n"})
}

// WriteJSON writes a JSON array of the objects that WriteJSONL writes.
func WriteJSON(w io.Writer, ids []features.IDSpec, levels []float64, rows []Row) error {
	return writeJSON(w, ids, levels, rows, [3]string{"[\n", ",\n", "\n]\n"})
}

// writeJSON writes the rows between the marks for start, between and end.
func writeJSON(w io.Writer, ids []features.IDSpec, levels []float64, rows []Row, marks [3]string) error {
	bw := bufio.NewWriter(w)
	names := Columns(ids, levels)
	keys := make([][]byte, len(names))
	for i, name := range names {
		keys[i] = appendText(nil, name)
	}
	line := []byte(marks[0])
	for i := range rows {
		if i > 0 {
			line = append(line, marks[1]...)
		}
		line = rows[i].appendJSON(line, keys, ids)
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

func (r *Row) appendJSON(dst []byte, keys [][]byte, ids []features.IDSpec) []byte {
	for c, field := range r.Fields() {
		dst = append(dst, "{,"[min(c, 1)])
		dst = append(append(dst, keys[c]...), ':')
		switch {
		case c < len(ids) && ids[c].Rule == panel.Text:
			dst = appendText(dst, field)
		case c == len(ids) || c == len(keys)-1 || c == len(keys)-5: // date, model_version, method
			dst = appendText(dst, field)
		case field == "":
			dst = append(dst, "null"...)
		default:
			dst = append(dst, field...)
		}
	}
	return append(dst, '}')
}

func appendText(dst []byte, s string) []byte {
	dst, err := jsontext.AppendQuote(dst, s)
	if err != nil {
		return append(dst, "null"...) // not UTF-8, which no id and no name is
	}
	return dst
}
