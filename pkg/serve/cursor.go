package serve

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// cursor says where a page ends: the next one holds the jobs before last. Jobs that come in
// between are newer, so that no page shows a job twice or misses one.
//
//	byte  0        1       17      21
//	      +--------+-------+-------+
//	      | state  | last  | crc32 |
//	      +--------+-------+-------+
//
// The sum tells a cursor that was cut or altered; it is no secret.
type cursor struct {
	last  jobs.ID
	state jobs.State // that the pages are filtered by; 0: none
}

const cursorBytes = 1 + len(jobs.ID{}) + crc32.Size

var errCursor = errors.New("not a cursor")

// String returns the form that clients hand back.
func (c cursor) String() string {
	data := append([]byte{byte(c.state)}, c.last[:]...)
	data = binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(data))
	return base64.RawURLEncoding.EncodeToString(data)
}

func parseCursor(text string) (cursor, error) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(data) != cursorBytes {
		return cursor{}, errCursor
	}
	c := cursor{state: jobs.State(data[0]), last: jobs.ID(data[1 : 1+len(jobs.ID{})])}
	if c.String() != text { // another sum, or another spelling
		return cursor{}, errCursor
	}
	return c, nil
}
