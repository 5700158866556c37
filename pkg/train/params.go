package train

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/salesctl/salesctl/internal/hint"
)

//go:generate python3 ../../scripts/golden/params.py

// Params are parameters of LightGBM: canonical name to value, as its config file has them.
type Params map[string]string

// IsParam reports whether name is the canonical name of a parameter of LightGBM.
func IsParam(name string) bool {
	_, ok := slices.BinarySearch(paramNames(), name)
	return ok
}

// Validate reports, in the order of the names, every name that is no canonical parameter of
// LightGBM, which would ignore it, or that Train sets itself, and every value that LightGBM's
// config file cannot hold, that is not of the parameter's type and range, or that is of no use
// for a forecast of amounts. What depends on the rows is LightGBM's to say.
func (p Params) Validate() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if err := p.validate(name); err != nil {
			errs = append(errs, fmt.Errorf("lightgbm.%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

func (p Params) validate(name string) error {
	if err := validateParam(name, p[name]); err != nil {
		return err
	}
	if err := domainOf(name).narrowed(name).validate(p[name]); err != nil {
		return err
	}
	return p.validateChoice(name)
}

// validateParam is the part of Validate that Train needs to hand a parameter to LightGBM.
func validateParam(name, value string) error {
	if canonical := canonicalName(name); canonical != "" {
		return fmt.Errorf("is an alias: write %s", canonical)
	}
	if !IsParam(name) {
		if near := nearestParam(name); near != "" {
			return fmt.Errorf("unknown parameter of LightGBM %s: did you mean %s?", PinnedVersion, near)
		}
		return fmt.Errorf("unknown parameter of LightGBM %s", PinnedVersion)
	}
	if reason := whyReserved(name); reason != "" {
		return fmt.Errorf("cannot be set: %s", reason)
	}
	return validateValue(value)
}

// validateValue refuses what LightGBM's config file would read as something else: it cuts a
// line at # and =, trims it and removes quotation marks.
func validateValue(value string) error {
	switch {
	case value == "":
		return errors.New("has no value: leave the parameter out")
	case strings.TrimSpace(value) != value:
		return fmt.Errorf("value %q starts or ends with a space", value)
	case strings.ContainsAny(value, "#=\"'") || strings.ContainsFunc(value, unicode.IsControl):
		return fmt.Errorf(`value %q holds one of # = " ' or a control character`, value)
	}
	return nil
}

// nearestParam returns the canonical name meant by a mistyped name or alias, "" if none is near.
func nearestParam(name string) string {
	best := hint.Nearest(name, slices.Concat(paramNames(), aliasNames()))
	if canonical := canonicalName(best); canonical != "" {
		return canonical
	}
	return best
}

// whyReserved returns why a parameter is not the caller's to set, "" if it is.
func whyReserved(name string) string {
	switch name {
	case "task", "config", "data", "valid", "input_model", "output_model", "output_result", "save_binary",
		"snapshot_freq", "convert_model", "convert_model_language":
		return "salesctl chooses what is trained, from which files and into which"
	case "header", "label_column", "weight_column", "group_column", "ignore_column", "two_round", "pre_partition",
		"precise_float_parser", "parser_config_file":
		return "salesctl writes the rows and says how they are read"
	case "forcedsplits_filename", "forcedbins_filename":
		return "LightGBM sees no file but the rows"
	case "verbosity", "metric_freq", "is_provide_training_metric":
		return "salesctl reads the progress of every iteration"
	case "force_row_wise", "force_col_wise":
		return "salesctl fixes it, so that training repeats exactly; the trees do not depend on it"
	case "tree_learner", "num_machines", "local_listen_port", "time_out", "machine_list_filename", "machines":
		return "training runs on one machine"
	case "device_type", "gpu_platform_id", "gpu_device_id", "gpu_device_id_list", "gpu_use_dp", "num_gpu":
		return "the pinned program trains on the processor only"
	}
	if strings.HasPrefix(name, "predict_") || strings.HasPrefix(name, "pred_early_stop") || strings.HasSuffix(name, "_predict") {
		return "it belongs to prediction, not to training"
	}
	return ""
}
