package serve

import (
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const headerContentType = "Content-Type"

// answer is the ResponseWriter of a request. It keeps what the log says about it.
type answer struct {
	http.ResponseWriter

	requestID string
	jobID     string // of the job that the request is about
	path      string // that no route has
	status    int    // 0 until the answer begins
	bytes     int
	fault     *apiError
	stack     []byte // of a panic
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answer) Write(data []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(data) //nolint:gosec // JSON, or a text that browsers must not take for HTML
	a.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController find the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// json sends a JSON text. An error of the connection is the client's: nobody is left to tell.
func (a *answer) json(status int, body []byte) {
	a.Header().Set(headerContentType, "application/json")
	a.WriteHeader(status)
	_, _ = a.Write(append(body, '\n'))
}

// fail sends an error. The cause stays in the log.
func (a *answer) fail(e *apiError) {
	a.fault = e
	status := statusOf(e.code)
	body, err := json.Marshal(struct {
		Error     string       `json:"error"`
		JobID     string       `json:"job_id,omitzero"`
		Code      string       `json:"code"`
		Errors    []fieldError `json:"errors,omitempty"`
		Hint      string       `json:"hint,omitzero"`
		RequestID string       `json:"request_id"`
	}{e.message, e.jobID, e.code, e.fields, e.hint, a.requestID}, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		body = []byte(`{"error":"Internal server error","code":"` + codeInternal + `"}`) // texts always have a JSON form
	}
	if status == http.StatusServiceUnavailable {
		a.Header().Set("Retry-After", "1")
	}
	a.Header().Set("Cache-Control", "no-store")
	a.json(status, body)
}

// appendText appends a JSON string. Bytes that are not UTF-8 are replaced.
func appendText(dst []byte, text string) []byte {
	quoted, err := jsontext.AppendQuote(dst, text)
	if err != nil {
		quoted, _ = jsontext.AppendQuote(dst, strings.ToValidUTF8(text, "\uFFFD"))
	}
	return quoted
}
