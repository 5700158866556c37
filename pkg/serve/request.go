package serve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth is how many objects and lists of a body may stand in each other.
const maxDepth = 32

// noData is the original's message for a body that is no JSON object with members.
const noData = "No data provided or invalid JSON"

// request is a body of POST /predict that follows the rules of JSON, but not yet those of a
// bundle.
type request struct {
	model   string // "" is the default one
	members []member
	body    []byte
}

// member is a member of the body's object. Of an object or a list only the first byte is kept,
// since no field may have one.
type member struct {
	name  string
	value jsontext.Value // in the body
}

// decodeRequest reads a body: one JSON object in UTF-8 without repeated members, at most maxDepth
// deep, with nothing behind it; a byte order mark before it is passed over. Any other body is an
// *apiError. The request refers to the body, which must not be changed.
func decodeRequest(body []byte) (*request, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	r := &request{members: make([]member, 0, 4), body: body}
	if err := json.Unmarshal(body, r); err != nil {
		return nil, jsonError(body, err)
	}
	return r, nil
}

// UnmarshalJSONFrom reads the body's object. It is called by package json only, which checks
// what stands behind the object.
func (r *request) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if kind := dec.PeekKind(); kind != jsontext.KindBeginObject {
		if _, err := r.readValue(dec); err != nil {
			return err
		}
		return badJSON(codeNotAnObject, "the body must be a JSON object, not "+kindName(kind))
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() == jsontext.KindString {
		if err := r.readMember(dec); err != nil {
			return err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	if len(r.members) == 0 {
		return badJSON(codeNoData, "the object has no members")
	}
	return nil
}

func (r *request) readMember(dec *jsontext.Decoder) error {
	token, err := dec.ReadToken()
	if err != nil {
		return err
	}
	m := member{name: token.String()}
	if m.value, err = r.readValue(dec); err != nil {
		return err
	}
	r.members = append(r.members, m)
	if m.name != "model" {
		return nil
	}
	var ok bool
	if r.model, ok = m.text(); !ok {
		return badField("model", codeBadModel, "Model must be a string: name[@version] or name[@alias]")
	}
	return nil
}

// readValue returns the next value, of an object or a list the first byte.
func (r *request) readValue(dec *jsontext.Decoder) (jsontext.Value, error) {
	kind := dec.PeekKind()
	if kind != jsontext.KindBeginObject && kind != jsontext.KindBeginArray {
		value, err := dec.ReadValue() // valid until the next call, unlike the body
		end := int(dec.InputOffset())
		return r.body[end-len(value) : end], err
	}
	outside := dec.StackDepth()
	for {
		if _, err := dec.ReadToken(); err != nil {
			return nil, err
		}
		switch depth := dec.StackDepth(); {
		case depth > maxDepth:
			return nil, badJSON(codeTooDeep, fmt.Sprintf("objects and lists stand more than %d deep in each other", maxDepth))
		case depth == outside:
			return jsontext.Value{byte(kind)}, nil
		}
	}
}

// text returns the value of a string.
func (m *member) text() (string, bool) {
	if m.value.Kind() != jsontext.KindString {
		return "", false
	}
	if plain := m.value[1 : len(m.value)-1]; bytes.IndexByte(plain, '\\') < 0 {
		return string(plain), true
	}
	text, err := jsontext.AppendUnquote(nil, m.value)
	return string(text), err == nil
}

func kindName(k jsontext.Kind) string {
	switch k {
	case jsontext.KindBeginArray:
		return "a list"
	case jsontext.KindString:
		return "a string"
	case jsontext.KindNumber:
		return "a number"
	default:
		return k.String()
	}
}

// badJSON is the error of a body that is not what a request must be.
func badJSON(code, message string) *apiError {
	return &apiError{code: code, message: noData, fields: []fieldError{{Message: message}}}
}

// jsonError says what is wrong with a body that package json did not accept.
func jsonError(body []byte, err error) *apiError {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e
	}
	if len(strings.TrimSpace(string(body))) == 0 {
		return badJSON(codeNoData, "the body is empty")
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return badJSON(codeInvalidJSON, "the JSON ends too early")
	}
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case !utf8.Valid(body):
		return badJSON(codeInvalidUTF8, "the body is not UTF-8")
	case !ok:
		return badJSON(codeInvalidJSON, "not JSON")
	case errors.Is(err, jsontext.ErrDuplicateName):
		return badJSON(codeDuplicate, fmt.Sprintf("the member %.80q stands twice", syntax.JSONPointer.LastToken()))
	case syntax.JSONPointer == "" && jsontext.Value(body[:syntax.ByteOffset]).IsValid():
		return badJSON(codeTrailingData, fmt.Sprintf("something follows the JSON object at byte %d", syntax.ByteOffset))
	}
	return badJSON(codeInvalidJSON, fmt.Sprintf("not JSON at byte %d", syntax.ByteOffset))
}
