package policy

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// EmergencyLimit is how long an emergency grant may last.
const EmergencyLimit = 72 * time.Hour

// Emergency gives one person one more role for a short while. Nobody gives it to themselves; on the next day somebody who neither gave nor got it says
// whether it was justified.
type Emergency struct {
	bun.BaseModel `bun:"table:policy_emergency,alias:pe"`

	ID         id.ID      `bun:"id,pk,type:uuid"`
	UserID     id.ID      `bun:"user_id,type:uuid"`
	Role       string     `bun:"role"`
	Reason     string     `bun:"reason"`
	GrantedBy  id.ID      `bun:"granted_by,type:uuid"`
	GrantedAt  time.Time  `bun:"granted_at"`
	Until      time.Time  `bun:"until"`
	ReviewDue  clock.Date `bun:"review_due,type:date"`
	RevokedBy  id.ID      `bun:"revoked_by,type:uuid,nullzero"`
	RevokedAt  time.Time  `bun:"revoked_at,nullzero"`
	ReviewedBy id.ID      `bun:"reviewed_by,type:uuid,nullzero"`
	ReviewedAt time.Time  `bun:"reviewed_at,nullzero"`
	Verdict    string     `bun:"verdict"`
	Comment    string     `bun:"comment"`
}

// Holds tells whether it gives its role at a moment.
func (x *Emergency) Holds(at time.Time) bool {
	return !at.Before(x.GrantedAt) && at.Before(x.Until) && (x.RevokedAt.IsZero() || at.Before(x.RevokedAt))
}

// Relieve gives a role for a while. The caller raises the tenant's generation after the commit.
func (e *Engine) Relieve(ctx context.Context, tx *tenancy.Tx, user id.ID, role, reason string, hours int) (*Emergency, error) {
	var bad fault.Fields
	roles, err := e.Roles(ctx, tx)
	if err != nil {
		return nil, err
	}
	known := false
	for _, r := range roles {
		known = known || r.Name == role
	}
	switch {
	case !known:
		bad.Add("role", "policy.unknown_role", "没有名为 %s 的角色", "there is no role %s", role)
	case role == Owner:
		bad.Add("role", "policy.owner_fixed", "所有者角色不能紧急授予", "the role of owner is not given in an emergency")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(reason)); n == 0 || n > commentLimit || !utf8.ValidString(reason) || strings.ContainsRune(reason, 0) {
		bad.Add("reason", "required", "请填写原因（不超过 2000 字）", "is required, at most 2000 characters")
	}
	if most := int(EmergencyLimit.Hours()); hours < 1 || hours > most {
		bad.Add("hours", "value.range", "应为 1 到 %d 小时", "is 1 to %d hours", most)
	}
	if user.IsZero() {
		bad.Add("user_id", "required", "必填", "is required")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if user == tx.Actor.ID {
		return nil, fault.New(fault.Forbidden, "policy.emergency_self", "不能给自己紧急授权（规则 policy.emergency_self）", "Nobody gives themselves an emergency grant (rule policy.emergency_self)").
			With("rule", "policy.emergency_self")
	}
	x := &Emergency{
		ID: tx.NewID(), UserID: user, Role: role, Reason: strings.TrimSpace(reason), GrantedBy: tx.Actor.ID, GrantedAt: tx.Now,
		Until: tx.Now.Add(time.Duration(hours) * time.Hour), ReviewDue: clock.DateOf(tx.Now.AddDate(0, 0, 1), tx.Tenant.Zone),
	}
	_, err = tx.NewInsert().Model(x).Exec(ctx)
	return x, err
}

// Revoke ends an emergency grant before its time.
func Revoke(ctx context.Context, tx *tenancy.Tx, key id.ID) (*Emergency, error) {
	x, err := emergency(ctx, tx, key)
	if err != nil {
		return nil, err
	}
	if !x.Holds(tx.Now) {
		return nil, fault.New(fault.Conflict, "policy.emergency_over", "该紧急授权已结束", "The emergency grant is over")
	}
	x.RevokedBy, x.RevokedAt = tx.Actor.ID, tx.Now
	_, err = tx.NewUpdate().Model(x).Column("revoked_by", "revoked_at").WherePK().Exec(ctx)
	return x, err
}

// Judge keeps what the review of an emergency grant said. Neither who gave it nor who got it reviews it.
func Judge(ctx context.Context, tx *tenancy.Tx, key id.ID, justified bool, comment string) (*Emergency, error) {
	if err := remark(comment); err != nil {
		return nil, err
	}
	x, err := emergency(ctx, tx, key)
	if err != nil {
		return nil, err
	}
	if tx.Actor.ID == x.GrantedBy || tx.Actor.ID == x.UserID {
		return nil, fault.New(fault.Forbidden, "policy.four_eyes", "授予人和被授权人不能复核（规则 policy.four_eyes）", "Neither who gave it nor who got it reviews it (rule policy.four_eyes)").
			With("rule", "policy.four_eyes")
	}
	if !x.ReviewedAt.IsZero() {
		return nil, fault.New(fault.Conflict, "policy.reviewed", "该紧急授权已复核", "The emergency grant was reviewed already")
	}
	x.ReviewedBy, x.ReviewedAt, x.Verdict, x.Comment = tx.Actor.ID, tx.Now, "not_justified", comment
	if justified {
		x.Verdict = "justified"
	}
	_, err = tx.NewUpdate().Model(x).Column("reviewed_by", "reviewed_at", "verdict", "comment").WherePK().Exec(ctx)
	return x, err
}

func emergency(ctx context.Context, tx *tenancy.Tx, key id.ID) (*Emergency, error) {
	x := new(Emergency)
	err := tx.NewSelect().Model(x).Where("id = ?", key).For("UPDATE").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "policy.no_emergency", "没有此紧急授权", "There is no such emergency grant")
	}
	return x, err
}

// Emergencies lists emergency grants, newest first: all, or those that still wait for their review.
func Emergencies(ctx context.Context, tx *tenancy.Tx, unreviewed bool) ([]Emergency, error) {
	out := []Emergency{}
	q := tx.NewSelect().Model(&out).Order("granted_at DESC").Limit(500)
	if unreviewed {
		q = q.Where("reviewed_at IS NULL")
	}
	return out, q.Scan(ctx)
}

// ExtraRoles returns the roles that a person has by emergency grants at a moment, and until when that stays so (zero: nothing changes).
func ExtraRoles(ctx context.Context, tx *tenancy.Tx, user id.ID, at time.Time) (list []Emergency, err error) {
	err = tx.NewSelect().Model(&list).Where("user_id = ? AND granted_at <= ? AND until > ? AND (revoked_at IS NULL OR revoked_at > ?)", user, at, at, at).Scan(ctx)
	return list, err
}
