package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

func jsonBytes(v any) ([]byte, error) { return json.Marshal(v) }

type metaEntity struct {
	Name     string       `json:"name"`
	Path     string       `json:"path"`
	Module   string       `json:"module"`
	Label    string       `json:"label"`
	Plural   string       `json:"plural"` // what several of them are called: in menus, above lists
	Title    string       `json:"title,omitempty"`
	Number   string       `json:"number,omitempty"`
	State    string       `json:"state,omitempty"`
	Drafts   []string     `json:"drafts,omitempty"`  // states in which it may be changed and deleted; none: always
	Pending  string       `json:"pending,omitempty"` // the state while an approval is awaited
	Owner    string       `json:"owner,omitempty"`   // the field that says whose record it is
	Keys     [][]string   `json:"keys,omitempty"`
	ReadOnly bool         `json:"read_only,omitempty"`
	About    bool         `json:"about,omitempty"` // remarks, files: seen together with the record that they are about
	Create   bool         `json:"create"`
	Edit     bool         `json:"edit"`
	Delete   bool         `json:"delete"`
	Export   bool         `json:"export"`
	Import   bool         `json:"import"`
	Print    bool         `json:"print,omitempty"`      // …/{id}/pdf prints it
	Most     int64        `json:"most_bytes,omitempty"` // of a file: how large it may be
	Fields   []metaField  `json:"fields"`
	Denied   []metaDenied `json:"denied,omitempty"`
	Lines    []metaLines  `json:"lines,omitempty"`
	Actions  []metaAction `json:"actions,omitempty"`
	Refused  []metaDenied `json:"denied_actions,omitempty"`
}

type metaLines struct {
	Name     string       `json:"name"`
	Label    string       `json:"label"`
	Entity   string       `json:"entity"`
	ReadOnly bool         `json:"read_only,omitempty"`
	Fields   []metaField  `json:"fields"`
	Denied   []metaDenied `json:"denied,omitempty"`
}

// metaDenied names what the caller may not see or do, and the rule that says so.
type metaDenied struct {
	Name      string `json:"name"`
	Label     string `json:"label"`
	Class     string `json:"class,omitempty"`
	Rule      string `json:"rule"`
	RuleLabel string `json:"rule_label,omitempty"`
}

type metaModule struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Entities []string `json:"entities"` // paths, in the order of a menu
	Reports  []string `json:"reports,omitempty"`
}

// about writes what one caller may see and do.
type about struct {
	a    *API
	ctx  context.Context //nolint:containedctx // lives for one call
	tx   *tenancy.Tx
	lang i18n.Lang
}

// meta describes what the caller may see and do: the browser builds its menus, lists and forms from it. Of what may not be seen it tells only that it
// is denied, and by which rule.
func (a *API) meta(w http.ResponseWriter, r *http.Request) error {
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		x := &about{a, ctx, tx, languageOf(r)}
		entities := []metaEntity{}
		for _, d := range record.Catalog(tx).All() {
			mask, ok, err := x.visible(d)
			if err != nil {
				return err
			}
			if !ok || d.Parent != nil || d.Collection == "" {
				continue
			}
			e, err := x.entity(d, mask)
			if err != nil {
				return err
			}
			entities = append(entities, e)
		}
		reports, err := x.reports()
		if err != nil {
			return err
		}
		return reply(w, http.StatusOK, map[string]any{
			"entities": entities, "reports": reports, "modules": x.menu(entities, reports), "generation": tx.Tenant.Generation, "locale": x.lang,
		})
	})
}

// most is how large a file may be; 0 for what is no file.
func (x *about) most(d *entity.Def) int64 {
	if d.File == nil {
		return 0
	}
	return x.a.maxUpload
}

func plural(label entity.Text, lang i18n.Lang) string {
	if lang == i18n.EN {
		return i18n.Plural(label.EN)
	}
	return label.In(lang)
}

// visible tells whether the caller may know of an entity, and with which rights.
func (x *about) visible(d *entity.Def) (*policy.Mask, bool, error) {
	if d == nil {
		return nil, false, nil
	}
	if owner := x.a.engine.Owner(d.Name); owner != "" && !x.tx.Tenant.On(owner) {
		return nil, false, nil
	}
	mask, err := record.MaskOf(x.ctx, x.tx, d)
	return mask, err == nil && mask.Any(), err
}

func (x *about) entity(d *entity.Def, mask *policy.Mask) (metaEntity, error) {
	e := metaEntity{
		Name: d.Name, Path: d.Path(), Module: d.Module(), Label: d.Label.In(x.lang), Plural: plural(d.Label, x.lang), Title: nameOf(d.Title), Number: nameOf(d.Number), State: nameOf(d.State),
		Drafts: d.Drafts, Pending: d.Pending, Owner: nameOf(d.OwnerField), Keys: d.Keys, ReadOnly: d.ReadOnly, About: d.AboutEntity != nil,
		Create: mask.Create && !d.ReadOnly, Delete: mask.Delete && !d.ReadOnly && !d.NoDelete, Export: mask.Export, Import: mask.Create && !d.ReadOnly,
		Print: x.a.press.Prints(d.Name), Most: x.most(d),
	}
	var err error
	if e.Fields, e.Denied, err = x.fields(d, mask); err != nil {
		return e, err
	}
	e.Edit = !d.ReadOnly && slices.ContainsFunc(e.Fields, func(f metaField) bool { return f.Edit && !f.Immutable })
	for _, l := range d.Lines {
		lm, err := record.MaskOf(x.ctx, x.tx, l.Of)
		if err != nil {
			return e, err
		}
		m := metaLines{Name: l.Name, Label: l.Label.In(x.lang), Entity: l.Of.Name, ReadOnly: l.Of.ReadOnly}
		if m.Fields, m.Denied, err = x.fields(l.Of, lm); err != nil {
			return e, err
		}
		e.Lines = append(e.Lines, m)
	}
	for _, act := range x.a.engine.Actions(d.Name) {
		if mask.Action(act.Name) {
			e.Actions = append(e.Actions, metaAction{act.Name, act.Label.In(x.lang), act.From, x.inputs(d, inputOf(mask, act))})
			continue
		}
		e.Refused = append(e.Refused, x.denied(mask, "action:"+act.Name, act.Name, act.Label, ""))
	}
	return e, nil
}

func nameOf(f *entity.Field) string {
	if f == nil {
		return ""
	}
	return f.Name
}

func (x *about) denied(mask *policy.Mask, what, name string, label entity.Text, class string) metaDenied {
	rule, why := mask.Why(what)
	return metaDenied{name, label.In(x.lang), class, rule, why.In(x.lang)}
}

// menu groups what may be seen by modules, in the order of the program.
func (x *about) menu(entities []metaEntity, reports []metaReport) []metaModule {
	out := []metaModule{}
	for _, m := range x.a.engine.Modules() {
		if !m.Always && !x.tx.Tenant.On(m.Name) {
			continue
		}
		one := metaModule{Name: m.Name, Label: m.Label.In(x.lang), Entities: []string{}}
		for _, rec := range m.Entities {
			d := x.a.engine.Catalog().Of(rec)
			if slices.ContainsFunc(entities, func(e metaEntity) bool { return e.Name == d.Name }) {
				one.Entities = append(one.Entities, d.Path())
			}
		}
		for _, r := range reports {
			if strings.HasPrefix(r.Path, m.Name+"/") {
				one.Reports = append(one.Reports, r.Path)
			}
		}
		if len(one.Entities)+len(one.Reports) > 0 {
			out = append(out, one)
		}
	}
	return out
}

func inputOf(mask *policy.Mask, x *modules.Action) []record.InputField {
	if x.Input == nil {
		return nil
	}
	return record.InputFor(mask, x.Input())
}
