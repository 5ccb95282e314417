package httpapi

import (
	"maps"
	"slices"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/policy"
)

type metaField struct {
	Name       string       `json:"name"`
	Label      string       `json:"label"`
	Help       string       `json:"help,omitempty"`
	Kind       entity.Kind  `json:"kind"`
	Scale      int32        `json:"scale,omitempty"` // decimals that are kept
	Ref        string       `json:"ref,omitempty"`
	RefBy      string       `json:"ref_by,omitempty"`    // the target's field that the value names; the id otherwise
	RefPath    string       `json:"ref_path,omitempty"`  // the target's collection, when the caller may see it
	RefTitle   string       `json:"ref_title,omitempty"` // the field by which people know the target
	Class      string       `json:"class"`
	Options    []metaOption `json:"options,omitempty"`
	Default    string       `json:"default,omitempty"`
	Required   bool         `json:"required,omitempty"`
	Computed   bool         `json:"computed,omitempty"`
	System     bool         `json:"system,omitempty"`
	Immutable  bool         `json:"immutable,omitempty"` // may be written when the record is made, not later
	Anytime    bool         `json:"anytime,omitempty"`   // may be written whatever state the document is in
	Sealed     bool         `json:"sealed,omitempty"`
	Unique     bool         `json:"unique,omitempty"`
	Signed     bool         `json:"signed,omitempty"`
	Positive   bool         `json:"positive,omitempty"`
	Custom     bool         `json:"custom,omitempty"`
	Nullable   bool         `json:"nullable,omitempty"`
	List       bool         `json:"list,omitempty"`   // shown in lists at first
	Filter     bool         `json:"filter,omitempty"` // offered in the filter bar at first
	Search     bool         `json:"search,omitempty"` // found by q=
	Total      bool         `json:"total,omitempty"`
	Filterable bool         `json:"filterable"`
	Sortable   bool         `json:"sortable"`
	Operators  []string     `json:"operators,omitempty"`
	Edit       bool         `json:"edit"`
	EditRule   string       `json:"edit_rule,omitempty"` // the rule by which it may be seen and not written
}

type metaOption struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// fields describes what the caller may see of an entity's fields and names the others.
func (x *about) fields(d *entity.Def, mask *policy.Mask) (out []metaField, denied []metaDenied, err error) {
	out = []metaField{}
	for _, f := range d.Fields {
		if !shown(d, f) {
			continue
		}
		if !mask.View(f) {
			denied = append(denied, x.denied(mask, "view:"+f.Name, f.Name, f.Label, f.Class))
			continue
		}
		m := metaField{
			Name: f.Name, Label: f.Label.In(x.lang), Help: f.Help.In(x.lang), Kind: f.Kind, Scale: f.Kind.Scale(), Ref: f.Ref, RefBy: f.RefBy, Class: f.Class,
			Default: f.Default, Required: f.Required, Computed: f.Computed || f.System, System: f.System, Immutable: f.Immutable, Anytime: f.Anytime,
			Sealed: hidden(f), Unique: f.Unique, Signed: f.Signed, Positive: f.Positive, Custom: f.Custom, Nullable: f.Null || f.Custom,
			List: f.List, Filter: f.Filter, Search: f.Search || f.Title, Total: f.Total,
			Filterable: sought(f) && !reserved(f.Name), Sortable: sought(f) && !hidden(f) && f.Kind != entity.KindTexts, Edit: mask.Edit(f) && !f.Computed && f.Stored(),
		}
		if m.Filterable {
			m.Operators = operators(f)
		}
		if !f.Computed && !f.System && f.Stored() && !m.Edit {
			m.EditRule, _ = mask.Why("edit:" + f.Name)
		}
		if m.RefPath, m.RefTitle, err = x.target(f.Ref); err != nil {
			return nil, nil, err
		}
		m.Options = x.options(f)
		out = append(out, m)
	}
	return out, denied, nil
}

func (x *about) options(f *entity.Field) []metaOption {
	var out []metaOption
	for _, o := range f.Options {
		out = append(out, metaOption{o.Value, o.Label.In(x.lang)})
	}
	return out
}

// target says where the records that a reference points to are found, and which of their fields names them.
func (x *about) target(ref string) (path, title string, err error) {
	if ref == "" {
		return "", "", nil
	}
	d := record.Catalog(x.tx).Entity(ref)
	mask, ok, err := x.visible(d)
	if err != nil || !ok || d.Collection == "" || d.Parent != nil {
		return "", "", err
	}
	if d.Title != nil && mask.View(d.Title) {
		title = d.Title.Name
	}
	return d.Path(), title, nil
}

// operators are those that a filter on the field takes.
func operators(f *entity.Field) []string {
	out := []string{"eq", "ne"}
	if hidden(f) {
		return append(out, "in", "nin", "null")
	}
	switch f.Kind {
	case entity.KindTexts:
		return []string{"eq", "ne", "in", "nin", "contains", "null"}
	case entity.KindText:
		out = append(out, "in", "nin", "contains", "starts")
	case entity.KindID:
		out = append(out, "in", "nin")
	case entity.KindInt, entity.KindAmount, entity.KindQuantity, entity.KindPrice, entity.KindPercent, entity.KindDate, entity.KindTime:
		out = append(out, "in", "nin", "gt", "gte", "lt", "lte")
	case entity.KindBool, entity.KindJSON, entity.KindBytes:
	}
	if f.Null || f.Custom || !f.Stored() {
		out = append(out, "null")
	}
	return out
}

type metaAction struct {
	Name  string      `json:"name"`
	Label string      `json:"label"`
	From  []string    `json:"from,omitempty"`
	Input []metaInput `json:"input,omitempty"`
}

// metaInput is one member of what an action is given: a value, an object (fields) or a list of them (items).
type metaInput struct {
	Name     string       `json:"name"`
	Label    string       `json:"label"`
	Kind     entity.Kind  `json:"kind,omitempty"`
	Ref      string       `json:"ref,omitempty"`
	RefPath  string       `json:"ref_path,omitempty"`
	RefTitle string       `json:"ref_title,omitempty"`
	Options  []metaOption `json:"options,omitempty"`
	Optional bool         `json:"optional,omitempty"`
	Fields   []metaInput  `json:"fields,omitempty"`
	Items    []metaInput  `json:"items,omitempty"`
}

// inputs describes an action's input. What a member points to, or chooses from, is what the field of that name does: in the record, its lines, or
// wherever all fields of that name agree.
func (x *about) inputs(d *entity.Def, list []record.InputField) []metaInput {
	var out []metaInput
	for _, in := range list {
		m := metaInput{
			Name: in.Name, Label: in.Label.In(x.lang), Kind: in.Kind, Optional: in.Optional, Fields: x.inputs(d, in.Nested), Items: x.inputs(d, in.Items),
		}
		if f := x.namesake(d, in.Name); f != nil && f.Kind == in.Kind {
			m.Options = x.options(f)
			if path, title, err := x.target(f.Ref); err == nil {
				m.Ref, m.RefPath, m.RefTitle = f.Ref, path, title
			}
		}
		out = append(out, m)
	}
	return out
}

func (x *about) namesake(d *entity.Def, name string) *entity.Field {
	if d != nil {
		if f := d.Field(name); f != nil {
			return f
		}
		for _, l := range d.Lines {
			if f := l.Of.Field(name); f != nil {
				return f
			}
		}
	}
	targets := map[string]*entity.Field{}
	for _, other := range record.Catalog(x.tx).All() {
		if f := other.Field(name); f != nil && f.Kind == entity.KindID {
			targets[f.Ref] = f
		}
	}
	if len(targets) != 1 {
		return nil
	}
	return slices.Collect(maps.Values(targets))[0]
}

type metaReport struct {
	Name    string       `json:"name"`
	Path    string       `json:"path"`
	Label   string       `json:"label"`
	Of      string       `json:"of"`
	Input   []metaInput  `json:"input,omitempty"`
	Columns []metaColumn `json:"columns"`
	Denied  []string     `json:"denied,omitempty"`
}

type metaColumn struct {
	Name  string      `json:"name"`
	Label string      `json:"label"`
	Kind  entity.Kind `json:"kind"`
	Class string      `json:"class"`
	Total bool        `json:"total,omitempty"`

	Ref      string       `json:"ref,omitempty"`
	RefPath  string       `json:"ref_path,omitempty"`
	RefTitle string       `json:"ref_title,omitempty"`
	Options  []metaOption `json:"options,omitempty"`
}

// column describes a column of a report, with what it points to or what its values are called.
func (x *about) column(c *entity.Field, class string) (m metaColumn, err error) {
	m = metaColumn{Name: c.Name, Label: c.Label.In(x.lang), Kind: c.Kind, Class: class, Total: c.Total, Ref: c.Ref, Options: x.options(c)}
	m.RefPath, m.RefTitle, err = x.target(c.Ref)
	return m, err
}

// reports describes the modules' questions that the caller may ask.
func (x *about) reports() ([]metaReport, error) {
	out := []metaReport{}
	for _, path := range slices.Sorted(maps.Keys(x.a.engine.Reports())) {
		rep := x.a.engine.Report(path)
		d := record.Catalog(x.tx).Entity(rep.Of)
		mask, ok, err := x.visible(d)
		if err != nil {
			return nil, err
		}
		if !ok || !mask.Rows().All() {
			continue
		}
		m := metaReport{Name: rep.Name, Path: path, Label: rep.Label.In(x.lang), Of: rep.Of, Columns: []metaColumn{}}
		if rep.Input != nil {
			m.Input = x.inputs(d, record.InputFields(rep.Input()))
		}
		for i := range rep.Columns {
			c := &rep.Columns[i]
			class := c.Class
			if class == "" {
				class = entity.Basic
			}
			if f := d.Field(c.Name); class != entity.Basic && !mask.ViewClass(class) && (f == nil || !mask.View(f)) {
				m.Denied = append(m.Denied, c.Name)
				continue
			}
			column, err := x.column(c, class)
			if err != nil {
				return nil, err
			}
			m.Columns = append(m.Columns, column)
		}
		out = append(out, m)
	}
	return out, nil
}
