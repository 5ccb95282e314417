package flow

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Agreement is what an approver says with a yes. ContentHash is what they were shown; another one than the request's is refused.
type Agreement struct {
	Comment     string `in:"comment" label:"意见|Comment"`
	ContentHash string `in:"content_hash" label:"内容指纹|Content hash"`
}

// Objection is what an approver says with a no.
type Objection struct {
	Comment string `in:"comment" label:"意见|Comment"`
}

// Return is what an approver says who sends a request back: to its author, or to an earlier step, counted from 1.
type Return struct {
	Comment string `in:"comment" label:"意见|Comment"`
	ToStep  int64  `in:"to_step" label:"退回到第几步（0：申请人）|To step (0: the requester)"`
}

// Handover names who else may decide.
type Handover struct {
	To id.ID `in:"to" label:"转交给|To"`
}

// approve notes an agreement. With the last one the act is done, in the requester's name. A record that is no longer what was asked about makes the
// request void.
func (f *Flow) approve(ctx context.Context, tx *tenancy.Tx, a *Approval, in Agreement) error {
	t, err := f.turn(ctx, tx, a, in.Comment)
	if err != nil {
		return err
	}
	step := t.now
	if in.ContentHash != "" && in.ContentHash != a.ContentHash {
		return fault.New(fault.Conflict, "approval.other_content", "您看到的内容不是本次申请的内容，请刷新", "What you were shown is not what this request is about; reload it")
	}
	c, err := f.subject(ctx, tx, a)
	if err != nil {
		return err
	}
	if err := f.enabled(tx, c.def); err != nil {
		return err
	}
	if !c.unchanged() {
		return f.void(ctx, tx, c)
	}
	done, again := step.agree(tx.Actor, t.deputized)
	if again {
		return fault.New(fault.Conflict, "approval.agreed", "您已同意，正在等待其他审批人", "You have agreed already; others still have to")
	}
	step.note(tx, in.Comment)
	if !done {
		return record.Update(ctx, tx, step)
	}
	step.decide(tx, Approved)
	more, err := f.advance(ctx, tx, a, step)
	if err != nil || more {
		return err
	}
	return f.carryOut(ctx, tx, c, in.Comment)
}

// carryOut closes the request and does the act. When the act fails, so does the approval: nothing is half done.
func (f *Flow) carryOut(ctx context.Context, tx *tenancy.Tx, c *subject, comment string) error {
	a := c.approval
	if err := a.close(ctx, tx, Approved, comment); err != nil {
		return err
	}
	as, err := f.inNameOf(ctx, tx, a)
	if err != nil {
		return err
	}
	if err := c.restore(ctx, as); err != nil {
		return err
	}
	body, err := a.input()
	if err != nil {
		return err
	}
	if err := record.Resume(ctx, as, c.def, c.rec, a.Action, body); err != nil {
		return err
	}
	return f.tellRequester(ctx, tx, a, c.def, "已获批准并执行", "was approved and carried out")
}

// inNameOf returns the transaction as the requester acts in it, with the approver beside, and with what follows caused by what led to the request.
func (f *Flow) inNameOf(ctx context.Context, tx *tenancy.Tx, a *Approval) (*tenancy.Tx, error) {
	as := *tx
	as.Cause = a.CauseID
	as.Actor = tenancy.Actor{Module: "platform", Locale: tx.Actor.Locale} // a module's act on behalf of nobody
	if !a.RequestedBy.IsZero() {
		who, err := f.ask.Who(ctx, tx, a.RequestedBy)
		if fault.Is(err, fault.NotFound) {
			return nil, fault.New(fault.Conflict, "approval.requester_gone", "申请人已停用，请驳回该申请",
				"The requester is no longer active: reject the request instead").Because(err)
		}
		if err != nil {
			return nil, err
		}
		as.Actor = who
	}
	as.Actor.Approver, as.Actor.RequestID = tx.Actor.ID, tx.Actor.RequestID
	return &as, nil
}

// reject refuses a request: the record is as it was before.
func (f *Flow) reject(ctx context.Context, tx *tenancy.Tx, a *Approval, in Objection) error {
	return f.refuse(ctx, tx, a, in.Comment, "被驳回", "was rejected")
}

// giveBack refuses a request so that the requester can change the record and ask again.
func (f *Flow) giveBack(ctx context.Context, tx *tenancy.Tx, a *Approval, in Return) error {
	if in.ToStep != 0 {
		t, err := f.turn(ctx, tx, a, in.Comment)
		if err != nil {
			return err
		}
		return f.reopen(ctx, tx, a, t, in)
	}
	return f.refuse(ctx, tx, a, in.Comment, "被退回修改", "was returned for changes")
}

func (f *Flow) refuse(ctx context.Context, tx *tenancy.Tx, a *Approval, comment, zh, en string) error {
	t, err := f.turn(ctx, tx, a, comment)
	if err != nil {
		return err
	}
	step := t.now
	step.note(tx, comment)
	step.decide(tx, Rejected)
	if err := record.Update(ctx, tx, step); err != nil {
		return err
	}
	return f.end(ctx, tx, a, Rejected, comment, zh, en)
}

// withdraw takes a request back; only who made it can.
func (f *Flow) withdraw(ctx context.Context, tx *tenancy.Tx, a *Approval, _ modules.None) error {
	if a.RequestedBy.IsZero() || a.RequestedBy != tx.Actor.ID {
		return fault.New(fault.Forbidden, "approval.not_requester", "只有申请人可以撤回申请", "Only the requester may withdraw a request").
			With("rule", "approval.not_requester")
	}
	return f.end(ctx, tx, a, Withdrawn, "", "", "")
}

// end closes a request without the act and gives the record back. A record that is gone holds nobody back.
func (f *Flow) end(ctx context.Context, tx *tenancy.Tx, a *Approval, status, comment, zh, en string) error {
	c, err := f.subject(ctx, tx, a)
	if err != nil {
		return err
	}
	if err := a.close(ctx, tx, status, comment); err != nil {
		return err
	}
	if err := c.restore(ctx, tx); err != nil {
		return err
	}
	if zh == "" {
		return nil
	}
	return f.tellRequester(ctx, tx, a, c.def, zh, en)
}

// delegate lets another active person decide the step too.
func (f *Flow) delegate(ctx context.Context, tx *tenancy.Tx, a *Approval, in Handover) error {
	t, err := f.turn(ctx, tx, a, "")
	if err != nil {
		return err
	}
	step := t.now
	if err := f.mayDecide(ctx, tx, a, "to", in.To); err != nil {
		return err
	}
	step.hand(tx.Actor, in.To)
	if err := record.Update(ctx, tx, step); err != nil {
		return err
	}
	def := record.Catalog(tx).Entity(a.Entity)
	if def == nil {
		return gone(a)
	}
	return f.summon(ctx, tx, a, def, &Step{Users: []string{in.To.String()}})
}

// mayDecide refuses to hand a request to its requester, or to somebody who can't log in.
func (f *Flow) mayDecide(ctx context.Context, tx *tenancy.Tx, a *Approval, at string, to id.ID) error {
	var bad fault.Fields
	switch to {
	case id.ID{}:
		bad.Add(at, "required", "必填", "is required")
	case a.RequestedBy:
		bad.Add(at, "approval.self", "不能转交给申请人", "The requester can't decide about their own request")
	default:
		_, err := f.ask.Who(ctx, tx, to)
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		bad.Add(at, "reference.unknown", "没有此启用的用户", "There is no such active user")
	}
	return bad.Err()
}

// turn is what somebody may decide: the step that waits, and those for whom they decide beside themselves.
type turn struct {
	now       *Step
	deputized []tenancy.Actor
}

// turn returns the step that waits, when the acting person may decide it: named by it, with the roles they have now, or the deputy of somebody who is,
// and not the requester.
func (f *Flow) turn(ctx context.Context, tx *tenancy.Tx, a *Approval, comment string) (turn, error) {
	t := turn{}
	t.now, _ = a.active()
	switch {
	case t.now == nil:
		return t, fault.New(fault.Conflict, "approval.decided", "该审批没有待处理的步骤", "No step of this approval is open")
	case tx.Actor.ID.IsZero() || tx.Actor.ID == a.RequestedBy:
		return t, fault.New(fault.Forbidden, "approval.self", "不能审批自己的申请", "Nobody decides about their own request").With("rule", "approval.self")
	}
	var err error
	if t.deputized, err = f.deputized(ctx, tx, a); err != nil {
		return t, err
	}
	if !t.now.names(tx.Actor) && !slices.ContainsFunc(t.deputized, t.now.names) {
		return t, fault.New(fault.Forbidden, "approval.not_approver", "您不是当前步骤的审批人", "The current step does not name you as an approver").
			With("rule", "approval.not_approver")
	}
	var bad fault.Fields
	if utf8.RuneCountInString(comment) > 2000 || strings.ContainsRune(comment, 0) {
		bad.Add("comment", "value.length", "意见过长或包含无效字符", "The comment is too long or holds an invalid character")
	}
	return t, bad.Err()
}

// note keeps what somebody said; where several agree, each line has its author.
func (s *Step) note(tx *tenancy.Tx, comment string) {
	switch {
	case comment == "":
	case s.Comment == "":
		s.Comment = comment
	default:
		s.Comment += "\n" + tx.Actor.Name + ": " + comment
	}
}

func (s *Step) decide(tx *tenancy.Tx, status string) {
	s.Status, s.DecidedBy, s.DecidedAt = status, tx.Actor.ID, tx.Now
}

func (a *Approval) close(ctx context.Context, tx *tenancy.Tx, status, comment string) error {
	a.Status, a.DecidedBy, a.DecidedAt, a.Comment = status, tx.Actor.ID, tx.Now, comment
	return record.Update(ctx, tx, a)
}

func gone(a *Approval) error {
	return fault.New(fault.NotFound, "entity.unknown", "没有对象 %s", "There is no entity %s", a.Entity)
}
