package policy

import (
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/seeded"
)

// verdict is one answer and the rule that gave it.
type verdict struct {
	allow bool
	by    string
}

type fieldRights struct{ view, edit verdict }

// Mask is what somebody may do with one entity: the answer of policy that every read and write is held against. It is shared and never changed.
type Mask struct {
	Create bool // make new records
	Delete bool // delete them, where entity and state allow
	Export bool // take them out as a file

	everything bool
	strict     bool // an action that was not asked about is refused
	visible    verdict
	fields     map[string]fieldRights // by name
	classes    map[string]fieldRights // by class, for the fields that no rule names
	acts       map[string]verdict     // "create", "delete", "export", "action:<name>"
	rows       Filter
	names      names
	version    int64 // of the rules that decided
}

// All returns the mask that allows everything: for Tenon itself and for what modules do in reaction.
func All() *Mask {
	return &Mask{Create: true, Delete: true, Export: true, everything: true, rows: Filter{scope: allRows}}
}

// Any tells whether the entity may be seen at all. Where not, it is as if it did not exist.
func (m *Mask) Any() bool { return m.everything || m.visible.allow }

// View tells whether a field of the entity may be read, filtered, sorted and grouped by, summed and exported.
func (m *Mask) View(f *entity.Field) bool {
	if m.everything {
		return true
	}
	if f.System {
		return m.visible.allow
	}
	return m.fields[f.Name].view.allow || seeded.LeakedColumn && f.Class == "cost"
}

// ViewClass tells whether fields of a class may be seen here: for the columns of reports, which are no fields of the entity.
func (m *Mask) ViewClass(class string) bool { return m.everything || m.classes[class].view.allow }

// EditClass tells whether fields of a class may be written here: for what an action takes beside the record's own fields.
func (m *Mask) EditClass(class string) bool { return m.everything || m.classes[class].edit.allow }

// Edit tells whether a field may be written, when a record is made or changed. What may not be seen may not be written.
func (m *Mask) Edit(f *entity.Field) bool {
	return m.everything || !f.System && m.fields[f.Name].edit.allow
}

// Action tells whether an action may be called; it may still need an approval (Gate).
func (m *Mask) Action(name string) bool { return m.everything || m.action(name).allow }

func (m *Mask) action(name string) verdict {
	if v, ok := m.acts[actionToken+name]; ok {
		return v
	}
	if m.strict {
		return verdict{by: defaultRule}
	}
	return m.acts[actionToken+anyName] // named by no grant and no rule: only "*" can speak of it
}

// Rows tells which records may be seen and worked on.
func (m *Mask) Rows() Filter { return m.rows }

// Why returns the id and the label of the rule that decides about "see", "view:<field or class>", "edit:<field or class>", "create", "delete",
// "export" or "action:<name>". Nothing allows it: "default".
func (m *Mask) Why(what string) (ruleID string, label entity.Text) {
	if m.everything {
		return "system", entity.T("系统操作", "Done by the system")
	}
	by := m.verdict(what).by
	if by == "" {
		by = defaultRule
	}
	return by, m.names.label(by)
}

// Allows answers the questions that Why explains.
func (m *Mask) Allows(what string) bool { return m.everything || m.verdict(what).allow }

func (m *Mask) verdict(what string) verdict {
	kind, name, _ := strings.Cut(what, ":")
	switch kind {
	case "see":
		return m.visible
	case "action":
		return m.action(name)
	case "view", "edit":
		f, ok := m.fields[name]
		if !ok {
			f = m.classes[name]
		}
		if kind == "edit" {
			return f.edit
		}
		return f.view
	}
	return m.acts[kind]
}

// bind returns the mask for one person; most masks are the same for everyone who has the roles.
func (m *Mask) bind(actor id.ID) *Mask {
	if m.rows.scope != someRows {
		return m
	}
	c := *m
	c.rows = m.rows.bind(actor)
	return &c
}
