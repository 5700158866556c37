package main

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/salesctl/salesctl/pkg/train"
)

// settings is a valid config and where it came from.
type settings struct {
	config
	File       string            // the config file, empty: none
	Origins    map[string]origin // by key, of every key that does not have its default
	UnknownEnv []problem         // variables that start with SALESCTL_ and that nothing reads
}

// origin is where a value is from: `flag --time`, `env SALESCTL_DATA_TIME`,
// `file salesctl.yaml:3`; the zero value is `default`.
type origin struct {
	Source string // flag, env or file
	Name   string // of the flag, the variable or the file
	Line   int    // in the file
}

func (o origin) String() string {
	switch {
	case o.Source == "":
		return "default"
	case o.Line > 0:
		return fmt.Sprintf("%s %s:%d", o.Source, o.Name, o.Line)
	}
	return o.Source + " " + o.Name
}

// delimiter stands between the parts of a key inside viper.
const delimiter = "::"

// loadSettings merges flag > environment > file > default for the flags of the running verb.
// All problems come back together as a *configError.
func loadSettings(e *env, flags *pflag.FlagSet) (*settings, error) {
	v := viper.NewWithOptions(viper.KeyDelimiter(delimiter), viper.ExperimentalBindStruct())
	v.AllowEmptyEnv(true)
	s := &settings{config: defaultConfig(), Origins: make(map[string]origin)}
	problems, err := s.mergeFile(e, v, flags)
	if err != nil {
		return nil, err
	}
	if err := s.bindEnv(e, v); err != nil {
		return nil, err
	}
	problems = append(problems, s.bindFlags(e, v, flags)...)
	if len(problems) > 0 {
		return nil, &configError{Problems: problems}
	}
	if err := v.UnmarshalExact(&s.config, strictly); err != nil {
		return nil, &configError{Problems: s.decodeProblems(err)}
	}
	for _, err := range leaves(s.Validate()) {
		name, _, _ := strings.Cut(err.Error(), ":")
		problems = append(problems, problem{Origin: s.Origins[name], Err: err})
	}
	if len(problems) > 0 {
		return nil, &configError{Problems: problems}
	}
	return s, nil
}

// mergeFile reads the config file into v, if there is one. The problems of its content come
// back for people, an error is that it cannot be read at all.
func (s *settings) mergeFile(e *env, v *viper.Viper, flags *pflag.FlagSet) ([]problem, error) {
	path, text, err := readConfigFile(e, flags)
	if err != nil || path == "" {
		return nil, err
	}
	s.File = path
	lines, problems := checkConfigFile(path, text)
	if len(problems) > 0 {
		return problems, nil
	}
	for name, line := range lines {
		s.Origins[name] = origin{"file", path, line}
	}
	v.SetConfigType("yaml")
	if err := v.ReadConfig(bytes.NewReader(text)); err != nil {
		return nil, &configError{Problems: []problem{{Origin: origin{Source: "file", Name: path}, Err: err}}}
	}
	return nil, nil
}

// bindEnv binds every variable of a key, and notes those that belong to none.
func (s *settings) bindEnv(e *env, v *viper.Viper) error {
	names := make(map[string]string) // variable -> key
	for _, k := range keys() {
		names[k.env()] = k.Name
	}
	for _, kv := range e.Environ {
		name, _, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, envPrefix) || isReservedEnv(name) {
			continue
		}
		keyName, ok := names[name]
		if !ok {
			keyName, ok = paramOfEnv(name)
		}
		if !ok {
			s.UnknownEnv = append(s.UnknownEnv, unknownEnv(name, names))
			continue
		}
		if err := v.BindEnv(inViper(keyName), name); err != nil {
			return fmt.Errorf("bind %s: %w", name, err)
		}
		s.Origins[keyName] = origin{Source: "env", Name: name}
	}
	return nil
}

// paramOfEnv returns the key of SALESCTL_LIGHTGBM_<PARAMETER>, for parameters that exist.
func paramOfEnv(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, envName(lightgbmSection)+"_")
	param := strings.ToLower(rest)
	return lightgbmSection + "." + param, ok && train.IsParam(param)
}

// bindFlags binds the flags of the command line that are config keys, and those of --set.
func (s *settings) bindFlags(e *env, v *viper.Viper, flags *pflag.FlagSet) []problem {
	var problems []problem
	flags.Visit(func(f *pflag.Flag) {
		kf, ok := f.Value.(*keyFlag)
		if !ok {
			return
		}
		if err := v.BindPFlag(inViper(kf.key.Name), f); err != nil {
			problems = append(problems, problem{Err: err})
		}
		s.Origins[kf.key.Name] = origin{Source: "flag", Name: "--" + f.Name}
	})
	bySet := origin{Source: "flag", Name: "--set"}
	for _, assignment := range e.global.Set {
		name, text, ok := strings.Cut(assignment, "=")
		k, known := findKey(name)
		switch o := s.Origins[name]; {
		case !ok:
			problems = append(problems, problem{Origin: bySet, Err: fmt.Errorf("%q is not KEY=VALUE", assignment)})
		case !known:
			problems = append(problems, problem{Origin: bySet, Err: unknownKey(name)})
		case o.Source == "flag":
			problems = append(problems, problem{Origin: bySet, Err: fmt.Errorf("%s is set by %s already", name, o)})
		default:
			v.Set(inViper(k.Name), text)
			s.Origins[name] = bySet
		}
	}
	return problems
}

// decodeProblems returns the problems behind an error of mapstructure.
func (s *settings) decodeProblems(err error) []problem {
	var problems []problem
	for _, e := range leaves(err) {
		decode, ok := errors.AsType[*mapstructure.DecodeError](e)
		if !ok {
			problems = append(problems, problem{Err: e})
			continue
		}
		name, _, _ := strings.Cut(decode.Name(), "[")
		problems = append(problems, problem{Origin: s.Origins[name], Err: fmt.Errorf("%s: %w", name, decode.Unwrap())})
	}
	return problems
}

// strictly makes viper convert nothing in silence. The text of flags and of the environment
// becomes what the key holds by readText; the values of a file have their types already.
func strictly(dc *mapstructure.DecoderConfig) {
	dc.WeaklyTypedInput = false
	dc.DecodeHook = mapstructure.DecodeHookFuncType(func(from, to reflect.Type, value any) (any, error) {
		if text, ok := value.(string); ok && from.Kind() == reflect.String {
			return readText(text, to)
		}
		return value, nil
	})
}

// readText reads text as a value of type to. Items of a list stand between commas.
func readText(text string, to reflect.Type) (any, error) {
	if to == durationType() {
		return readDuration(text)
	}
	switch to.Kind() {
	case reflect.Slice:
		if strings.TrimSpace(text) == "" {
			return []string{}, nil
		}
		items := strings.Split(text, ",")
		for i := range items {
			items[i] = strings.TrimSpace(items[i])
		}
		return items, nil
	case reflect.Bool:
		if text != "true" && text != "false" {
			return nil, fmt.Errorf("%q is neither true nor false", text)
		}
		return text == "true", nil
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil || !isDecimal(text) {
			return nil, fmt.Errorf("%q is not a whole number", text)
		}
		return n, nil
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !isDecimal(text) {
			return nil, fmt.Errorf("%q is not a number", text)
		}
		return f, nil
	default:
		return text, nil
	}
}

// inViper returns the key as viper takes it.
func inViper(name string) string { return strings.ReplaceAll(name, ".", delimiter) }
