package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// addUser makes a person a member of the tenant: their record with its roles, and a login.
func (a *API) addUser(w http.ResponseWriter, r *http.Request) error {
	in, raw, err := body(w, r)
	if err != nil {
		return err
	}
	password, ok := in["password"].(string)
	if in["password"] != nil && !ok {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("password", "value.type", "应为文本", "must be a text")
	}
	delete(in, "password")
	if dry, err := wantsDryRun(r); dry || err != nil {
		return cmp.Or(err, error(fault.New(fault.Invalid, "dry_run.none", "新增用户不能试运行", "There is no dry run of adding a user")))
	}
	var member id.ID // of an attempt that came to nothing: logins are no part of the unit of work
	var tenant id.ID
	err = a.post(w, r, raw, func(ctx context.Context, tx *tenancy.Tx) (record.Answer, error) {
		if err := a.dropMember(ctx, tenant, member); err != nil {
			return record.Answer{}, err
		}
		def := record.Catalog(tx).Entity("user")
		keys, err := record.Add(ctx, tx, def, []map[string]any{in}, func(int) string { return "" })
		if err != nil {
			return record.Answer{}, err
		}
		email, _ := in["email"].(string)
		name, _ := in["name"].(string)
		if _, err := a.db.AddMember(ctx, tx.Tenant.ID, email, name, password, keys[0]); err != nil {
			return record.Answer{}, err
		}
		tenant, member = tx.Tenant.ID, keys[0]
		a.touched(tx, def, keys[0])
		out, err := a.shown(ctx, tx, def, keys[0])
		return record.Answer{Status: http.StatusCreated, Location: "/api/v1/users/" + keys[0].String(), Body: out}, err
	})
	if f := fault.As(err); err != nil && (f == nil || f.Reason != "commit.unknown") {
		return errors.Join(err, a.dropMember(context.WithoutCancel(r.Context()), tenant, member))
	}
	return err
}

// dropMember takes a login back whose user was not saved.
func (a *API) dropMember(ctx context.Context, tenant, user id.ID) error {
	if user.IsZero() {
		return nil
	}
	return a.db.RemoveMember(ctx, tenant, user)
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
	return a.replyModules(w, r, c.tenant, states)
}

func (a *API) replyModules(w http.ResponseWriter, r *http.Request, t *tenancy.Tenant, states []tenancy.ModuleState) error {
	b, err := a.billing.Account(r.Context(), t)
	if err != nil {
		return err
	}
	_, list, err := a.billing.Prices(r.Context(), b)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"data": a.moduleList(r, states, list, b.Currency), "next_cursor": nil})
}

func (a *API) moduleList(r *http.Request, states []tenancy.ModuleState, prices *billing.List, currency string) []map[string]any {
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
			fee, seat := prices.Fee(m.Name)
			out = append(out, map[string]any{
				"seat_price": seat.StringFixed(money.MinorUnit(currency)),
				"name":       m.Name, "label": m.Label.In(lang), "about": m.About.In(lang), "state": state, "enabled": s.On, "always": s.Always,
				"price": fee.StringFixed(money.MinorUnit(currency)), "currency": currency,
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
	if in.Name == "" || !sound(in.Name) {
		bad.Add("name", "required", "必填，不超过 1000 字节", "is required, up to 1000 bytes")
	}
	for i, s := range in.Scopes {
		if !knownScope(s) && (s != scimScope || !operates(c)) {
			bad.Add(fmt.Sprintf("scopes[%d]", i), "scope.unknown", "没有此范围", "There is no such scope")
		}
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
