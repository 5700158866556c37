package panel_test

import (
	"testing"

	"github.com/salesctl/salesctl/pkg/panel"
)

func TestConfigValidate(t *testing.T) {
	t.Parallel()
	if err := panel.Default().Validate(); err != nil {
		t.Errorf("the default Config: %v", err)
	}
	tests := []struct {
		name   string
		change func(*panel.Config)
		want   string
	}{
		{"no time", func(c *panel.Config) { c.Time = "" }, "time: the date column has no name"},
		{"no target", func(c *panel.Config) { c.Target = "" }, "target: the target column has no name"},
		{"no ids", func(c *panel.Config) { c.IDs = nil }, "ids: no id column"},
		{"empty id", func(c *panel.Config) { c.IDs = []string{"store", ""} }, "ids: a column has no name"},
		{"id twice", func(c *panel.Config) { c.IDs = []string{"store", "store"} }, `ids: column "store" stands twice`},
		{"target is an id", func(c *panel.Config) { c.Target = "item" }, `ids: column "item" has two roles, target and ids`},
		{"target is the date", func(c *panel.Config) { c.Target = "date" }, `target: column "date" has two roles, time and target`},
		{"freq", func(c *panel.Config) { c.Freq = "weekly" }, `freq: frequency "weekly" is not known; allowed: h, D, B, W-MON to W-SUN, MS, QS, YS`},
		{"quarantine", func(c *panel.Config) { c.OnError = "quarantine" }, `on_error: "quarantine" is neither fail nor quarantine with a file`},
		{"on error", func(c *panel.Config) { c.OnError = "quarantined f" }, `on_error: "quarantined f" is neither fail nor quarantine with a file`},
		{"gaps", func(c *panel.Config) { c.Gaps = "zeros" }, `gaps: "zeros" is not one of missing, zero, interpolate, error`},
		{"duplicates", func(c *panel.Config) { c.Duplicates = "max" }, `duplicates: "max" is not one of error, sum, mean, first, last`},
		{"negative", func(c *panel.Config) { c.Negative = "first" }, `negative: "first" is not one of keep, error, zero`},
		{"delimiter", func(c *panel.Config) { c.Delimiter = "::" }, `delimiter: "::" is not a delimiter`},
		{
			"covariate twice", func(c *panel.Config) { c.KnownFuture, c.PastOnly = []string{"promo"}, []string{"promo"} },
			`past_only: column "promo" has two roles, known_future and past_only`,
		},
		{"covariate is the target", func(c *panel.Config) { c.Static = []string{"sales"} }, `static: column "sales" has two roles, target and static`},
		{"covariate without a name", func(c *panel.Config) { c.KnownFuture = []string{""} }, `known_future: a column has no name`},
		{"date format", func(c *panel.Config) { c.DateFormat = "%Y" }, `date_format: date format "%Y" has no month`},
		{"everything", func(c *panel.Config) { *c = panel.Config{} }, "time: the date column has no name\ntarget: the target column has no name\n" +
			"ids: no id column\nfreq: frequency \"\" is not known; allowed: h, D, B, W-MON to W-SUN, MS, QS, YS\n" +
			"gaps: \"\" is not one of missing, zero, interpolate, error\nduplicates: \"\" is not one of error, sum, mean, first, last\n" +
			"negative: \"\" is not one of keep, error, zero\non_error: \"\" is neither fail nor quarantine with a file\n" +
			`date_format: date format "" has no year`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := panel.Default()
			tt.change(&cfg)
			if err := cfg.Validate(); err == nil || err.Error() != tt.want {
				t.Errorf("Validate() = %v\nwant %s", err, tt.want)
			}
		})
	}
}
