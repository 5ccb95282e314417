// Package fault is the one kind of error that people see: what went wrong, by a stable reason, in both languages, with the fields concerned.
package fault

import (
	"errors"
	"fmt"

	"github.com/tenon-hq/tenon/internal/i18n"
)

// Kind says which class of answer an error is; httpapi maps each to one HTTP status.
type Kind string

// The kinds of error.
const (
	Invalid         Kind = "invalid"         // the request is malformed or a field breaks its description (400)
	Unauthenticated Kind = "unauthenticated" // nobody is logged in (401)
	NotEnabled      Kind = "not_enabled"     // the module is switched off (402)
	Forbidden       Kind = "forbidden"       // policy says no (403)
	NotFound        Kind = "not_found"       // there is no such thing, or the caller may not know of it (404)
	Conflict        Kind = "conflict"        // the state or version is another than the caller thinks (409)
	Rule            Kind = "rule"            // a business rule refuses (422)
	OverLimit       Kind = "over_limit"      // too much, too fast (429)
	Unavailable     Kind = "unavailable"     // a service is down for now (503)
	Internal        Kind = "internal"        // a bug (500)
)

// Field is one field's part of an error. Path is as the caller wrote it: lines[0].quantity. In a table Row (the header is 1) and Column tell the cell.
type Field struct {
	Path   string
	Reason string
	Text   i18n.Text
	Row    int
	Column string
}

// Fault is an error with a meaning for people and programs.
type Fault struct {
	Kind   Kind
	Reason string // stable and machine-readable: stock.not_enough
	Text   i18n.Text
	Fields []Field
	Data   map[string]any // further members of the answer, e.g. the current version
	cause  error
}

// New makes a fault; the texts may hold fmt verbs for args.
func New(kind Kind, reason, zh, en string, args ...any) *Fault {
	if len(args) > 0 {
		zh, en = fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)
	}
	return &Fault{Kind: kind, Reason: reason, Text: i18n.T(zh, en)}
}

// Error is for logs; people see Text.
func (f *Fault) Error() string {
	s := string(f.Kind) + " " + f.Reason + ": " + f.Text.EN
	for _, x := range f.Fields {
		s += fmt.Sprintf("; %s: %s (%s)", x.Path, x.Text.EN, x.Reason)
	}
	if f.cause != nil {
		s += ": " + f.cause.Error()
	}
	return s
}

// Unwrap returns what caused the fault.
func (f *Fault) Unwrap() error { return f.cause }

// Because keeps the cause for the log.
func (f *Fault) Because(err error) *Fault { f.cause = err; return f }

// At adds a field's error.
func (f *Fault) At(path, reason, zh, en string, args ...any) *Fault {
	if len(args) > 0 {
		zh, en = fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)
	}
	f.Fields = append(f.Fields, Field{Path: path, Reason: reason, Text: i18n.T(zh, en)})
	return f
}

// With adds a member to the answer.
func (f *Fault) With(key string, value any) *Fault {
	if f.Data == nil {
		f.Data = map[string]any{}
	}
	f.Data[key] = value
	return f
}

// As returns the fault in an error's chain, or nil.
func As(err error) *Fault {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return nil
}

// Is tells whether err is a fault of this kind.
func Is(err error, kind Kind) bool { f := As(err); return f != nil && f.Kind == kind }

// Fields gathers field errors and becomes one fault, so that a caller learns of all at once.
type Fields struct {
	list  []Field
	paths map[string]bool // a table may have a mistake in each of its rows
}

// Add notes one field's error.
func (c *Fields) Add(path, reason, zh, en string, args ...any) {
	f := Fault{}
	f.At(path, reason, zh, en, args...)
	c.list = append(c.list, f.Fields...)
	if c.paths == nil {
		c.paths = map[string]bool{}
	}
	c.paths[path] = true
}

// Has tells whether something is noted about a path.
func (c *Fields) Has(path string) bool { return c.paths[path] }

// Len returns how many errors were noted.
func (c *Fields) Len() int { return len(c.list) }

// Err returns nil when nothing was noted, else one invalid fault that names every field.
func (c *Fields) Err() error {
	if len(c.list) == 0 {
		return nil
	}
	f := New(Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed")
	f.Fields = c.list
	return f
}
