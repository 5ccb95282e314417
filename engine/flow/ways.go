package flow

import (
	"context"
	"slices"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// Where a signer is added.
const (
	Before = "before" // has to agree before the step that waits now
	After  = "after"  // has to agree after it
)

const mostSteps = 50

// Signer names who has to agree too, and when.
type Signer struct {
	User    id.ID  `in:"user" label:"加签人|Signer"`
	Where   string `in:"where" label:"位置（before/after）|Where (before, after)"`
	Comment string `in:"comment" label:"意见|Comment"`
}

// addSigner puts a step for one more person before or after the step that waits now.
func (f *Flow) addSigner(ctx context.Context, tx *tenancy.Tx, a *Approval, in Signer) error {
	step, err := f.turn(ctx, tx, a, in.Comment)
	if err != nil {
		return err
	}
	var bad fault.Fields
	if in.Where != Before && in.Where != After {
		bad.Add("where", "value.option", "应为 before 或 after", "is before or after")
	}
	if len(a.Steps) >= mostSteps {
		bad.Add("user", "approval.too_long", "审批步骤过多", "there are too many steps")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := f.mayDecide(ctx, tx, a, "user", in.User); err != nil {
		return err
	}
	added := newStep(policy.Step{Users: []string{in.User.String()}, Mode: policy.ModeAny}, 1)
	added.ApprovalID, added.AddedBy, added.Position = a.ID, tx.Actor.ID, step.now.Position
	var moved []*Step
	if in.Where == After {
		added.Position++
	} else {
		added.Status, step.now.Status, step.now.EscalateAt = Active, Waiting, time.Time{}
	}
	for _, s := range a.Steps {
		if s.Position >= added.Position {
			s.Position++
			moved = append(moved, s)
		}
	}
	step.now.note(tx, in.Comment)
	if !slices.Contains(moved, step.now) {
		moved = append(moved, step.now)
	}
	if err := record.Update(ctx, tx, moved...); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, added); err != nil {
		return err
	}
	if added.Status != Active {
		return nil
	}
	return f.summonFor(ctx, tx, a, added)
}

// summonFor tells those whom a step names that it is their turn.
func (f *Flow) summonFor(ctx context.Context, tx *tenancy.Tx, a *Approval, s *Step) error {
	def := record.Catalog(tx).Entity(a.Entity)
	if def == nil {
		return gone(a)
	}
	return f.summon(ctx, tx, a, def, s)
}

// reopen sends a request back to an earlier step: it and all after it are asked again. Steps are counted from 1.
func (f *Flow) reopen(ctx context.Context, tx *tenancy.Tx, a *Approval, t turn, in Return) error {
	at := int(in.ToStep) - 1
	if at < 0 || at >= len(a.Steps) || a.Steps[at].Status != Approved {
		var bad fault.Fields
		bad.Add("to_step", "approval.step", "只能退回到已完成的步骤（从 1 开始）", "is the number of a step that is done, counted from 1")
		return bad.Err()
	}
	t.now.note(tx, in.Comment)
	for i, s := range a.Steps[at:] {
		s.Status, s.AgreedRoles, s.AgreedUsers, s.ActedBy, s.DecidedBy, s.DecidedAt = Waiting, []string{}, []string{}, []string{}, id.ID{}, time.Time{}
		if s.EscalateAt = (time.Time{}); i == 0 {
			s.start(tx)
		}
	}
	if err := record.Update(ctx, tx, a.Steps[at:]...); err != nil {
		return err
	}
	if err := f.escalateLater(ctx, tx, a, a.Steps[at]); err != nil {
		return err
	}
	return f.summonFor(ctx, tx, a, a.Steps[at])
}

// advance activates the step after one that is done. People who have agreed to this content before are not asked twice. It returns false when no step
// is left.
func (f *Flow) advance(ctx context.Context, tx *tenancy.Tx, a *Approval, done *Step) (more bool, err error) {
	changed := []*Step{done}
	var next *Step
	for _, s := range a.Steps {
		if s.Status != Waiting {
			continue
		}
		changed = append(changed, s)
		if by, again := s.merge(a); again {
			s.Status, s.DecidedBy, s.DecidedAt = Approved, by, tx.Now
			continue
		}
		next = s
		s.start(tx)
		break
	}
	if err := record.Update(ctx, tx, changed...); err != nil {
		return false, err
	}
	if next == nil {
		return false, nil
	}
	if err := f.escalateLater(ctx, tx, a, next); err != nil {
		return false, err
	}
	return true, f.summonFor(ctx, tx, a, next)
}

// merge counts for a step those of the people it names one by one who have agreed in an earlier step, and tells whether nobody else is needed.
func (s *Step) merge(a *Approval) (by id.ID, done bool) {
	for _, u := range s.Users {
		agreed := slices.ContainsFunc(a.Steps, func(x *Step) bool {
			return x.Status == Approved && x.Position < s.Position && slices.Contains(x.ActedBy, u)
		})
		if !agreed || slices.Contains(s.AgreedUsers, u) || s.Mode == policy.ModeSequence && s.first() != u {
			continue
		}
		s.AgreedUsers, s.ActedBy = append(orNone(s.AgreedUsers), u), append(orNone(s.ActedBy), u)
		if k, err := id.Parse(u); err == nil {
			by = k
		}
	}
	return by, len(s.ActedBy) > 0 && s.complete()
}

// start makes a step the one that waits.
func (s *Step) start(tx *tenancy.Tx) {
	s.Status, s.EscalateAt = Active, time.Time{}
	if s.EscalateHours > 0 && !s.Escalated {
		s.EscalateAt = tx.Now.Add(time.Duration(s.EscalateHours) * time.Hour)
	}
}

func (f *Flow) escalateLater(ctx context.Context, tx *tenancy.Tx, a *Approval, s *Step) error {
	if f.ask.Later == nil || s.EscalateAt.IsZero() {
		return nil
	}
	return f.ask.Later(ctx, tx, s.EscalateAt, a.ID)
}

// Escalate lets more people decide a step that has waited too long. It agrees to nothing by itself, and those who were named before still may.
func (f *Flow) Escalate(ctx context.Context, tx *tenancy.Tx, request id.ID) error {
	list, err := record.Lock[Approval](ctx, tx, request)
	if err != nil || len(list) == 0 || list[0].Status != Pending {
		return err
	}
	a := list[0]
	s, _ := a.active()
	if s == nil || s.Escalated || s.EscalateAt.IsZero() || s.EscalateAt.After(tx.Now) {
		return nil
	}
	s.Escalated = true
	for _, r := range s.EscalateTo {
		if !slices.Contains(s.Roles, r) && s.Mode != policy.ModeAll && s.Mode != policy.ModeSequence {
			s.Roles = append(orNone(s.Roles), r)
		}
	}
	if s.Mode == policy.ModeAll || s.Mode == policy.ModeSequence { // one more of all would make it take longer: one of the new is enough
		s.Mode, s.Roles, s.AgreedRoles = policy.ModeAny, append(orNone(s.Roles), s.EscalateTo...), []string{}
	}
	if err := record.Update(ctx, tx, s); err != nil {
		return err
	}
	def := record.Catalog(tx).Entity(a.Entity)
	if def == nil {
		return gone(a)
	}
	what := f.what(def, a.Action, a.RecordTitle)
	return f.tell(ctx, tx, a, nil, s.EscalateTo, entity.T("审批超时，请处理："+what.ZH, "An approval has waited too long, please decide: "+what.EN))
}

// named finds the people whom a rule names by what they are to the record or to the requester.
func (f *Flow) named(ctx context.Context, tx *tenancy.Tx, act record.Parked, s policy.Step) ([]string, error) {
	var out []string
	add := func(k id.ID) {
		if text := k.String(); !k.IsZero() && k != tx.Actor.ID && !slices.Contains(out, text) && !slices.Contains(s.Users, text) {
			out = append(out, text)
		}
	}
	in := func(field string) id.ID {
		if fd := act.Def.Field(field); fd != nil {
			k, _ := fd.Get(act.Record).(id.ID)
			return k
		}
		return id.ID{}
	}
	for _, field := range s.UsersIn {
		add(in(field))
	}
	for _, field := range s.ManagerOf {
		of := tx.Actor.ID
		if field != policy.Requester {
			of = in(field)
		}
		k, err := f.manager(ctx, tx, of)
		if err != nil {
			return nil, err
		}
		add(k)
	}
	for _, field := range s.OwnerOf {
		k, err := f.ownerOf(ctx, tx, act, field, in(field))
		if err != nil {
			return nil, err
		}
		add(k)
	}
	return out, nil
}

func (f *Flow) manager(ctx context.Context, tx *tenancy.Tx, of id.ID) (id.ID, error) {
	if of.IsZero() || f.ask.Manager == nil {
		return id.ID{}, nil
	}
	return f.ask.Manager(ctx, tx, of)
}

// ownerOf is the owner of the record, or of the one that a field of it points to.
func (f *Flow) ownerOf(ctx context.Context, tx *tenancy.Tx, act record.Parked, field string, key id.ID) (id.ID, error) {
	if field == policy.ThisRecord {
		k, _ := act.Def.OwnerField.Get(act.Record).(id.ID)
		return k, nil
	}
	def := record.Catalog(tx).Entity(act.Def.Field(field).Ref)
	if key.IsZero() || def == nil || def.OwnerField == nil {
		return id.ID{}, nil
	}
	rows, err := record.LoadMany(ctx, tx, def, []id.ID{key})
	if err != nil || len(rows) == 0 {
		return id.ID{}, err
	}
	k, _ := def.OwnerField.Get(rows[0]).(id.ID)
	return k, nil
}

// people resolves all steps of an act: who is named by what they are stands with those who are named outright, and a step that comes to name the same
// people in the same way as another is asked once. A step that comes to name nobody is refused, never skipped.
func (f *Flow) people(ctx context.Context, tx *tenancy.Tx, act record.Parked) ([]policy.Step, error) {
	var out []policy.Step
	for _, s := range act.Approval.Steps {
		found, err := f.named(ctx, tx, act, s)
		if err != nil {
			return nil, err
		}
		s.Users = append(slices.Clone(s.Users), found...)
		s.UsersIn, s.ManagerOf, s.OwnerOf = nil, nil, nil
		if len(s.Users)+len(s.Roles) == 0 {
			return nil, fault.New(fault.Rule, "approval.nobody", "审批规则没有找到审批人（没有上级或负责人，或其本人就是申请人），请联系管理员",
				"The approval rule finds nobody who could agree (there is no manager or owner, or it is the requester); ask an administrator").With("rules", act.Approval.RuleIDs)
		}
		same := slices.ContainsFunc(out, func(o policy.Step) bool {
			return o.Mode == s.Mode && o.Votes == s.Votes && sameSet(o.Roles, s.Roles) && sameSet(o.Users, s.Users)
		})
		if !same {
			out = append(out, s)
		}
	}
	return out, nil
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
