package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// LightGBM is the command line program that passed the self-test.
type LightGBM struct {
	Path   string // absolute
	SHA256 string // of the file at Path, in hex
	Child  Child
}

// The files of a training, in its directory.
const (
	trainFile  = "train.csv"
	validFile  = "valid.csv"
	configFile = "train.conf"
	modelFile  = "model.txt"
)

// Train trains on the rows of dir/train.csv and leaves the model in dir/model.txt. If there are
// rows in dir/valid.csv, they are scored after each iteration and decide about early stopping.
// observe, unless it is nil, is called for each iteration and metric while it runs.
//
// Both files have a header line, y,f0,f1,...: the target first. dir must hold nothing else, since
// LightGBM reads files named like train.csv.weight or train.csv.init beside its data without a
// word. Train writes dir/train.conf: p and what Params.Validate reserves, in names relative to
// dir. The trees depend on the rows and p alone, not on threads or directories.
//
// The error of a training that LightGBM gives up holds LightGBM's own reason. An exit without an
// error is not trusted: the model must be there and complete. It is not parsed.
func (l *LightGBM) Train(ctx context.Context, dir string, p Params, observe func(Evaluation)) (*Outcome, error) {
	config, err := trainConfig(dir, p)
	if err != nil {
		return nil, fmt.Errorf("train in %s: %w", dir, err)
	}
	if err := os.WriteFile(filepath.Join(dir, configFile), config, 0o600); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	log := &progress{observe: observe}
	if err := l.run(ctx, dir, log, configFile); err != nil {
		return nil, err
	}
	log.flush()
	if log.strange != "" {
		return nil, fmt.Errorf("lightgbm: line %q of its log is not as LightGBM %s writes it", log.strange, PinnedVersion)
	}
	if err := checkComplete(filepath.Join(dir, modelFile)); err != nil {
		return nil, fmt.Errorf("lightgbm: it ended without an error, but %w", err)
	}
	return &log.outcome, nil
}

// run runs LightGBM in dir with a config file of that directory.
func (l *LightGBM) run(ctx context.Context, dir string, log *progress, config string) error {
	if err := l.Child.run(ctx, dir, log.line, l.Path, "config="+config); err != nil {
		if ctx.Err() != nil || errors.Is(err, ErrTimeout) {
			return fmt.Errorf("lightgbm: %w", err)
		}
		return fmt.Errorf("lightgbm: %w", log.why(err))
	}
	return nil
}

// trainConfig checks what dir holds and returns LightGBM's config file: p, after what Train sets,
// since the first value of a name counts.
func trainConfig(dir string, p Params) ([]byte, error) {
	names, err := dataFiles(dir)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("task=train\ndata=" + trainFile + "\noutput_model=" + modelFile + "\nheader=true\nlabel_column=name:y\n" +
		"precise_float_parser=true\nforce_row_wise=true\nverbosity=1\nmetric_freq=1\nis_provide_training_metric=true\n")
	if slices.Contains(names, validFile) {
		b.WriteString("valid=" + validFile + "\n")
	}
	all := Params{"deterministic": "true", "num_threads": strconv.Itoa(runtime.GOMAXPROCS(0))}
	maps.Copy(all, p)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := validateParam(name, all[name]); err != nil {
			return nil, fmt.Errorf("lightgbm.%s: %w", name, err)
		}
		b.WriteString(name + "=" + all[name] + "\n")
	}
	return b.Bytes(), nil
}

// dataFiles returns the names of the files in dir, which must be rows for Train and nothing else.
func dataFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if name != trainFile && name != validFile {
			return nil, fmt.Errorf("%s is not expected there: LightGBM reads files beside its data in silence", name)
		}
		if err := checkHeader(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	if !slices.Contains(names, trainFile) {
		return nil, fmt.Errorf("%s is missing", trainFile)
	}
	return names, nil
}

// checkHeader refuses rows without a header: LightGBM would take the first row for it.
func checkHeader(path string) error {
	const start = "y,f0"
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read from
	head := make([]byte, len(start))
	if n, err := io.ReadFull(f, head); err != nil || string(head) != start {
		return fmt.Errorf("the header line %s,... is not there: %s starts with %q", start, filepath.Base(path), head[:n])
	}
	return nil
}

// checkComplete reports a model file that LightGBM did not write to its end.
func checkComplete(path string) error {
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return errors.New("it wrote no model")
	case err != nil:
		return err
	case len(text) == 0:
		return errors.New("the model it wrote is empty")
	case !strings.HasSuffix(strings.TrimSpace(string(text)), "end of parameters"):
		return fmt.Errorf("the model it wrote is cut off after %d bytes", len(text))
	}
	return nil
}
