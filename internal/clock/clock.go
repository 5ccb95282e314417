// Package clock gives the time from outside, so that tests can move it, and business dates without a time zone.
package clock

import (
	"database/sql/driver"
	"errors"
	"time"
)

// Clock tells the time.
type Clock func() time.Time

// System is the machine's clock in UTC.
func System() time.Time { return time.Now().UTC() }

// Date is a business date in the tenant's time zone, written YYYY-MM-DD. The zero value means "none" and is stored as NULL.
type Date struct {
	y int
	m time.Month
	d int
}

// ErrDate is returned for text that is no date of the calendar.
var ErrDate = errors.New("not a date in the form YYYY-MM-DD")

// DateOf returns the date of a moment in a zone.
func DateOf(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return Date{y, m, d}
}

// NewDate makes a date; days outside the month roll over as in time.Date.
func NewDate(y int, m time.Month, d int) Date {
	return DateOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC), time.UTC)
}

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return Date{}, ErrDate
	}
	return DateOf(t, time.UTC), nil
}

// IsZero tells that there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Time returns midnight UTC of the date.
func (d Date) Time() time.Time { return time.Date(d.y, d.m, d.d, 0, 0, 0, 0, time.UTC) }

// Year returns the calendar year.
func (d Date) Year() int { return d.y }

// AddDays returns the date n days later (earlier when negative).
func (d Date) AddDays(n int) Date { return NewDate(d.y, d.m, d.d+n) }

// AddMonths returns the same day n months later; a day that the month lacks becomes the month's last.
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.y, d.m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return NewDate(first.Year(), first.Month(), min(d.d, last))
}

// MonthEnd returns the last day of the date's month.
func (d Date) MonthEnd() Date { return NewDate(d.y, d.m+1, 0) }

// Sub returns the days from o to d.
func (d Date) Sub(o Date) int { return int(d.Time().Sub(o.Time()) / (24 * time.Hour)) }

// Before tells that d is earlier than o.
func (d Date) Before(o Date) bool { return d.Time().Before(o.Time()) }

// After tells that d is later than o.
func (d Date) After(o Date) bool { return d.Time().After(o.Time()) }

// Latest returns the later of two dates; none counts as earliest.
func Latest(a, b Date) Date {
	if a.IsZero() || !b.IsZero() && b.After(a) {
		return b
	}
	return a
}

// String writes YYYY-MM-DD; the empty string for none.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD; empty means none.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	*d = v
	return err
}

// Value stores the date; none becomes NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil //nolint:nilnil // NULL is the value
	}
	return d.String(), nil
}

// Scan reads a date from the database; NULL becomes none.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		*d = DateOf(v, v.Location())
		return nil
	case string:
		return d.scanText(v)
	case []byte:
		return d.scanText(string(v))
	}
	return ErrDate
}

func (d *Date) scanText(s string) error {
	if len(s) > 10 {
		s = s[:10]
	}
	return d.UnmarshalText([]byte(s))
}
