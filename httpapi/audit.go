package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/tenon-hq/tenon/engine/record"
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
func (a *API) maySetRights(tx *tenancy.Tx) bool { return setsRights(tx.Actor.Roles) }

func setsRights(roles []string) bool {
	return slices.ContainsFunc([]string{"owner", "admin", "security_officer"}, func(r string) bool { return slices.Contains(roles, r) })
}

// publishRoles replaces grants and rules. Where somebody else may set rights too, that is a version for them to publish; the only one who may publishes
// at once.
func (a *API) publishRoles(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Grants policy.Grants `json:"grants"`
		Rules  []policy.Rule `json:"rules"`
		Roles  []policy.Role `json:"roles"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	c := policy.Change{Grants: in.Grants, Rules: in.Rules, Roles: in.Roles}
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		check, err := a.checked(ctx, tx)
		if err != nil {
			return err
		}
		others := slices.ContainsFunc(check.People, func(p policy.Person) bool { return p.ID != tx.Actor.ID && setsRights(p.Roles) })
		if others {
			title := "角色与规则 · Roles and rules"
			c.Title = &title
			v, err := a.policy.Start(ctx, tx, nil, c)
			if err != nil {
				return err
			}
			if _, err := a.policy.Submit(ctx, tx, v.ID, check); err != nil {
				return err
			}
			record.Note(tx, "policy", "submit", v.ID, nil)
			return a.show(ctx, tx, w, v.ID, http.StatusAccepted)
		}
		v, err := a.policy.Direct(ctx, tx, c, check)
		if err != nil {
			return err
		}
		record.Note(tx, "policy", "publish", v.ID, nil)
		a.bump(tx)
		return a.later(tx, func() error { return reply(w, http.StatusOK, map[string]any{"version": v.Number, "id": v.ID}) })
	})
}
