// Package sqlitestore keeps jobs in a SQLite database: the engine of pkg/jobs for one process on
// one machine. A job that was accepted survives kill -9 and, with [Full] durability, a power cut.
//
// # The way of a write
//
//  1. [Store.Submit], [Store.Finish], [Store.Recover] and [Store.Probe] put a call into a queue of
//     bounded length and wait. Submit first reserves its place in the backlog; where there is no
//     room it is refused at once.
//  2. [Store.Run] is the one writer. It takes the calls that are queued, up to about 2,000 jobs, and
//     waits for no more: while one transaction is on its way to the disk the next one gathers.
//  3. Inserts, outcomes, attempts and the changed totals go into one transaction. Its commit is
//     one fsync, however many callers wait for it.
//  4. After the commit memory is told, jobs.Dispatch and the totals in one step, and every caller
//     is answered. If the commit failed nothing of it is on the disk, and no caller is told that
//     anything is.
//  5. When the log has grown, another connection copies it into the database beside the writer.
//  6. When memory runs low on ready jobs, the writer reads more of them from the disk.
//
// Taking a job writes nothing: [Store.Take] is answered from memory. On the disk a job is pending
// until it is final, so what a process held when it died is simply pending again; [Open] gives it
// out marked as Recovered. Readers have connections of their own and never wait for the writer.
//
// At most about 100,000 ready jobs are in memory, those beyond stay on the disk until it is their
// turn. A job that is more urgent than those on the disk goes to memory all the same, until there
// are twice as many; delayed jobs are always in memory.
//
// # Errors
//
// A disk that is full or refuses writes gives the callers jobs.ErrStorage; the next call may
// succeed. After a failed fsync, or a damaged page, [Store.Run] ends with an error and writes
// nothing more: what the kernel dropped it would not write again, whatever a second fsync says.
//
// # The directory
//
//	jobs/
//	  jobs.db        the database
//	  jobs.db-wal    its log: what was committed and not copied yet. It belongs to jobs.db
//	  jobs.db-shm    an index of the log, made anew when it is missing
//	  jobs.lock      "PID TIME": locked by the owner for as long as it lives
//	  jobs.db.new    a database that is being made; left by a crash, and removed by the next Open
//
// The log takes about 32 MiB before it begins anew; a disk for jobs has room for that beside the
// database.
//
// A backup of a stopped server is jobs.db; of a running one, what `sqlite3 jobs.db ".backup FILE"`
// writes. To restore one, move jobs.db, jobs.db-wal and jobs.db-shm aside together first: SQLite
// would copy a log that is left into whatever jobs.db it finds.
//
// # The tables
//
//	jobs            a row per job, by id. Times are microseconds since 1970 (UTC), 0 for none;
//	                state is a number of jobs.State and never Processing; fault_* are NULL
//	                without a fault
//	  ready         index: pending jobs without run_at, by priority and id: the refill of memory
//	  delayed       index: pending jobs with run_at
//	  by_state      index: tenant, state, id: every list
//	totals          the number of jobs by tenant and state, changed in the same transactions, so
//	                that a start and a status need no count
//	probe           one row, which Probe changes
//	schema_version  a row per migration that was made, with its time
//
// The header has application_id 0x73616a62 ("sajb").
//
// # Versions of the schema
//
//	1  the first
//
// A release migrates a database of any older version, forward only, each step in a transaction,
// and refuses a newer one.
package sqlitestore
