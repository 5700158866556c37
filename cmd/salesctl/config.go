package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/holidays"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/train"
)

// config is everything that a file, the environment or flags can set. The mapstructure tags
// are the names of its keys; keys.go says what each is for.
type config struct {
	Data     panel.Config    `mapstructure:"data"`
	Holidays holidays.Config `mapstructure:"holidays"`
	Features features.Config `mapstructure:"features"`
	Model    modelConfig     `mapstructure:"model"`
	LightGBM lightgbmConfig  `mapstructure:"lightgbm"`
	Registry registryConfig  `mapstructure:"registry"`
	Jobs     jobsConfig      `mapstructure:"jobs"`
	Serve    serveConfig     `mapstructure:"serve"`
	Log      logConfig       `mapstructure:"log"`
}

// modelConfig says what is trained, on which rows, and what is forecast.
type modelConfig struct {
	Method  string      `mapstructure:"method"`  // calendar
	Horizon int         `mapstructure:"horizon"` // periods; default 90
	Split   train.Split `mapstructure:"split"`   // default random
	Levels  []float64   `mapstructure:"levels"`  // percent; default 80, 95
	Point   string      `mapstructure:"point"`   // mean
}

// lightgbmConfig names the LightGBM program and its parameters.
type lightgbmConfig struct {
	Path string `mapstructure:"path"` // empty: looked up
	// Params holds every other key: canonical LightGBM parameters with the values of a YAML
	// file, or text from the environment and from flags.
	Params map[string]any `mapstructure:"params,remain"`
}

// registryConfig says where bundles are.
type registryConfig struct {
	Dir     string `mapstructure:"dir"`     // default models
	Name    string `mapstructure:"name"`    // of the bundle; default sales
	Promote string `mapstructure:"promote"` // if-better, always or never; default if-better
}

// logConfig says what is logged and how.
type logConfig struct {
	Level  string `mapstructure:"level"`  // debug, info, warn or error; default info
	Format string `mapstructure:"format"` // auto, console or json; default auto
}

// Values of the keys that allow only some.
const (
	promoteIfBetter = "if-better"
	promoteAlways   = "always"
	promoteNever    = "never"

	pointMean = "mean"

	logAuto    = "auto" // console on a terminal, JSON elsewhere
	logConsole = "console"
	logJSON    = "json"
)

// defaultConfig returns the recipe configs/seed.yaml.
func defaultConfig() config {
	recipe := train.Default()
	params := make(map[string]any, len(recipe.Params))
	for name, value := range recipe.Params {
		params[name] = value
	}
	return config{
		Data:     panel.Default(),
		Holidays: holidays.Config{Countries: []string{}},
		Features: features.Default(),
		Model: modelConfig{
			Method: features.MethodCalendar, Horizon: recipe.Horizon, Split: recipe.Split,
			Levels: []float64{80, 95}, Point: pointMean,
		},
		LightGBM: lightgbmConfig{Params: params},
		Registry: registryConfig{Dir: "models", Name: "sales", Promote: promoteIfBetter},
		Jobs:     defaultJobs(),
		Serve:    defaultServe(),
		Log:      logConfig{Level: "info", Format: logAuto},
	}
}

// Validate reports every value that cannot be used, each with its key.
func (c *config) Validate() error {
	return errors.Join(
		prefix("data", c.Data.Validate()),
		prefix("holidays", c.Holidays.Validate()),
		prefix("features", errors.Join(c.Features.Validate(), c.anyFeature())),
		prefix("model", c.Model.Validate()),
		c.LightGBM.params().Validate(),
		prefix("registry", c.Registry.Validate()),
		prefix("jobs", c.Jobs.Validate()),
		prefix("serve", c.Serve.Validate()),
		prefix("log", c.Log.Validate()),
	)
}

// anyFeature reports that nothing gives a feature: nothing can be trained.
func (c *config) anyFeature() error {
	covariates := len(c.Data.KnownFuture) + len(c.Data.Static) + len(c.Data.Attributes)
	if c.Features.IDs && len(c.Data.IDs) > 0 || len(c.Features.DateFeatures) > 0 || covariates > 0 || c.Holidays.Any() {
		return nil
	}
	return hint.Wrap(errors.New("date_features: no features: the list is empty and no ids are features"),
		"name a date feature, or make the ids features by features.ids")
}

// training returns what train.Fit needs of c.
func (c *config) training() train.Config {
	return train.Config{Split: c.Model.Split, Horizon: c.Model.Horizon, Params: c.LightGBM.params()}
}

// Validate reports every value that cannot be used.
func (m modelConfig) Validate() error {
	errs := []error{
		oneOf("method", m.Method, features.MethodCalendar),
		train.Config{Split: m.Split, Horizon: m.Horizon}.Validate(),
		oneOf("point", m.Point, pointMean),
	}
	for i, level := range m.Levels {
		if level <= 0 || level >= 100 {
			errs = append(errs, fmt.Errorf("levels: %v is not between 0 and 100 percent", level))
		}
		if slices.Contains(m.Levels[:i], level) {
			errs = append(errs, fmt.Errorf("levels: %v stands twice", level))
		}
	}
	return errors.Join(errs...)
}

// Validate reports every value that cannot be used.
func (r registryConfig) Validate() error {
	var errs []error
	if r.Dir == "" {
		errs = append(errs, errors.New("dir: no directory"))
	}
	if err := model.CheckName(r.Name); err != nil {
		errs = append(errs, fmt.Errorf("name: %w", err))
	}
	return errors.Join(append(errs, oneOf("promote", r.Promote, promoteIfBetter, promoteAlways, promoteNever))...)
}

// Validate reports every value that cannot be used.
func (l logConfig) Validate() error {
	return errors.Join(
		oneOf("level", l.Level, "debug", "info", "warn", "error"),
		oneOf("format", l.Format, logAuto, logConsole, logJSON),
	)
}

// params returns the parameters as LightGBM takes them.
func (l lightgbmConfig) params() train.Params {
	p := make(train.Params, len(l.Params))
	for name, value := range l.Params {
		p[name] = valueText(value)
	}
	return p
}

// valueText returns a config value as text: numbers in their shortest decimal form, so that
// 0.10 of a flag and 0.1 of a file are one value, and lists with commas.
func valueText(v any) string {
	switch v := v.(type) {
	case string:
		return numberText(v)
	case float64:
		return floatText(v)
	case []any:
		return joinText(v)
	case []string:
		return strings.Join(v, ",")
	case []float64:
		return joinText(v)
	}
	return fmt.Sprint(v)
}

func joinText[E any](list []E) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = valueText(v)
	}
	return strings.Join(parts, ",")
}

// numberText returns text that is a decimal number in its shortest form, other text as it is.
func numberText(text string) string {
	if !isDecimal(text) {
		return text
	}
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return text
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return floatText(f)
}

// floatText writes whole numbers without an exponent: LightGBM does not read 1e+06 as an integer.
func floatText(f float64) string {
	const exact = 1 << 53
	if f == float64(int64(f)) && f < exact && f > -exact {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// prefix puts a section before the key at the start of each of err's messages.
func prefix(section string, err error) error {
	var errs []error
	for _, e := range leaves(err) {
		errs = append(errs, fmt.Errorf("%s.%w", section, e))
	}
	return errors.Join(errs...)
}

// leaves returns the errors that err joins, itself where it is a single one, none for nil.
func leaves(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error }) // only a join itself, not one that something wraps
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, leaves(e)...)
	}
	return all
}

func oneOf(key, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return withDidYouMean(fmt.Errorf("%s: %q is not one of %s", key, value, strings.Join(allowed, ", ")), value, allowed)
}
