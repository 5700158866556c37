package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
	"github.com/salesctl/salesctl/pkg/report"
	"github.com/salesctl/salesctl/pkg/table"
)

func newDataCmd(e *env) *cobra.Command {
	cmd := newGroup("data", "Check, describe, convert or make up sales")
	cmd.AddCommand(newDataCheckCmd(e), newDataDescribeCmd(e), newDataSampleCmd(e), newDataConvertCmd(e))
	return cmd
}

// inspectSales reads sales and says nothing: whatever is odd about them is part of the result.
func inspectSales(ctx context.Context, e *env, cfg panel.Config, paths []string) (*panel.Panel, error) {
	cfg.Today = today(e)
	inputs, err := salesInputs(ctx, e, paths)
	if err != nil {
		return nil, err
	}
	return panel.ReadInputs(ctx, inputs, cfg)
}

// addChoice gives cmd a flag that takes one of a few words. What to holds is the default.
func addChoice(cmd *cobra.Command, to *string, name, arg, usage string, allowed ...string) {
	cmd.Flags().Var(&choice{to, arg, allowed}, name, usage+": "+strings.Join(allowed, ", "))
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
}

// choice is the value of a flag that takes one of a few words.
type choice struct {
	value   *string
	arg     string
	allowed []string
}

// Set takes one of the words.
func (c *choice) Set(text string) error {
	if !slices.Contains(c.allowed, text) {
		return fmt.Errorf("%q is not one of %s", text, strings.Join(c.allowed, ", "))
	}
	*c.value = text
	return nil
}

func (c *choice) String() string { return *c.value }

// Type names the value in help texts.
func (c *choice) Type() string { return c.arg }

// names returns the names of the files as errors have them, patterns as the files they stand for.
func (f *salesFiles) names() []string {
	if len(f.paths) == 1 && f.paths[0] == "-" {
		return []string{"stdin"}
	}
	inputs, err := table.Files(f.paths...)
	if err != nil {
		return f.paths // reading them will say why
	}
	names := make([]string, len(inputs))
	for i, in := range inputs {
		names[i] = in.Name
	}
	return names
}

// today returns the day of the process's clock.
func today(e *env) calendar.Date {
	now := e.Now()
	return calendar.NewDate(now.Year(), int(now.Month()), now.Day())
}

// pageStyle returns the style of pages on stdout.
func (e *env) pageStyle() report.Style {
	return report.Style{Width: e.plotWidth(), Glyphs: e.glyphs(), Colour: e.plotColour()}
}

// drawTotal draws the sales of all series.
func drawTotal(p *report.Page, target string, t quality.Total) {
	if len(t.Values) < 2 {
		return
	}
	p.Section("Total of " + target)
	p.Sparkline(t.Values, t.FirstDate, t.LastDate)
}

// drawGaps draws the calendar of gaps.
func drawGaps(p *report.Page, calendar []quality.Part) {
	if len(calendar) == 0 {
		return
	}
	p.Section("Gaps")
	parts := make([]report.Part, len(calendar))
	for i, c := range calendar {
		parts[i] = report.Part{Year: c.Year, Month: c.Month, Day: c.Day, Missing: c.Missing, Expected: c.Expected}
	}
	p.Gaps(parts)
}

// rangeText writes the first and the last date of sales and their frequency.
func rangeText(first, last, freq string) string {
	if first == "" {
		return "none"
	}
	return fmt.Sprintf("%s to %s, frequency %s", first, last, freq)
}
