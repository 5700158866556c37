package serve

import (
	"net/http"
	"slices"
	"strings"
)

// route is one method of one path. A GET route answers HEAD, too.
type route struct {
	method, path string
	handle       func(a *answer, r *http.Request) error
}

func (s *Server) routes() []route {
	return []route{
		{http.MethodPost, "/predict", s.predict},
		{http.MethodGet, "/status", s.status},
		{http.MethodGet, "/status/{job_id}", s.jobStatus},
		{http.MethodGet, "/jobs", s.list},
		{http.MethodGet, "/livez", livez},
		{http.MethodGet, "/readyz", s.readyz},
	}
}

// Handler returns all routes, each request of which gets an id, a line in the log, and an answer
// even if its handler panics.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	routes := s.routes()
	methods := make(map[string][]string) // path -> what it allows
	for _, r := range routes {
		mux.HandleFunc(r.method+" "+r.path, s.answered(r.handle))
		methods[r.path] = append(methods[r.path], r.method)
		if r.method == http.MethodGet {
			methods[r.path] = append(methods[r.path], http.MethodHead)
		}
	}
	for path, allowed := range methods {
		slices.Sort(allowed)
		mux.HandleFunc(path, s.answered(wrongMethod(strings.Join(allowed, ", "))))
	}
	mux.HandleFunc("/", s.answered(unknownPath(routes)))
	return s.logged(mux)
}

// answered makes a handler of a route's function, whose error becomes the answer.
func (s *Server) answered(handle func(*answer, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := w.(*answer) // which logged made
		if err := handle(a, r); err != nil {
			a.fail(asAPIError(err))
		}
	}
}

func wrongMethod(allowed string) func(*answer, *http.Request) error {
	return func(a *answer, _ *http.Request) error {
		a.Header().Set("Allow", allowed)
		return &apiError{code: codeBadMethod, message: "Method not allowed", hint: "allowed here: " + allowed}
	}
}

func unknownPath(routes []route) func(*answer, *http.Request) error {
	var known []string
	for _, r := range routes {
		known = append(known, r.method+" "+r.path)
	}
	remedy := "there are: " + strings.Join(known, ", ")
	return func(a *answer, r *http.Request) error {
		a.path = r.URL.Path
		return &apiError{code: codeNotFound, message: "Not found", hint: remedy}
	}
}
