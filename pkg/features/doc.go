// Package features defines every feature once, for training and for serving.
//
//  1. NewSpec decides, from a panel and a Config, which columns a matrix has and what each is
//     for. Spec.WithHolidays adds the days of package holidays. ParseSpec and MarshalSpec move a
//     Spec to and from its file form.
//  2. Build makes the matrix of a panel: one row per observation, in the order of the input.
//  3. Matrix.WriteFile and ReadFile move it to and from a file; what was read has the same
//     Digest as what was built.
//  4. Spec.Row makes the row of one request, by the same functions as Build.
//
// The rows go to package train, the Spec into a bundle of package model.
//
// # Files
//
// A matrix M is a CSV file with a header, or a flat Parquet file (zstd) of required columns,
// with its Spec in M.spec.json:
//
//	date ids... codes of text ids... covariates... date features... holiday features... target
//	 |    |              |                |               |                |              |
//	 |    |              |                |               |                |              +-- target: a number
//	 |    |              |                |               |                +-- feature: see package holidays
//	 |    |              |                |               +-- feature: a function of the period's start
//	 |    |              |                +-- feature: a number, or NAME_code: index into its levels
//	 |    |              +-- feature NAME_code: index into the Spec's values of that id
//	 |    +-- id, and feature where every id of the column is an integer
//	 +-- date, YYYY-MM-DD or DATE; of hourly data YYYY-MM-DDThh:00:00 or TIMESTAMP without a time zone
//
// A missing number is empty in CSV and NaN in Parquet. Static covariates come before those that
// are known ahead.
//
// M.spec.json holds the members of Spec, "fingerprint", the SHA-256 of the Spec, and
// "matrix_digest", the Matrix's Digest: a Spec or a matrix that was changed by hand, or that
// stands beside another one's, does not load. A bundle's spec.json has no "matrix_digest".
//
// Versions of the Spec's format: 1, the calendar method. A Spec without covariates and holidays has
// the bytes that it had before there were any; a program that does not know them refuses the others.
package features
