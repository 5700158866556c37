// Package forecast answers requests from a bundle: which period of which series, how much.
//
//  1. New prepares a loaded model.Bundle.
//  2. Next lists the requests for the coming periods of every series of the bundle; ReadRequests
//     reads them from a file.
//  3. Fill gives them the values that must be known ahead.
//  4. Run makes each request's features by the bundle's Spec, evaluates the trees on them and
//     returns one Row per request, in the order asked.
//  5. WriteCSV, WriteJSON and WriteJSONL write rows, AppendJSON one of them; every command and the
//     API use these forms.
//
// The rows go to the command line, and to whoever serves the bundle.
package forecast
