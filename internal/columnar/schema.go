package columnar

import (
	"slices"

	"github.com/parquet-go/parquet-go"
)

// ordered is a group that keeps its columns in the order given; parquet.Group sorts them.
type ordered struct {
	parquet.Group
	names []string
}

func newOrdered(cols []Column) ordered {
	o := ordered{Group: parquet.Group{}}
	for _, c := range cols {
		o.names = append(o.names, c.Name)
		o.Group[c.Name] = parquet.Encoded(leaf(c.Kind), &parquet.RLEDictionary)
	}
	return o
}

// Fields returns the columns in their order.
func (o ordered) Fields() []parquet.Field {
	fields := o.Group.Fields()
	slices.SortStableFunc(fields, func(a, b parquet.Field) int {
		return slices.Index(o.names, a.Name()) - slices.Index(o.names, b.Name())
	})
	return fields
}

func leaf(k Kind) parquet.Node {
	switch k {
	case Date:
		return parquet.Date()
	case Hour:
		return parquet.TimestampAdjusted(parquet.Millisecond, false)
	case Int:
		return parquet.Int(64)
	case Float:
		return parquet.Leaf(parquet.DoubleType)
	default:
		return parquet.String()
	}
}
