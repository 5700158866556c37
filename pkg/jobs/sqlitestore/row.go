package sqlitestore

import (
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// scanner is a row of a result.
type scanner interface{ Scan(dst ...any) error }

// each returns the rows of a query and closes it.
func each(rows *sql.Rows, err error) iter.Seq2[scanner, error] {
	return func(yield func(scanner, error) bool) {
		if err != nil {
			yield(nil, err)
			return
		}
		for rows.Next() {
			if !yield(rows, nil) {
				_ = rows.Close() // what was read is good
				return
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			yield(nil, err)
		}
	}
}

// scanAll returns the jobs of a query.
func scanAll(rows iter.Seq2[scanner, error]) (all []*jobs.Job, err error) {
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		j, err := scan(row)
		if err != nil {
			return nil, err
		}
		all = append(all, j)
	}
	return all, nil
}

// scan reads the columns of a row.
func scan(row scanner) (*jobs.Job, error) {
	var (
		j                                           jobs.Job
		id                                          []byte
		state                                       int64
		created, runAt, deadline, started, finished int64
		code, message                               sql.NullString
		temporary                                   sql.NullBool
	)
	err := row.Scan(&id, &j.Tenant, &j.Kind, &j.Model, &j.Priority, &state, &j.Attempt, &j.MaxAttempts,
		&created, &runAt, &deadline, &started, &finished, &code, &message, &temporary, &j.Payload, &j.Result)
	if err != nil {
		return nil, err
	}
	if j.ID, err = toID(id); err != nil {
		return nil, err
	}
	j.State = jobs.State(state)
	j.Created, j.RunAt, j.Deadline = fromMicro(created), fromMicro(runAt), fromMicro(deadline)
	j.Started, j.Finished = fromMicro(started), fromMicro(finished)
	if code.Valid {
		j.Fault = &jobs.Fault{Code: code.String, Message: message.String, Temporary: temporary.Bool}
	}
	return &j, nil
}

func toID(raw []byte) (id jobs.ID, err error) {
	if copy(id[:], raw) != len(id) || len(raw) != len(id) {
		return id, fmt.Errorf("%w: a job id of %d bytes", ErrDamaged, len(raw))
	}
	return id, nil
}

// micro is how a row has a time: microseconds since 1970, 0 for none.
func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicro(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
