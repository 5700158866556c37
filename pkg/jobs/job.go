package jobs

import "time"

// Job is one piece of work that was accepted. Times are UTC in whole microseconds, a zero time
// is one that is not there.
//
// A *Job that was given to Submit or Finish, or came from a Reader, must not be changed. One that
// came from Take belongs to its taker until it is given to Finish.
type Job struct {
	ID       ID
	Tenant   string // whose it is
	Kind     string // what is to be done
	Model    string // that shall do it, as the request names it; "" is the default one
	Payload  []byte // the request as it was received
	Priority int    // jobs of a higher one are taken first

	State   State
	Attempt int // runs that have begun
	// MaxAttempts is how many runs that began and failed, or ended their process, are enough. A
	// first run whose process died is not counted: it left no trace.
	MaxAttempts int

	Created  time.Time
	RunAt    time.Time // not before
	Deadline time.Time // not begun after
	Started  time.Time // of the last attempt, if it was not given up before
	Finished time.Time

	Result []byte // of a completed job
	Fault  *Fault // why the last attempt failed

	// Recovered says that an earlier process accepted the job and did not end it. Its next
	// attempt must be recorded by Queue.Recover before it begins.
	Recovered bool
}

// Fault is why a job failed. Code is for programs, Message for people.
type Fault struct {
	Code, Message string
	// Temporary says that another attempt may succeed.
	Temporary bool
}
