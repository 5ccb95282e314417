package policy

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// by does something as one of the people.
func (p *place) by(who byte, fn func(ctx context.Context, tx *tenancy.Tx) error) error {
	p.t.Helper()
	tenant, err := p.db.Tenant(p.t.Context(), p.tenant)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.db.Do(p.t.Context(), tenant, tenancy.Actor{ID: id.ID{15: who}, Roles: []string{"security_officer"}}, fn)
}

func (p *place) refused(err error, reason string) {
	p.t.Helper()
	if f := fault.As(err); f == nil || f.Reason != reason {
		p.t.Errorf("got %v, want %s", err, reason)
	}
}

func (p *place) review(who byte, c Change) *Review {
	p.t.Helper()
	var r *Review
	err := p.by(who, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		r, err = p.e.Start(ctx, tx, nil, c)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

func text(s string) *string { return &s }

func TestAReviewTakesTwoAndAProof(t *testing.T) {
	p := newPlace(t, tenancytest.DB(t, Line()), newEngine(t, shippedGrants))
	check := Checked{Catalog: p.e.catalog}
	r := p.review(1, Change{Title: text("less"), Grants: Grants{"sales": {"sales.order": {View: []string{"basic"}}}}})
	submit := func(who byte) error {
		return p.by(who, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := p.e.Submit(ctx, tx, r.ID, check)
			return err
		})
	}
	release := func(who byte) error {
		err := p.by(who, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := p.e.Release(ctx, tx, r.ID, "", check)
			return err
		})
		if err == nil {
			err = p.db.Bump(t.Context(), p.tenant)
		}
		return err
	}
	p.refused(release(2), "policy.state") // a draft
	edit := func(who byte, revision int64) error {
		return p.by(who, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := p.e.Edit(ctx, tx, r.ID, revision, Change{Cases: text("cases:\n  - {who: [sales], entity: sales.order, may_not: [\"view:price\"]}\n")})
			return err
		})
	}
	p.refused(edit(3, 7), "conflict")
	if err := edit(3, 1); err != nil {
		t.Fatal(err)
	}
	if err := submit(1); err != nil {
		t.Fatal(err)
	}
	p.refused(edit(1, 2), "policy.state")
	p.refused(release(1), "policy.four_eyes")
	p.refused(release(3), "policy.four_eyes") // has written in it too
	p.refused(release(2), "policy.not_proven")
	prove := func(passed bool) {
		err := p.by(2, func(ctx context.Context, tx *tenancy.Tx) error {
			now, err := Find(ctx, tx, r.ID)
			if err != nil {
				return err
			}
			return AddProof(ctx, tx, now, ProofProver, passed, map[string]any{})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	prove(false)
	p.refused(release(2), "policy.leaks")
	prove(true)
	if err := release(2); err != nil {
		t.Fatal(err)
	}
	p.refused(release(2), "policy.state")
	if ok, _ := p.sees("sales"); ok {
		t.Error("it does not hold")
	}
	late := p.review(1, Change{Title: text("late")})
	p.tampered()
	_ = late
}

// tampered alters a signed version past the program, as somebody with the database could: it is refused, and nobody is let through by it.
func (p *place) tampered() {
	p.t.Helper()
	err := p.by(2, func(ctx context.Context, tx *tenancy.Tx) error {
		v, err := Current(ctx, tx)
		if err != nil || len(v.Signature) == 0 {
			p.t.Errorf("%+v %v", v, err)
			return err
		}
		v.Rego = "package tenant\n"
		return v.verify(ctx, tx)
	})
	p.refused(err, "policy.unavailable")
	err = p.by(2, func(ctx context.Context, tx *tenancy.Tx) error {
		v, err := Current(ctx, tx)
		if err != nil {
			return err
		}
		v.Signature, v.Number = nil, v.Number+1
		return v.verify(ctx, tx)
	})
	p.refused(err, "policy.unavailable")
}

func TestAVersionFromYesterdaysRightsIsOutdated(t *testing.T) {
	p := newPlace(t, tenancytest.DB(t, Line()), newEngine(t, shippedGrants))
	check := Checked{Catalog: p.e.catalog}
	r := p.review(1, Change{Title: text("a")})
	p.publish(Draft{})
	err := p.by(1, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := p.e.Submit(ctx, tx, r.ID, check); err != nil {
			return err
		}
		tx.Actor.ID = id.ID{15: 2}
		_, err := p.e.Release(ctx, tx, r.ID, "", check)
		return err
	})
	p.refused(err, "policy.outdated")
	err = p.by(1, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := p.e.Rollback(ctx, tx, 1, "", check)
		return err
	})
	p.refused(err, "policy.holds")
	err = p.by(1, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := p.e.Rollback(ctx, tx, 9, "", check)
		return err
	})
	p.refused(err, "policy.no_version")
}

func TestNobodyLocksTheCompanyOut(t *testing.T) {
	e := newEngine(t, shippedGrants)
	rego := "package tenant\n\ndeny contains {\"id\": \"all\"} if {\n\tinput.entity == \"user\"\n}\n"
	d := Draft{Rego: rego}
	_, err := e.Examine(t.Context(), d, Checked{Catalog: e.catalog, People: []Person{{Roles: []string{"owner"}}}})
	if f := fault.As(err); f == nil || f.Reason != "policy.lockout" {
		t.Errorf("got %v", err)
	}
}

func TestEmergencyGrantsEndByThemselvesAndAreReviewed(t *testing.T) {
	p := newPlace(t, tenancytest.DB(t, Line()), newEngine(t, shippedGrants))
	var x *Emergency
	give := func(who, to byte, role, reason string, hours int) error {
		return p.by(who, func(ctx context.Context, tx *tenancy.Tx) (err error) {
			x, err = p.e.Relieve(ctx, tx, id.ID{15: to}, role, reason, hours)
			return err
		})
	}
	p.refused(give(1, 1, "finance", "me", 1), "policy.emergency_self")
	for _, err := range []error{give(1, 2, "nobody", "x", 1), give(1, 2, "owner", "x", 1), give(1, 2, "finance", " ", 1), give(1, 2, "finance", "x", 0), give(1, 2, "finance", "x", 73)} {
		p.refused(err, "fields.invalid")
	}
	if err := give(1, 2, "finance", "month end, finance is ill", 2); err != nil {
		t.Fatal(err)
	}
	has := func(at time.Time) int {
		n := 0
		_ = p.by(1, func(ctx context.Context, tx *tenancy.Tx) error {
			list, err := ExtraRoles(ctx, tx, id.ID{15: 2}, at)
			n = len(list)
			return err
		})
		return n
	}
	if has(x.GrantedAt) != 1 || has(x.Until) != 0 || has(x.GrantedAt.Add(-time.Second)) != 0 {
		t.Error("it does not hold just in its time")
	}
	judge := func(who byte) error {
		return p.by(who, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := Judge(ctx, tx, x.ID, true, "ok")
			return err
		})
	}
	p.refused(judge(1), "policy.four_eyes")
	p.refused(judge(2), "policy.four_eyes")
	if err := judge(3); err != nil {
		t.Fatal(err)
	}
	p.refused(judge(4), "policy.reviewed")
	if err := p.by(3, func(ctx context.Context, tx *tenancy.Tx) error { _, err := Revoke(ctx, tx, x.ID); return err }); err != nil {
		t.Fatal(err)
	}
	if has(time.Now().Add(time.Minute)) != 0 {
		t.Error("it holds after it was revoked")
	}
	err := p.by(3, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("UPDATE policy_emergency SET until = until + interval '1 day'").Exec(ctx)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "never changes") {
		t.Errorf("PostgreSQL lets it be made longer: %v", err)
	}
}

func TestDecisionsAreSampledWithoutValues(t *testing.T) {
	p := newPlace(t, tenancytest.DB(t, Line()), newEngine(t, shippedGrants))
	def := p.e.catalog.Entity("sales.order")
	rec := id.ID{1, 15: 5}
	err := p.do(func(ctx context.Context, tx *tenancy.Tx) error {
		m, err := p.e.For(ctx, tx, def)
		if err != nil {
			return err
		}
		for range 10 * sampleEvery {
			p.e.Note(tx, def, m, "action:cancel", rec)
		}
		_, err = p.e.Gate(ctx, tx, def, "confirm", map[string]any{"id": rec.String(), "total_amount": "123456.78", "lines": nil})
		return err
	}, "sales")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.e.WriteDecisions(t.Context(), p.db.Do); err != nil {
		t.Fatal(err)
	}
	err = p.do(func(ctx context.Context, tx *tenancy.Tx) error {
		list, err := Decisions(ctx, tx, tx.Now.Add(-time.Hour), 100)
		if err != nil || len(list) != 2 || list[0].What != "action:cancel" || list[0].Weight != 10*sampleEvery || list[1].What != "approval:confirm" || list[1].Allowed || list[1].RecordID != rec {
			t.Errorf("%+v %v", list, err)
		}
		var raw string
		if err := tx.NewRaw("SELECT string_agg(pn::text, '|') FROM policy_decision AS pn").Scan(ctx, &raw); err != nil || strings.Contains(raw, "123456") {
			t.Errorf("the log holds a value: %s %v", raw, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
