package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// addUser makes a person a member of the tenant: their record with its roles, and a login.
func (a *API) addUser(w http.ResponseWriter, r *http.Request) error {
	in, raw, err := body(w, r)
	if err != nil {
		return err
	}
	password, _ := in["password"].(string)
	delete(in, "password")
	return a.post(w, r, raw, func(ctx context.Context, tx *tenancy.Tx) (record.Answer, error) {
		def := record.Catalog(tx).Entity("user")
		if err := a.knownRoles(ctx, tx, in["roles"]); err != nil {
			return record.Answer{}, err
		}
		keys, err := record.Add(ctx, tx, def, []map[string]any{in}, func(int) string { return "" })
		if err != nil {
			return record.Answer{}, err
		}
		email, _ := in["email"].(string)
		name, _ := in["name"].(string)
		if _, err := a.db.AddMember(ctx, tx.Tenant.ID, email, name, password, keys[0]); err != nil {
			return record.Answer{}, err
		}
		a.touched(tx, def)
		out, err := a.shown(ctx, tx, def, keys[0])
		return record.Answer{Status: http.StatusCreated, Location: "/api/v1/users/" + keys[0].String(), Body: out}, err
	})
}

// knownRoles refuses roles that do not exist, and making somebody an owner unless one is an owner.
func (a *API) knownRoles(ctx context.Context, tx *tenancy.Tx, raw any) error {
	list, ok := raw.([]any)
	if raw == nil || !ok {
		return nil // the description says what is wrong
	}
	known, err := a.policy.Roles(ctx, tx)
	if err != nil {
		return err
	}
	var bad fault.Fields
	for i, x := range list {
		name, _ := x.(string)
		path := fmt.Sprintf("roles[%d]", i)
		found := false
		for _, k := range known {
			found = found || k.Name == name
		}
		switch {
		case !found:
			bad.Add(path, "role.unknown", "没有角色 %v", "There is no role %v", x)
		case name == "owner" && !slices.Contains(tx.Actor.Roles, "owner"):
			return fault.New(fault.Forbidden, "role.owner", "只有所有者可以指定所有者（规则 platform.owner）", "Only an owner makes owners (rule platform.owner)").With("rule", "platform.owner")
		}
	}
	return bad.Err()
}

// modules lists what there is, what is on, what it costs, what it needs and what needs it.
func (a *API) modules(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	states, err := a.db.Modules(r.Context(), c.tenant.ID)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"data": a.moduleList(r, states), "next_cursor": nil})
}

func (a *API) moduleList(r *http.Request, states []tenancy.ModuleState) []map[string]any {
	lang := languageOf(r)
	out := []map[string]any{}
	for _, s := range states {
		for _, m := range a.engine.Modules() {
			if m.Name != s.Name {
				continue
			}
			state := "off"
			if s.On {
				state = "on"
			}
			out = append(out, map[string]any{
				"name": m.Name, "label": m.Label.In(lang), "about": m.About.In(lang), "state": state, "enabled": s.On, "always": s.Always, "price": m.Price, "currency": "CNY",
				"needs": orEmpty(s.Needs), "needed_by": orEmpty(s.NeededBy),
			})
		}
	}
	return out
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// switchModules switches modules on and off: {"on": […], "off": […]} or {"modules": {"sales": true}}.
func (a *API) switchModules(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	var in struct {
		On      []string        `json:"on"`
		Off     []string        `json:"off"`
		Modules map[string]bool `json:"modules"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	for name, on := range in.Modules {
		if on {
			in.On = append(in.On, name)
		} else {
			in.Off = append(in.Off, name)
		}
	}
	if !slices.Contains(c.actor.Roles, "owner") && !slices.Contains(c.actor.Roles, "admin") {
		return fault.New(fault.Forbidden, "modules.denied", "只有所有者和管理员可以开关模块（规则 platform.modules）", "Only owners and admins switch modules (rule platform.modules)").With("rule", "platform.modules")
	}
	states, err := a.db.Switch(r.Context(), c.tenant.ID, in.On, in.Off, c.actor)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"data": a.moduleList(r, states), "next_cursor": nil})
}

func (a *API) tokens(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	list, err := a.db.Tokens(r.Context(), c.tenant.ID, c.UserID)
	if err != nil {
		return err
	}
	out := make([]map[string]any, len(list))
	for i, t := range list {
		out[i] = tokenJSON(t)
	}
	return reply(w, http.StatusOK, map[string]any{"data": out, "next_cursor": nil})
}

func tokenJSON(t tenancy.Token) map[string]any {
	return map[string]any{"id": t.ID, "name": t.Name, "scopes": t.Scopes, "created_at": t.Created, "expires_at": t.Expires}
}

func (a *API) addToken(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	var in struct {
		Name   string   `json:"name"`
		Scopes []string `json:"scopes"`
		Days   int      `json:"days"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	var bad fault.Fields
	if in.Name == "" {
		bad.Add("name", "required", "必填", "is required")
	}
	if in.Days == 0 {
		in.Days = 90
	}
	if in.Days < 1 || in.Days > 366 {
		bad.Add("days", "value.range", "应为 1 到 366", "must be 1 to 366")
	}
	if len(c.Scopes) > 0 && !slices.Contains(c.Scopes, sessionScope) {
		for i, s := range in.Scopes {
			if !slices.Contains(c.Scopes, s) {
				bad.Add(fmt.Sprintf("scopes[%d]", i), "scope.wider", "超出当前令牌的范围", "is wider than the token in use")
			}
		}
		if len(in.Scopes) == 0 {
			in.Scopes = c.Scopes
		}
	}
	if slices.Contains(in.Scopes, sessionScope) {
		bad.Add("scopes", "scope.unknown", "没有此范围", "There is no such scope")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	text, t, err := a.db.NewToken(r.Context(), c.Principal, in.Name, in.Scopes, time.Duration(in.Days)*24*time.Hour)
	if err != nil {
		return err
	}
	out := tokenJSON(t)
	out["token"] = text
	return reply(w, http.StatusCreated, out)
}

func (a *API) dropToken(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	key, err := id.Parse(mux.Vars(r)["id"])
	if err != nil {
		return notFound()
	}
	own, err := a.db.Tokens(r.Context(), c.tenant.ID, c.UserID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(own, func(t tenancy.Token) bool { return t.ID == key }) {
		return notFound()
	}
	if err := a.db.RevokeToken(r.Context(), c.tenant.ID, key); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
