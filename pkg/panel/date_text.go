package panel

// isoDate is the form of dates in files and answers of salesctl.
const isoDate = "%Y-%m-%d"

// MarshalText writes the date as YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(text []byte) error {
	v, err := ParseDate(string(text), isoDate)
	*d = v
	return err
}
