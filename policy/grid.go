package policy

import "github.com/tenon-hq/tenon/entity"

// Grant is what one role may do with one entity (and its lines). Everything left out is not allowed.
type Grant struct {
	View    []string `yaml:"view" json:"view,omitempty"`       // classes of fields, "*" for all, "field:name" for a single one
	Edit    []string `yaml:"edit" json:"edit,omitempty"`       // the same; must be within View
	Create  bool     `yaml:"create" json:"create,omitempty"`   // make new records
	Delete  bool     `yaml:"delete" json:"delete,omitempty"`   // delete them, where the entity allows
	Export  bool     `yaml:"export" json:"export,omitempty"`   // take them out as a file
	Actions []string `yaml:"actions" json:"actions,omitempty"` // names of actions, "*" for all
	Rows    string   `yaml:"rows" json:"rows,omitempty"`       // "" or "all": every record; "own": those whose owner the person is
}

// Grants is the grid: role, then entity ("sales.order", "sales.*", "*"), then rights.
type Grants map[string]map[string]Grant

// Role is a name for what people do, with its labels.
type Role struct {
	Name   string      `json:"name"`
	Label  entity.Text `json:"label"`
	Custom bool        `json:"custom,omitempty"` // made by the tenant
}

// Rule is one thing that the grid can't say: a denial or an approval. Exactly one of Deny and Approval is set.
type Rule struct {
	ID       string        `yaml:"id" json:"id"`
	Label    Label         `yaml:"label" json:"label"`
	Deny     *Deny         `yaml:"deny" json:"deny,omitempty"`
	Approval *ApprovalRule `yaml:"approval" json:"approval,omitempty"`
}

// Deny takes rights away from everyone who has one of the roles, whatever another role of theirs allows.
type Deny struct {
	Roles    []string `yaml:"roles" json:"roles"` // "*": every role but owner and admin
	Entity   string   `yaml:"entity" json:"entity,omitempty"`
	Entities []string `yaml:"entities" json:"entities,omitempty"` // neither Entity nor Entities: all
	Classes  []string `yaml:"classes" json:"classes,omitempty"`   // neither Classes nor Fields: the entity as a whole
	Fields   []string `yaml:"fields" json:"fields,omitempty"`
	View     bool     `yaml:"view" json:"view,omitempty"`
	Edit     bool     `yaml:"edit" json:"edit,omitempty"`
	Create   bool     `yaml:"create" json:"create,omitempty"`
	Delete   bool     `yaml:"delete" json:"delete,omitempty"`
	Export   bool     `yaml:"export" json:"export,omitempty"`
	Actions  []string `yaml:"actions" json:"actions,omitempty"`
}

// ApprovalRule parks an action until others have agreed.
type ApprovalRule struct {
	Entity    string      `yaml:"entity" json:"entity"`
	Action    string      `yaml:"action" json:"action,omitempty"`
	Actions   []string    `yaml:"actions" json:"actions,omitempty"` // several at once
	When      []Condition `yaml:"when" json:"when,omitempty"`       // all must hold; none: always
	Unless    []string    `yaml:"unless" json:"unless,omitempty"`   // roles whose own acts need no approval by this rule
	Approvers []Step      `yaml:"approvers" json:"approvers"`       // one after the other
}

// Condition compares a field of the record with a value. "lines.quantity" holds when it holds for any line.
type Condition struct {
	Field string      `yaml:"field" json:"field"`
	Op    string      `yaml:"op" json:"op"` // eq, ne, in, nin, gt, gte, lt, lte, empty, given
	Value Values      `yaml:"value" json:"value,omitempty"`
	Kind  entity.Kind `yaml:"-" json:"kind,omitempty"` // found from the description
}

// Step is one stage of an approval: whoever has one of the roles, or is one of the people that the step names, may agree.
type Step struct {
	Roles     []string    `yaml:"roles" json:"roles,omitempty"`
	Users     []string    `yaml:"users" json:"users,omitempty"`           // ids
	UsersIn   []string    `yaml:"users_in" json:"users_in,omitempty"`     // fields of the record that hold a user
	ManagerOf []string    `yaml:"manager_of" json:"manager_of,omitempty"` // "requester", or fields that hold a user: who leads their team
	OwnerOf   []string    `yaml:"owner_of" json:"owner_of,omitempty"`     // "record", or fields that point to another record: who owns it
	When      []Condition `yaml:"when" json:"when,omitempty"`             // the step is asked only when all hold; none: always
	Mode      string      `yaml:"mode" json:"mode,omitempty"`             // any (default), all, vote or sequence
	Votes     int         `yaml:"votes" json:"votes,omitempty"`           // vote: how many have to agree

	EscalateHours int      `yaml:"escalate_hours" json:"escalate_hours,omitempty"` // 0: never
	EscalateTo    []string `yaml:"escalate_to" json:"escalate_to,omitempty"`       // roles who may decide too after that time
}

// Label is a wording in Chinese and English, as written in a rules file.
type Label struct {
	ZH string `yaml:"zh" json:"zh"`
	EN string `yaml:"en" json:"en"`
}

// Text returns the label as a text.
func (l Label) Text() entity.Text { return entity.Text(l) }

func (a *ApprovalRule) actions() []string {
	if a.Action == "" {
		return a.Actions
	}
	return append([]string{a.Action}, a.Actions...)
}

// conditions are all that the rule and its steps compare.
func (a *ApprovalRule) conditions() []Condition {
	out := append([]Condition{}, a.When...)
	for _, s := range a.Approvers {
		out = append(out, s.When...)
	}
	return out
}

func (d *Deny) entities() []string {
	switch {
	case d.Entity != "":
		return append([]string{d.Entity}, d.Entities...)
	case len(d.Entities) == 0:
		return []string{"*"}
	}
	return d.Entities
}

// rights lists what a denial takes away, in the words of the Rego library.
func (d *Deny) rights() []string {
	var out []string
	for _, r := range []struct {
		on   bool
		name string
	}{{d.View, "view"}, {d.Edit, "edit"}, {d.Create, "create"}, {d.Delete, "delete"}, {d.Export, "export"}} {
		if r.on {
			out = append(out, r.name)
		}
	}
	return out
}

// tokens are the classes and single fields that a denial speaks of.
func (d *Deny) tokens() []string {
	out := append([]string{}, d.Classes...)
	for _, f := range d.Fields {
		out = append(out, single+f)
	}
	return out
}

// rights lists a grant's yes-or-no rights, in the words of the Rego library.
func (g Grant) rights() []string {
	var out []string
	for _, r := range []struct {
		on   bool
		name string
	}{{g.Create, "create"}, {g.Delete, "delete"}, {g.Export, "export"}} {
		if r.on {
			out = append(out, r.name)
		}
	}
	return out
}

// join adds another module's grant for the same role and entity.
func (g Grant) join(o Grant) Grant {
	g.View, g.Edit, g.Actions = merge(g.View, o.View), merge(g.Edit, o.Edit), merge(g.Actions, o.Actions)
	g.Create, g.Delete, g.Export = g.Create || o.Create, g.Delete || o.Delete, g.Export || o.Export
	if o.Rows != ownRows {
		g.Rows = o.Rows
	}
	return g
}

func merge(a, b []string) []string {
	out := append([]string{}, a...)
	for _, x := range b {
		if !has(a, x) {
			out = append(out, x)
		}
	}
	return out
}

func has(list []string, x string) bool {
	for _, v := range list {
		if v == x {
			return true
		}
	}
	return false
}

// Words for people whom a step names by what they are to the record.
const (
	Requester  = "requester"
	ThisRecord = "record"
)

const (
	single  = "field:" // in front of a single field's name in a list of classes
	ownRows = "own"
	anyName = "*"

	customClass = "custom" // of a tenant's own fields
)
