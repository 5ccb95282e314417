package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/tenon-hq/tenon/engine/proof"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// asked is whose rights are asked about, and when.
type asked struct {
	who   tenancy.Actor
	at    time.Time // zero: now
	extra []policy.Emergency
	told  string // where the roles come from: record, audit, caller or role
}

// subjectOf reads user, role and at. Others' rights are for those who set them.
func (a *API) subjectOf(ctx context.Context, tx *tenancy.Tx, v url.Values) (asked, error) {
	s := asked{who: tx.Actor, told: "caller"}
	var bad fault.Fields
	if text := v.Get("at"); text != "" {
		var err error
		if s.at, err = momentOf(text, tx); err != nil || s.at.After(tx.Now) {
			bad.Add("at", "value.time", "应为过去的日期（2026-01-31）或时间（RFC 3339），收到 %q", "is a past date (2026-01-31) or time (RFC 3339), got %q", text)
		}
	}
	role, user := v.Get("role"), v.Get("user")
	if role != "" && user != "" {
		bad.Add("role", "value.option", "role 与 user 只能二选一", "give a role or a user, not both")
	}
	if err := bad.Err(); err != nil {
		return s, err
	}
	if role != "" || user != "" && user != tx.Actor.ID.String() {
		if err := a.officer(tx); err != nil {
			return s, err
		}
	}
	switch {
	case role != "":
		s.who, s.told = tenancy.Actor{Roles: []string{role}, Name: role}, "role"
		return s, nil
	case user == "" && s.at.IsZero():
		return s, nil
	case user == "":
		user = tx.Actor.ID.String()
	}
	return s, a.asPerson(ctx, tx, user, &s)
}

// asPerson finds a person with the roles that they have, or had.
func (a *API) asPerson(ctx context.Context, tx *tenancy.Tx, user string, s *asked) error {
	nobody := fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("user", "reference.unknown", "没有此用户", "there is no such user")
	key, err := id.Parse(user)
	if err != nil {
		return nobody
	}
	who, active, err := a.people.Actor(ctx, tx, key)
	if err != nil {
		return err
	}
	if who.ID.IsZero() {
		return nobody
	}
	s.who, s.told = who, "record"
	if !active {
		s.who.Roles = nil
	}
	at := tx.Now
	if !s.at.IsZero() {
		at = s.at
		roles, known, err := proof.RolesAt(ctx, tx, key, at)
		if err != nil {
			return err
		}
		if known {
			s.who.Roles, s.told = roles, "audit"
		}
	}
	if s.extra, err = policy.ExtraRoles(ctx, tx, key, at); err != nil {
		return err
	}
	for _, x := range s.extra {
		if !slices.Contains(s.who.Roles, x.Role) {
			s.who.Roles = append(slices.Clone(s.who.Roles), x.Role)
		}
	}
	return nil
}

// momentOf reads a time, or a date, which stands for its end.
func momentOf(text string, tx *tenancy.Tx) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	d, err := clock.ParseDate(text)
	if err != nil {
		return time.Time{}, err
	}
	day, err := time.ParseInLocation(time.DateOnly, d.String(), tx.Tenant.Zone)
	end := day.AddDate(0, 0, 1).Add(-time.Microsecond)
	if end.After(tx.Now) {
		end = tx.Now
	}
	if day.After(tx.Now) {
		end = day
	}
	return end, err
}

func (a *API) rulesAt(ctx context.Context, tx *tenancy.Tx, at time.Time) (*policy.Rules, error) {
	if at.IsZero() {
		return a.policy.Numbered(ctx, tx, nil)
	}
	return a.policy.HeldAt(ctx, tx, at)
}

// explain says why somebody may or may not do something to a record or a field, now or on a past day.
func (a *API) explain(w http.ResponseWriter, r *http.Request) error {
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		v := r.URL.Query()
		def, what, err := questionOf(tx, v)
		if err != nil {
			return err
		}
		s, err := a.subjectOf(ctx, tx, v)
		if err != nil {
			return err
		}
		rules, err := a.rulesAt(ctx, tx, s.at)
		if err != nil {
			return err
		}
		x, err := rules.Explain(ctx, def, policy.Question{What: what, Roles: s.who.Roles, At: s.at})
		if err != nil {
			return err
		}
		if !a.maySetRights(tx) {
			x.Each = nil // what others may is theirs to know who set it
		}
		out := explained(x)
		out["roles_from"], out["user"], out["emergency"] = s.told, orNone(s.who.ID), grantsOf(s.extra)
		if !s.at.IsZero() {
			out["at"] = s.at.UTC()
		}
		if text := v.Get("id"); text != "" {
			if err := a.aboutRecord(ctx, tx, rules, def, s, text, x, out); err != nil {
				return err
			}
		}
		return reply(w, http.StatusOK, out)
	})
}

// questionOf reads entity, field, edit, action and what.
func questionOf(tx *tenancy.Tx, v url.Values) (*entity.Def, string, error) {
	def := record.Catalog(tx).Entity(v.Get("entity"))
	if def == nil {
		return nil, "", fault.New(fault.Invalid, "entity.unknown", "没有此对象", "There is no such entity").At("entity", "value.option", "没有此对象", "There is no such entity")
	}
	what := v.Get("what")
	if f := v.Get("field"); f != "" {
		if def.Field(f) == nil {
			return nil, "", fault.New(fault.Invalid, "field.unknown", "没有字段 %s", "There is no field %s", f).At("field", "value.option", "没有此字段", "There is no such field")
		}
		if what != "edit" {
			what = "view"
		}
		what += ":" + f
	}
	if x := v.Get("action"); x != "" {
		what = "action:" + x
	}
	if what == "" {
		what = "see"
	}
	return def, what, nil
}

// aboutRecord says whether the person sees the record itself.
func (a *API) aboutRecord(ctx context.Context, tx *tenancy.Tx, rules *policy.Rules, def *entity.Def, s asked, text string, x *policy.Explanation, out map[string]any) error {
	key, err := id.Parse(text)
	if err != nil {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("id", "value.id", "不是记录编号", "is no id of a record")
	}
	if !a.maySetRights(tx) { // whether there is a record is not told to who may not see it
		may, err := record.MaySee(ctx, tx, tx.Actor, def.Name, key)
		if err != nil {
			return err
		}
		if !may {
			return fault.New(fault.NotFound, "record.not_found", "找不到记录", "There is no such record")
		}
	}
	m, err := rules.Mask(ctx, def, s.who.Roles, s.who.ID)
	if err != nil {
		return err
	}
	sees, there, err := proof.Sees(ctx, tx, def, m, key)
	if err != nil {
		return err
	}
	if !there {
		return fault.New(fault.NotFound, "record.not_found", "找不到记录", "There is no such record")
	}
	out["record_id"], out["record_visible"] = key, sees
	out["allow"] = x.Person.Allow && sees
	return nil
}

func explained(x *policy.Explanation) map[string]any {
	each := []map[string]any{}
	for _, e := range x.Each {
		each = append(each, answerJSON(e))
	}
	return map[string]any{
		"entity": x.Entity, "what": x.What, "version": x.Version, "allow": x.Person.Allow, "person": answerJSON(x.Person), "each": each, "approvals": x.Approvals,
	}
}

func answerJSON(x policy.Answer) map[string]any {
	out := map[string]any{
		"roles": x.Roles, "labels": x.Labels, "allow": x.Allow, "rule": x.RuleID, "rule_label": x.Label, "source": x.Source, "rows": x.Rows,
	}
	if x.Role != "" {
		out["role"], out["grant"] = x.Role, x.Grant
	}
	if x.Denial != nil {
		out["denial"] = x.Denial
	}
	return out
}

// permissions lists everything that somebody may see, edit and do, with the source of each.
func (a *API) permissions(w http.ResponseWriter, r *http.Request) error {
	lang := languageOf(r)
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		s, err := a.subjectOf(ctx, tx, r.URL.Query())
		if err != nil {
			return err
		}
		rules, err := a.rulesAt(ctx, tx, s.at)
		if err != nil {
			return err
		}
		list, err := rules.Permissions(ctx, record.Catalog(tx), s.who.Roles)
		if err != nil {
			return err
		}
		rows := make([]map[string]any, len(list))
		for i, p := range list {
			rows[i] = map[string]any{"entity": p.Entity, "label": p.Label.In(lang), "rows": p.Rows}
			if p.Do != nil {
				rows[i]["action"], rows[i]["do"] = p.Action, sourceOf(p.Do, lang)
				continue
			}
			rows[i]["class"], rows[i]["fields"] = p.Class, p.Fields
			rows[i]["view"], rows[i]["edit"] = sourceOf(p.View, lang), sourceOf(p.Edit, lang)
		}
		return reply(w, http.StatusOK, map[string]any{
			"data": rows, "next_cursor": nil, "version": rules.Number(), "roles": append([]string{}, s.who.Roles...), "roles_from": s.told, "user": orNone(s.who.ID),
			"emergency": grantsOf(s.extra),
		})
	})
}

func sourceOf(x *policy.Answer, lang i18n.Lang) map[string]any {
	return map[string]any{"allow": x.Allow, "rule": x.RuleID, "rule_label": x.Label.In(lang), "source": x.Source}
}
