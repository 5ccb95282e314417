package app

import (
	"context"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// tell lets the platform's engines notify people through core.
func tell(ctx context.Context, tx *tenancy.Tx, to []id.ID, roles []string, text entity.Text, about string, rec id.ID) error {
	return record.Emit(ctx, tx, coreevent.Notice{To: to, Roles: roles, Text: text, Entity: about, Record: rec})
}

// escalateAt has a request looked at again at a time.
func (a *App) escalateAt(ctx context.Context, tx *tenancy.Tx, at time.Time, request id.ID) error {
	_, err := a.Relay.BeginAt(ctx, tx, "escalate", request, at)
	return err
}

// manager finds who leads the team of a person.
func manager(ctx context.Context, tx *tenancy.Tx, user id.ID) (id.ID, error) {
	u, err := record.GetMany[core.User](ctx, tx, []id.ID{user})
	if err != nil || len(u) == 0 || u[0].TeamID.IsZero() {
		return id.ID{}, err
	}
	t, err := record.GetMany[core.Team](ctx, tx, []id.ID{u[0].TeamID})
	if err != nil || len(t) == 0 {
		return id.ID{}, err
	}
	return t[0].LeaderID, nil
}

// who makes the actor for a person on whose behalf something goes on.
func who(ctx context.Context, tx *tenancy.Tx, user id.ID) (tenancy.Actor, error) {
	u, err := record.Get[core.User](ctx, tx, user)
	if err != nil {
		return tenancy.Actor{}, err
	}
	if !u.Active {
		return tenancy.Actor{}, fault.New(fault.NotFound, "user.inactive", "用户已停用", "The user is no longer active")
	}
	return relieved(ctx, tx, actorOf(u))
}
