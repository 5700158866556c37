package jobs

import "fmt"

// State is where a job stands. docs/ARCHITECTURE.md draws the ways between the states.
type State uint8

// The states of a job. Engines keep these numbers on the disk: a new state takes a new number.
const (
	// Pending is durable and waits for a worker, or for its RunAt.
	Pending State = 1
	// Processing is in the hands of a worker of the process that owns the jobs. On the disk the
	// job stays pending: what a process held when it died is simply waiting again.
	Processing State = 2
	// Completed has a Result.
	Completed State = 3
	// Failed has a Fault that another attempt would not mend, or has used up its attempts.
	Failed State = 4
	// Canceled was called off before it ended.
	Canceled State = 5
	// Expired was not run before its Deadline.
	Expired State = 6
)

// States returns all states, in the order of a job's life.
func States() []State { return []State{Pending, Processing, Completed, Failed, Canceled, Expired} }

// String returns the word that the API and logs use.
func (s State) String() string {
	switch s {
	case Pending:
		return "pending"
	case Processing:
		return "processing"
	case Completed:
		return "completed"
	case Failed:
		return "failed"
	case Canceled:
		return "canceled"
	case Expired:
		return "expired"
	default:
		return fmt.Sprintf("state %d", uint8(s))
	}
}

// ParseState returns the state of a word, and whether there is one.
func ParseState(word string) (State, bool) {
	for _, s := range States() {
		if s.String() == word {
			return s, true
		}
	}
	return 0, false
}

// Final reports whether a job in this state never changes again.
func (s State) Final() bool { return s >= Completed }
