package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
	"github.com/salesctl/salesctl/pkg/report"
)

// failNever is the --fail-on that no finding reaches.
const failNever = "never"

// dataCheckOptions is what data check was asked for.
type dataCheckOptions struct {
	salesOptions
	format format
	failOn string
	fix    string
}

func newDataCheckCmd(e *env) *cobra.Command {
	o := &dataCheckOptions{salesOptions: salesOptions{env: e}, failOn: string(quality.Error)}
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Report what is wrong and what is odd about sales",
		Long: `check reads sales by the rules of all verbs and reports by rule what it found: a code, how
often, how bad, and where first. Rows that the other verbs refuse are left out and are part of
the report; the rest of it is about the others. Without a finding that is bad enough
(--fail-on) the exit code is 0, else 3.

With --fix it writes the sales as the policies make them (--gaps, --duplicates, --negative, bad
rows left out) as a file in the long form, and what that changed beside it. Columns without a
role are not written. The exit code is still about the sales as they were.`,
		Example: indent(`
salesctl data check sales.csv
salesctl data check sales.csv --fail-on never -o json
salesctl data check sales.csv --gaps zero --duplicates sum --fix clean.csv`),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.settle(cmd, args); err != nil {
				return err
			}
			if o.fix == "-" {
				return usagef("--fix writes two files, stdout is one: name a file")
			}
			if o.fix != "" {
				if _, err := fileFormatOf(o.fix, ""); err != nil {
					return err
				}
			}
			return runDataCheck(cmd.Context(), o)
		},
	}
	addSalesFiles(cmd, &o.sales)
	addFormat(cmd, &o.format, formatTable, formatJSON)
	addChoice(cmd, &o.failOn, "fail-on", "SEVERITY", "the least severity that makes the exit code 3", failOns()...)
	cmd.Flags().StringVar(&o.fix, "fix", "", "write the clean sales: `FILE`, .csv, .csv.gz, .csv.zst or .parquet; the changes go to FILE.changes.csv")
	addConfigFlags(cmd, "data")
	return cmd
}

func failOns() []string {
	return []string{string(quality.Error), string(quality.Warning), string(quality.Info), failNever}
}

// checkError says that sales have findings that are bad enough to fail.
type checkError struct{ Err error }

func (c *checkError) Error() string { return c.Err.Error() }
func (c *checkError) Unwrap() error { return c.Err }

func runDataCheck(ctx context.Context, o *dataCheckOptions) error {
	cfg := o.config.Data
	if err := o.checkOutputs(o.fix, changesFile(o.fix)); err != nil {
		return err
	}
	judge := quality.Config{Files: o.sales.names(), Gaps: cfg.Gaps}
	read := cfg
	read.Track = panel.TrackChanges
	if cfg.OnError == panel.OnErrorFail {
		read.OnError = panel.OnErrorQuarantine + " the report"
	}
	if cfg.Gaps == panel.GapsError {
		read.Gaps = panel.GapsMissing
	}
	p, err := inspectSales(ctx, o.env, read, o.sales.paths)
	r, judged := quality.Unreadable(err, judge)
	if err != nil && !judged {
		return err
	}
	if err == nil {
		r = quality.Check(p, judge)
	}
	if err := o.print(ctx, r); err != nil {
		return err
	}
	if p != nil && cfg.Quarantine() != "" {
		if err := quarantine(ctx, o.env, cfg.Quarantine(), p.Rejected); err != nil {
			return err
		}
	}
	if err := o.writeFix(ctx, p, r); err != nil {
		return err
	}
	return o.verdict(r)
}

func (o *dataCheckOptions) print(ctx context.Context, r *quality.Report) error {
	return o.writeOutput(ctx, "", func(w io.Writer) error {
		if o.format == formatTable {
			return drawReport(w, o.pageStyle(), r)
		}
		return o.format.write(w, r, grid{})
	})
}

// verdict returns the error of a report that reaches the severity of --fail-on.
func (o *dataCheckOptions) verdict(r *quality.Report) error {
	if o.failOn == failNever || len(r.Findings) == 0 || !r.Reaches(quality.Severity(o.failOn)) {
		return nil
	}
	return &checkError{fmt.Errorf("%s: %s", fileNames(o.sales.names()), verdictText(r))}
}

// changesFile is where the changes of a fixed file go.
func changesFile(fix string) string {
	if fix == "" {
		return ""
	}
	return fix + ".changes.csv"
}

// writeFix writes the clean sales and what changed, where that was asked for and can be done.
func (o *dataCheckOptions) writeFix(ctx context.Context, p *panel.Panel, r *quality.Report) error {
	if o.fix == "" {
		return nil
	}
	if p == nil {
		return &checkError{fmt.Errorf("%s: %s; %s is not written", fileNames(o.sales.names()), verdictText(r), o.fix)}
	}
	if missing, _ := p.Gaps(); missing > 0 && o.config.Data.Gaps == panel.GapsError {
		err := fmt.Errorf("%s: %s without a row; %s is not written", fileNames(o.sales.names()), report.Count(missing, "period"), o.fix)
		return hint.Wrap(&checkError{err}, "--gaps missing, zero or interpolate says what to do about them")
	}
	if err := writeSales(ctx, o.env, o.fix, "", p); err != nil {
		return err
	}
	changes := changesFile(o.fix)
	if err := o.writeOutput(ctx, changes, func(w io.Writer) error { return quality.WriteChanges(w, p) }); err != nil {
		return err
	}
	o.Log.Info().Str("file", o.fix).Int("rows", p.Len()).Int("rejected_rows", r.RejectedRows).
		Int("changes", len(p.Changes)).Str("changes_file", changes).Msg("clean sales written")
	return nil
}

func verdictText(r *quality.Report) string {
	var parts []string
	for _, s := range []struct {
		severity quality.Severity
		noun     string
	}{{quality.Error, "error"}, {quality.Warning, "warning"}, {quality.Info, "fact"}} {
		if n := r.Count(s.severity); n > 0 {
			parts = append(parts, report.Count(n, s.noun))
		}
	}
	if len(parts) == 0 {
		return "nothing is wrong"
	}
	return strings.Join(parts, ", ")
}

func drawReport(w io.Writer, style report.Style, r *quality.Report) error {
	p := report.NewPage(w, style)
	p.Title(fileNames(r.Files))
	rows := report.Integer(r.Rows)
	if r.RejectedRows > 0 {
		rows += ", and " + report.Integer(r.RejectedRows) + " that cannot be used"
	}
	facts := []report.Fact{{Name: "rows", Value: rows}}
	if r.Series > 0 {
		facts = append(facts,
			report.Fact{Name: "series", Value: report.Integer(r.Series)},
			report.Fact{Name: "dates", Value: rangeText(r.FirstDate, r.LastDate, r.Freq)})
	}
	p.Facts(append(facts, report.Fact{Name: "found", Value: verdictText(r)}))
	if len(r.Findings) > 0 {
		p.Section("Findings")
		p.Items(findingItems(r.Findings))
	}
	drawTotal(p, r.Target, r.Total)
	drawGaps(p, r.Calendar)
	return p.Flush()
}

func findingItems(findings []quality.Finding) []report.Item {
	items := make([]report.Item, len(findings))
	for i, f := range findings {
		items[i] = report.Item{Mark: markOf(f.Severity), Name: f.Code, Count: f.Count, Text: f.Message, Places: f.Places}
		if f.Hint != "" {
			items[i].Text += " (" + f.Hint + ")"
		}
	}
	return items
}

func markOf(s quality.Severity) report.Mark {
	switch s {
	case quality.Error:
		return report.MarkError
	case quality.Warning:
		return report.MarkWarning
	default:
		return report.MarkInfo
	}
}
