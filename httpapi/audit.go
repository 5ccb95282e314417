package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// audit lists what was done, newest first: everything for those who may see the audit, else one record's history with the caller's rights.
func (a *API) audit(w http.ResponseWriter, r *http.Request) error {
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		q, err := record.ParseQuery(r.URL.Query())
		if err != nil {
			return err
		}
		page, err := record.Audit(ctx, tx, q, languageOf(r))
		if err != nil {
			return err
		}
		return replyRaw(w, http.StatusOK, pageJSON(page))
	})
}

// roles lists the roles with their rights and the rules, as they hold now.
func (a *API) roles(w http.ResponseWriter, r *http.Request) error {
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		roles, err := a.policy.Roles(ctx, tx)
		if err != nil {
			return err
		}
		lang := languageOf(r)
		type role struct {
			Name  string `json:"name"`
			Label string `json:"label"`
		}
		out := make([]role, len(roles))
		for i, x := range roles {
			out[i] = role{x.Name, x.Label.In(lang)}
		}
		answer := map[string]any{"data": out, "next_cursor": nil}
		if a.maySetRights(tx) {
			draft, err := a.policy.Grants(ctx, tx)
			if err != nil {
				return err
			}
			answer["grants"], answer["rules"] = draft.Grants, draft.Rules
		}
		return reply(w, http.StatusOK, answer)
	})
}

// maySetRights tells who edits roles and rules.
func (a *API) maySetRights(tx *tenancy.Tx) bool {
	return slices.ContainsFunc([]string{"owner", "admin", "security_officer"}, func(r string) bool { return slices.Contains(tx.Actor.Roles, r) })
}

// publishRoles replaces grants and rules by a new version; every mistake in it is reported.
func (a *API) publishRoles(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Grants policy.Grants `json:"grants"`
		Rules  []policy.Rule `json:"rules"`
		Roles  []policy.Role `json:"roles"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if !a.maySetRights(tx) {
			return fault.New(fault.Forbidden, "rights.denied", "您无权修改角色与规则（规则 platform.rights）", "You may not change roles and rules (rule platform.rights)").With("rule", "platform.rights")
		}
		now, err := a.policy.Grants(ctx, tx)
		if err != nil {
			return err
		}
		draft := *now
		draft.Catalog = record.Catalog(tx) // with the tenant's own fields
		if in.Grants != nil {
			draft.Grants = in.Grants
		}
		if in.Rules != nil {
			draft.Rules = in.Rules
		}
		if in.Roles != nil {
			draft.Roles = in.Roles
		}
		v, err := a.policy.Publish(ctx, tx, draft)
		if err != nil {
			return err
		}
		a.bump(tx)
		return a.later(tx, func() error { return reply(w, http.StatusOK, map[string]any{"version": v.Number}) })
	})
}

// explain says why the caller (or a role) may or may not do something.
func (a *API) explain(w http.ResponseWriter, r *http.Request) error {
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		v := r.URL.Query()
		def := record.Catalog(tx).Entity(v.Get("entity"))
		if def == nil {
			return fault.New(fault.Invalid, "entity.unknown", "没有此对象", "There is no such entity").At("entity", "value.option", "没有此对象", "There is no such entity")
		}
		what := v.Get("what")
		if f := v.Get("field"); f != "" {
			if def.Field(f) == nil {
				return fault.New(fault.Invalid, "field.unknown", "没有字段 %s", "There is no field %s", f).At("field", "value.option", "没有此字段", "There is no such field")
			}
			what = "view:" + f
		}
		if x := v.Get("action"); x != "" {
			what = "action:" + x
		}
		q := policy.Question{What: what, Roles: tx.Actor.Roles}
		if role := v.Get("role"); role != "" && a.maySetRights(tx) {
			q.Roles = []string{role}
		}
		out, err := a.policy.Explain(ctx, tx, def, q)
		if err != nil {
			return err
		}
		if !a.maySetRights(tx) {
			out.Each = nil // what others may is theirs to know who set it
		}
		return reply(w, http.StatusOK, out)
	})
}
