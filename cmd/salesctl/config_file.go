package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/salesctl/salesctl/internal/hint"
)

// defaultConfigFile is read where it exists and nothing names another.
const defaultConfigFile = "salesctl.yaml"

// maxConfigBytes bounds a config file.
const maxConfigBytes = 1 << 20

// readConfigFile returns the path and the text of the config file: --config, else
// SALESCTL_CONFIG, else salesctl.yaml where it exists. An empty path is no file.
func readConfigFile(e *env, flags *pflag.FlagSet) (string, []byte, error) {
	path, named := e.global.Config, flags.Changed(configFlag)
	if !named {
		path, named = e.lookupEnv(envConfig)
	}
	if !named {
		path = defaultConfigFile
	}
	f, err := os.Open(path)
	if path == "" || !named && errors.Is(err, fs.ErrNotExist) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, &configError{Problems: []problem{{Err: fmt.Errorf("config file: %w", err)}}}
	}
	defer f.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxConfigBytes+1))
	if err == nil && len(text) > maxConfigBytes {
		err = fmt.Errorf("%s: more than %d bytes", path, maxConfigBytes)
	}
	if err != nil {
		return "", nil, &configError{Problems: []problem{{Err: fmt.Errorf("config file: %w", err)}}}
	}
	return path, text, nil
}

// configFile collects what is found in a config file.
type configFile struct {
	path     string
	lines    map[string]int // key -> line of its value
	problems []problem
}

// checkConfigFile finds the line of every key of a config file. Keys that do not exist, values
// of another type than their key's and numbers that YAML reads as something else than they
// look like (010 is 8) are problems.
func checkConfigFile(path string, text []byte) (map[string]int, []problem) {
	f := &configFile{path: path, lines: make(map[string]int)}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, second yaml.Node
	err := decoder.Decode(&document)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, []problem{{Origin: origin{Source: "file", Name: path}, Err: err}}
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		f.add(second.Line, errors.New("a second document; a config file holds one"))
	}
	f.checkDocument(document.Content[0])
	return f.lines, f.problems
}

func (f *configFile) add(line int, err error) {
	f.problems = append(f.problems, problem{Origin: origin{"file", f.path, line}, Err: err})
}

func (f *configFile) checkDocument(top *yaml.Node) {
	if isNull(top) {
		return
	}
	if top.Kind != yaml.MappingNode {
		f.add(top.Line, errors.New("not a mapping of keys to values"))
		return
	}
	sections := sectionNames()
	for pair := range slices.Chunk(top.Content, 2) {
		section, value := pair[0].Value, resolve(pair[1])
		switch {
		case !slices.Contains(sections, section):
			f.add(pair[0].Line, unknownKey(section))
		case isNull(value):
		case value.Kind != yaml.MappingNode:
			f.add(value.Line, fmt.Errorf("%s: not a mapping of keys to values", section))
		default:
			f.checkSection(section, value)
		}
	}
}

func (f *configFile) checkSection(section string, mapping *yaml.Node) {
	for pair := range slices.Chunk(mapping.Content, 2) {
		name, line := section+"."+pair[0].Value, pair[0].Line
		k, known := findKey(name)
		if !known {
			f.add(line, unknownKey(name))
			continue
		}
		if first, ok := f.lines[name]; ok {
			f.add(line, fmt.Errorf("%s: stands in line %d already", name, first))
		}
		f.lines[name] = line
		if err := checkValue(resolve(pair[1]), k.Type); err != nil {
			f.add(line, fmt.Errorf("%s: %w", name, err))
		}
	}
}

// checkValue returns why node is no value of type want. Any scalar or list of scalars is a
// value of an interface type.
func checkValue(node *yaml.Node, want reflect.Type) error {
	if isNull(node) {
		return hint.Wrap(errors.New("no value"), "write a value or delete the line")
	}
	isList := node.Kind == yaml.SequenceNode
	if want.Kind() == reflect.Slice || want.Kind() == reflect.Interface && isList {
		if !isList {
			return errors.New("not a list, as [a, b] is")
		}
		item := want
		if want.Kind() == reflect.Slice {
			item = want.Elem()
		}
		for _, n := range node.Content {
			if err := checkScalar(resolve(n), item); err != nil {
				return err
			}
		}
		return nil
	}
	return checkScalar(node, want)
}

func checkScalar(node *yaml.Node, want reflect.Type) error {
	if node.Kind != yaml.ScalarNode {
		return errors.New("not a single value")
	}
	tag := node.ShortTag()
	isNumber := tag == "!!int" || tag == "!!float"
	if want == durationType() {
		_, err := readDuration(node.Value)
		return err
	}
	switch want.Kind() {
	case reflect.String:
		if tag != "!!str" {
			return hint.Wrap(fmt.Errorf("%s is not text", node.Value), fmt.Sprintf("put it in quotes: %q", node.Value))
		}
	case reflect.Bool:
		if tag != "!!bool" {
			return fmt.Errorf("%s is neither true nor false", quoted(node))
		}
	case reflect.Int:
		if tag != "!!int" || !isDecimal(node.Value) {
			return fmt.Errorf("%s is not a whole number", quoted(node))
		}
	case reflect.Float64:
		if !isNumber || !isDecimal(node.Value) {
			return fmt.Errorf("%s is not a number", quoted(node))
		}
	default:
		if isNumber && !isDecimal(node.Value) || tag == "!!timestamp" || isNull(node) {
			return fmt.Errorf("%s is neither a decimal number, true, false nor text", quoted(node))
		}
	}
	return nil
}

// isDecimal reports whether text is a number as people write it. YAML and Go read 010, 1_0 and
// 0x10 as numbers, too, but not as ten.
func isDecimal(text string) bool {
	digits := strings.TrimLeft(text, "+-")
	octal := len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9'
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && !octal && strings.Trim(text, "0123456789+-.eE") == ""
}

func quoted(node *yaml.Node) string {
	if node.ShortTag() == "!!str" {
		return fmt.Sprintf("%q", node.Value)
	}
	return node.Value
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" }

// resolve returns the node that an alias stands for.
func resolve(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// sectionNames returns the keys at the top of a config file.
func sectionNames() []string {
	var names []string
	for section := range reflect.TypeFor[config]().Fields() {
		names = append(names, section.Tag.Get("mapstructure"))
	}
	return names
}
