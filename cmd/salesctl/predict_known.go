package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/table"
)

// knownValues are the values of --known, as far as they are known-future columns: by their place
// among those.
type knownValues struct {
	values []float64
	given  []bool
}

// Value returns the value of a column, the same for all ids and dates.
func (k knownValues) Value(column int, _ []string, _ calendar.Period) (v float64, ok bool) {
	return k.values[column], k.given[column]
}

// knowing gives requests the covariates of --known.
func (o *predictOptions) knowing(s *features.Spec, requests []forecast.Request) error {
	given, err := namedValues("--known", o.known)
	if err != nil {
		return err
	}
	static := s.NumStatic()
	values := slices.Repeat([]float64{forecast.OfSeries()}, len(s.Covariates))
	known := knownValues{values: values[static:], given: make([]bool, len(s.Covariates)-static)}
	unseen := table.Warning{Code: forecast.WarnUnseen, Message: "the model's data did not hold this text; it is taken as missing"}
	var names []string
	for c, covariate := range s.Covariates {
		names = append(names, covariate.Name)
		text, ok := given[covariate.Name]
		delete(given, covariate.Name)
		if !ok || text == "" && c >= static {
			continue
		}
		v, seen, err := covariate.Code(text)
		if err != nil {
			return asUsageOf("--known "+covariate.Name, err)
		}
		if !seen {
			unseen.Count++
			unseen.Places = append(unseen.Places, covariate.Name+" "+table.Quote(text))
		}
		values[c] = v
		if c >= static {
			known.given[c-static] = true
		}
	}
	for name := range given {
		return unknownCovariate(name, names)
	}
	if len(s.Covariates) == 0 {
		return nil
	}
	for i := range requests {
		requests[i].Covariates = slices.Clone(values)
	}
	if err := forecast.Fill(s, requests, known); err != nil {
		return hint.Wrap(err, "give the value of each known-future column: "+knownFlags(s))
	}
	if unseen.Count > 0 {
		warn(o.env, []table.Warning{unseen})
	}
	return nil
}

// knownFlags shows the flags that give the known-future columns.
func knownFlags(s *features.Spec) string {
	var flags []string
	for _, c := range s.Covariates[s.NumStatic():] {
		flags = append(flags, fmt.Sprintf("--known %s=VALUE", c.Name))
	}
	return strings.Join(flags, " ")
}

func unknownCovariate(name string, names []string) error {
	if len(names) == 0 {
		return usagef("--known %s: the bundle has no known-future or static columns", name)
	}
	return withDidYouMean(usagef("the bundle has no known-future or static column %q, it has %s", name, strings.Join(names, ", ")), name, names)
}
