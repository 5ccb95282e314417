// Package entity is the language in which a record is described: its fields, what they mean, and how they hang together. It opens no database.
package entity

import (
	"slices"
	"sync"
	"time"

	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
)

// Personal is the class of fields that say who a human being is and how to reach them.
const Personal = "personal"

// Text is a wording in Chinese and English.
type Text = i18n.Text

// T makes a Text.
func T(zh, en string) Text { return i18n.T(zh, en) }

// Record is a Go struct that is stored as a row and describes itself. Describe is called once, on a zero value, when the program starts.
type Record interface {
	Describe(d *Desc)
	Meta() *Base
}

// Base is embedded by every record. All of it is kept by engine/record.
type Base struct {
	ID        id.ID     `bun:"id,pk,type:uuid"`
	Version   int64     `bun:"version,notnull"`
	CreatedAt time.Time `bun:"created_at,notnull"`
	UpdatedAt time.Time `bun:"updated_at,notnull"`
	CreatedBy id.ID     `bun:"created_by,type:uuid,nullzero"`
	UpdatedBy id.ID     `bun:"updated_by,type:uuid,nullzero"`

	// Extra holds values of the tenant's own fields (x_…) by name; only those that are to be written need be present.
	Extra map[string]any `bun:"-"`
}

// Meta gives the engine the parts that every record has.
func (b *Base) Meta() *Base { return b }

// Line is embedded by the lines of a document instead of Base.
type Line struct {
	Base
	Position int `bun:"position,notnull"`
}

// LineMeta gives the engine the position of a line within its document, counted from 0.
func (l *Line) LineMeta() *Line { return l }

// Kind is what a field's values are.
type Kind string

// The kinds of field, with the Go type that holds a value.
const (
	KindID       Kind = "id"       // id.ID
	KindText     Kind = "text"     // string
	KindBool     Kind = "bool"     // bool
	KindInt      Kind = "int"      // int64
	KindAmount   Kind = "amount"   // decimal, 4 decimals, money
	KindQuantity Kind = "quantity" // decimal, 6 decimals
	KindPrice    Kind = "price"    // decimal, 6 decimals, money for one unit
	KindPercent  Kind = "percent"  // decimal, 0 to 100
	KindDate     Kind = "date"     // clock.Date
	KindTime     Kind = "time"     // time.Time
	KindJSON     Kind = "json"     // any, stored as jsonb
	KindTexts    Kind = "texts"    // []string, stored as text[]
	KindBytes    Kind = "bytes"    // []byte; a sealed field's ciphertext
)

// Called is what people call a value of the kind, as messages do.
func (k Kind) Called() Text {
	switch k {
	case KindID:
		return T("记录标识", "record's id")
	case KindBool:
		return T("是或否", "yes or no")
	case KindInt:
		return T("整数", "whole number")
	case KindAmount:
		return T("金额", "amount")
	case KindQuantity:
		return T("数量", "quantity")
	case KindPrice:
		return T("价格", "price")
	case KindPercent:
		return T("百分比", "percentage")
	case KindDate:
		return T("日期（如 2026-05-31）", "date (as 2026-05-31)")
	case KindTime:
		return T("时间", "time")
	case KindTexts:
		return T("文本列表", "list of texts")
	case KindText, KindJSON, KindBytes:
	}
	return T("值", "value")
}

// Decimal tells that values are exact decimals, written as strings in JSON.
func (k Kind) Decimal() bool {
	return k == KindAmount || k == KindQuantity || k == KindPrice || k == KindPercent
}

// Scale returns the decimals that the kind stores.
func (k Kind) Scale() int32 {
	switch k {
	case KindAmount, KindPercent:
		return 4
	case KindQuantity, KindPrice:
		return 6
	}
	return 0
}

// Option is one allowed value of a text field.
type Option struct {
	Value string
	Label Text
}

// Options makes options from triples: value, Chinese, English.
func Options(triples ...string) []Option {
	if len(triples)%3 != 0 {
		panic("entity.Options wants triples: value, Chinese, English")
	}
	out := make([]Option, 0, len(triples)/3)
	for i := 0; i < len(triples); i += 3 {
		out = append(out, Option{triples[i], T(triples[i+1], triples[i+2])})
	}
	return out
}

// Basic is the class of fields that describe no other class.
const Basic = "basic"

// Field says what one column means. The first group is written in Describe, the second is found from the struct.
type Field struct {
	Label   Text
	Help    Text
	Kind    Kind     // only where the column's type does not tell: KindPrice for numeric(20,6)
	Ref     string   // the entity that an id points to: "crm.customer"; RefBy names the field when it is not the id
	RefBy   string   // with Ref: the target's text field that holds this value, e.g. a unit's code
	Class   string   // what policy speaks of: price, cost, margin, payment, contract, personal, …; default basic
	Options []Option // the only values allowed
	Default string   // used when a caller leaves the field out, in the form of the API

	Computed  bool // kept by the system; callers may never write it
	Required  bool // a caller must give it
	Immutable bool // may be written when the record is made, not later
	Anytime   bool // may be written whatever state the document is in
	Sealed    bool // stored encrypted, as bytea; a text field only
	Lookup    bool // of a sealed field: found by its whole value, through a blind index
	Personal  bool // says who a human being is: see Desc.Person
	Unique    bool // no two records share a value; the database holds it too
	NotNeg    bool // zero or more
	Positive  bool // more than zero
	Signed    bool // a decimal that may be negative (amounts and quantities may not, unless this says so)
	Aside     bool // immaterial: no part of what an approver approves

	List, Filter, Search, Total bool   // on screen: in lists, in the filter bar, found by q=, summed
	Expr                        string // a read-only value in SQL over the row's own columns; {today} is the tenant's date

	Name   string // in API and database
	Null   bool   // an empty value is stored as NULL
	Custom bool   // a tenant's own (x_…)
	Cipher string // the column beside its own that holds the ciphertext of a field that the tenant itself has sealed, or is unsealing
	Title  bool   // set on the field that names the record for people
	System bool   // one of Base's
	index  []int
}

// Link is a field that holds the id of a record of another module.
type Link struct {
	Field *Field
	To    string
}

// Lines is a document's nested rows.
type Lines struct {
	Name  string
	Label Text
	Of    *Def
	index []int
}

// File names the fields that say what a file's content is.
type File struct{ Name, MediaType, Size, Digest *Field }

// Def is a compiled description.
type Def struct {
	Name        string // "sales.order"
	Collection  string // "orders"
	Label       Text
	Table       string
	Owner       string // the module that brings it; may differ from the name's first part
	Fields      []*Field
	Lines       []*Lines
	Title       *Field
	Number      *Field // drawn by the engine when empty
	Prefix      string // of the number
	Gapless     bool   // numbers are drawn at posting only, by the module, with record.Gapless
	State       *Field
	Drafts      []string // states in which callers may edit and delete; empty: always
	Pending     string   // the state while an approval is awaited
	Measure     *Field   // by which it grows and shrinks: an order's quantity, a receivable's amount
	Follows     []Link   // beside references: the records from which it follows
	Gone        []string // states in which nothing of it is left, whatever its measure says
	Parent      *Field   // of a line: the id of its document
	ParentDef   *Def
	ReadOnly    bool   // callers never create, change or delete it
	NoDelete    bool   // callers never delete it
	Derived     bool   // follows from other records: no audit of its own, may be written by the module in SQL
	OwnerField  *Field // the person whose record it is (owner_id), for row rights
	AboutEntity *Field // of remarks and files on other records: which kind of record it is about,
	AboutRecord *Field // and which one; it is seen only with that
	SharedField *Field // the flag by which a person lets everybody see a record of theirs; only they change it
	File        *File  // of records that are files
	Person      bool   // it is about a human being, who can be shredded: see Desc.Person
	PersonIf    *Field // only those records are where this flag is set; nil: all
	Keys        [][]string
	byName      map[string]*Field
	make        func() Record
	kept        *sync.Map
}

// Module returns the first part of the name; empty for top-level entities such as "approval".
func (d *Def) Module() string { m, _ := cut(d.Name); return m }

// Noun returns the last part of the name: "order".
func (d *Def) Noun() string { _, n := cut(d.Name); return n }

func cut(name string) (module, noun string) {
	for i := range len(name) {
		if name[i] == '.' {
			return name[:i], name[i+1:]
		}
	}
	return "", name
}

// Path returns the collection's path below /api/v1: "sales/orders".
func (d *Def) Path() string {
	if m := d.Module(); m != "" {
		return m + "/" + d.Collection
	}
	return d.Collection
}

// Field returns a field by its name, or nil.
func (d *Def) Field(name string) *Field { return d.byName[name] }

// New returns an empty record; nil for an entity without a Go struct.
func (d *Def) New() Record {
	if d.make == nil {
		return nil
	}
	return d.make()
}

// IsPerson tells that a record is about a human being.
func (d *Def) IsPerson(r Record) bool {
	if !d.Person || d.PersonIf == nil {
		return d.Person
	}
	yes, _ := d.PersonIf.Get(r).(bool)
	return yes
}

// Editable tells whether callers may change a document in this state.
func (d *Def) Editable(state string) bool {
	if d.State == nil || len(d.Drafts) == 0 {
		return true
	}
	return slices.Contains(d.Drafts, state)
}

// With returns a copy that has a tenant's own fields too.
func (d *Def) With(own ...*Field) *Def {
	c := *d
	c.Fields = append([]*Field{}, d.Fields...)
	for _, f := range own {
		if d.Person && f.Class == Personal {
			x := *f
			x.Personal, f = true, &x
		}
		c.Fields = append(c.Fields, f)
	}
	c.index()
	return &c
}

// Replacing returns a copy with some fields put in the places of those that have their names: the same ones, said otherwise.
func (d *Def) Replacing(fields map[string]*Field) *Def {
	c := *d
	c.Fields = append([]*Field{}, d.Fields...)
	for i, f := range c.Fields {
		if x := fields[f.Name]; x != nil {
			c.Fields[i] = x
		}
	}
	c.index()
	return &c
}

// Kept returns what others derive from the description, such as the text of a statement: worked out once and kept as long as the description. Keys are
// few, and of a type of their own.
func (d *Def) Kept(key any, derive func() any) any {
	if d.kept == nil {
		return derive()
	}
	v, ok := d.kept.Load(key)
	if !ok {
		v, _ = d.kept.LoadOrStore(key, derive())
	}
	return v
}

func (d *Def) index() {
	d.kept = new(sync.Map)
	d.byName = make(map[string]*Field, len(d.Fields))
	for _, f := range d.Fields {
		d.byName[f.Name] = f
	}
}

// SetOwner tells the entity and its lines which module brings them.
func (d *Def) SetOwner(module string, each func(*Def)) {
	for _, x := range d.family() {
		x.Owner = module
		each(x)
	}
}
