package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/train"
)

// Environment variables that are no config keys.
const (
	envConfig   = "SALESCTL_CONFIG"   // path of the config file
	envLightGBM = "SALESCTL_LIGHTGBM" // path of the LightGBM program
)

// isReservedEnv reports whether a SALESCTL_ variable is read elsewhere than as a config key,
// or set by Kubernetes for a service called salesctl.
func isReservedEnv(name string) bool {
	switch name {
	case envConfig, envLightGBM, "SALESCTL_SERVER", "SALESCTL_API_KEY":
		return true
	}
	return strings.HasPrefix(name, "SALESCTL_SERVICE_") || strings.HasPrefix(name, "SALESCTL_PORT")
}

// configError is a configuration that cannot be used, with everything that is wrong with it.
type configError struct{ Problems []problem }

// problem is one thing that is wrong with the configuration, and where it is from.
type problem struct {
	Origin origin // zero: not known
	Err    error
}

func (p problem) String() string {
	switch p.Origin.Source {
	case "":
		return p.Err.Error()
	case "file":
		return fmt.Sprintf("%s: %s", strings.TrimPrefix(p.Origin.String(), "file "), p.Err)
	}
	return fmt.Sprintf("%s: %s", p.Origin, p.Err)
}

// Error returns the problem, or the number of them and a line for each.
func (c *configError) Error() string {
	if len(c.Problems) == 1 {
		return c.Problems[0].String()
	}
	lines := []string{fmt.Sprintf("%d problems in the configuration", len(c.Problems))}
	for _, p := range c.Problems {
		line := p.String()
		if h := hint.Of(p.Err); h != "" {
			line += "; " + h
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the cause of a single problem. Several stand with their hints in the message.
func (c *configError) Unwrap() error {
	if len(c.Problems) == 1 {
		return c.Problems[0].Err
	}
	return nil
}

func (c *configError) details() []detail {
	var list []detail
	for _, p := range c.Problems {
		d := detail{Message: p.String()}
		if p.Origin.Source == "file" {
			d.File, d.Line, d.Message = p.Origin.Name, p.Origin.Line, p.Err.Error()
		}
		list = append(list, d)
	}
	return list
}

// unknownKey returns the error of a key that does not exist, with the nearest that does.
func unknownKey(name string) error {
	candidates := sectionNames()
	for _, k := range keys() {
		candidates = append(candidates, k.Name)
	}
	return withDidYouMean(fmt.Errorf("unknown key %s", name), name, candidates)
}

// unknownEnv returns the problem of a variable that belongs to none of the names, nor to a
// parameter of LightGBM. The recipe's parameters may be what was meant.
func unknownEnv(name string, names map[string]string) problem {
	candidates := slices.Collect(maps.Keys(names))
	for param := range train.Default().Params {
		candidates = append(candidates, envName(lightgbmSection+"."+param))
	}
	slices.Sort(candidates) // of two that are equally near the first is meant
	err := withDidYouMean(errors.New("no config key has this variable"), name, candidates)
	return problem{Origin: origin{Source: "env", Name: name}, Err: err}
}
