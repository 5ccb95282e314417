package flow

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// subject is the record that a request is about, locked.
type subject struct {
	approval *Approval
	def      *entity.Def
	rec      entity.Record // nil when it is gone
}

// subject locks and reads the record of a request.
func (f *Flow) subject(ctx context.Context, tx *tenancy.Tx, a *Approval) (*subject, error) {
	def := record.Catalog(tx).Entity(a.Entity)
	if def == nil {
		return nil, gone(a)
	}
	rec, err := record.Hold(ctx, tx, def, a.RecordID)
	if fault.Is(err, fault.NotFound) {
		rec, err = nil, nil
	}
	return &subject{approval: a, def: def, rec: rec}, err
}

// enabled refuses to act for a module that is switched off; such a request can still be rejected or withdrawn.
func (f *Flow) enabled(tx *tenancy.Tx, def *entity.Def) error {
	if owner := f.engine.Owner(def.Name); owner != "" && !tx.Tenant.On(owner) {
		return fault.New(fault.NotEnabled, "module.off", "模块 %s 未启用", "The module %s is switched off", owner).With("module", owner)
	}
	return nil
}

// locked tells that the state is one that only an approval gives.
func (c *subject) locked() bool { return c.def.State != nil && c.def.Pending != "" }

func (c *subject) state() string {
	if c.def.State == nil {
		return ""
	}
	s, _ := c.def.State.Get(c.rec).(string)
	return s
}

// unchanged tells that the record is still what was to be approved: its material content, and the state in which it waits.
func (c *subject) unchanged() bool {
	if c.rec == nil || record.ContentHash(c.def, c.rec) != c.approval.ContentHash {
		return false
	}
	if c.locked() {
		return c.state() == c.def.Pending
	}
	return c.state() == c.approval.BeforeState
}

// restore gives the record the state that it had before the request. One that has moved on since is left alone.
func (c *subject) restore(ctx context.Context, tx *tenancy.Tx) error {
	if c.rec == nil || !c.locked() || c.state() != c.def.Pending {
		return nil
	}
	c.def.State.Set(c.rec, c.approval.BeforeState)
	return record.Store(ctx, tx, c.def, c.rec)
}

// void ends a request whose record is no longer what was to be approved: the record is free again, and the approver is told of the conflict.
func (f *Flow) void(ctx context.Context, tx *tenancy.Tx, c *subject) error {
	if err := c.approval.close(ctx, tx, Void, ""); err != nil {
		return err
	}
	if err := c.restore(ctx, tx); err != nil {
		return err
	}
	if err := f.tellRequester(ctx, tx, c.approval, c.def, "因单据内容变化而失效", "became void because the record has changed"); err != nil {
		return err
	}
	tx.SetLocal(refusalKey{}, fault.New(fault.Conflict, "approval.void", "提交审批后单据内容已变化，该审批已失效，请重新提交",
		"The record has changed since it was submitted: this approval is void and must be requested again"))
	return nil
}

type refusalKey struct{}

// Refusal tells what an approver has to be answered although the unit of work is kept; nil: nothing. A request whose record has changed becomes void,
// which must stay so, and the approver gets a conflict.
func Refusal(tx *tenancy.Tx) *fault.Fault {
	f, _ := tx.Local(refusalKey{}).(*fault.Fault)
	return f
}
