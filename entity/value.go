package entity

import (
	"reflect"
)

// Get returns a field's value in the Go type that its kind names; a tenant's own field comes from Extra. Virtual fields have no value here.
func (f *Field) Get(rec Record) any {
	if f.Custom || f.index == nil {
		return rec.Meta().Extra[f.Name]
	}
	v := reflect.ValueOf(rec).Elem().FieldByIndex(f.index)
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int64, reflect.Int32:
		return v.Int()
	}
	return v.Interface()
}

// In returns a field's place in a record, so that its value can be looked at without a copy. A tenant's own field and a virtual one have none: the zero
// reflect.Value.
func (f *Field) In(rec Record) reflect.Value {
	if f.Custom || f.index == nil {
		return reflect.Value{}
	}
	return reflect.ValueOf(rec).Elem().FieldByIndex(f.index)
}

// Set writes a value of the field's kind; nil writes the zero value.
func (f *Field) Set(rec Record, value any) {
	if f.Custom || f.index == nil {
		m := rec.Meta()
		if m.Extra == nil {
			m.Extra = map[string]any{}
		}
		m.Extra[f.Name] = value
		return
	}
	v := reflect.ValueOf(rec).Elem().FieldByIndex(f.index)
	if value == nil {
		v.SetZero()
		return
	}
	x := reflect.ValueOf(value)
	if x.Type() != v.Type() {
		x = x.Convert(v.Type())
	}
	v.Set(x)
}

// Empty tells that a value means "none": it is stored as NULL where the column allows and left out of checks.
func (f *Field) Empty(value any) bool {
	if value == nil {
		return true
	}
	if z, ok := value.(interface{ IsZero() bool }); ok && !f.Kind.Decimal() {
		return z.IsZero()
	}
	switch v := value.(type) {
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	case []byte:
		return len(v) == 0
	}
	return false
}

// Stored tells that the field is a column.
func (f *Field) Stored() bool { return f.Expr == "" }

// Rows returns a document's lines.
func (l *Lines) Rows(rec Record) []Record {
	v := reflect.ValueOf(rec).Elem().FieldByIndex(l.index)
	out := make([]Record, v.Len())
	for i := range out {
		out[i], _ = reflect.TypeAssert[Record](v.Index(i))
	}
	return out
}

// SetRows replaces a document's lines.
func (l *Lines) SetRows(rec Record, rows []Record) {
	v := reflect.ValueOf(rec).Elem().FieldByIndex(l.index)
	s := reflect.MakeSlice(v.Type(), len(rows), len(rows))
	for i, r := range rows {
		s.Index(i).Set(reflect.ValueOf(r))
	}
	v.Set(s)
}
