package features

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/holidays"
	"github.com/salesctl/salesctl/pkg/panel"
)

// SpecFormat is the version of the Spec's JSON form.
const SpecFormat = 1

// MethodCalendar is the method that makes one row per observation from ids and date features:
// any date, no history.
const MethodCalendar = "calendar"

// ErrBadSpec is wrapped by every error about a Spec that cannot be used as it is.
var ErrBadSpec = errors.New("bad feature spec")

// errReserved is the error of a column that could not stand in a forecast.
var errReserved = errors.New("it has the name of a member of every forecast")

// Role says what a column of a matrix is for. A column may have several.
type Role string

// The roles of a matrix's columns.
const (
	RoleDate    Role = "date"
	RoleID      Role = "id"
	RoleFeature Role = "feature"
	RoleTarget  Role = "target"
)

// Column is one column of a matrix.
type Column struct {
	Name  string `json:"name"`
	Roles []Role `json:"roles"`
}

// Has reports whether the column has the role.
func (c Column) Has(r Role) bool { return slices.Contains(c.Roles, r) }

// IDSpec is what a Spec remembers of one id column: the distinct values of the data it was
// made from, in the panel's order. A text value's dictionary code is its index.
type IDSpec struct {
	Name   string     `json:"name"`
	Rule   panel.Rule `json:"rule"`
	Values []string   `json:"values"`
}

// Spec defines every feature of a method, once: Build makes the rows of a training matrix by
// it, Row the row of one request. It is written beside a matrix and into a bundle.
type Spec struct {
	Format     int           `json:"format"`
	Method     string        `json:"method"`
	Freq       calendar.Freq `json:"freq"`
	DateFormat string        `json:"date_format"` // of the input and of requests, strftime
	Time       string        `json:"time"`
	Target     string        `json:"target"`
	IDs        []IDSpec      `json:"ids"`
	Features   Config        `json:"features"`
	Columns    []Column      `json:"columns"`

	Covariates []CovariateSpec `json:"covariates,omitzero"` // the static ones, then those known ahead; nil for none
	Holidays   *holidays.Spec  `json:"holidays,omitzero"`

	FirstDate calendar.Time `json:"first_date"` // of the data
	LastDate  calendar.Time `json:"last_date"`

	dates []dateFeature      // of Features.DateFeatures, resolved
	codes []map[string]int32 // per id column: value -> index in Values

	holidays *holidays.Calendar // nil without Holidays
	scopes   []place            // of the columns of Holidays.Scopes
	country  place              // of Holidays.Column
}

// NewSpec returns the Spec of the calendar method for the data of p, with its static and known
// future covariates; those that are known up to the cutoff only are no features of this method.
// Column names that collide, or that a forecast row needs for itself, are errors that wrap ErrBadSpec.
func NewSpec(p *panel.Panel, cfg Config, dateFormat string) (*Spec, error) {
	s := &Spec{
		Format: SpecFormat, Method: MethodCalendar, Freq: p.Freq, DateFormat: dateFormat,
		Time: p.Time, Target: p.Target, Features: cfg, Covariates: covariates(p),
	}
	for _, id := range p.IDs {
		s.IDs = append(s.IDs, IDSpec(id))
	}
	if p.Len() > 0 {
		first, last := p.Range()
		s.FirstDate, s.LastDate = s.Freq.Start(first), s.Freq.Start(last)
	}
	s.Columns = s.columns()
	if err := s.resolve(); err != nil {
		return nil, err
	}
	return s, nil
}

// ParseSpec reads what MarshalSpec wrote. A file of another format, with unknown members, with
// columns that do not follow from its features, or changed by hand (the fingerprint tells) is
// an error that wraps ErrBadSpec.
func ParseSpec(data []byte) (*Spec, error) {
	s, matrix, err := parseSideFile(data)
	if err == nil && matrix != "" {
		return nil, fmt.Errorf("%w: it goes with a matrix", ErrBadSpec)
	}
	return s, err
}

// parseSideFile reads a Spec and the digest of the matrix it goes with, "" for none.
func parseSideFile(data []byte) (s *Spec, matrix string, err error) {
	var f specFile
	if err := json.Unmarshal(data, &f, json.RejectUnknownMembers(true)); err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrBadSpec, err)
	}
	if err := f.check(); err != nil {
		return nil, "", err
	}
	return &f.Spec, f.Matrix, nil
}

func (f *specFile) check() error {
	s := &f.Spec
	if s.Format != SpecFormat {
		return fmt.Errorf("%w: format %d, this program reads format %d", ErrBadSpec, s.Format, SpecFormat)
	}
	if s.Method != MethodCalendar {
		return fmt.Errorf("%w: unknown method %q", ErrBadSpec, s.Method)
	}
	if err := s.resolve(); err != nil {
		return err
	}
	if err := s.checkFeatures(); err != nil {
		return err
	}
	if err := s.checkDates(); err != nil {
		return fmt.Errorf("%w: %w", ErrBadSpec, err)
	}
	if !slices.EqualFunc(s.Columns, s.columns(), equalColumns) {
		return fmt.Errorf("%w: the columns do not follow from the features", ErrBadSpec)
	}
	if f.Fingerprint != s.Fingerprint() {
		return fmt.Errorf("%w: the fingerprint does not match the content", ErrBadSpec)
	}
	return nil
}

type specFile struct {
	Spec        `json:",inline"`
	Fingerprint string `json:"fingerprint"`
	Matrix      string `json:"matrix_digest,omitzero"` // of the matrix that the file goes with
}

// MarshalSpec returns the Spec's file form: indented JSON with its fingerprint, the same bytes
// for the same Spec.
func MarshalSpec(s *Spec) ([]byte, error) {
	return specFile{Spec: *s, Fingerprint: s.Fingerprint()}.marshal()
}

// sideFile returns the file that goes with the matrix: its Spec and its digest.
func (m *Matrix) sideFile() ([]byte, error) {
	return specFile{Spec: *m.Spec, Fingerprint: m.Spec.Fingerprint(), Matrix: m.Digest()}.marshal()
}

func (f specFile) marshal() ([]byte, error) {
	data, err := json.Marshal(f, json.Deterministic(true), jsontext.Multiline(true))
	if err != nil {
		return nil, fmt.Errorf("write feature spec: %w", err)
	}
	return append(data, '\n'), nil
}

// Fingerprint returns the SHA-256, in hex, of the Spec's content. Two Specs with one
// fingerprint make the same row for the same request.
func (s *Spec) Fingerprint() string {
	var b bytes.Buffer
	// A Spec holds strings, integers and lists of them: it always has a JSON form.
	if err := json.MarshalWrite(&b, s, json.Deterministic(true)); err != nil {
		panic("features: a Spec without a JSON form")
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:])
}

// FeatureNames returns the names of the feature columns in the order of a row.
func (s *Spec) FeatureNames() []string {
	var names []string
	for _, c := range s.Columns {
		if c.Has(RoleFeature) {
			names = append(names, c.Name)
		}
	}
	return names
}

// Categorical returns the ascending indices of the features whose values are codes of text: of text
// ids, text covariates and holiday names. Their order says nothing, so a learner must not compare them.
func (s *Spec) Categorical() []int {
	var codes []int
	if s.Features.IDs {
		numbers := 0
		for _, id := range s.IDs {
			if id.Rule != panel.Text {
				numbers++
			}
		}
		for i := numbers; i < len(s.IDs); i++ {
			codes = append(codes, i)
		}
	}
	next := s.numIDFeatures()
	for i, c := range s.Covariates {
		if c.Levels != nil {
			codes = append(codes, next+i)
		}
	}
	if s.Holidays != nil {
		next += len(s.Covariates) + len(s.dates)
		codes = append(codes, next+slices.Index(holidays.Names(), holidays.Text))
	}
	return codes
}

// columns lists the matrix's columns: date, ids, codes of text ids, covariates, date features,
// holiday features, target. The date is called date whatever its name in the input, as in forecasts: a date column "day" or
// "month" must not collide with the feature.
func (s *Spec) columns() []Column {
	cols := []Column{{Name: "date", Roles: []Role{RoleDate}}}
	var codes []Column
	for _, id := range s.IDs {
		roles := []Role{RoleID}
		if s.Features.IDs && id.Rule != panel.Text {
			roles = append(roles, RoleFeature)
		}
		cols = append(cols, Column{Name: id.Name, Roles: roles})
		if s.Features.IDs && id.Rule == panel.Text {
			codes = append(codes, Column{Name: id.Name + "_code", Roles: []Role{RoleFeature}})
		}
	}
	cols = append(cols, codes...)
	var names []string
	for _, c := range s.Covariates {
		names = append(names, c.column())
	}
	names = append(names, s.Features.DateFeatures...)
	if s.Holidays != nil {
		names = append(names, holidayColumns()...)
	}
	for _, name := range names {
		cols = append(cols, Column{Name: name, Roles: []Role{RoleFeature}})
	}
	return append(cols, Column{Name: s.Target, Roles: []Role{RoleTarget}})
}

// resolve checks the Spec and fills what Row and Build need.
func (s *Spec) resolve() error {
	if len(s.IDs) == 0 {
		return fmt.Errorf("%w: no id column", ErrBadSpec)
	}
	if err := s.checkNames(); err != nil {
		return err
	}
	dates, err := resolveDateFeatures(s.Features.DateFeatures)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBadSpec, err)
	}
	s.dates = dates
	for _, check := range []func() error{s.checkHour, s.checkCovariates, s.resolveHolidays} {
		if err := check(); err != nil {
			return fmt.Errorf("%w: %w", ErrBadSpec, err)
		}
	}
	s.codes = make([]map[string]int32, len(s.IDs))
	for c, id := range s.IDs {
		s.codes[c] = make(map[string]int32, len(id.Values))
		for i, v := range id.Values {
			if err := id.Check(v); err != nil {
				return fmt.Errorf("%w: id column %q: %w", ErrBadSpec, id.Name, err)
			}
			s.codes[c][v] = int32(i)
		}
		if len(s.codes[c]) != len(id.Values) {
			return fmt.Errorf("%w: id column %q: a value stands twice", ErrBadSpec, id.Name)
		}
	}
	return nil
}

// checkFeatures reports a Spec without a feature, which NewSpec leaves to WithHolidays to mend.
func (s *Spec) checkFeatures() error {
	if s.NumFeatures() > 0 {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: no features", ErrBadSpec),
		"set features.ids: true or name some features.date_features, covariates or holidays")
}

func (s *Spec) checkNames() error {
	for _, id := range s.IDs {
		if reserved(id.Name) {
			return hint.Wrap(fmt.Errorf("%w: id column %q: %w", ErrBadSpec, id.Name, errReserved),
				fmt.Sprintf("rename the column, to %q say", id.Name+"_id"))
		}
	}
	seen := make(map[string]bool)
	for _, c := range s.Columns {
		if seen[c.Name] {
			return hint.Wrap(fmt.Errorf("%w: two columns would be called %q", ErrBadSpec, c.Name),
				"rename the column of the data that has the name of a feature")
		}
		seen[c.Name] = true
	}
	return nil
}

// reserved reports whether name is a member of a forecast row or of a job.
func reserved(name string) bool {
	switch name {
	case "date", "predicted_sales", "method", "horizon", "extrapolated", "cold_start", "model_version", "model",
		"job_id", "status", "submitted_at", "started_at", "completed_at", "result", "error", "code", "request_id":
		return true
	}
	return levelName(name, "lo_") || levelName(name, "hi_")
}

func levelName(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok {
		return false
	}
	_, err := strconv.ParseFloat(rest, 64)
	return err == nil
}

func equalColumns(a, b Column) bool { return a.Name == b.Name && slices.Equal(a.Roles, b.Roles) }
