// Package table reads columns of foreign files: CSV text or Parquet comes in, typed columns with
// every problem by its place go out. What the columns mean is not known here; package panel makes
// series of them.
//
// # The way of a row
//
//  1. [Files] names the inputs of paths and patterns. [Open] looks at the first bytes of one,
//     unpacks gzip or zstd, drops a byte order mark and refuses by name what is neither UTF-8 text
//     nor Parquet.
//  2. Of text, source.header takes the first line that is not blank and settles the delimiter: the
//     one asked for, else the one of a line "sep=;" before it, else the one of comma, semicolon
//     and tab that stands in the header most often outside quotes. The schema is the header of
//     Parquet.
//  3. [File.Find] gives columns their places by name: exactly, else by the only name that is equal
//     without regard to case and surrounding blanks, with a [Warning].
//  4. [File.Read] reads text by blocks of whole records, which several goroutines turn into a
//     [Batch] each: parser.quick takes a record without quotes or oddities, parser.record takes
//     every other one and reports what is wrong with it. Parquet it reads column by column, side
//     by side, from page to page; a lane brings the values of one column to their rows, and a
//     row group is a batch.
//  5. In a batch a key is a code of [Keys], and the keys of a row together are the number of a
//     group; a time is a tick, a number a float64, a text a code. A row that cannot be used has
//     the group [BadRow].
//  6. [Data] holds the batches in the order of the file, and its [Problems]. A user adds those it
//     finds itself with [Data.RowError], and makes a [DataError] of all, or, where bad rows are
//     left out, a [Rejected] that writes them to a file.
//
// Parquet is in this room, though its files would make one of their own: both kinds of data become the
// same batches, keys and problems, by rules of cells that stand here once.
//
// The result does not depend on how many goroutines took part. Of text, a block for each of them
// is held, unless all problems are kept; of Parquet, a page a column. A [Reader] reads any columns
// as text, row by row, by the same steps and rules; [ReadRows] begins at step 5 with cells that
// are in memory.
//
// # What text may look like
//
//	header  = any order; columns that are not asked for are not looked at
//	record  = fields between delimiters, as many as the header has (RFC 4180)
//	          a quoted field may hold delimiters, line ends and "" for a quote
//	          at most 64 KiB; lines end in LF or CRLF; blank lines are skipped
//	          of a longer one that is left out, the first 64 KiB and "..." are kept
//	Key     = 1 to 256 bytes, taken as they are: "001" is not "1", " a" is not "a"
//	Time    = Options.DateFormat, a day or an hour that the calendar has
//	Number  = [+-] digits [. digits] [e exponent], or empty: missing
//	Text    = anything, or empty: missing
//
// # What Parquet may look like
//
// Columns of the schema's first level that are neither lists nor nested, of any encoding that
// parquet-go reads, plain or packed by snappy, gzip, zstd, brotli or LZ4. Others are an error when they
// are asked for.
//
//	Key     = text, or an integer or a decimal without a fraction, which becomes its decimal text
//	Time    = DATE in days; TIMESTAMP of any unit and INT96 in hours, as UTC has them; text and
//	          integers, such as 20240131, by Options.DateFormat
//	Number  = integers, floats, decimals
//	Text    = all of them: floats in their fewest digits, times in ISO 8601, booleans as 0 and 1
//
// Text follows the rules above. Null is an empty cell, and so is the NaN of a float: data frames
// have no other way to say that a number is missing. In CSV text a "nan" is an error, since there
// a cell can be empty.
//
// A small file cannot ask for a lot of memory: its metadata and the runs in its pages are walked
// before they are read, and a row group gets its room when its pages have shown that they hold its
// rows. What runs and packing may make of few bytes has limits:
//
//	rows of a file            2^20, else 256 for each byte
//	bytes of a page           16 MiB, else 1024 for each packed byte, at most 256 MiB
//	a packed file, unpacked   64 MiB, else 100 bytes for each packed byte
//
// # Codes
//
// What is wrong with a row is a [RowError] of one of these codes. The last six are found by the
// users of this package.
//
//	field_count      not as many fields as the header
//	quote            a quote that is not closed, or inside a field
//	long_line        more than 64 KiB
//	nul              a NUL byte
//	utf8             not UTF-8
//	bad_date         not a date in the date format, or a null one
//	part_hour        a time of day with minutes or seconds
//	empty_id         an id without a byte
//	long_id          an id of more than 256 bytes
//	bad_number       not a decimal number
//	not_finite       infinite or too large, or a "nan" in text
//	bad_id           an id that breaks the rule its column has in a model
//	off_grid         a date that the frequency does not have
//	duplicate_key    a second row of the same series and time
//	negative_target  a target below zero where none may be
//	gap              a period without a row where none may be missing
//	static_changes   a static column with two values in one series
//
// What is wrong with a file as a whole is a [FileError]; a column that is not there is a
// [ColumnError]; a missing file is fs.ErrNotExist.
//
//	directory, permission, read         it is not a file, may not be read, or reading broke off
//	gzip, zstd, bad_parquet             damaged, truncated, not what the name's ending says, not read
//	not_csv, utf16, cr_only             zip and the like, UTF-16 text, lines that end in CR alone
//	bad_header, empty, no_rows          a header that is not text, no header, nothing but a header
//	duplicate_column, column_type       a name that is there twice, a type that is not of the kind
//	too_many_rows, frequency, wide      more rows than are counted or than bytes allow; what the users find
package table
