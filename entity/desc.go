package entity

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
)

// Desc gathers what a record says about itself.
type Desc struct {
	def   *Def
	base  uintptr
	typ   reflect.Type
	cols  map[uintptr]*column // by offset in the struct
	errs  []string
	title any
}

type column struct {
	name  string
	typ   reflect.Type
	sql   string
	null  bool
	index []int
	used  bool
}

// Compile reads a record's description. A half description is an error: a column that is not described, a pointer that is no column.
func Compile(rec Record) (*Def, error) {
	v := reflect.ValueOf(rec)
	t := v.Type().Elem()
	d := &Desc{def: &Def{make: maker(t)}, base: v.Pointer(), typ: t, cols: map[uintptr]*column{}}
	d.collect(t, 0, nil)
	d.system(rec.Meta())
	rec.Describe(d)
	if d.def.Name == "" {
		d.fail("Describe never called Is")
	}
	for _, c := range d.cols {
		if !c.used {
			d.fail("column %s is not described", c.name)
		}
	}
	d.def.index()
	if len(d.errs) > 0 {
		return nil, fmt.Errorf("entity %s (%s): %s", d.def.Name, t, strings.Join(d.errs, "; "))
	}
	return d.def, nil
}

func maker(t reflect.Type) func() Record {
	return func() Record { return reflect.New(t).Interface().(Record) } //nolint:forcetypeassert // t came from a Record
}

func (d *Desc) fail(format string, args ...any) {
	d.errs = append(d.errs, fmt.Sprintf(format, args...))
}

// collect notes every bun column of the struct by its offset.
func (d *Desc) collect(t reflect.Type, offset uintptr, index []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(append([]int{}, index...), i)
		tag := f.Tag.Get("bun")
		if f.Type.Name() == "BaseModel" {
			d.def.Table = part(tag, "table")
			continue
		}
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			d.collect(f.Type, offset+f.Offset, at)
			continue
		}
		name, _, _ := strings.Cut(tag, ",")
		if name == "-" || strings.Contains(tag, "rel:") || strings.Contains(tag, "scanonly") {
			continue
		}
		if name == "" {
			d.fail("field %s has no column name in its bun tag", f.Name)
			continue
		}
		d.cols[offset+f.Offset] = &column{name: name, typ: f.Type, sql: part(tag, "type"), null: nullable(tag, f.Type), index: at}
	}
}

// nullable tells whether empty values become NULL: the tag says nullzero, or the type knows no other way to write "none".
func nullable(tag string, t reflect.Type) bool {
	if strings.Contains(tag, "notnull") {
		return false
	}
	return strings.Contains(tag, ",nullzero") || t == reflect.TypeFor[id.ID]() || t == reflect.TypeFor[clock.Date]()
}

// part finds "key:value" in a bun tag; a value may hold commas inside brackets.
func part(tag, key string) string {
	depth, start := 0, 0
	for i := 0; i <= len(tag); i++ {
		if i == len(tag) || tag[i] == ',' && depth == 0 {
			if v, ok := strings.CutPrefix(tag[start:i], key+":"); ok {
				return v
			}
			start = i + 1
			continue
		}
		switch tag[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
	}
	return ""
}

func (d *Desc) system(b *Base) {
	sys := func(p any, zh, en string) {
		d.Field(p, Field{Label: T(zh, en), Computed: true, System: true, Aside: true})
	}
	sys(&b.ID, "标识", "Id")
	sys(&b.Version, "版本", "Version")
	sys(&b.CreatedAt, "创建时间", "Created at")
	sys(&b.UpdatedAt, "更新时间", "Updated at")
	d.Field(&b.CreatedBy, Field{Label: T("创建人", "Created by"), Ref: "user", Computed: true, System: true, Aside: true})
	d.Field(&b.UpdatedBy, Field{Label: T("更新人", "Updated by"), Ref: "user", Computed: true, System: true, Aside: true})
}

func (d *Desc) find(p any) (*column, uintptr) {
	v := reflect.ValueOf(p)
	if v.Kind() != reflect.Pointer {
		return nil, 0
	}
	off := v.Pointer() - d.base
	c := d.cols[off]
	if c == nil || c.typ != v.Type().Elem() {
		return nil, off
	}
	return c, off
}

// Is names the entity, its collection and its label. title points to the field by which people know a record; nil when there is none.
func (d *Desc) Is(name, collection string, label Text, title any) {
	d.def.Name, d.def.Collection, d.def.Label, d.title = name, collection, label, title
	if label.ZH == "" || label.EN == "" {
		d.fail("the label must be in both languages")
	}
}

// Field describes the column that p points to.
func (d *Desc) Field(p any, f Field) *Field {
	c, off := d.find(p)
	if c == nil {
		d.fail("a described pointer (%T at offset %d) is no column", p, off)
		return &f
	}
	if c.used {
		d.fail("column %s is described twice", c.name)
	}
	c.used = true
	if f.Label.ZH == "" || f.Label.EN == "" {
		d.fail("column %s: the label must be in both languages", c.name)
	}
	f.Name, f.Null, f.index = c.name, c.null, c.index
	if f.Class == "" {
		f.Class = Basic
	}
	if f.Kind == "" {
		f.Kind = kindOf(c)
	}
	if f.Sealed && f.Kind != KindText || f.Lookup && !f.Sealed {
		d.fail("column %s: only text is sealed, and only what is sealed needs a lookup", c.name)
	}
	if f.Kind == "" {
		d.fail("column %s: no kind for %s %s", c.name, c.typ, c.sql)
	}
	if p == d.title && d.title != nil {
		f.Title = true
		d.def.Title = &f
	}
	d.def.Fields = append(d.def.Fields, &f)
	return &f
}

func kindOf(c *column) Kind {
	switch c.typ {
	case reflect.TypeFor[id.ID]():
		return KindID
	case reflect.TypeFor[clock.Date]():
		return KindDate
	case reflect.TypeFor[time.Time]():
		return KindTime
	case reflect.TypeFor[decimal.Decimal]():
		switch c.sql {
		case "numeric(20,4)":
			return KindAmount
		case "numeric(20,6)":
			return KindQuantity
		case "numeric(9,4)":
			return KindPercent
		}
		return ""
	case reflect.TypeFor[[]string]():
		return KindTexts
	case reflect.TypeFor[[]byte]():
		return KindBytes
	}
	if c.sql == "jsonb" {
		return KindJSON
	}
	switch c.typ.Kind() {
	case reflect.String:
		return KindText
	case reflect.Bool:
		return KindBool
	case reflect.Int, reflect.Int64, reflect.Int32:
		return KindInt
	}
	return ""
}

// described returns the field that p points to, which must have been described before.
func (d *Desc) described(p any, what string) *Field {
	if c, _ := d.find(p); c != nil {
		for _, f := range d.def.Fields {
			if f.Name == c.name {
				return f
			}
		}
	}
	d.fail("%s wants a field that is already described", what)
	return nil
}

// Number makes the engine draw a number (prefix and six digits from the sequence <table>_no_seq) for a record that has none.
func (d *Desc) Number(p any, prefix string) {
	d.def.Number, d.def.Prefix = d.described(p, "Number"), prefix
}

// Gapless is Number for documents whose numbers may have no holes: drawn at posting by record.Gapless, never in a dry run.
func (d *Desc) Gapless(p any) { d.def.Number, d.def.Gapless = d.described(p, "Gapless"), true }

// State names the field that holds the document's state and the states in which callers may edit or delete it.
func (d *Desc) State(p any, drafts ...string) {
	d.def.State, d.def.Drafts = d.described(p, "State"), drafts
}

// Pending names the state of a document that waits for an approval; callers may not touch it then.
func (d *Desc) Pending(state string) { d.def.Pending = state }

// Measure names the number by which a document grows and shrinks, and the states in which nothing of it is left. A dry run tells by it what becomes of
// each document: kept, raised, reduced or cancelled.
func (d *Desc) Measure(p any, gone ...string) {
	d.def.Measure, d.def.Gone = d.described(p, "Measure"), gone
}

// Follows says that such documents follow from a record of another module, which may not be there, and names the field that holds its id.
func (d *Desc) Follows(p any, entity string) {
	d.def.Follows = append(d.def.Follows, Link{d.described(p, "Follows"), entity})
}

// Lines nests rows: p points to a slice of pointers to them, tagged bun:"-".
func (d *Desc) Lines(p any, name string, label Text) {
	off := reflect.ValueOf(p).Pointer() - d.base
	for f := range d.typ.Fields() {
		if f := f; f.Offset == off && f.Type == reflect.TypeOf(p).Elem() {
			child, ok := reflect.TypeAssert[Record](reflect.New(f.Type.Elem().Elem()))
			if !ok {
				break
			}
			of, err := Compile(child)
			if err != nil {
				d.fail("%v", err)
				return
			}
			if of.Parent == nil {
				d.fail("lines %s: %s never called Parent", name, of.Name)
			}
			of.ParentDef = d.def
			d.def.Lines = append(d.def.Lines, &Lines{Name: name, Label: label, Of: of, index: f.Index})
			return
		}
	}
	d.fail("lines %s: the pointer is no slice of records", name)
}

// Parent names a line's field that holds the id of its document.
func (d *Desc) Parent(p any) { d.def.Parent = d.described(p, "Parent") }

// Owner names the field that holds the person whose record this is.
func (d *Desc) Owner(p any) { d.def.OwnerField = d.described(p, "Owner") }

// About names the fields that say which record this one is about: the kind and the id. Only who may see that record may see, make or change this one.
func (d *Desc) About(kind, record any) {
	d.def.AboutEntity, d.def.AboutRecord = d.described(kind, "About"), d.described(record, "About")
}

// Shared names the flag by which the owner of a record lets everybody see it; changing it stays the owner's.
func (d *Desc) Shared(p any) { d.def.SharedField = d.described(p, "Shared") }

// File says that records are files, and which fields tell their content's name, media type, size and digest.
func (d *Desc) File(name, media, size, digest any) {
	d.def.File = &File{d.described(name, "File"), d.described(media, "File"), d.described(size, "File"), d.described(digest, "File")}
}

// Person says that a record is about a human being. What these fields and all of class personal say is sealed by a key of that person's own in the audit
// and in backups, and can be made unreadable for good, one person after the other; the record itself stays, for what refers to it.
func (d *Desc) Person(fields ...any) {
	d.def.Person = true
	for _, p := range fields {
		if f := d.described(p, "Person"); f != nil {
			f.Personal = true
		}
	}
	for _, f := range d.def.Fields {
		f.Personal = f.Personal || f.Class == Personal && f.Expr == ""
	}
}

// PersonIf says that those records are about a human being whose flag is set, as Person says it of all.
func (d *Desc) PersonIf(flag any, fields ...any) {
	d.def.PersonIf = d.described(flag, "PersonIf")
	d.Person(fields...)
}

// Key says that these fields together are unique and may serve to find a record when it is imported.
func (d *Desc) Key(fields ...any) {
	var names []string
	for _, p := range fields {
		if f := d.described(p, "Key"); f != nil {
			names = append(names, f.Name)
		}
	}
	d.def.Keys = append(d.def.Keys, names)
}

// ReadOnly says that callers never write such records; only modules do.
func (d *Desc) ReadOnly() { d.def.ReadOnly = true }

// NoDelete says that callers never delete such records.
func (d *Desc) NoDelete() { d.def.NoDelete = true }

// Derived says that rows follow from other records: they have no audit of their own and the module may write them in SQL.
func (d *Desc) Derived() { d.def.Derived, d.def.ReadOnly = true, true }

// Virtual describes a read-only field that has no column: a value in SQL over the row's own columns.
func (d *Desc) Virtual(name string, f Field) {
	f.Name, f.Computed = name, true
	if f.Class == "" {
		f.Class = Basic
	}
	if f.Expr == "" || f.Kind == "" || f.Label.ZH == "" || f.Label.EN == "" {
		d.fail("virtual field %s wants Expr, Kind and Label", name)
	}
	d.def.Fields = append(d.def.Fields, &f)
}
