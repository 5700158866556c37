package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
	"github.com/salesctl/salesctl/pkg/report"
	"github.com/salesctl/salesctl/pkg/table"
)

// dataDescribeOptions is what data describe was asked for.
type dataDescribeOptions struct {
	salesOptions
	format format
}

func newDataDescribeCmd(e *env) *cobra.Command {
	o := &dataDescribeOptions{salesOptions: salesOptions{env: e}}
	cmd := &cobra.Command{
		Use:   "describe FILE...",
		Short: "Summarise sales",
		Long: `describe reads and checks sales and prints what is in them: rows, series and dates, the
columns with their types, missing values and quantiles, the total over time, the calendar of
gaps, series that start late or end early, and whatever is odd. The columns other than the
target are described by at most 10,000 rows; everything else is exact.`,
		Example: indent("salesctl data describe sales.csv\nsalesctl data describe sales.csv -o json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.settle(cmd, args); err != nil {
				return err
			}
			return runDataDescribe(cmd.Context(), o)
		},
	}
	addSalesFiles(cmd, &o.sales)
	addFormat(cmd, &o.format, formatTable, formatJSON)
	addConfigFlags(cmd, "data")
	return cmd
}

func runDataDescribe(ctx context.Context, o *dataDescribeOptions) error {
	cfg := o.config.Data
	if err := o.checkOutputs(); err != nil {
		return err
	}
	p, err := inspectSales(ctx, o.env, cfg, o.sales.paths)
	if err != nil {
		return err
	}
	if err := quarantine(ctx, o.env, cfg.Quarantine(), p.Rejected); err != nil {
		return err
	}
	unused, err := o.unused(ctx, p.Ignored)
	if err != nil {
		return err
	}
	d := quality.Describe(p, quality.DescribeConfig{Files: o.sales.names(), Unused: unused})
	return o.writeOutput(ctx, "", func(w io.Writer) error {
		if o.format == formatTable {
			return drawDescription(w, o.pageStyle(), &d)
		}
		return o.format.write(w, d, grid{})
	})
}

// unused describes the columns without a role. It reads the first file again, and says nothing of
// what can be read only once.
func (o *dataDescribeOptions) unused(ctx context.Context, names []string) ([]panel.ColumnSummary, error) {
	path := o.sales.paths[0]
	if _, isPipe := pipeAt(ctx, path); path == "-" || isPipe {
		return nil, nil
	}
	files, err := table.Files(path)
	if err != nil {
		return nil, err
	}
	return quality.Unused(ctx, files[0], o.config.Data.Delimiter, names)
}

func drawDescription(w io.Writer, style report.Style, d *quality.Description) error {
	p := report.NewPage(w, style)
	p.Title(fileNames(d.Files))
	p.Facts(describeFacts(d))
	drawTotal(p, d.Target, d.Total)
	drawColumns(p, d)
	drawGaps(p, d.Calendar)
	if len(d.Warnings) > 0 {
		p.Section("Odd")
		items := make([]report.Item, len(d.Warnings))
		for i, odd := range d.Warnings {
			items[i] = report.Item{Mark: markOf(quality.SeverityOf(odd.Code)), Name: odd.Code, Count: odd.Count, Text: odd.Message, Places: odd.Places}
		}
		p.Items(items)
	}
	return p.Flush()
}

func describeFacts(d *quality.Description) []report.Fact {
	facts := []report.Fact{
		{Name: "rows", Value: report.Integer(d.Rows)},
		{Name: "series", Value: seriesFact(d)},
		{Name: "dates", Value: rangeText(d.FirstDate, d.LastDate, d.Freq)},
	}
	for _, id := range d.IDs {
		facts = append(facts, report.Fact{
			Name: "id", Value: fmt.Sprintf("%s: %s distinct, %s", id.Name, report.Integer(id.Distinct), strings.ReplaceAll(string(id.Rule), "_", " ")),
		})
	}
	facts = append(facts, report.Fact{
		Name: "target", Value: fmt.Sprintf("%s: %s known, %s missing", d.Target, report.Integer(d.Observed), report.Integer(d.Missing)),
	})
	if v := d.Values; v != nil {
		facts = append(facts, report.Fact{Name: "values", Value: fmt.Sprintf("min %s, mean %s, max %s, %s, %s negative",
			short(v.Min), short(v.Mean), short(v.Max), report.Count(v.Zeros, "zero"), report.Integer(v.Negative))})
	}
	gaps := "none"
	if d.GapPeriods > 0 {
		gaps = report.Count(d.GapPeriods, "period") + " without a row in " + seriesNames(d.Gaps)
	}
	return append(facts,
		report.Fact{Name: "gaps", Value: gaps},
		report.Fact{Name: "start late", Value: seriesNames(d.Late)},
		report.Fact{Name: "end early", Value: seriesNames(d.Ended)},
	)
}

func seriesFact(d *quality.Description) string {
	text := report.Integer(d.Series)
	switch n := d.Lengths; {
	case n == nil:
		return text
	case n.Min == n.Max:
		return text + " of " + report.Count(n.Min, "row") + " each"
	default:
		return fmt.Sprintf("%s of %s to %s rows, median %s", text, report.Integer(n.Min), report.Integer(n.Max), report.Integer(n.Median))
	}
}

// seriesNames says how many series there are and names the first.
func seriesNames(c quality.SeriesCount) string {
	if c.Count == 0 {
		return "none"
	}
	text := report.Integer(c.Count) + " series: " + strings.Join(c.Places, "; ")
	if c.Count > len(c.Places) {
		text += "; ..."
	}
	return text
}

func drawColumns(p *report.Page, d *quality.Description) {
	if len(d.Columns) == 0 {
		return
	}
	p.Section("Columns")
	var columns, numbers [][]string
	for _, c := range d.Columns {
		columns = append(columns, []string{
			c.Name, strings.ReplaceAll(c.Role, "_", " "), c.Type, report.Integer(c.Missing), report.Integer(c.Distinct), strings.Join(c.Examples, ", "),
		})
		if q := c.Quantiles; q != nil {
			numbers = append(numbers, []string{
				c.Name, short(q.Min), short(q.Q05), short(q.Q25), short(q.Median), short(q.Q75), short(q.Q95), short(q.Max),
			})
		}
	}
	left, right := report.Left, report.Right
	p.Table([]string{"column", "role", "type", "missing", "distinct", "examples"}, columns,
		[]report.Align{left, left, left, right, right, left})
	if len(numbers) > 0 {
		p.Table([]string{"column", "min", "5 %", "25 %", "median", "75 %", "95 %", "max"}, numbers,
			[]report.Align{left, right, right, right, right, right, right, right})
	}
	if d.SampledRows < d.Rows {
		p.Text(fmt.Sprintf("the target by all rows, other columns by %s, evenly spread; those without a role by the first of the file", report.Integer(d.SampledRows)))
	}
}

// short writes a number for people.
func short(v float64) string {
	const plain = 1e7
	switch {
	case math.Abs(v) >= plain:
		return strconv.FormatFloat(v, 'g', 6, 64)
	case v == math.Trunc(v):
		return report.Integer(int(v))
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}
