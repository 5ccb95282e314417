package httpapi

import (
	"net/http"

	"github.com/tenon-hq/tenon/engine/form"
	"github.com/tenon-hq/tenon/entity"
)

// addField gives the tenant a field of its own on an entity: a real, typed column in its own table.
func (a *API) addField(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	var in struct {
		Entity   string      `json:"entity"`
		Name     string      `json:"name"`
		LabelZH  string      `json:"label_zh"`
		LabelEN  string      `json:"label_en"`
		Kind     entity.Kind `json:"kind"`
		Class    string      `json:"class"`
		Required bool        `json:"required"`
		Options  []struct {
			Value   string `json:"value"`
			LabelZH string `json:"label_zh"`
			LabelEN string `json:"label_en"`
		} `json:"options"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	f := entity.Field{Name: in.Name, Label: entity.T(in.LabelZH, in.LabelEN), Kind: in.Kind, Class: in.Class, Required: in.Required}
	for _, o := range in.Options {
		f.Options = append(f.Options, entity.Option{Value: o.Value, Label: entity.T(o.LabelZH, o.LabelEN)})
	}
	if err := form.Add(r.Context(), a.db, a.engine, c.tenant, c.actor, in.Entity, f); err != nil {
		return err
	}
	return reply(w, http.StatusCreated, map[string]any{"entity": in.Entity, "name": in.Name, "kind": in.Kind})
}
