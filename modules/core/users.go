package core

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// owner is the role whose rights nobody can take away.
const owner = "owner"

func (u *User) owns() bool { return u.Active && slices.Contains(u.Roles, owner) }

// prepareUsers refuses roles that do not exist, lets only owners make owners or touch those who are, and keeps a company from losing its last one. It
// holds on every way by which people change users.
func prepareUsers(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*User]) error {
	if err := knownRoles(ctx, tx, changes); err != nil {
		return err
	}
	var changed []id.ID
	lost, left := false, false
	for _, c := range changes {
		was := c.Old != nil && slices.Contains(c.Old.Roles, owner)
		if !tx.Actor.System && !slices.Contains(tx.Actor.Roles, owner) && (was && risky(c) || !was && slices.Contains(c.New.Roles, owner)) {
			return fault.New(fault.Forbidden, "role.owner", "只有所有者可以指定或变更所有者（规则 platform.owner）", "Only an owner makes or changes owners (rule platform.owner)").
				With("rule", "platform.owner")
		}
		changed = append(changed, c.New.ID)
		lost = lost || c.Old != nil && c.Old.owns() && !c.New.owns()
		left = left || c.New.owns()
	}
	if !lost || left {
		return nil
	}
	others, err := record.Find[User](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("active AND ? = ANY(roles) AND id <> ALL(?::uuid[])", owner, pgdialect.Array(changed)).OrderExpr("id").For("UPDATE")
	})
	if err == nil && len(others) == 0 {
		return fault.New(fault.Rule, "user.last_owner", "企业至少须有一名启用的所有者", "A company keeps at least one active owner").
			At("roles", "user.last_owner", "这是最后一名所有者", "is the last owner's")
	}
	return err
}

// risky tells that a change decides who somebody is or what they may do.
func risky(c modules.Change[*User]) bool {
	return !slices.Equal(c.Old.Roles, c.New.Roles) || c.Old.Active != c.New.Active || c.Old.Email != c.New.Email
}

func knownRoles(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*User]) error {
	known, err := record.Roles(ctx, tx)
	if err != nil {
		return err
	}
	var bad fault.Fields
	for _, c := range changes {
		for i, name := range c.New.Roles {
			if !slices.Contains(known, name) && (c.Old == nil || !slices.Contains(c.Old.Roles, name)) {
				bad.Add(fmt.Sprintf("roles[%d]", i), "role.unknown", "没有角色 %s", "There is no role %s", name)
			}
		}
	}
	return bad.Err()
}

// prepareAttachments lets only who added a file rename it.
func prepareAttachments(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*Attachment]) error {
	for _, c := range changes {
		if c.Old != nil && c.Old.CreatedBy != tx.Actor.ID && !tx.Actor.System {
			return notAuthor()
		}
	}
	return nil
}

func notAuthor() error {
	return fault.New(fault.Forbidden, "record.not_author", "只有作者本人可以修改（规则 platform.author）", "Only its author may change it (rule platform.author)").
		With("rule", "platform.author")
}
