package flow

import (
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// The states of a step.
const (
	Waiting = "waiting" // the steps before it are not done
	Active  = "active"
)

// Step is one stage of an approval: the people who may agree, and whether one of them is enough.
type Step struct {
	bun.BaseModel `bun:"table:approval_step,alias:aps"`
	entity.Line

	ApprovalID  id.ID     `bun:"approval_id,type:uuid,notnull"`
	Roles       []string  `bun:"roles,array,notnull"`
	Users       []string  `bun:"users,array,notnull"`
	Mode        string    `bun:"mode,notnull"`
	Status      string    `bun:"status,notnull"`
	AgreedRoles []string  `bun:"agreed_roles,array,notnull"`
	AgreedUsers []string  `bun:"agreed_users,array,notnull"` // everyone who agreed, also in a role; with a deputy: for whom they did
	ActedBy     []string  `bun:"acted_by,array,notnull"`     // who said yes themselves
	Votes       int64     `bun:"votes,notnull"`              // mode vote: how many have to agree
	AddedBy     id.ID     `bun:"added_by,type:uuid,nullzero"`
	Escalated   bool      `bun:"escalated,notnull"`
	DecidedBy   id.ID     `bun:"decided_by,type:uuid,nullzero"`
	DecidedAt   time.Time `bun:"decided_at,nullzero"`
	Comment     string    `bun:"comment,notnull"`

	EscalateHours int64     `bun:"escalate_hours,notnull"`
	EscalateAt    time.Time `bun:"escalate_at,nullzero"`
	EscalateTo    []string  `bun:"escalate_to,array,notnull"`
}

// Describe says what the fields mean.
func (s *Step) Describe(d *entity.Desc) {
	d.Is("approval.step", "approval_steps", entity.T("审批步骤", "Approval step"), nil)
	kept := func(p any, zh, en string) *entity.Field {
		return d.Field(p, entity.Field{Label: entity.T(zh, en), Computed: true})
	}
	kept(&s.ApprovalID, "审批", "Approval").Ref = "approval"
	kept(&s.Position, "顺序", "Position")
	kept(&s.Roles, "审批角色", "Roles")
	kept(&s.Users, "审批人", "Users")
	kept(&s.Mode, "方式", "Mode").Options = entity.Options(policy.ModeAny, "任一同意", "Any of them", policy.ModeAll, "全部同意", "All of them",
		policy.ModeVote, "投票", "Votes", policy.ModeSequence, "依次同意", "Each in turn")
	kept(&s.Status, "状态", "Status").Options = entity.Options(Waiting, "未开始", "Waiting", Active, "审批中", "Active",
		Approved, "已批准", "Approved", Rejected, "已驳回", "Rejected")
	kept(&s.AgreedRoles, "已同意的角色", "Roles that agreed")
	kept(&s.AgreedUsers, "已同意的人", "Users who agreed")
	kept(&s.ActedBy, "实际操作人", "Acted themselves")
	kept(&s.Votes, "所需票数", "Votes needed")
	kept(&s.AddedBy, "加签人", "Added by").Ref = "user"
	kept(&s.Escalated, "已升级", "Escalated")
	kept(&s.EscalateHours, "升级时限（小时）", "Escalates after hours")
	kept(&s.EscalateAt, "升级时间", "Escalates at")
	kept(&s.EscalateTo, "升级到", "Escalates to")
	kept(&s.DecidedBy, "决定人", "Decided by").Ref = "user"
	kept(&s.DecidedAt, "决定时间", "Decided at")
	kept(&s.Comment, "意见", "Comment")
	d.Parent(&s.ApprovalID)
	d.ReadOnly()
}

// newStep makes a step of a rule's wish.
func newStep(s policy.Step, position int) *Step {
	row := &Step{
		Roles: orNone(s.Roles), Users: orNone(s.Users), Mode: s.Mode, Status: Waiting,
		AgreedRoles: []string{}, AgreedUsers: []string{}, ActedBy: []string{},
		Votes: int64(s.Votes), EscalateHours: int64(s.EscalateHours), EscalateTo: orNone(s.EscalateTo),
	}
	if row.Mode == "" {
		row.Mode = policy.ModeAny
	}
	if position == 0 {
		row.Status = Active
	}
	return row
}

// orNone copies a list; none becomes an empty one, since the columns hold no NULL.
func orNone(list []string) []string { return append([]string{}, list...) }

// names tells whether the step wants a person, by name or by a role that the person has now.
func (s *Step) names(who tenancy.Actor) bool {
	return slices.Contains(s.Users, who.ID.String()) || slices.ContainsFunc(s.Roles, func(r string) bool { return slices.Contains(who.Roles, r) })
}

// agree notes an agreement, for everything that the person stands for, themselves or as a deputy, and tells whether the step is done. again: the person
// had agreed before to all that they could.
func (s *Step) agree(who tenancy.Actor, deputized []tenancy.Actor) (done, again bool) {
	added := false
	for _, one := range append([]tenancy.Actor{who}, deputized...) {
		if s.names(one) {
			added = s.agreeAs(who, one) || added
		}
		if added && s.Mode == policy.ModeVote { // one person has one vote
			break
		}
	}
	if added && !slices.Contains(s.ActedBy, who.ID.String()) {
		s.ActedBy = append(orNone(s.ActedBy), who.ID.String())
	}
	return s.complete(), !added
}

// agreeAs notes what one person's yes counts for.
func (s *Step) agreeAs(who, one tenancy.Actor) bool {
	me := one.ID.String()
	switch s.Mode {
	case policy.ModeVote:
		if slices.Contains(s.AgreedUsers, me) || slices.Contains(s.ActedBy, who.ID.String()) {
			return false
		}
		s.AgreedUsers = append(orNone(s.AgreedUsers), me)
		return true
	case policy.ModeSequence:
		added := false
		for first := s.first(); first != ""; first = s.first() {
			switch {
			case slices.Contains(s.Roles, first) && slices.Contains(one.Roles, first):
				s.AgreedRoles = append(orNone(s.AgreedRoles), first)
			case first == me:
				s.AgreedUsers = append(orNone(s.AgreedUsers), me)
			default:
				return added
			}
			added = true
		}
		return added
	}
	added := false
	for _, r := range s.Roles {
		if slices.Contains(one.Roles, r) && !slices.Contains(s.AgreedRoles, r) {
			s.AgreedRoles, added = append(orNone(s.AgreedRoles), r), true
		}
	}
	if !slices.Contains(s.AgreedUsers, me) {
		s.AgreedUsers, added = append(orNone(s.AgreedUsers), me), true
	}
	return added
}

// complete tells whether enough have agreed.
func (s *Step) complete() bool {
	switch s.Mode {
	case policy.ModeAll, policy.ModeSequence:
		return len(s.open()) == 0
	case policy.ModeVote:
		return int64(len(s.AgreedUsers)) >= s.Votes
	}
	return len(s.AgreedUsers) > 0
}

// first is the role or user whose turn it is, where they agree one after the other; empty when all have.
func (s *Step) first() string {
	if open := s.open(); len(open) > 0 {
		return open[0]
	}
	return ""
}

// open lists the roles and users whose agreement a step still waits for.
func (s *Step) open() []string {
	var out []string
	for _, r := range s.Roles {
		if !slices.Contains(s.AgreedRoles, r) {
			out = append(out, r)
		}
	}
	for _, u := range s.Users {
		if !slices.Contains(s.AgreedUsers, u) {
			out = append(out, u)
		}
	}
	return out
}

// hand lets another person agree too. Where all have to agree, that person takes the place of who hands over, or it would take one more.
func (s *Step) hand(from tenancy.Actor, to id.ID) {
	if s.Mode == policy.ModeAll || s.Mode == policy.ModeSequence {
		s.Roles = slices.DeleteFunc(orNone(s.Roles), func(r string) bool {
			return slices.Contains(from.Roles, r) && !slices.Contains(s.AgreedRoles, r)
		})
		s.Users = slices.DeleteFunc(orNone(s.Users), func(u string) bool {
			return u == from.ID.String() && !slices.Contains(s.AgreedUsers, u)
		})
	}
	if !slices.Contains(s.Users, to.String()) {
		s.Users = append(orNone(s.Users), to.String())
	}
}

// active returns the step that waits for somebody now, and the one after it; nil where there is none.
func (a *Approval) active() (now, next *Step) {
	for i, s := range a.Steps {
		if s.Status == Active {
			if i+1 < len(a.Steps) {
				next = a.Steps[i+1]
			}
			return s, next
		}
	}
	return nil, nil
}
