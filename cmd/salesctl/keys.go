package main

import (
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/jobs/sqlitestore"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/train"
)

// envPrefix starts the name of every environment variable of salesctl.
const envPrefix = "SALESCTL_"

// lightgbmSection is the one section whose keys are open: all of LightGBM's parameters.
const lightgbmSection = "lightgbm"

// key is one config key as people meet it: data.time, --time, SALESCTL_DATA_TIME.
type key struct {
	Name   string
	Flag   string // without dashes; empty: only --set
	Arg    string // what the flag takes, in help texts
	Usage  string
	Values []string // all that are allowed, where they are few
	Type   reflect.Type
}

// env returns the name of the key's environment variable.
func (k key) env() string { return envName(k.Name) }

func envName(name string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(name, ".", "_"))
}

// isList reports whether the key holds a list: commas in text, a sequence in YAML.
func (k key) isList() bool { return k.Type.Kind() == reflect.Slice }

// keys returns every key that has a name of its own, in the order of config's fields. The
// parameters of LightGBM have none: they are whatever stands below lightgbm.
func keys() []key {
	all := []key{
		{Name: "data.time", Flag: "time", Arg: "COLUMN", Usage: "the date column"},
		{Name: "data.ids", Flag: "id", Arg: "COLUMN,...", Usage: "the columns that name a series"},
		{Name: "data.target", Flag: "target", Arg: "COLUMN", Usage: "the column to forecast"},
		{Name: "data.freq", Flag: "freq", Arg: "FREQ", Usage: "spacing of the dates: auto, h, D, B, W-SUN to W-SAT, MS, QS, YS"},
		{Name: "data.date_format", Flag: "date-format", Arg: "FORMAT", Usage: "strftime format of the dates"},
		{Name: "data.delimiter", Flag: "delimiter", Arg: "CHARACTER", Usage: "between the fields of a line, in all files: a comma, ;, tab, | (default: one of the first three, by each header)"},
		{Name: "data.gaps", Flag: "gaps", Arg: "POLICY", Usage: "periods inside a series without a row", Values: panel.GapPolicies()},
		{Name: "data.duplicates", Flag: "duplicates", Arg: "POLICY", Usage: "rows of one series and date", Values: panel.DuplicatePolicies()},
		{Name: "data.negative", Flag: "negative", Arg: "POLICY", Usage: "targets below zero", Values: panel.NegativePolicies()},
		{Name: "data.known_future", Flag: "known-future", Arg: "COLUMN,...", Usage: "covariates that are known ahead"},
		{Name: "data.past_only", Flag: "past-only", Arg: "COLUMN,...", Usage: "covariates that are known up to the last date"},
		{Name: "data.static", Flag: "static", Arg: "COLUMN,...", Usage: "covariates that a series has once and for all"},
		{Name: "data.attributes", Flag: "attributes", Arg: "FILE,...", Usage: "CSV or Parquet files of static covariates, one row for each value of the ids they have"},
		{Name: "data.on_error", Flag: "on-error", Arg: "ACTION", Usage: "what to do about bad rows: fail; quarantine FILE leaves them out, two words after the flag"},
		{Name: "holidays.countries", Flag: "holidays", Arg: "COUNTRY,...", Usage: "countries whose public holidays are features, such as US or DE-BY"},
		{Name: "holidays.column", Flag: "holidays-by", Arg: "COLUMN", Usage: "or the id or static column that holds each series' country"},
		{Name: "holidays.events", Flag: "events", Arg: "FILE", Usage: "CSV of your own events: date, name, and end_date, country or id and static columns they are limited to"},
		{Name: "features.ids", Usage: "make the id columns features"},
		{Name: "features.date_features", Usage: "features of the date, in the order of the matrix"},
		{Name: "model.method", Flag: "method", Arg: "METHOD", Usage: "how to forecast", Values: []string{features.MethodCalendar}},
		{Name: "model.horizon", Flag: "horizon", Arg: "N", Usage: "how many periods ahead"},
		{
			Name: "model.split", Flag: "split", Arg: "SPLIT", Usage: "how rows are held out",
			Values: []string{string(train.SplitRandom), string(train.SplitTime)},
		},
		{Name: "model.levels", Flag: "levels", Arg: "PERCENT,...", Usage: "coverage of the intervals"},
		{Name: "model.point", Flag: "point", Arg: "POINT", Usage: "the number that is forecast", Values: []string{pointMean}},
		{Name: "lightgbm.path", Flag: "lightgbm", Arg: "PATH", Usage: "the LightGBM program (default: looked up)"},
		{Name: "registry.dir", Flag: "models", Arg: "DIR", Usage: "where bundles are"},
		{Name: "registry.name", Flag: "name", Arg: "NAME", Usage: "name of the bundle, of lower-case letters, digits, - _ and ."},
		{
			Name: "registry.promote", Flag: "promote", Arg: "WHEN", Usage: "when the new version becomes champion",
			Values: []string{promoteIfBetter, promoteAlways, promoteNever},
		},
		{Name: "jobs.dir", Flag: "jobs", Arg: "DIR", Usage: "where jobs are"},
		{Name: "jobs.workers", Flag: "workers", Arg: "N", Usage: "how many batches of jobs run side by side"},
		{
			Name: "jobs.durability", Flag: "durability", Arg: "LEVEL", Usage: "what accepted jobs survive, a power cut or only the end of the process",
			Values: []string{string(sqlitestore.Full), string(sqlitestore.Process)},
		},
		{Name: "jobs.max_attempts", Usage: "how often a job may be run"},
		{Name: "jobs.write_queue", Usage: "how many calls may wait to be written"},
		{Name: "jobs.max_pending", Usage: "how many jobs may be unfinished"},
		{Name: "serve.addr", Flag: "addr", Arg: "HOST:PORT", Usage: "where to listen; port 0 is any free one"},
		{Name: "serve.grace", Flag: "grace", Arg: "DURATION", Usage: "how long to serve on after SIGTERM, no longer ready"},
		{Name: "log.level", Flag: "log-level", Arg: "LEVEL", Usage: "least level to log", Values: []string{"debug", "info", "warn", "error"}},
		{Name: "log.format", Flag: "log-format", Arg: "FORMAT", Usage: "form of the log", Values: []string{logAuto, logConsole, logJSON}},
	}
	types := keyTypes()
	for i := range all {
		all[i].Type = types[all[i].Name]
	}
	return all
}

// findKey returns the key of that name. Any word below lightgbm is one: LightGBM knows which.
func findKey(name string) (key, bool) {
	all := keys()
	if i := slices.IndexFunc(all, func(k key) bool { return k.Name == name }); i >= 0 {
		return all[i], true
	}
	section, param, _ := strings.Cut(name, ".")
	if section == lightgbmSection && param != "" && strings.Trim(param, "abcdefghijklmnopqrstuvwxyz0123456789_") == "" {
		return key{Name: name, Usage: "a parameter of LightGBM", Type: reflect.TypeFor[any]()}, true
	}
	return key{}, false
}

// keyTypes returns the Go type of every field that config decodes, by key.
func keyTypes() map[string]reflect.Type {
	types := make(map[string]reflect.Type)
	for section := range reflect.TypeFor[config]().Fields() {
		for field := range section.Type.Fields() {
			if name := field.Tag.Get("mapstructure"); name != "-" && !strings.Contains(name, ",") {
				types[section.Tag.Get("mapstructure")+"."+name] = field.Type
			}
		}
	}
	return types
}

// addConfigFlags gives cmd the flags of the keys below each section, or of single keys:
// addConfigFlags(cmd, "data", "registry.dir").
func addConfigFlags(cmd *cobra.Command, names ...string) {
	addConfigFlagsTo(cmd.Flags(), names...)
	for _, k := range keys() {
		switch {
		case k.Flag == "" || cmd.Flags().Lookup(k.Flag) == nil:
		case k.Arg == "DIR":
			_ = cmd.MarkFlagDirname(k.Flag)
		case k.Arg != "PATH" && !strings.HasPrefix(k.Arg, "FILE"):
			_ = cmd.RegisterFlagCompletionFunc(k.Flag, cobra.FixedCompletions(k.Values, cobra.ShellCompDirectiveNoFileComp))
		}
	}
}

func addConfigFlagsTo(flags *pflag.FlagSet, names ...string) {
	values := defaultValues()
	for _, k := range keys() {
		wanted := slices.ContainsFunc(names, func(n string) bool { return k.Name == n || strings.HasPrefix(k.Name, n+".") })
		if k.Flag == "" || !wanted {
			continue
		}
		usage := k.Usage
		if len(k.Values) > 0 {
			usage += ": " + strings.Join(k.Values, ", ")
		}
		flags.Var(&keyFlag{key: k}, k.Flag, usage)
		flags.Lookup(k.Flag).DefValue = valueText(values[k.Name])
	}
}

// keyFlag is the flag of a config key. It keeps the text as typed: the text of flags and of
// the environment is read in one place, when the sources are merged.
type keyFlag struct {
	key  key
	text string
}

// Set takes one use of the flag. Uses of a list add up.
func (f *keyFlag) Set(text string) error {
	if f.key.isList() && f.text != "" {
		text = f.text + "," + text
	}
	f.text = text
	return nil
}

func (f *keyFlag) String() string { return f.text }

// Type names the value in help texts.
func (f *keyFlag) Type() string { return f.key.Arg }
