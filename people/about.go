package people

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// About finds what is kept here about a user besides their record: invitations to their address or that they took, and what a directory says of them.
func (d *Door) About(ctx context.Context, tx *tenancy.Tx, user id.ID) (out []record.Subject, err error) {
	email := ""
	m, err := d.members.Member(ctx, tx, user)
	if err != nil {
		return nil, err
	}
	if m != nil {
		email = m.Email
	}
	invited, err := record.Find[Invitation](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("user_id = ? OR lower(email) = lower(?)", user, email)
	})
	if err != nil {
		return nil, err
	}
	for _, x := range invited {
		out = append(out, record.Subject{Entity: "invitation", Record: x.ID})
	}
	known, err := record.Find[ScimUser](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("user_id = ?", user) })
	if err != nil {
		return nil, err
	}
	for _, x := range known {
		out = append(out, record.Subject{Entity: "scim_user", Record: x.ID})
	}
	return out, nil
}
