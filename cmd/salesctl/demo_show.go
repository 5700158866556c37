package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"golang.org/x/term"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/report"
)

// show prints what the demo made, one series as a plot, and what to try next.
func (d *demo) show(ctx context.Context, e *env) error {
	sales, err := d.read(ctx, d.sales, d.config.Data.Target)
	if err != nil {
		return err
	}
	forecasts, err := d.read(ctx, d.forecasts, "predicted_sales")
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := writeTable(&b, d.summary(sales, forecasts)); err != nil {
		return err
	}
	b.WriteString("\n")
	if err := report.Plot(&b, firstSeries(e, sales, forecasts)); err != nil {
		return err
	}
	b.WriteString("\n")
	if err := writeTable(&b, d.written()); err != nil {
		return err
	}
	b.WriteString("\nTry next:\n" + indent(strings.Join(d.commands(sales), "\n")) + "\n")
	return e.writeOutput(ctx, "", func(w io.Writer) error {
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// summary returns the figures of the run.
func (d *demo) summary(sales, forecasts *panel.Panel) grid {
	r := d.trained.result
	percent := func(held, trained float64) string {
		return fmt.Sprintf("%.2f %% on held-out rows, %.2f %% on those trained on", 100*held, 100*trained)
	}
	return grid{Header: []string{"DEMO", d.dir}, Rows: [][]string{
		{"sales", fmt.Sprintf("%d rows of %d series, %s", sales.Len(), sales.NumSeries(), dateRange(sales))},
		{"bundle", fmt.Sprintf("%s, version %s, %d trees", r.Name, r.Version, r.Metrics.BestIteration)},
		{"WAPE", percent(r.Metrics.Valid.WAPE, r.Metrics.Train.WAPE)},
		{"MAPE", percent(r.Metrics.Valid.MAPE, r.Metrics.Train.MAPE)},
		{"SMAPE", percent(r.Metrics.Valid.SMAPE, r.Metrics.Train.SMAPE)},
		{"forecast", fmt.Sprintf("%d rows, %s", forecasts.Len(), dateRange(forecasts))},
	}}
}

// written returns what each step wrote and how long it took.
func (d *demo) written() grid {
	g := grid{Header: []string{"STEP", "WROTE", "SECONDS"}}
	for _, s := range d.steps {
		g.Rows = append(g.Rows, []string{s.verb, s.wrote, fmt.Sprintf("%.1f", s.took.Seconds())})
	}
	return g
}

// commands returns three command lines that answer from what the demo made.
func (d *demo) commands(sales *panel.Panel) []string {
	in := func(path string) string {
		if strings.HasPrefix(path, "-") {
			path = "./" + path // not a flag
		}
		return shellWord(path)
	}
	name, models := shellWord(programName()), in(d.config.Registry.Dir)
	_, last := sales.Range()
	day := sales.Freq.Format(last + 45)
	var ids strings.Builder
	for c, id := range sales.IDs {
		fmt.Fprintf(&ids, " --id %s", shellWord(id.Name+"="+id.Values[sales.Codes[c][0]]))
	}
	return []string{
		fmt.Sprintf("%s predict --models %s --date %s%s", name, models, day, ids.String()),
		fmt.Sprintf("%s data describe %s", name, in(d.sales)),
		fmt.Sprintf("%s train %s --models %s --split time", name, in(d.sales), models),
	}
}

// dateRange names the first and the last date of a panel.
func dateRange(p *panel.Panel) string {
	first, last := p.Range()
	return p.Freq.Format(first) + " to " + p.Freq.Format(last)
}

// firstSeries returns the plot of the first series: as many days as the terminal has room for,
// three of the past for two of the forecast.
func firstSeries(e *env, sales, forecasts *panel.Panel) report.Series {
	const labels, past, ahead = 10, 21, 14
	s := report.Series{Freq: sales.Freq, Width: e.plotWidth(), Glyphs: e.glyphs(), Colour: e.plotColour()}
	parts := max((s.Width-labels)/(past+ahead), 1)
	history, forecast := points(sales, 0), points(forecasts, 0)
	s.History = history[max(len(history)-parts*past, 0):]
	s.Forecast = forecast[:min(len(forecast), parts*ahead)]
	s.Title = fmt.Sprintf("%s: the last %d days and the next %d of %d", sales.Label(0), len(s.History), len(s.Forecast), len(forecast))
	return s
}

// points returns the observations of a series.
func points(p *panel.Panel, series int) []report.Point {
	var list []report.Point
	for i := p.Offset[series]; i < p.Offset[series+1]; i++ {
		list = append(list, report.Point{Period: p.Period[i], Value: p.Y[i]})
	}
	return list
}

// plotWidth returns the columns of the terminal, at most 120; 80 where stdout is none.
func (e *env) plotWidth() int {
	const plain, widest = 80, 120
	f, ok := e.Stdout.(*os.File)
	if !ok || !e.StdoutIsTerminal {
		return plain
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		return plain
	}
	return min(width, widest)
}

// plotColour returns colours for a terminal that has some, unless NO_COLOR forbids them.
func (e *env) plotColour() report.Colour {
	noColor, _ := e.lookupEnv("NO_COLOR")
	terminal, _ := e.lookupEnv("TERM")
	if e.StdoutIsTerminal && noColor == "" && terminal != "dumb" {
		return report.ANSI
	}
	return report.NoColour
}

// glyphs returns ASCII where the locale names another character set than UTF-8. Without any
// locale, as in most containers, UTF-8 is taken for granted.
func (e *env) glyphs() report.Glyphs {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		locale, _ := e.lookupEnv(name)
		if locale == "" {
			continue
		}
		folded := strings.ToLower(strings.ReplaceAll(locale, "-", ""))
		if !strings.Contains(folded, "utf8") {
			return report.ASCII
		}
		return report.Unicode
	}
	return report.Unicode
}

// programName returns what a person types to run this program: its bare name where the PATH
// leads to it, else the path it was started by.
func programName() string {
	typed := os.Args[0]
	own, err := os.Executable()
	if err != nil {
		return typed
	}
	found, err := exec.LookPath("salesctl")
	if err != nil {
		return typed
	}
	a, errA := os.Stat(own)
	b, errB := os.Stat(found)
	if errA == nil && errB == nil && os.SameFile(a, b) {
		return "salesctl"
	}
	return typed
}

// shellWord returns text as one word of a POSIX shell, quoted where it needs to be.
func shellWord(text string) string {
	if plain := regexp.MustCompile(`^[A-Za-z0-9_./=:,@%+-]+$`); plain.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
