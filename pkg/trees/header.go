package trees

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// header is what stands before the first tree and is needed after reading, too.
type header struct {
	version   string
	objective string
	convert   conversion
	features  []string
	numClass  int
	average   bool // random forest: a prediction is the mean of the trees
}

// sizes are the lengths the header promises for the blocks of the trees, in bytes.
type sizes struct {
	bytes []int
	field field
}

func readHeader(c *cursor) (*header, *sizes, error) {
	if err := c.expect("tree"); err != nil {
		return nil, nil, err
	}
	s := newFields("version", "num_class", "num_tree_per_iteration", "label_index", "max_feature_idx",
		"objective", "average_output", "feature_names", "monotone_constraints", "feature_infos", "tree_sizes")
	if err := s.read(c, "header"); err != nil {
		return nil, nil, err
	}
	h := &header{}
	for _, step := range []func(*fields) error{h.readVersion, h.readFeatures, h.readOutputs, h.readObjective} {
		if err := step(s); err != nil {
			return nil, nil, err
		}
	}
	sizes, err := readSizes(s, h.numClass)
	return h, sizes, err
}

func (h *header) readVersion(s *fields) error {
	version, err := s.need("version")
	if err != nil {
		return err
	}
	switch h.version = string(version.value); h.version {
	case "v2", "v3", "v4":
		return nil
	}
	return version.fail(fmt.Errorf("%s is none of v2, v3, v4", excerpt(version.value)))
}

func (h *header) readFeatures(s *fields) error {
	last, err := s.need("max_feature_idx")
	if err != nil {
		return err
	}
	names, err := s.need("feature_names")
	if err != nil {
		return err
	}
	n := bytes.Count(names.value, []byte{' '}) + 1
	if n > MaxFeatures {
		return names.fail(fmt.Errorf("%d names, at most %d", n, MaxFeatures))
	}
	if string(last.value) != strconv.Itoa(n-1) {
		return names.fail(fmt.Errorf("%d names, but max_feature_idx is %s", n, excerpt(last.value)))
	}
	if !utf8.Valid(names.value) {
		return names.fail(errors.New("not UTF-8"))
	}
	h.features = strings.Split(string(names.value), " ")
	seen := make(map[string]bool, n)
	for _, name := range h.features {
		if name == "" || seen[name] {
			return names.fail(fmt.Errorf("%q is empty or there twice", name))
		}
		seen[name] = true
	}

	infos, err := s.need("feature_infos")
	if err != nil {
		return err
	}
	if got := bytes.Count(infos.value, []byte{' '}) + 1; got != n {
		return infos.fail(fmt.Errorf("%d values for %d features", got, n))
	}
	if s.has("monotone_constraints") {
		if _, err := s.appendIntegers(nil, "monotone_constraints", n, -1, 1); err != nil {
			return err
		}
	}
	const anyColumn = 1<<31 - 1
	_, err = s.integer("label_index", 0, anyColumn)
	return err
}

func (h *header) readOutputs(s *fields) error {
	var err error
	if h.numClass, err = s.integer("num_class", 1, MaxTrees); err != nil {
		return err
	}
	perIteration, err := s.integer("num_tree_per_iteration", 1, MaxTrees)
	if err != nil {
		return err
	}
	if perIteration != h.numClass {
		return s.find("num_tree_per_iteration").fail(fmt.Errorf("%d, but num_class is %d", perIteration, h.numClass))
	}
	if f := s.find("average_output"); f.line != 0 {
		if f.value != nil {
			return f.fail(errors.New("has a value, which is not supported"))
		}
		h.average = true
	}
	return nil
}

func (h *header) readObjective(s *fields) error {
	if !s.has("objective") {
		return nil
	}
	f, err := s.need("objective")
	if err != nil {
		return err
	}
	h.objective = string(f.value)
	h.convert, err = parseObjective(h.objective, h.numClass)
	if err != nil {
		return f.fail(err)
	}
	return nil
}

func readSizes(s *fields, numClass int) (*sizes, error) {
	f, err := s.need("tree_sizes")
	if err != nil {
		return nil, err
	}
	n, err := f.count()
	if err != nil {
		return nil, err
	}
	if n < 1 || n > MaxTrees {
		return nil, f.fail(fmt.Errorf("%d trees, not 1 to %d", n, MaxTrees))
	}
	if n%numClass != 0 {
		return nil, f.fail(fmt.Errorf("%d trees are no whole number of iterations of %d", n, numClass))
	}
	want, err := s.appendIntegers(nil, "tree_sizes", n, 1, MaxTextBytes)
	return &sizes{bytes: want, field: f}, err
}
