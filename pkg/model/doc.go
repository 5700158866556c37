// Package model keeps trained bundles: it publishes them as versions that never change, moves
// names between versions, and loads what is exactly as it was published.
//
//  1. [Registry.Put] turns the [Content] that pkg/train made into files, writes them into a
//     directory of its own, reads that back with every check below, and renames it into place.
//  2. [Registry.Promote], [Registry.Rollback] and [Registry.SetChallenger] move an alias.
//  3. [Registry.Resolve] turns a name and a reference, as [ParseRef] splits them, into the id of
//     a version.
//  4. [Registry.Load] reads a version: which files there are, sizes and checksums, the strict
//     parse of each, the parts against each other, and with [CheckGolden] LightGBM's own scores
//     bit for bit. [Registry.Verify] adds the opinion of a second evaluator.
//
// The loaded [Bundle] goes to pkg/forecast.
//
// # The directory
//
//	models/                              the registry
//	  sales/                             a model: 1-64 of a-z 0-9 - _ . and no . - _ first
//	    aliases.json                     {"champion": ID, "challenger": ID, "previous": ID}
//	    versions/
//	      20260102T030405Z-1a2b3c4d/     a version: UTC second, first 8 digits of its digest
//	        manifest.json                the files below with sizes and SHA-256, the parameters
//	        spec.json                    how a row is made: features.MarshalSpec
//	        trees.txt                    LightGBM's text in the form of trees.Canonical
//	        history.parquet              the tail of the data that a forecast needs
//	        metrics.json                 scores
//	        golden.json                  rows with LightGBM's raw scores
//	        provenance.json              when, where and how; outside the digest
//	    .lock                            held by who publishes or moves an alias
//	    .incoming/                       a version that is not complete yet
//	    aliases.json.tmp                 aliases that are not complete yet
//
// All JSON is UTF-8 and ends in a line feed. The files from spec.json to golden.json are the
// content files; beside them only manifest.json and provenance.json may be in the directory.
//
//	manifest.json     format           1
//	                  method           calendar
//	                  data_digest      of the training data
//	                  config_digest    of what decides the result beside the data
//	                  spec_fingerprint of spec.json
//	                  params           LightGBM parameter -> value, all strings
//	                  files            [{name, size, sha256}], sorted by name
//	history.parquet   the id columns as STRING, then the date as DATE, or as TIMESTAMP of hours
//	                  without a time zone, then the target as DOUBLE, then the static covariates,
//	                  text as STRING, empty where it is missing, and numbers as DOUBLE; all called
//	                  as in the training data; sorted by series, then date
//	golden.json       features         names
//	                  rows             one list per row; the shortest decimal that reads back as
//	                                   the same float64, null for NaN
//	                  raw              one score per row
//
// # The digest
//
// It is the SHA-256 of the lines that sha256sum prints for the content files and manifest.json,
// sorted by name: 64 hex digits, two blanks, the name, a line feed. No file holds a time, a path,
// a host or a thread count, so the same data, settings and seed give one digest.
//
// # Writers and readers
//
// A version appears by the rename of a directory whose files are on the disk, an alias by the
// rename of a file: a reader sees the old or the new, and takes no lock. Writers of one model
// take turns by flock on .lock, so what stands under a temporary name while nobody holds the
// lock was left by a crash; the next writer removes it. Every path is opened through os.Root:
// no name and no link leads out of the registry.
//
// # Versions of the format
//
//	1  the first
//
// A release reads every format that a release has written.
package model
