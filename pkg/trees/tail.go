package trees

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// tail says where the sections behind the trees stand in the text.
type tail struct {
	importances     int // first byte of the lines name=count
	importancesLine int
	importancesEnd  int
	parameters      int // first byte of the lines [key: value]
	parametersEnd   int
}

// readTail reads what follows "end of trees" and proves that nothing is cut off.
func readTail(c *cursor, features []string) (tail, error) {
	var t tail
	if err := c.expect(""); err != nil {
		return t, err
	}
	if err := t.readImportances(c, features); err != nil {
		return t, err
	}
	if err := t.readParameters(c); err != nil {
		return t, err
	}
	if c.peek("\nparser:\n") {
		if err := skipParser(c); err != nil {
			return t, err
		}
	}
	const pandas = "pandas_categorical"
	if c.peek("\n" + pandas + ":") {
		for range 2 {
			if _, err := c.next(pandas); err != nil {
				return t, err
			}
		}
	}
	if !c.atEnd() {
		c.line++
		return t, c.fail("end", errors.New("text follows where the model ends"))
	}
	return t, nil
}

func (t *tail) readImportances(c *cursor, features []string) error {
	const key = "feature_importances"
	title, err := c.next(key)
	if err != nil {
		return err
	}
	if s := string(title); s != "feature_importances:" && s != "feature importances:" {
		return c.fail(key, fmt.Errorf("found %s in its place", excerpt(title)))
	}
	known := make(map[string]bool, len(features))
	for _, name := range features {
		known[name] = true
	}
	t.importances, t.importancesLine = c.pos, c.line
	for {
		t.importancesEnd = c.pos
		line, err := c.next(key)
		if err != nil {
			return err
		}
		if len(line) == 0 {
			return nil
		}
		at := bytes.LastIndexByte(line, '=') // a name may hold "=", too
		if at < 0 || !known[string(line[:at])] {
			return c.fail(key, fmt.Errorf("%s names no feature", excerpt(line)))
		}
		if _, err := strconv.ParseUint(string(line[at+1:]), 10, 64); err != nil {
			return c.fail(key, fmt.Errorf("%s is no count", excerpt(line[at+1:])))
		}
	}
}

func (t *tail) readParameters(c *cursor) error {
	const key = "parameters"
	if err := c.expect("parameters:"); err != nil {
		return err
	}
	t.parameters = c.pos
	for {
		t.parametersEnd = c.pos
		line, err := c.next(key)
		if err != nil {
			return err
		}
		if len(line) == 0 {
			return c.expect("end of parameters")
		}
		if parameterName(line) == "" {
			return c.fail(key, fmt.Errorf("%s is not [name: value]", excerpt(line)))
		}
	}
}

// parameterName returns the name in a line "[name: value]", or "".
func parameterName(line []byte) string {
	name, _, found := bytes.Cut(line, []byte(": "))
	if !found || len(name) < 2 || name[0] != '[' || line[len(line)-1] != ']' {
		return ""
	}
	return string(name[1:])
}

func skipParser(c *cursor) error {
	const end = "end of parser"
	for {
		line, err := c.next("parser")
		if err != nil {
			return err
		}
		if string(line) == end {
			return nil
		}
	}
}
