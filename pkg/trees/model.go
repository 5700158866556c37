package trees

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
)

// The largest model Parse accepts. They lie far above what LightGBM trains in practice and far
// below what would exhaust a server.
const (
	MaxTextBytes     = 512 << 20 // of the whole text
	MaxTrees         = 100_000   // of a model
	MaxLeavesPerTree = 131_072   // of one tree
	MaxFeatures      = 1 << 20   // columns of a row
)

// Model is a LightGBM model ready to be evaluated. It never changes after Parse, so any number
// of goroutines may use it.
type Model struct {
	header header
	ensemble
}

// Parse reads a LightGBM text model. The error is a *FormatError that names line and key. The
// model keeps no part of text.
//
// A pandas_categorical line is accepted but not used: rows hold category codes.
func Parse(text []byte) (*Model, error) {
	d, err := parse(text)
	if err != nil {
		return nil, err
	}
	return d.model, nil
}

// NumFeatures returns the length of a row.
func (m *Model) NumFeatures() int { return len(m.header.features) }

// FeatureNames returns the names of the columns of a row. The slice is the caller's.
func (m *Model) FeatureNames() []string { return slices.Clone(m.header.features) }

// NumTrees returns the number of trees, NumIterations times NumClass.
func (m *Model) NumTrees() int { return len(m.roots) }

// NumClass returns the number of outputs per row.
func (m *Model) NumClass() int { return m.header.numClass }

// NumIterations returns the number of boosting rounds.
func (m *Model) NumIterations() int { return len(m.roots) / m.header.numClass }

// Objective returns the objective with its parameters as the text has it, such as
// "binary sigmoid:1", or "" if the text names none.
func (m *Model) Objective() string { return m.header.objective }

// FileVersion returns "v2", "v3" or "v4".
func (m *Model) FileVersion() string { return m.header.version }

// document is a parsed text with the places where it may be cut.
type document struct {
	text   []byte // with LF lines
	model  *Model
	sizes  *sizes
	starts []int // first byte of each tree's block, and of "end of trees"
	nodes  []int // how many nodes the trees before have, and all trees
	tail   tail
}

func parse(text []byte) (*document, error) {
	return parseIn(text, max(1, min(runtime.GOMAXPROCS(0), len(text)/minPartBytes)))
}

// parseIn parses with at most so many goroutines. The result does not depend on their number.
func parseIn(text []byte, goroutines int) (*document, error) {
	if len(text) > MaxTextBytes {
		return nil, &FormatError{Line: 1, Key: "text", Err: fmt.Errorf("%d bytes, at most %d", len(text), MaxTextBytes)}
	}
	c := &cursor{text: unixLines(text)}
	h, s, err := readHeader(c)
	if err != nil {
		return nil, err
	}
	d := &document{text: c.text, model: &Model{header: *h}, sizes: s}
	if err := d.readTrees(c, goroutines); err != nil {
		return nil, err
	}
	if d.tail, err = readTail(c, h.features); err != nil {
		return nil, err
	}
	return d, nil
}

// unixLines returns text with LF lines if its first line ends in CRLF, else text itself.
func unixLines(text []byte) []byte {
	if end := bytes.IndexByte(text, '\n'); end > 0 && text[end-1] == '\r' {
		return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	}
	return text
}
