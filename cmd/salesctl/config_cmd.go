package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
)

func newConfigCmd(e *env) *cobra.Command {
	cmd := newGroup("config", "Show and check the configuration")
	cmd.Long = `Every setting is a key: data.time, model.horizon, lightgbm.num_leaves. Its value comes from a
flag (--time, or --set KEY=VALUE for any key), else from the environment (SALESCTL_DATA_TIME),
else from the config file (--config, else salesctl.yaml where it exists), else it is the default.`
	cmd.AddCommand(newConfigShowCmd(e), newConfigValidateCmd(e), newConfigSchemaCmd(e))
	return cmd
}

// configShowOptions is what config show was asked for.
type configShowOptions struct {
	*env
	settings *settings
	format   format
	origin   bool
}

func newConfigShowCmd(e *env) *cobra.Command {
	o := &configShowOptions{env: e}
	cmd := &cobra.Command{
		Use: "show", Short: "Print every key with its value",
		Example: indent(`
# where does each value come from?
salesctl config show --origin
# write a config file with what is in force
salesctl config show -o yaml > copy.yaml
# what would this flag change?
salesctl config show --origin --horizon 30 --set lightgbm.num_leaves=31`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := e.load(cmd)
			if err != nil {
				return err
			}
			o.settings = s
			return runConfigShow(cmd.Context(), o)
		},
	}
	addFormat(cmd, &o.format, formatTable, formatJSON, formatYAML)
	cmd.Flags().BoolVar(&o.origin, "origin", false, "say where each value comes from")
	addConfigFlags(cmd, "data", "holidays", "features", "model", "lightgbm", "registry", "jobs", "serve")
	return cmd
}

func runConfigShow(ctx context.Context, o *configShowOptions) error {
	entries := o.settings.entries()
	return o.writeOutput(ctx, "", func(w io.Writer) error {
		switch {
		case o.format == formatYAML:
			return o.writeYAML(w, entries)
		case o.format == formatJSON && o.origin:
			return o.format.write(w, entries, grid{})
		case o.format == formatJSON:
			return o.format.write(w, nested(entries), grid{})
		}
		g := grid{Header: []string{"KEY", "VALUE"}}
		if o.origin {
			g.Header = append(g.Header, "ORIGIN")
		}
		for _, x := range entries {
			row := []string{x.Key, valueText(x.Value)}
			if o.origin {
				row = append(row, x.Origin)
			}
			g.Rows = append(g.Rows, row)
		}
		return o.format.write(w, nil, g)
	})
}

// configValidateOptions is what config validate was asked for.
type configValidateOptions struct {
	*env
	settings *settings
	format   format
}

func newConfigValidateCmd(e *env) *cobra.Command {
	o := &configValidateOptions{env: e}
	cmd := &cobra.Command{
		Use: "validate [FILE]", Short: "Check a config file and the environment",
		Long: `Check the config file (FILE, else the one that every command would read), the environment and
the flags. A variable that starts with SALESCTL_ and that nothing reads is an error here.`,
		Example: indent(`
salesctl config show -o yaml > copy.yaml
salesctl config validate copy.yaml
# the file that every command would read
salesctl config validate -o json`),
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				if err := cmd.Flags().Set(configFlag, args[0]); err != nil {
					return err
				}
			}
			s, err := loadSettings(e, cmd.Flags())
			if err != nil {
				return err
			}
			o.settings = s
			return runConfigValidate(cmd.Context(), o)
		},
	}
	addFormat(cmd, &o.format, formatTable, formatJSON)
	return cmd
}

func runConfigValidate(ctx context.Context, o *configValidateOptions) error {
	if unknown := o.settings.UnknownEnv; len(unknown) > 0 {
		return &configError{Problems: unknown}
	}
	result := struct {
		Valid bool   `json:"valid"`
		File  string `json:"file"` // empty: the defaults
	}{true, o.settings.File}
	return o.writeOutput(ctx, "", func(w io.Writer) error {
		if o.format == formatJSON {
			return o.format.write(w, result, grid{})
		}
		subject := o.settings.File
		if subject == "" {
			subject = "the defaults"
		}
		_, err := fmt.Fprintf(w, "valid: %s and the environment\n", printable(subject))
		return err
	})
}

func newConfigSchemaCmd(e *env) *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON schema of a config file",
		Example: indent("salesctl config schema > salesctl.schema.json"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := e.checkGlobals(cmd); err != nil {
				return err
			}
			return runConfigSchema(cmd.Context(), e)
		},
	}
}

func runConfigSchema(ctx context.Context, e *env) error {
	return e.writeOutput(ctx, "", func(w io.Writer) error { return formatJSON.write(w, configSchema(), grid{}) })
}

// entry is a key with its value and where that comes from.
type entry struct {
	Key    string `json:"key"`
	Value  any    `json:"value"`
	Origin string `json:"origin"`
}

// entries returns every key, in the order of keys, and LightGBM's parameters by name.
func (s *settings) entries() []entry {
	values := s.values()
	add := func(list []entry, name string) []entry {
		return append(list, entry{name, values[name], s.Origins[name].String()})
	}
	var list []entry
	for _, k := range keys() {
		list = add(list, k.Name)
		if k.Name != lightgbmSection+".path" {
			continue
		}
		for _, param := range slices.Sorted(maps.Keys(s.LightGBM.Params)) {
			list = add(list, lightgbmSection+"."+param)
		}
	}
	return list
}

// values returns the value of every key. Parameters of LightGBM that look like numbers or
// truth values are such.
func (c *config) values() map[string]any {
	values := make(map[string]any)
	for section, v := range reflect.ValueOf(*c).Fields() {
		for field, fv := range v.Fields() {
			if name := field.Tag.Get("mapstructure"); name != "-" && !strings.Contains(name, ",") {
				values[section.Tag.Get("mapstructure")+"."+name] = plainValue(fv.Interface())
			}
		}
	}
	for name, text := range c.LightGBM.params() {
		values[lightgbmSection+"."+name] = paramValue(text)
	}
	return values
}

// plainValue returns a duration as people write it, anything else as it is.
func plainValue(v any) any {
	if d, ok := v.(time.Duration); ok {
		return durationText(d)
	}
	return v
}

// paramValue returns the number or the truth value that text stands for, else text.
func paramValue(text string) any {
	if n, err := strconv.Atoi(text); err == nil && isDecimal(text) {
		return n
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && isDecimal(text) {
		return f
	}
	if text == "true" || text == "false" {
		return text == "true"
	}
	return text
}

// nested returns the entries as they stand in a config file.
func nested(entries []entry) map[string]map[string]any {
	sections := make(map[string]map[string]any)
	for _, x := range entries {
		section, name, _ := strings.Cut(x.Key, ".")
		if sections[section] == nil {
			sections[section] = make(map[string]any)
		}
		sections[section][name] = x.Value
	}
	return sections
}

// writeYAML writes the entries as a config file, with comments that name the origins where
// they are asked for.
func (o *configShowOptions) writeYAML(w io.Writer, entries []entry) error {
	top := &yaml.Node{Kind: yaml.MappingNode}
	var section *yaml.Node
	for _, x := range entries {
		name, rest, _ := strings.Cut(x.Key, ".")
		if n := len(top.Content); n == 0 || top.Content[n-2].Value != name {
			section = &yaml.Node{Kind: yaml.MappingNode}
			top.Content = append(top.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, section)
		}
		value, err := x.node()
		if err != nil {
			return err
		}
		if o.origin {
			value.LineComment = x.Origin
		}
		section.Content = append(section.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: rest}, value)
	}
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(top); err != nil {
		return err
	}
	return encoder.Close()
}

// node returns the value as it stands in a config file: a list on its key's line.
func (x entry) node() (*yaml.Node, error) {
	value := new(yaml.Node)
	if err := value.Encode(x.Value); err != nil {
		return nil, fmt.Errorf("write %s: %w", x.Key, err)
	}
	if value.Kind == yaml.SequenceNode {
		value.Style = yaml.FlowStyle
	}
	return value, nil
}
