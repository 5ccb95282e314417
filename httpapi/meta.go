package httpapi

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

func jsonBytes(v any) ([]byte, error) { return json.Marshal(v) }

type metaField struct {
	Name     string       `json:"name"`
	Label    string       `json:"label"`
	Kind     entity.Kind  `json:"kind"`
	Ref      string       `json:"ref,omitempty"`
	Class    string       `json:"class"`
	Options  []metaOption `json:"options,omitempty"`
	Required bool         `json:"required,omitempty"`
	Computed bool         `json:"computed,omitempty"`
	List     bool         `json:"list,omitempty"`
	Filter   bool         `json:"filter,omitempty"`
	Total    bool         `json:"total,omitempty"`
	Edit     bool         `json:"edit"`
}

type metaOption struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

type metaEntity struct {
	Name    string       `json:"name"`
	Path    string       `json:"path"`
	Label   string       `json:"label"`
	Title   string       `json:"title,omitempty"`
	State   string       `json:"state,omitempty"`
	Create  bool         `json:"create"`
	Delete  bool         `json:"delete"`
	Export  bool         `json:"export"`
	Fields  []metaField  `json:"fields"`
	Lines   []metaLines  `json:"lines,omitempty"`
	Actions []metaAction `json:"actions,omitempty"`
}

type metaLines struct {
	Name   string      `json:"name"`
	Label  string      `json:"label"`
	Fields []metaField `json:"fields"`
}

type metaAction struct {
	Name  string      `json:"name"`
	Label string      `json:"label"`
	From  []string    `json:"from,omitempty"`
	Input []metaInput `json:"input,omitempty"`
}

// metaInput is one member of what an action is given: a value, an object (fields) or a list of them (items).
type metaInput struct {
	Name     string      `json:"name"`
	Label    string      `json:"label"`
	Kind     entity.Kind `json:"kind,omitempty"`
	Optional bool        `json:"optional,omitempty"`
	Fields   []metaInput `json:"fields,omitempty"`
	Items    []metaInput `json:"items,omitempty"`
}

func metaInputs(list []record.InputField, lang i18n.Lang) []metaInput {
	var out []metaInput
	for _, x := range list {
		out = append(out, metaInput{x.Name, x.Label.In(lang), x.Kind, x.Optional, metaInputs(x.Nested, lang), metaInputs(x.Items, lang)})
	}
	return out
}

// meta describes what the caller may see and do: the browser builds its menus, lists and forms from it. What may not be seen is not in it.
func (a *API) meta(w http.ResponseWriter, r *http.Request) error {
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		lang := languageOf(r)
		out := []metaEntity{}
		for _, d := range record.Catalog(tx).All() {
			owner := a.engine.Owner(d.Name)
			if d.Parent != nil || d.Collection == "" || owner != "" && !tx.Tenant.On(owner) {
				continue
			}
			mask, err := record.MaskOf(ctx, tx, d)
			if err != nil {
				return err
			}
			if !mask.Any() {
				continue
			}
			e := metaEntity{
				Name: d.Name, Path: d.Path(), Label: d.Label.In(lang), Create: mask.Create && !d.ReadOnly, Delete: mask.Delete && !d.ReadOnly && !d.NoDelete, Export: mask.Export,
				Fields: fieldsFor(d, mask, lang),
			}
			if d.Title != nil {
				e.Title = d.Title.Name
			}
			if d.State != nil {
				e.State = d.State.Name
			}
			for _, l := range d.Lines {
				lm, err := record.MaskOf(ctx, tx, l.Of)
				if err != nil {
					return err
				}
				e.Lines = append(e.Lines, metaLines{l.Name, l.Label.In(lang), fieldsFor(l.Of, lm, lang)})
			}
			for _, x := range a.engine.Actions(d.Name) {
				if mask.Action(x.Name) {
					e.Actions = append(e.Actions, metaAction{x.Name, x.Label.In(lang), x.From, metaInputs(inputOf(mask, x), lang)})
				}
			}
			out = append(out, e)
		}
		return reply(w, http.StatusOK, map[string]any{"entities": out})
	})
}

func inputOf(mask *policy.Mask, x *modules.Action) []record.InputField {
	if x.Input == nil {
		return nil
	}
	return record.InputFor(mask, x.Input())
}

func fieldsFor(d *entity.Def, mask interface {
	View(*entity.Field) bool
	Edit(*entity.Field) bool
}, lang i18n.Lang,
) []metaField {
	out := []metaField{}
	for _, f := range d.Fields {
		if !mask.View(f) || f == d.Parent && d.Parent != nil {
			continue
		}
		m := metaField{
			Name: f.Name, Label: f.Label.In(lang), Kind: f.Kind, Ref: f.Ref, Class: f.Class, Required: f.Required, Computed: f.Computed || f.System,
			List: f.List, Filter: f.Filter, Total: f.Total, Edit: mask.Edit(f) && !f.Computed,
		}
		for _, o := range f.Options {
			m.Options = append(m.Options, metaOption{o.Value, o.Label.In(lang)})
		}
		out = append(out, m)
	}
	return out
}

// report answers a module's report: GET /api/v1/{module}/{report}, or POST where the question does not fit into an address. Neither writes anything.
func (a *API) report(w http.ResponseWriter, r *http.Request) error {
	path := reportPath(r)
	rep := a.engine.Report(path)
	params := map[string]any{}
	for k, v := range r.URL.Query() {
		params[k] = v[0]
	}
	if r.Method == http.MethodPost {
		in, _, err := body(w, r)
		if err != nil {
			return err
		}
		maps.Copy(params, in)
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		def := record.Catalog(tx).Entity(rep.Of)
		if err := a.enabled(tx, a.engine.Owner(def.Name)); err != nil {
			return err
		}
		rows, err := record.RunReport(ctx, tx, rep, params)
		if err != nil {
			return err
		}
		return reply(w, http.StatusOK, map[string]any{"data": rows, "next_cursor": nil})
	})
}

func reportPath(r *http.Request) string {
	path, err := mux.CurrentRoute(r).GetPathTemplate()
	if err != nil {
		return ""
	}
	return path[len("/api/v1/"):]
}
