package tenancy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
)

// Option changes how a unit of work runs.
type Option func(*options)

type options struct {
	read, dry bool
	anyway    bool
	isolation string
	timeout   time.Duration
}

// ReadOnly says that nothing is written: PostgreSQL refuses it.
func ReadOnly() Option { return func(o *options) { o.read = true } }

// Snapshot is ReadOnly with one view of the data for all statements, as exports and reports need.
func Snapshot() Option {
	return func(o *options) { o.read, o.isolation = true, "repeatable read" }
}

// Serializable runs the unit of work as if no other ran; it may be repeated more often.
func Serializable() Option { return func(o *options) { o.isolation = "serializable" } }

// DryRun does everything but the commit: constraints are checked, hooks run, then all is rolled back. It waits two seconds for a lock at most.
func DryRun() Option { return func(o *options) { o.dry = true } }

// Anyway is for what a tenant may do in every state of its life: taking its data out, which leaves an audit entry.
func Anyway() Option { return func(o *options) { o.anyway = true } }

// Within lets each statement take longer, or not as long, as usual.
func Within(limit time.Duration) Option { return func(o *options) { o.timeout = limit } }

type unitKey struct{}

// Do runs fn as one unit of work: one transaction with the tenant's role and search_path, committed when fn and what it put off return no error.
// After a deadlock, a serialization failure or a lost connection it runs again from the start, so fn must do nothing outside of tx that it can't
// do twice. When the connection is lost during the commit the outcome is unknown: that is an unavailable fault with the reason commit.unknown.
// Units of work do not nest.
func (db *DB) Do(ctx context.Context, t *Tenant, a Actor, fn func(ctx context.Context, tx *Tx) error, opts ...Option) error {
	o := options{timeout: db.cfg.StatementTimeout}
	for _, opt := range opts {
		opt(&o)
	}
	if err := db.admissible(ctx, t, a, o); err != nil {
		return err
	}
	var p *pool
	if err := patient(ctx, func() (err error) { p, err = db.bucket(ctx, t.Bucket); return err }); err != nil {
		return final(err)
	}
	leave, err := db.queue(ctx, t)
	if err != nil {
		return err
	}
	defer leave()
	for try := 1; ; try++ {
		u, err := db.attempt(ctx, p, t, a, try, fn, o)
		if err == nil {
			for _, after := range u.after {
				after(context.WithoutCancel(ctx))
			}
			return nil
		}
		pause, again := retry(err, try)
		if !again || sleep(ctx, pause) != nil {
			return final(err)
		}
		db.log.DebugContext(ctx, "a unit of work is repeated", "tenant", t.ID.String(), "try", try, "error", err)
	}
}

// admissible refuses what is no business of this database, this moment or this tenant's state.
func (db *DB) admissible(ctx context.Context, t *Tenant, a Actor, o options) error {
	switch {
	case t == nil || t.home != db:
		return fault.New(fault.Internal, "tenancy.no_tenant", "工作单元没有有效的租户", "A unit of work needs a tenant that this database gave out")
	case ctx.Value(unitKey{}) != nil:
		return fault.New(fault.Internal, "tenancy.nested", "工作单元不能嵌套", "Units of work can't be nested")
	case t.State == Deleted:
		return noTenant()
	case t.State == Active || o.read || o.anyway || a.System:
		return nil
	case t.State == LookOnly:
		return readOnly()
	}
	return fault.New(fault.Forbidden, "tenant."+t.State, "企业账户已停用，仅可查看", "The workspace is suspended: it can be read, not changed")
}

// readOnly is what every write of a tenant hears that has not paid, or has reached the limit that it set itself.
func readOnly() *fault.Fault {
	return fault.New(fault.Forbidden, "tenant.read_only", "企业当前为只读：可查看、导出和付款，暂不能修改。所有者可在“账单”中恢复",
		"The workspace is read-only: it can be read, exported and paid for, not changed. Its owner can end this under Billing").With("rule", "tenant.read_only")
}

// queue waits for the tenant's turn.
func (db *DB) queue(ctx context.Context, t *Tenant) (func(), error) {
	limited, cancel := context.WithTimeout(ctx, db.cfg.Wait)
	defer cancel()
	leave, err := db.gate.Enter(limited, t.ID)
	if errors.Is(err, ErrCrowd) {
		return nil, fault.New(fault.OverLimit, "tenant.busy", "贵企业的请求过多，请稍后重试", "Your company sends too many requests at once; try again shortly")
	}
	if err != nil && ctx.Err() == nil {
		return nil, fault.New(fault.Unavailable, "database.busy", "系统繁忙，请稍后重试", "The system is busy; try again shortly").Because(err)
	}
	return leave, err
}

// scope is what a unit of work opens its transaction with. Timeouts that are the login role's own anyway are not sent.
func (o options) scope(db *DB, t *Tenant) *scope {
	begin := "begin"
	if o.isolation != "" {
		begin += " isolation level " + o.isolation
	}
	if o.read {
		begin += " read only"
	}
	s := &scope{
		schema: t.Schema, tenant: t.ID.String(),
		read:  o.read || o.dry,
		begin: []string{begin, "set local search_path = " + tenantName(t.Schema) + ", pg_temp"},
		role:  "set local role " + tenantName(t.Role),
	}
	if !o.read {
		// What a unit of work writes it finds by key: one plan for all arguments is right, and so is the index, even while a table is still small.
		s.begin = append(s.begin, "set local plan_cache_mode = force_generic_plan", "set local enable_seqscan = off")
	}
	if o.timeout != db.cfg.StatementTimeout {
		s.begin = append(s.begin, fmt.Sprintf("set local statement_timeout = %d", o.timeout.Milliseconds()))
	}
	if o.dry {
		s.begin = append(s.begin, "set local lock_timeout = '2s'")
	}
	return s
}

// attempt is one run of a unit of work.
func (db *DB) attempt(
	ctx context.Context, p *pool, t *Tenant, a Actor, try int, fn func(ctx context.Context, tx *Tx) error, o options,
) (*Unit, error) {
	s := o.scope(db, t)
	s.request = a.RequestID
	btx, err := p.BeginTx(context.WithValue(ctx, scopeKey{}, s), nil)
	if err != nil {
		return nil, err
	}
	defer btx.Rollback()
	u := db.unit(t, s)
	u.DryRun, u.Read, u.Try = o.dry, o.read, try
	inside := context.WithValue(ctx, unitKey{}, u)
	if err := fn(inside, &Tx{Tx: btx, Unit: u, Actor: a}); err != nil {
		return nil, err
	}
	if err := u.end(inside); err != nil {
		return nil, err
	}
	if o.dry {
		u.after = nil
		_, err := btx.Tx.ExecContext(context.WithValue(ctx, scriptKey{}, true), "set constraints all immediate")
		return u, err
	}
	if err := btx.Tx.Commit(); err != nil {
		return nil, commitError(err)
	}
	return u, nil
}

// unit makes what all Tx values of a transaction share.
func (db *DB) unit(t *Tenant, s *scope) *Unit {
	u := &Unit{Tenant: t, Now: db.now().Truncate(time.Microsecond), ids: db.ids, locals: map[any]any{}, scope: s}
	u.role = func(ctx context.Context, fn func(ctx context.Context) error) error {
		s.role = "set local role " + db.roles.app()
		defer func() { s.role = "set local role " + tenantName(t.Role) }()
		return fn(ctx)
	}
	return u
}

// Inside tells whether a context belongs to a unit of work, in which no network may be waited for.
func Inside(ctx context.Context) bool { return ctx.Value(unitKey{}) != nil }
