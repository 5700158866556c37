package main

import (
	"context"
	"strings"

	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/holidays"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// withHolidays returns spec with the holidays that the config asks for, and logs what is odd about
// the events.
func withHolidays(ctx context.Context, e *env, cfg *config, sales []string, p *panel.Panel, spec *features.Spec) (*features.Spec, error) {
	if !cfg.Holidays.Any() {
		return spec, nil
	}
	data := features.HolidayData(p, cfg.Data.DateFormat)
	h, err := holidays.NewSpec(cfg.Holidays, data)
	if err != nil {
		return nil, err
	}
	if cfg.Holidays.Events != "" {
		in, err := oneInput(ctx, e, "events", cfg.Holidays.Events, sales)
		if err != nil {
			return nil, err
		}
		warnings, err := addEvents(h, in, data)
		if err != nil {
			return nil, err
		}
		warn(e, warnings)
	}
	if name := spec.Freq.String(); strings.HasPrefix(name, "W-") {
		warn(e, []table.Warning{{
			Code: "week_end", Count: 1,
			Message: "a holiday belongs to the week that ends with its date: " + name + " names weeks by their last day",
		}})
	}
	return spec.WithHolidays(h)
}

func addEvents(h *holidays.Spec, in table.Input, data holidays.Data) ([]table.Warning, error) {
	r, err := in.OpenTo("events")
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // only read from
	return h.AddEvents(r, in.Name, data)
}
