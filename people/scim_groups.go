package people

import (
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

// scimGroups is the groups of a company's directory. One that is called like a role gives its members that role; an administrator may set another.
type scimGroups struct{ d *Door }

func scimGroup(g *ScimGroup) scim.Resource {
	members := make([]any, len(g.Members))
	for i, m := range g.Members {
		members[i] = map[string]any{"value": m, "type": "User"}
	}
	created, changed := g.CreatedAt.UTC().Truncate(time.Second), g.UpdatedAt.UTC().Truncate(time.Second)
	out := scim.Resource{
		ID: g.ID.String(), Attributes: scim.ResourceAttributes{"displayName": g.Name, "members": members}, Meta: scim.Meta{Created: &created, LastModified: &changed},
	}
	if g.ExternalID != "" {
		out.ExternalID = optional.NewString(g.ExternalID)
	}
	return out
}

// set takes one attribute.
func (g *ScimGroup) set(op, name string, where filter.Expression, value any) error {
	switch name {
	case "displayname":
		if g.Name = textOf(value); g.Name == "" {
			return errors.ScimErrorBadParams([]string{"displayName"})
		}
	case "externalid":
		g.ExternalID = textOf(value)
	case "members":
		keys := valuesOf(value)
		if one := comparedWith(where); one != "" {
			keys = []string{one}
		}
		switch {
		case op == scim.PatchOperationReplace:
			g.Members = nil
			fallthrough
		case op == scim.PatchOperationAdd:
			for _, k := range keys {
				if !slices.Contains(g.Members, k) {
					g.Members = append(g.Members, k)
				}
			}
		case len(keys) == 0:
			g.Members = nil
		default:
			g.Members = slices.DeleteFunc(g.Members, func(m string) bool { return slices.Contains(keys, m) })
		}
	}
	return nil
}

// valuesOf reads [{"value": …}, …], or one of them.
func valuesOf(value any) []string {
	var out []string
	list, ok := value.([]any)
	if !ok && value != nil {
		list = []any{value}
	}
	for _, x := range list {
		if m, ok := x.(map[string]any); ok {
			x = m["value"]
		}
		if s := textOf(x); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// comparedWith reads members[value eq "…"].
func comparedWith(where filter.Expression) string {
	a, ok := where.(*filter.AttributeExpression)
	if !ok || !strings.EqualFold(a.AttributePath.AttributeName, "value") || a.Operator != filter.EQ {
		return ""
	}
	return textOf(a.CompareValue)
}

// save writes a group and gives and takes its role.
func (h scimGroups) save(ctx context.Context, tx *tenancy.Tx, g *ScimGroup, before []string) error {
	list, err := h.d.members.Members(ctx, tx)
	if err != nil {
		return err
	}
	for _, m := range g.Members {
		if !slices.ContainsFunc(list, func(x Member) bool { return x.ID.String() == m }) {
			return fault.New(fault.Invalid, "scim.member", "没有用户 %s", "There is no user %s", m)
		}
	}
	if g.ID.IsZero() {
		taken, err := record.Find[ScimGroup](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("lower(name) = lower(?)", g.Name) })
		if err != nil {
			return err
		}
		if len(taken) > 0 {
			return fault.New(fault.Conflict, "scim.exists", "用户组已存在", "The group exists already")
		}
		roles, err := record.Roles(ctx, tx)
		if err != nil {
			return err
		}
		if name := strings.ToLower(g.Name); slices.Contains(roles, name) && name != "owner" && name != "admin" {
			g.Role = name
		}
		g.ID = tx.NewID()
		err = record.Create(ctx, tx, g)
		if err != nil {
			return err
		}
	} else if err := record.Update(ctx, tx, g); err != nil {
		return err
	}
	if g.Role == "" {
		return nil
	}
	gone := slices.DeleteFunc(slices.Clone(before), func(m string) bool { return slices.Contains(g.Members, m) })
	if err := h.d.regroup(ctx, tx, g.Role, "", gone, g.ID); err != nil {
		return err
	}
	return h.d.regroup(ctx, tx, "", g.Role, g.Members, g.ID)
}

// Create makes a group.
func (h scimGroups) Create(r *http.Request, attributes scim.ResourceAttributes) (out scim.Resource, err error) {
	g := &ScimGroup{Members: []string{}}
	for k, v := range attributes {
		if err := g.set(scim.PatchOperationReplace, strings.ToLower(k), nil, v); err != nil {
			return out, err
		}
	}
	err = h.d.inCompany(r, func(ctx context.Context, tx *tenancy.Tx) error {
		n := *g // the unit of work may run again
		err := h.save(ctx, tx, &n, nil)
		out = scimGroup(&n)
		return err
	})
	return out, err
}

// Get reads one group.
func (h scimGroups) Get(r *http.Request, key string) (out scim.Resource, err error) {
	k, err := scimKey(key)
	if err != nil {
		return out, err
	}
	err = h.d.inCompany(r, func(ctx context.Context, tx *tenancy.Tx) error {
		g, err := record.Get[ScimGroup](ctx, tx, k)
		if err == nil {
			out = scimGroup(g)
		}
		return err
	}, tenancy.ReadOnly())
	return out, err
}

// GetAll lists groups.
func (h scimGroups) GetAll(r *http.Request, p scim.ListRequestParams) (out scim.Page, err error) {
	err = h.d.inCompany(r, func(ctx context.Context, tx *tenancy.Tx) error {
		list, err := record.Find[ScimGroup](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.OrderExpr("id") })
		if err != nil {
			return err
		}
		all := make([]scim.Resource, len(list))
		for i, g := range list {
			all[i] = scimGroup(g)
		}
		out, err = page(all, p)
		return err
	}, tenancy.ReadOnly())
	return out, err
}

// Replace puts other values in place of all.
func (h scimGroups) Replace(r *http.Request, key string, attributes scim.ResourceAttributes) (scim.Resource, error) {
	return h.alter(r, key, func(g *ScimGroup) error {
		g.Members, g.ExternalID = []string{}, ""
		for k, v := range attributes {
			if err := g.set(scim.PatchOperationReplace, strings.ToLower(k), nil, v); err != nil {
				return err
			}
		}
		return nil
	})
}

// Patch changes some.
func (h scimGroups) Patch(r *http.Request, key string, ops []scim.PatchOperation) (scim.Resource, error) {
	return h.alter(r, key, func(g *ScimGroup) error { return assign(ops, g.set) })
}

func (h scimGroups) alter(r *http.Request, key string, change func(g *ScimGroup) error) (out scim.Resource, err error) {
	k, err := scimKey(key)
	if err != nil {
		return out, err
	}
	err = h.d.inCompany(r, func(ctx context.Context, tx *tenancy.Tx) error {
		g, err := locked(ctx, tx, k)
		if err != nil {
			return err
		}
		before := slices.Clone(g.Members)
		if err := change(g); err != nil {
			return err
		}
		if g.Members == nil {
			g.Members = []string{}
		}
		err = h.save(ctx, tx, g, before)
		out = scimGroup(g)
		return err
	})
	return out, err
}

func locked(ctx context.Context, tx *tenancy.Tx, key id.ID) (*ScimGroup, error) {
	list, err := record.Lock[ScimGroup](ctx, tx, key)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "scim.unknown", "没有此用户组", "There is no such group")
	}
	return list[0], nil
}

// Delete removes a group and takes its role from its members.
func (h scimGroups) Delete(r *http.Request, key string) error {
	k, err := scimKey(key)
	if err != nil {
		return err
	}
	return h.d.inCompany(r, func(ctx context.Context, tx *tenancy.Tx) error {
		g, err := locked(ctx, tx, k)
		if err != nil {
			return err
		}
		if g.Role != "" {
			if err := h.d.regroup(ctx, tx, g.Role, "", g.Members, g.ID); err != nil {
				return err
			}
		}
		return record.Delete(ctx, tx, g)
	})
}
