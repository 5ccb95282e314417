package people

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/optional"
	"github.com/scim2/filter-parser/v2"
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// scimUsers is the company's users as its directory sees them.
type scimUsers struct{ d *Door }

// profile is what a directory says of one.
type profile struct {
	userName, external, email, display, given, family string
	active                                            bool
}

func (p profile) name() string {
	return cmp.Or(p.display, strings.TrimSpace(p.given+" "+p.family), p.userName)
}

// set takes one attribute.
func (p *profile) set(op, name string, _ filter.Expression, value any) error {
	if op == scim.PatchOperationRemove {
		value = nil
	}
	switch name {
	case "username":
		p.userName = textOf(value)
	case "externalid":
		p.external = textOf(value)
	case "displayname", "name.formatted":
		p.display = textOf(value)
	case "name.givenname":
		p.given, p.display = textOf(value), ""
	case "name.familyname":
		p.family, p.display = textOf(value), ""
	case "name":
		sub, _ := value.(map[string]any)
		p.given, p.family = textOf(sub["givenName"]), textOf(sub["familyName"])
		p.display = cmp.Or(textOf(sub["formatted"]), p.display)
	case "active":
		on, ok := truth(value)
		if !ok && value != nil {
			return errors.ScimErrorBadRequest("active is true or false")
		}
		p.active = on
	case "emails.value":
		p.email = textOf(value)
	case "emails":
		list, _ := value.([]any)
		for i, x := range list {
			e, _ := x.(map[string]any)
			if first, _ := truth(e["primary"]); i == 0 || first {
				p.email = textOf(e["value"])
			}
		}
	}
	return nil // attributes that are kept nowhere here are ignored, as RFC 7644 allows
}

func profileOf(attributes scim.ResourceAttributes) (profile, error) {
	p := profile{active: true}
	for k, v := range attributes {
		if err := p.set(scim.PatchOperationReplace, strings.ToLower(k), nil, v); err != nil {
			return p, err
		}
	}
	if d := textOf(attributes["displayName"]); d != "" {
		p.display = d
	}
	return p, p.check()
}

func (p *profile) check() error {
	if p.userName == "" {
		return errors.ScimErrorBadParams([]string{"userName"})
	}
	if p.email == "" {
		p.email = p.userName
	}
	if !strings.Contains(p.email, "@") {
		return errors.ScimErrorBadParams([]string{"emails"})
	}
	return nil
}

func known(ctx context.Context, tx *tenancy.Tx, user id.ID) (*ScimUser, error) {
	list, err := record.Find[ScimUser](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("user_id = ?", user) })
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

func scimUser(m Member, x *ScimUser) scim.Resource {
	out := scim.Resource{ID: m.ID.String(), Attributes: scim.ResourceAttributes{
		"userName": m.Email, "displayName": m.Name, "name": map[string]any{"formatted": m.Name}, "active": m.Active,
		"emails": []any{map[string]any{"value": m.Email, "type": "work", "primary": true}},
	}}
	if x == nil {
		return out
	}
	out.Attributes["userName"] = x.UserName
	if x.ExternalID != "" {
		out.ExternalID = optional.NewString(x.ExternalID)
	}
	created, changed := x.CreatedAt.UTC().Truncate(time.Second), x.UpdatedAt.UTC().Truncate(time.Second)
	out.Meta = scim.Meta{Created: &created, LastModified: &changed}
	return out
}

// Create makes a user with a login, or takes the member over who has the address already.
func (h scimUsers) Create(r *http.Request, attributes scim.ResourceAttributes) (out scim.Resource, err error) {
	p, err := profileOf(attributes)
	if err != nil {
		return out, err
	}
	var m Member
	err = h.d.inCompany(r, func(ctx context.Context, tx *tenancy.Tx) error {
		there, err := h.d.members.ByEmail(ctx, tx, p.email)
		if err != nil {
			return err
		}
		x := &ScimUser{UserName: p.userName, ExternalID: p.external}
		if there != nil {
			if k, err := known(ctx, tx, there.ID); err != nil || k != nil {
				return cmp.Or(err, error(fault.New(fault.Conflict, "scim.exists", "用户已存在", "The user exists already")))
			}
			if err := keeps(there); err != nil {
				return err
			}
			m = *there
			m.Name, m.Active = p.name(), p.active
			if err := h.d.members.Alter(ctx, tx, m); err != nil {
				return err
			}
		} else {
			m = Member{Name: p.name(), Email: p.email, Locale: tx.Tenant.Locale, Active: p.active}
			if m.ID, err = h.d.members.Join(ctx, tx, m); err != nil {
				return err
			}
		}
		x.UserID = m.ID
		if err := record.Create(ctx, tx, x); err != nil {
			return err
		}
		h.d.changed(tx, []id.ID{m.ID})
		out = scimUser(m, x)
		return nil
	})
	if err != nil {
		return out, err
	}
	t, _ := r.Context().Value(directoryKey{}).(*tenancy.Tenant)
	if _, err := h.d.db.AddMember(r.Context(), t.ID, m.Email, m.Name, "", m.ID); err != nil && !fault.Is(err, fault.Conflict) {
		return out, scimError(err)
	}
	return out, nil
}

// Get reads one user.
func (h scimUsers) Get(r *http.Request, key string) (out scim.Resource, err error) {
	user, err := scimKey(key)
	if err != nil {
		return out, err
	}
	err = h.d.inCompany(r, func(ctx context.Context, tx *tenancy.Tx) error {
		m, x, err := h.read(ctx, tx, user)
		if err == nil {
			out = scimUser(*m, x)
		}
		return err
	}, tenancy.ReadOnly())
	return out, err
}

// keeps refuses what a directory would do to an owner: who gave it its token may be an administrator.
func keeps(m *Member) error {
	if slices.Contains(m.Roles, "owner") {
		return fault.New(fault.Forbidden, "role.owner", "目录不能更改所有者（规则 platform.owner）", "A directory does not change owners (rule platform.owner)")
	}
	return nil
}

func (h scimUsers) read(ctx context.Context, tx *tenancy.Tx, user id.ID) (*Member, *ScimUser, error) {
	m, err := h.d.members.Member(ctx, tx, user)
	if err != nil {
		return nil, nil, err
	}
	if m == nil {
		return nil, nil, fault.New(fault.NotFound, "scim.unknown", "没有此用户", "There is no such user")
	}
	x, err := known(ctx, tx, user)
	return m, x, err
}

// GetAll lists users.
func (h scimUsers) GetAll(r *http.Request, p scim.ListRequestParams) (out scim.Page, err error) {
	err = h.d.inCompany(r, func(ctx context.Context, tx *tenancy.Tx) error {
		list, err := h.d.members.Members(ctx, tx)
		if err != nil {
			return err
		}
		told, err := record.Find[ScimUser](ctx, tx, nil)
		if err != nil {
			return err
		}
		by := map[id.ID]*ScimUser{}
		for _, x := range told {
			by[x.UserID] = x
		}
		all := make([]scim.Resource, len(list))
		for i, m := range list {
			all[i] = scimUser(m, by[m.ID])
		}
		out, err = page(all, p)
		return err
	}, tenancy.ReadOnly())
	return out, err
}

// Replace puts other values in place of all.
func (h scimUsers) Replace(r *http.Request, key string, attributes scim.ResourceAttributes) (scim.Resource, error) {
	p, err := profileOf(attributes)
	if err != nil {
		return scim.Resource{}, err
	}
	return h.alter(r, key, func(x *profile) error { *x = p; return nil })
}

// Patch changes some.
func (h scimUsers) Patch(r *http.Request, key string, ops []scim.PatchOperation) (scim.Resource, error) {
	return h.alter(r, key, func(x *profile) error {
		if err := assign(ops, x.set); err != nil {
			return err
		}
		return x.check()
	})
}

func (h scimUsers) alter(r *http.Request, key string, change func(x *profile) error) (out scim.Resource, err error) {
	user, err := scimKey(key)
	if err != nil {
		return out, err
	}
	err = h.d.inCompany(r, func(ctx context.Context, tx *tenancy.Tx) error {
		m, x, err := h.read(ctx, tx, user)
		if err == nil {
			err = keeps(m)
		}
		if err != nil {
			return err
		}
		fresh := x == nil
		if fresh {
			x = &ScimUser{UserID: user, UserName: m.Email}
		}
		p := profile{userName: x.UserName, external: x.ExternalID, email: m.Email, display: m.Name, active: m.Active}
		if err := change(&p); err != nil {
			return err
		}
		m.Name, m.Email, m.Active = p.name(), p.email, p.active
		x.UserName, x.ExternalID = p.userName, p.external
		if err := h.d.members.Alter(ctx, tx, *m); err != nil {
			return err
		}
		if fresh {
			err = record.Create(ctx, tx, x)
		} else {
			err = record.Update(ctx, tx, x)
		}
		if err != nil {
			return err
		}
		h.d.changed(tx, []id.ID{user})
		out = scimUser(*m, x)
		return nil
	})
	return out, err
}

// Delete switches a user off: what they did stays, so their record does.
func (h scimUsers) Delete(r *http.Request, key string) error {
	user, err := scimKey(key)
	if err != nil {
		return err
	}
	return h.d.inCompany(r, func(ctx context.Context, tx *tenancy.Tx) error {
		m, x, err := h.read(ctx, tx, user)
		if err == nil {
			err = keeps(m)
		}
		if err != nil {
			return err
		}
		m.Active = false
		if err := h.d.members.Alter(ctx, tx, *m); err != nil {
			return err
		}
		h.d.changed(tx, []id.ID{user})
		if x == nil {
			return nil
		}
		return record.Delete(ctx, tx, x)
	})
}
