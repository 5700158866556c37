// Package hint lets any room attach to an error one sentence that says what to do about it.
// The command line prints it after the error, the API puts it beside the message.
package hint

import "errors"

type hinted struct {
	err  error
	text string
}

func (h *hinted) Error() string { return h.err.Error() }
func (h *hinted) Unwrap() error { return h.err }

// Wrap returns err with a hint: a full sentence without its last stop that names the remedy.
// The message of err stays as it is. A nil err stays nil.
func Wrap(err error, text string) error {
	if err == nil {
		return nil
	}
	return &hinted{err: err, text: text}
}

// Of returns the hint nearest to the outside of err's chain, or "" if there is none.
func Of(err error) string {
	if h, ok := errors.AsType[*hinted](err); ok {
		return h.text
	}
	return ""
}
