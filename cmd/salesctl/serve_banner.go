package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/serve"
)

// announcement says once that a server answers, where and from what: to people on a terminal, to
// programs in a line of the log elsewhere.
type announcement struct {
	*serveOptions
	addr   net.Addr
	models *serve.Models
}

// run announces the server as soon as it is known which model answers, unless ctx ends before.
func (a *announcement) run(ctx context.Context) {
	select {
	case <-a.models.Looked():
	case <-ctx.Done():
		return
	}
	var b *model.Bundle
	version := "" // none
	if l, ok := a.models.Default(); ok {
		b, version = l.Bundle, l.Bundle.ID
	}
	if a.StderrIsTerminal && !a.global.Quiet {
		_, _ = io.WriteString(a.logTo, a.banner(b)) // where stderr is gone, the server still serves
	} else {
		a.Log.Info().Str("url", serverURL(a.addr)).Str("model_version", version).
			Str("job_dir", a.config.Jobs.Dir).Int("pid", os.Getpid()).Msg("listening")
		if _, refused := a.models.Refused(); b == nil && refused == nil {
			a.Log.Warn().Str("models", a.config.Registry.Dir).Str("name", a.config.Registry.Name).Msg("there is no model yet; its first champion will answer")
		}
	}
	if !isLoopback(a.addr) {
		a.Log.Warn().Stringer("addr", a.addr).Msg("anyone who reaches this address can submit jobs and read them")
	}
}

// banner returns what people see: where the server is, what answers, and what to try. A nil
// bundle is no model.
func (a *announcement) banner(b *model.Bundle) string {
	c := a.config
	url := serverURL(a.addr)
	g := grid{Header: []string{"SERVING", url}}
	try := fmt.Sprintf("%s train FILE --models %s --name %s", shellWord(programName()), shellWord(c.Registry.Dir), shellWord(c.Registry.Name))
	switch _, refused := a.models.Refused(); {
	case b != nil:
		g.Rows = [][]string{{"model", b.Name + "@" + b.ID}, {"held out", scoresText(b.Metrics.Valid)}}
		try = curl(url, b)
	case refused != nil:
		g.Rows = [][]string{{"model", "refused: " + refused.Error()}}
		try = fmt.Sprintf("%s model verify %s --models %s", shellWord(programName()), shellWord(c.Registry.Name), shellWord(c.Registry.Dir))
	default:
		g.Rows = [][]string{{"model", "none yet; the first champion of " + c.Registry.Name + " answers as soon as it is there"}}
	}
	g.Rows = append(g.Rows,
		[]string{"jobs", fmt.Sprintf("%s, durability %s", c.Jobs.Dir, c.Jobs.Durability)},
		[]string{"workers", strconv.Itoa(c.Jobs.Workers)},
	)
	var text strings.Builder
	if err := writeTable(&text, g); err != nil {
		return err.Error() + "\n" // a strings.Builder has none
	}
	return text.String() + "\nTry:\n" + indent(try) + "\n\n"
}

// curl returns the command line that asks for the period after the data of the first series.
func curl(url string, b *model.Bundle) string {
	return fmt.Sprintf("curl -H 'Content-Type: application/json' -H 'Prefer: wait=10' -d %s %s/predict", shellWord(firstRequest(b)), url)
}

// firstRequest returns the body of a request for the first series of a bundle. Integer ids are
// numbers. What must be known ahead is 0, or the first text of the bundle's data.
func firstRequest(b *model.Bundle) string {
	s := b.Spec
	members := []string{`"date":` + jsonText(forecast.FormatPeriod(s.Last()+1, s))}
	for c, value := range b.History.Series(0) {
		if s.IDs[c].Rule == panel.Text {
			value = jsonText(value)
		}
		members = append(members, jsonText(s.IDs[c].Name)+":"+value)
	}
	for _, c := range s.Covariates[s.NumStatic():] {
		value := "0"
		if c.Levels != nil {
			value = jsonText(c.Levels[0])
		}
		members = append(members, jsonText(c.Name)+":"+value)
	}
	return "{" + strings.Join(members, ",") + "}"
}

func jsonText(text string) string {
	quoted, err := jsontext.AppendQuote(nil, text)
	if err != nil {
		return `""` // not UTF-8, which no id and no name is
	}
	return string(quoted)
}
