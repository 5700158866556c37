package trees_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/trees"
)

type facts struct {
	Names                       []string
	Trees, Classes, Iterations  int
	Features                    int
	Objective, Version, ErrorOf string
}

func factsOf(m *trees.Model) facts {
	return facts{
		Names: m.FeatureNames(), Features: m.NumFeatures(), Trees: m.NumTrees(), Classes: m.NumClass(),
		Iterations: m.NumIterations(), Objective: m.Objective(), Version: m.FileVersion(),
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		want facts
	}{
		{"multiclassova", facts{
			Names: []string{"price", "load", "age", "rain"}, Features: 4, Trees: 15, Classes: 3, Iterations: 5,
			Objective: "multiclassova num_class:3 sigmoid:0.8", Version: "v4",
		}},
		{"names", facts{
			Names: []string{"a=b", "é", "c=1=2", "_"}, Features: 4, Trees: 5, Classes: 1, Iterations: 5,
			Objective: "regression", Version: "v4",
		}},
		{"custom", facts{
			Names: []string{"price", "load", "age", "rain"}, Features: 4, Trees: 5, Classes: 1, Iterations: 5,
			Version: "v4",
		}},
		{"one_leaf", facts{
			Names: []string{"price", "load", "age", "rain"}, Features: 4, Trees: 1, Classes: 1, Iterations: 1,
			Objective: "regression", Version: "v4",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := factsOf(parse(t, readGolden(t, tt.name).text))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Parse (-want +got):\n%s", diff)
			}
		})
	}
}

// drop returns the text without the lines that begin with one of the prefixes.
func drop(text []byte, prefixes ...string) []byte {
	var kept []byte
	for line := range bytes.Lines(text) {
		dropped := false
		for _, prefix := range prefixes {
			dropped = dropped || bytes.HasPrefix(line, []byte(prefix))
		}
		if !dropped {
			kept = append(kept, line...)
		}
	}
	return kept
}

// resize puts the sizes of the trees into the header of an edited text.
func resize(text []byte) []byte {
	head, blocks, _ := bytes.Cut(text, []byte("\n\nTree="))
	blocks, tail, _ := bytes.Cut(blocks, []byte("end of trees\n"))
	var sizes []string
	for block := range bytes.SplitSeq(blocks, []byte("\n\n\nTree=")) {
		block = bytes.TrimSuffix(block, []byte("\n\n\n"))
		sizes = append(sizes, strconv.Itoa(len("Tree=")+len(block)+len("\n\n\n")))
	}
	head, _, _ = bytes.Cut(head, []byte("\ntree_sizes="))
	return fmt.Appendf(nil, "%s\ntree_sizes=%s\n\nTree=%send of trees\n%s", head, strings.Join(sizes, " "), blocks, tail)
}

func TestParseVersions(t *testing.T) {
	t.Parallel()
	version := func(text []byte, to string) []byte {
		return bytes.Replace(text, []byte("version=v4"), []byte("version="+to), 1)
	}
	spaced := func(text []byte) []byte {
		return bytes.Replace(text, []byte("feature_importances:"), []byte("feature importances:"), 1)
	}
	tests := []struct {
		name    string
		derive  func([]byte) []byte
		version string
	}{
		{"as v2 was written", func(text []byte) []byte {
			return spaced(version(resize(drop(text, "leaf_weight", "internal_weight", "is_linear")), "v2"))
		}, "v2"},
		{"as v3 was written first", func(text []byte) []byte {
			return spaced(version(resize(drop(text, "is_linear")), "v3"))
		}, "v3"},
		{"as v3 was written last", func(text []byte) []byte { return version(text, "v3") }, "v3"},
		{"CRLF", func(text []byte) []byte {
			return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
		}, "v4"},
		{"with a parser", func(text []byte) []byte {
			return append(text, "\nparser:\n{\"a\": 1}\n\nend of parser\n"...)
		}, "v4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, name := range []string{"numeric", "categorical", "multiclass_absent", "one_leaf"} {
				g := readGolden(t, name)
				m := parse(t, tt.derive(g.cli()))
				if m.FileVersion() != tt.version {
					t.Errorf("%s: version %s, want %s", name, m.FileVersion(), tt.version)
				}
				got := make([]float64, len(g.raw))
				m.RawBatch(got, g.rows)
				wantSameBits(t, name, got, g.raw)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		model    string
		old, new string // the first occurrence is replaced
		line     int
		key      string
		reason   string
	}{
		{"another format", "numeric", "tree\n", "{\"name\":\"tree\"}\n", 1, "tree", "in its place"},
		{"unknown version", "numeric", "version=v4", "version=v5", 2, "version", "none of v2, v3, v4"},
		{"no version", "numeric", "version=v4\n", "", 1, "version", "missing"},
		{"unknown key", "numeric", "label_index", "label_indices", 5, `"label_indices"`, "unknown key"},
		{"key without value", "numeric", "num_class=1", "num_class", 3, "num_class", `no "="`},
		{"repeated key", "numeric", "label_index=0", "num_class=1", 5, "num_class", "second time, first on line 3"},
		{"no classes", "numeric", "num_class=1", "num_class=0", 3, "num_class", "whole number"},
		{"classes without trees", "numeric", "num_tree_per_iteration=1", "num_tree_per_iteration=2", 4, "num_tree_per_iteration", "num_class is 1"},
		{"broken iteration", "multiclass", "num_class=3\nnum_tree_per_iteration=3", "num_class=2\nnum_tree_per_iteration=2", 7, "objective", "num_class"},
		{"unknown objective", "numeric", "objective=regression", "objective=magic", 7, "objective", "unknown objective"},
		{"unknown objective parameter", "numeric", "objective=regression", "objective=regression cube", 7, "objective", `"cube"`},
		{"sqrt where there is none", "poisson", "objective=poisson", "objective=poisson sqrt", 7, "objective", `"sqrt"`},
		{"sigmoid of nothing", "binary", "sigmoid:1.7", "sigmoid:0", 7, "objective", "positive"},
		{"value of a flag", "forest", "average_output", "average_output=1", 8, "average_output", "not supported"},
		{"fewer features", "numeric", "max_feature_idx=3", "max_feature_idx=2", 8, "feature_names", "4 names"},
		{"a name twice", "numeric", "price load", "price price", 8, "feature_names", "there twice"},
		{"a name that is not text", "numeric", "price load", "pr\xffce load", 8, "feature_names", "UTF-8"},
		{"fewer infos", "numeric", "feature_infos=", "feature_infos=none ", 9, "feature_infos", "5 values"},
		{"unknown direction", "monotone", "monotone_constraints=1", "monotone_constraints=2", 9, "monotone_constraints", "from -1 to 1"},
		{"emptied sizes", "one_leaf", "tree_sizes=227", "tree_sizes=", 10, "tree_sizes", "0 trees"},
		{"one size less", "one_leaf", "tree_sizes=227", "tree_sizes=226", 10, "tree_sizes", "227 bytes, not 226"},
		{"more trees than sizes", "numeric", "end of trees", "Tree=5", 107, "end of trees", "Tree=5"},
		{"fewer trees than sizes", "numeric", "Tree=4", "end of trees", 88, "Tree=4", "end of trees"},
		{"number of leaves nobody has", "one_leaf", "num_leaves=1", "num_leaves=2000000000", 13, "num_leaves", "131072"},
		{"no leaves", "one_leaf", "num_leaves=1", "num_leaves=0", 13, "num_leaves", "131072"},
		{"another number of leaves", "numeric", "num_leaves=6", "num_leaves=7", 16, "split_gain", "5 values, not 6"},
		{"unknown key of a tree", "numeric", "shrinkage=", "shrink=", 28, `"shrink"`, "unknown key of tree 0"},
		{"feature out of range", "numeric", "split_feature=", "split_feature=4", 15, "split_feature", "from 0 to 3"},
		{"infinite leaf", "one_leaf", "leaf_value=2.25", "leaf_value=inf", 21, "leaf_value", "finite"},
		{"leaf that is no number", "one_leaf", "leaf_value=2.25", "leaf_value=nan", 21, "leaf_value", "finite"},
		{"leaf above all floats", "one_leaf", "leaf_value=2.25", "leaf_value=1e999", 21, "leaf_value", "finite"},
		{"a leaf too many", "one_leaf", "leaf_value=2.25", "leaf_value=2.25 1", 21, "leaf_value", "more than 1"},
		{"a sign too many", "numeric", "leaf_value=", "leaf_value=--", 21, "leaf_value", "finite"},
		{"tabs", "rules", "leaf_value=1 0", "leaf_value=1\t0", 21, "leaf_value", "finite"},
		{"a leaf too few", "rules", "leaf_value=1 0", "leaf_value=100", 21, "leaf_value", "1 values, not 2"},
		{"no room for the leaves", "rules", "leaf_value=1 0", "leaf_value=10", 21, "leaf_value", "2 bytes cannot hold 2"},
		{"gain that is no number", "numeric", "split_gain=", "split_gain=0x", 16, "split_gain", `"x`},
		{"threshold below all floats", "rules", "threshold=-1\n", "threshold=-inf\n", 17, "threshold", "finite"},
		{"missing type 3", "rules", "decision_type=0", "decision_type=12", 18, "decision_type", "from 0 to 11"},
		{"missing type 2 and more", "rules", "decision_type=0", "decision_type=16", 18, "decision_type", "from 0 to 11"},
		{"child out of range", "rules", "left_child=-1", "left_child=-3", 19, "left_child", "from -2 to 0"},
		{"root as child", "rules", "left_child=-1", "left_child=0", 19, "left_child", "earlier node 0"},
		{"leaf with two parents", "rules", "left_child=-1", "left_child=-2", 20, "right_child", "another parent"},
		{"no category set of that number", "categorical", "threshold=0", "threshold=2", 17, "threshold", "no index"},
		{"half a category set", "categorical", "threshold=0", "threshold=0.5", 17, "threshold", "no index"},
		{"category set of infinite number", "categorical", "threshold=0", "threshold=inf", 17, "threshold", "no index"},
		{"sets beyond the words", "categorical", "cat_boundaries=0 5 10", "cat_boundaries=0 5 11", 27, "cat_boundaries", "from 0 to 10"},
		{"sets that fall", "categorical", "cat_boundaries=0 5 10", "cat_boundaries=5 0 10", 27, "cat_boundaries", "do not rise"},
		{"categories without a number", "categorical", "num_cat=2", "num_cat=0", 27, "cat_boundaries", "num_cat is 0"},
		{"a word of 33 bits", "rules", "cat_threshold=2147483649", "cat_threshold=4294967296", 940, "cat_threshold", "4294967295"},
		{"linear without terms", "numeric", "is_linear=0", "is_linear=1", 12, "leaf_const", "missing"},
		{"terms without linear", "linear", "is_linear=1", "is_linear=0", 28, "leaf_const", "is_linear is 0"},
		{"unknown kind of linear", "linear", "is_linear=1", "is_linear=2", 27, "is_linear", "from 0 to 1"},
		{"terms not promised", "linear", "num_features=0", "num_features=1", 29, "num_features", "from 0 to 0"},
		{"importance of nothing", "numeric", "\nfeature_importances:\n", "\nfeature_importances:\nx=1\n", 110, "feature_importances", "names no feature"},
		{"importance that is no count", "one_feature", "\nprice=25", "\nprice=-25", 110, "feature_importances", "no count"},
		{"no importances", "numeric", "feature_importances:", "importances:", 109, "feature_importances", "in its place"},
		{"parameter of no form", "rules", "[boosting: gbdt]", "boosting=gbdt", 1014, "parameters", "not [name: value]"},
		{"more text", "rules", "\nend of parameters\n", "\nend of parameters\n\nmore\n", 1017, "end", "text follows"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := readGolden(t, tt.model).text
			edited := bytes.Replace(text, []byte(tt.old), []byte(tt.new), 1)
			if bytes.Equal(text, edited) {
				t.Fatalf("%s has no %q", tt.model, tt.old)
			}
			_, err := trees.Parse(edited)
			got, ok := errors.AsType[*trees.FormatError](err)
			if !ok {
				t.Fatalf("Parse = %v, want a FormatError", err)
			}
			if got.Line != tt.line || got.Key != tt.key || !strings.Contains(got.Err.Error(), tt.reason) {
				t.Errorf("got  line %d: %s: %v\nwant line %d: %s: ... %s", got.Line, got.Key, got.Err, tt.line, tt.key, tt.reason)
			}
			want := fmt.Sprintf("lightgbm model: line %d: %s: ", tt.line, tt.key)
			if !strings.HasPrefix(err.Error(), want) {
				t.Errorf("message %q does not begin with %q", err, want)
			}
		})
	}
}

func TestParseLimits(t *testing.T) {
	t.Parallel()
	text := string(readGolden(t, "one_leaf").text)
	tests := []struct {
		name, key string
		text      []byte
	}{
		{"bytes", "text", make([]byte, trees.MaxTextBytes+1)},
		{"trees", "tree_sizes", []byte(strings.Replace(text, "tree_sizes=", "tree_sizes="+strings.Repeat("1 ", trees.MaxTrees), 1))},
		{"features", "feature_names", []byte(strings.Replace(text, "feature_names=", "feature_names="+strings.Repeat("a ", trees.MaxFeatures), 1))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := trees.Parse(tt.text)
			got, ok := errors.AsType[*trees.FormatError](err)
			if !ok || got.Key != tt.key {
				t.Errorf("Parse = %v, want a FormatError of %s", err, tt.key)
			}
		})
	}
}

func TestParseRefusesEveryTruncation(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"linear", "one_leaf"} {
		text := readGolden(t, name).cli()
		parse(t, text)
		for n := range len(text) {
			_, err := trees.Parse(text[:n])
			if _, ok := errors.AsType[*trees.FormatError](err); !ok {
				t.Fatalf("%s: first %d of %d bytes: Parse = %v, want a FormatError", name, n, len(text), err)
			}
		}
	}
}

// A model with one wrong byte is refused or is another model, but never a panic or an endless
// walk.
func TestParseSurvivesEveryWrongByte(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"categorical", "linear"} {
		g := readGolden(t, name)
		end := bytes.Index(g.text, []byte("\nparameters:"))
		for at := range end {
			text := bytes.Clone(g.text)
			text[at] = []byte{g.text[at] ^ 1, '9', ' ', '-'}[at%4]
			evaluate(t, text, g.rows)
		}
	}
}

// evaluate runs an accepted model over rows of any values.
func evaluate(tb testing.TB, text []byte, values []float64) {
	tb.Helper()
	m, err := trees.Parse(text)
	if err != nil {
		if _, ok := errors.AsType[*trees.FormatError](err); !ok {
			tb.Fatalf("Parse = %v, want a FormatError", err)
		}
		return
	}
	row := make([]float64, m.NumFeatures())
	copy(row, values)
	dst := make([]float64, m.NumClass())
	m.Raw(dst, row)
	m.Transform(dst)
	for i := range row {
		row[i] = math.NaN()
	}
	m.Raw(dst, row)
}

func FuzzParse(f *testing.F) {
	for _, g := range goldens(f) {
		f.Add(g.cli())
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		evaluate(t, text, []float64{1, 2, 3, 4, 5})
		if cut, err := trees.Cut(text, 1); err == nil {
			parse(t, cut)
		}
	})
}
