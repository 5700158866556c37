package quality

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// The roles of columns that are no covariates.
const (
	roleTime   = "time"
	roleID     = "id"
	roleTarget = "target"
	roleNone   = "none"
)

// ColumnDescription is a summary of a column: of the target by all rows, of others by a sample.
type ColumnDescription struct {
	Name      string     `json:"name"`
	Role      string     `json:"role"` // time, id, target, none or the use of a covariate
	Type      string     `json:"type"` // date, integer, number, text or boolean
	Rows      int        `json:"rows"` // that it is described by
	Missing   int        `json:"missing"`
	Distinct  int        `json:"distinct"`
	Quantiles *Quantiles `json:"quantiles"` // of numbers; null for anything else
	Examples  []string   `json:"examples"`
}

// Quantiles says how numbers are spread.
type Quantiles struct {
	Min    float64 `json:"min"`
	Q05    float64 `json:"q05"`
	Q25    float64 `json:"q25"`
	Median float64 `json:"median"`
	Q75    float64 `json:"q75"`
	Q95    float64 `json:"q95"`
	Max    float64 `json:"max"`
}

// describeColumns describes the columns of the panel, in its order, and those without a role.
func describeColumns(p *panel.Panel, unused []panel.ColumnSummary) []ColumnDescription {
	roles := []string{roleTime}
	for range p.IDs {
		roles = append(roles, roleID)
	}
	roles = append(roles, roleTarget)
	for _, c := range p.Covariates {
		roles = append(roles, string(c.Use))
	}
	var list []ColumnDescription
	for i, c := range slices.Concat(p.Summarise(sampledRows), unused) {
		role := roleNone
		if i < len(roles) {
			role = roles[i]
		}
		d := ColumnDescription{
			Name: c.Name, Role: role, Type: typeName(c.Type), Rows: c.Rows,
			Missing: c.Missing, Distinct: c.Distinct, Examples: c.Examples,
		}
		switch {
		case role == roleTime:
			d.Type = "date"
		case role == roleTarget:
			d.describeAll(p.Y)
		case role != roleID:
			d.Quantiles = quantiles(c.Numbers)
		}
		list = append(list, d)
	}
	return list
}

// describeAll describes a column of numbers by all of its values.
func (d *ColumnDescription) describeAll(values []float64) {
	known := appendKnown(make([]float64, 0, len(values)), values)
	slices.Sort(known)
	d.Rows, d.Missing = len(values), len(values)-len(known)
	d.Quantiles = quantiles(panel.QuantilesOf(known))
	d.Distinct = len(slices.Compact(known))
}

// typeName returns a word for gota's name of a type.
func typeName(gota string) string {
	switch gota {
	case "int":
		return "integer"
	case "float":
		return "number"
	case "bool":
		return "boolean"
	default:
		return "text"
	}
}

// quantiles names the values of panel.Quantiles; there are none where one is not finite.
func quantiles(v []float64) *Quantiles {
	if len(v) != len(panel.Quantiles()) || slices.ContainsFunc(v, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }) {
		return nil
	}
	return &Quantiles{v[0], v[1], v[2], v[3], v[4], v[5], v[6]}
}

// Unused describes columns that no panel holds by the first rows of a file. A row that cannot be
// cut into fields is passed over.
func Unused(ctx context.Context, in table.Input, delimiter string, names []string) ([]panel.ColumnSummary, error) {
	if len(names) == 0 {
		return nil, nil
	}
	comma, err := table.ParseDelimiter(delimiter)
	if err != nil {
		return nil, err
	}
	r, err := in.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // only read from
	f, err := table.Open(r, in.Name, comma)
	if err != nil {
		return nil, err
	}
	var columns []table.Column
	var found []string
	for _, name := range names {
		if place := slices.Index(f.Names, name); place >= 0 {
			columns, found = append(columns, table.Column{Name: name, Kind: table.Text, Place: place}), append(found, name)
		}
	}
	var rows [][]string
	for cells := range f.Reader(columns).Rows() {
		rows = append(rows, slices.Clone(cells))
		if len(rows) == sampledRows {
			break
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", in.Name, err)
	}
	return panel.SummariseText(found, rows)
}
