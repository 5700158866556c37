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
		{"empty id", func(c *panel.Config) { c.IDs = []string{"store", ""} }, "ids: an id column has no name"},
		{"id twice", func(c *panel.Config) { c.IDs = []string{"store", "store"} }, `ids, time, target: column "store" has two roles`},
		{"target is an id", func(c *panel.Config) { c.Target = "item" }, `ids, time, target: column "item" has two roles`},
		{"target is the date", func(c *panel.Config) { c.Target = "date" }, `ids, time, target: column "date" has two roles`},
		{"weekly", func(c *panel.Config) { c.Freq = "W-SUN" }, `freq: "W-SUN" is not supported; allowed: auto, D`},
		{"quarantine", func(c *panel.Config) { c.OnError = "quarantine" }, `on_error: "quarantine" is not supported; allowed: fail`},
		{"date format", func(c *panel.Config) { c.DateFormat = "%Y" }, `date_format: date format "%Y" has no month`},
		{"everything", func(c *panel.Config) { *c = panel.Config{} }, "time: the date column has no name\ntarget: the target column has no name\n" +
			"ids: no id column\nfreq: \"\" is not supported; allowed: auto, D\non_error: \"\" is not supported; allowed: fail\n" +
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
