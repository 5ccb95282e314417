package people

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// ScimUser is what the company's directory says of a user.
type ScimUser struct {
	bun.BaseModel `bun:"table:scim_user,alias:su"`
	entity.Base

	UserID     id.ID  `bun:"user_id,type:uuid,notnull"`
	UserName   string `bun:"user_name,notnull"`
	ExternalID string `bun:"external_id,notnull"`
}

// Describe says what its columns mean.
func (x *ScimUser) Describe(d *entity.Desc) {
	d.Is("scim_user", "scim_users", entity.T("目录用户", "Directory user"), &x.UserName)
	d.Field(&x.UserID, entity.Field{Label: entity.T("用户", "User"), Ref: "user", Computed: true, List: true, Filter: true})
	d.Field(&x.UserName, entity.Field{Label: entity.T("目录中的用户名", "Name in the directory"), Class: "personal", Computed: true, List: true, Search: true})
	d.Field(&x.ExternalID, entity.Field{Label: entity.T("目录中的 ID", "Id in the directory"), Computed: true, List: true})
	d.Person(&x.ExternalID)
	d.Derived()
	d.NoDelete()
}

// ScimGroup is a group of the company's directory. Its members have its role.
type ScimGroup struct {
	bun.BaseModel `bun:"table:scim_group,alias:sg"`
	entity.Base

	Name       string   `bun:"name,notnull"`
	ExternalID string   `bun:"external_id,notnull"`
	Role       string   `bun:"role,notnull"`
	Members    []string `bun:"members,array,notnull"` // ids of users
}

// Describe says what its columns mean.
func (g *ScimGroup) Describe(d *entity.Desc) {
	d.Is("scim_group", "scim_groups", entity.T("目录用户组", "Directory group"), &g.Name)
	d.Field(&g.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, Immutable: true, List: true, Search: true})
	d.Field(&g.ExternalID, entity.Field{Label: entity.T("目录中的 ID", "Id in the directory"), Computed: true})
	d.Field(&g.Role, entity.Field{Label: entity.T("角色", "Role"), List: true, Filter: true, Help: entity.T("组员所得的角色；留空则无", "What its members get; empty: nothing")})
	d.Field(&g.Members, entity.Field{Label: entity.T("成员", "Members"), Computed: true})
	d.NoDelete()
}

// prepareGroups gives the members of a group its new role and takes the old one away.
func (d *Door) prepareGroups(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*ScimGroup]) error {
	known, err := record.Roles(ctx, tx)
	if err != nil {
		return err
	}
	var bad fault.Fields
	for _, c := range changes {
		if c.New.Role == "" {
			continue
		}
		if !slices.Contains(known, c.New.Role) {
			bad.Add("role", "role.unknown", "没有角色 %s", "There is no role %s", c.New.Role)
		}
		if c.New.Role == "owner" || c.New.Role == "admin" {
			bad.Add("role", "role.owner", "不能由目录赋予所有者或管理员", "owner and admin are not given by a directory")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	for _, c := range changes {
		if c.Old == nil || c.Old.Role == c.New.Role {
			continue
		}
		if err := d.regroup(ctx, tx, c.Old.Role, c.New.Role, c.New.Members, c.New.ID); err != nil {
			return err
		}
	}
	return nil
}

// regroup takes one role from users and gives them another, unless another group of theirs gives them the first.
func (d *Door) regroup(ctx context.Context, tx *tenancy.Tx, from, to string, users []string, group id.ID) error {
	var others []*ScimGroup
	if from != "" {
		var err error
		if others, err = record.Find[ScimGroup](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("role = ? AND id <> ?", from, group) }); err != nil {
			return err
		}
	}
	var changed []id.ID
	for _, u := range users {
		key, err := id.Parse(u)
		if err != nil {
			return err
		}
		m, err := d.members.Member(ctx, tx, key)
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		keeps := slices.ContainsFunc(others, func(g *ScimGroup) bool { return slices.Contains(g.Members, u) })
		roles := slices.DeleteFunc(slices.Clone(m.Roles), func(r string) bool { return r == from && !keeps })
		if to != "" && !slices.Contains(roles, to) {
			roles = append(roles, to)
		}
		if slices.Equal(roles, m.Roles) {
			continue
		}
		m.Roles = roles
		if err := d.members.Alter(ctx, tx, *m); err != nil {
			return err
		}
		changed = append(changed, key)
	}
	d.changed(tx, changed)
	return nil
}

// changed lets go of what is remembered of users whose rights changed, and makes their sessions take a new cookie.
func (d *Door) changed(tx *tenancy.Tx, users []id.ID) {
	if len(users) == 0 {
		return
	}
	t := tx.Tenant.ID
	tx.AfterCommit(func(ctx context.Context) {
		if err := d.db.Unsettle(ctx, t, users...); err != nil {
			d.log.ErrorContext(ctx, "sessions were not renewed", "tenant", t, "error", err)
		}
		if err := d.db.Bump(ctx, t); err != nil {
			d.log.ErrorContext(ctx, "tenant not refreshed", "tenant", t, "error", err)
		}
	})
}
