package policy

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// place is a tenant in a real database and the engine that serves it.
type place struct {
	t      *testing.T
	db     *tenancy.DB
	e      *Engine
	tenant id.ID
}

func newPlace(t *testing.T, db *tenancy.DB, e *Engine) *place {
	return &place{t, db, e, tenancytest.Tenant(t, db).ID}
}

// do runs a unit of work of somebody with the tenant as it is known now.
func (p *place) do(fn func(ctx context.Context, tx *tenancy.Tx) error, roles ...string) error {
	p.t.Helper()
	tenant, err := p.db.Tenant(p.t.Context(), p.tenant)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.db.Do(p.t.Context(), tenant, tenancy.Actor{ID: id.ID{15: 9}, Roles: roles}, fn)
}

func (p *place) publish(d Draft) *Version {
	p.t.Helper()
	var v *Version
	err := p.do(func(ctx context.Context, tx *tenancy.Tx) (err error) {
		v, err = p.e.Publish(ctx, tx, d)
		return err
	})
	if err == nil {
		err = p.db.Bump(p.t.Context(), p.tenant)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

// sees tells whether somebody may see the total of orders, and by which rule.
func (p *place) sees(roles ...string) (allowed bool, by string) {
	p.t.Helper()
	def := p.e.catalog.Entity("sales.order")
	err := p.do(func(ctx context.Context, tx *tenancy.Tx) error {
		m, err := p.e.For(ctx, tx, def)
		if err == nil {
			allowed = m.View(def.Field("total_amount"))
			by, _ = m.Why("view:total_amount")
		}
		return err
	}, roles...)
	if err != nil {
		p.t.Fatal(err)
	}
	return allowed, by
}

func TestPublish(t *testing.T) {
	db := tenancytest.DB(t, Line())
	e := newEngine(t, shippedGrants)
	a, b := newPlace(t, db, e), newPlace(t, db, e)
	if ok, by := a.sees("sales"); !ok || by != "grid:sales:sales.order" {
		t.Fatal("shipped rights", ok, by)
	}
	one := a.publish(Draft{
		Grants: Grants{"sales": {"sales.order": {View: []string{"basic"}}}, "clerk": {"sales.order": {View: []string{"basic", "price"}}}},
		Roles:  []Role{{Name: "clerk", Label: entity.T("文员", "Clerk")}},
		Rules: []Rule{{ID: "limit", Label: Label{"上限", "Limit"}, Approval: &ApprovalRule{
			Entity: "sales.order", Action: "confirm",
			When: []Condition{{Field: "total_amount", Op: "gt", Value: Values{"500.00"}}}, Approvers: []Step{{Roles: []string{"clerk"}, Mode: ModeAll}},
		}}},
	})
	if ok, _ := a.sees("sales"); ok || one.Number != 1 || one.Author != (id.ID{15: 9}) {
		t.Error("the new version does not hold", ok, one)
	}
	for role, want := range map[string]bool{"clerk": true, "owner": true, "viewer": false} {
		if ok, _ := a.sees(role); ok != want {
			t.Errorf("%s: %v", role, ok)
		}
	}
	if ok, _ := b.sees("sales"); !ok {
		t.Error("one tenant's version holds for another")
	}
	err := a.do(func(ctx context.Context, tx *tenancy.Tx) error {
		def := e.catalog.Entity("sales.order")
		if x, err := e.Gate(ctx, tx, def, "confirm", map[string]any{"total_amount": "500.0001"}); err != nil || x == nil || x.Steps[0].Mode != ModeAll {
			t.Error(x, err)
		}
		if x, err := e.Gate(ctx, tx, def, "confirm", map[string]any{"total_amount": "500"}); err != nil || x != nil {
			t.Error(x, err)
		}
		roles, err := e.Roles(ctx, tx)
		if err != nil || len(roles) != 12 {
			t.Error(roles, err)
		}
		return err
	}, "sales")
	if err != nil {
		t.Fatal(err)
	}
	d, err := currentDraft(a)
	if err != nil {
		t.Fatal(err)
	}
	d.Grants["sales"]["sales.order"] = Grant{View: []string{"basic", "price"}}
	if two := a.publish(*d); two.Number != 2 {
		t.Error(two.Number)
	}
	if ok, _ := a.sees("sales"); !ok {
		t.Error("the second version does not hold")
	}
	a.past(one)
}

func currentDraft(p *place) (d *Draft, err error) {
	err = p.do(func(ctx context.Context, tx *tenancy.Tx) error {
		d, err = p.e.Grants(ctx, tx)
		return err
	})
	return d, err
}

// past asks about the time of the first version and before.
func (p *place) past(one *Version) {
	p.t.Helper()
	def := p.e.catalog.Entity("sales.order")
	err := p.do(func(ctx context.Context, tx *tenancy.Tx) error {
		for _, c := range []struct {
			at      time.Time
			version int64
			allow   bool
		}{{one.PublishedAt.Add(-time.Hour), 0, true}, {one.PublishedAt, 1, false}, {time.Time{}, 2, true}} {
			x, err := p.e.Explain(ctx, tx, def, Question{What: "view:total_amount", Roles: []string{"sales"}, At: c.at})
			if err != nil || x.Version != c.version || x.Person.Allow != c.allow {
				p.t.Errorf("at %v: %+v %v", c.at, x, err)
			}
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestPublishIsSeenInItsOwnTransactionOnly(t *testing.T) {
	db := tenancytest.DB(t, Line())
	p := newPlace(t, db, newEngine(t, shippedGrants))
	def := p.e.catalog.Entity("sales.order")
	gone := errors.New("rolled back")
	err := p.do(func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := p.e.Publish(ctx, tx, Draft{}); err != nil {
			return err
		}
		if m, err := p.e.For(ctx, tx, def); err != nil || m.Any() {
			t.Error("the publisher does not see the new rights", m, err)
		}
		return gone
	}, "sales")
	if !errors.Is(err, gone) {
		t.Fatal(err)
	}
	if ok, _ := p.sees("sales"); !ok {
		t.Error("a version that was rolled back holds")
	}
}

func TestPublishRefuses(t *testing.T) {
	db := tenancytest.DB(t, Line())
	p := newPlace(t, db, newEngine(t, shippedGrants))
	err := p.do(func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := p.e.Publish(ctx, tx, Draft{Grants: Grants{"ghost": {"nope": {View: []string{"nope"}}}, "owner": {}}})
		return err
	})
	if f := fault.As(err); f == nil || f.Kind != fault.Invalid || len(f.Fields) != 4 {
		t.Error(err)
	}
}

func TestVersionsNeverChange(t *testing.T) {
	db := tenancytest.DB(t, Line())
	p := newPlace(t, db, newEngine(t, shippedGrants))
	p.publish(Draft{})
	for _, sql := range []string{"UPDATE policy_version SET number = 7", "DELETE FROM policy_version"} {
		err := p.do(func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.NewRaw(sql).Exec(ctx)
			return err
		})
		if err == nil {
			t.Errorf("%s is let through", sql)
		}
	}
}

// TestPublishTogether lets several publish at once: each gets a number of its own, and the last one holds.
func TestPublishTogether(t *testing.T) {
	db := tenancytest.DB(t, Line())
	p := newPlace(t, db, newEngine(t, shippedGrants))
	done := make(chan error)
	for range 4 {
		go func() {
			done <- p.do(func(ctx context.Context, tx *tenancy.Tx) error {
				_, err := p.e.Publish(ctx, tx, Draft{})
				return err
			})
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	_ = p.do(func(ctx context.Context, tx *tenancy.Tx) error {
		if v, err := Current(ctx, tx); err != nil || v == nil || v.Number != 4 {
			t.Error(v, err)
		}
		return nil
	})
}

// TestRowsInSQL lets the filter choose rows in a real table.
func TestRowsInSQL(t *testing.T) {
	db := tenancytest.DB(t, Line())
	p := newPlace(t, db, newEngine(t, shippedGrants))
	err := p.do(func(ctx context.Context, tx *tenancy.Tx) error {
		for name, want := range map[string]int{"sales.order": 1, "sales.order_line": 2} {
			m, err := p.e.For(ctx, tx, p.e.catalog.Entity(name))
			if err != nil {
				return err
			}
			where, args := m.Rows().SQL("x")
			if m.Rows().All() || m.Rows().None() {
				t.Error("no filter")
			}
			mine, other := tx.Actor.ID, tx.NewID()
			with := `WITH sales_order(id, owner_id) AS (VALUES (1, ?::uuid), (2, ?::uuid), (3, NULL)),
				sales_order_line(id, order_id) AS (VALUES (1, 1), (2, 1), (3, 2), (4, 3)) SELECT count(*) FROM `
			var n int
			table := p.e.catalog.Entity(name).Table
			if err := tx.NewRaw(with+table+" AS x WHERE "+where, append([]any{mine, other}, args...)...).Scan(ctx, &n); err != nil {
				return err
			}
			if n != want {
				t.Errorf("%s: %d rows", name, n)
			}
		}
		return nil
	}, "sales")
	if err != nil {
		t.Fatal(err)
	}
}
