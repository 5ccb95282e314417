package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tenon-hq/tenon/engine/flow"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

func TestTheActIsDoneInTheRequestersNameWhenAllHaveAgreed(t *testing.T) {
	b := newBench(t)
	rec, a := b.ask(t, "2000")
	b.want(t, rec, "pending", flow.Pending)
	if a.Entity != "toy.order" || a.Action != "confirm" || a.RecordTitle != "TO000001" || a.RequestedBy != b.people["sam"].ID || a.BeforeState != "draft" ||
		!slices.Equal(a.RuleIDs, []string{"toy.large"}) || a.LabelEN != "more than 1,000" || len(a.Steps) != 1 ||
		a.Steps[0].Status != flow.Active || len(a.ContentHash) != 64 {
		t.Fatalf("%+v", a)
	}
	refused(t, b.do(t, "sam", "toy/orders", rec, "confirm", nil), fault.Conflict, "approval.pending")
	b.must(t, b.do(t, "dora", "approvals", a.ID, "approve", map[string]any{"comment": "好", "content_hash": a.ContentHash}))
	b.want(t, rec, "confirmed", flow.Approved)
	if o := read[order](t, b, rec); !o.Freight.Equal(money.Must("12.34")) || o.UpdatedBy != b.people["sam"].ID {
		t.Errorf("the requester's input or name was lost: %+v", o)
	}
	a = b.request(t, rec)
	dora := b.people["dora"].ID
	if s := a.Steps[0]; a.DecidedBy != dora || a.Comment != "好" || s.Status != flow.Approved || s.DecidedBy != dora || s.DecidedAt.IsZero() {
		t.Errorf("%+v, step %+v", a, s)
	}
	want := []string{
		"to sales_director: Please approve: Confirm Order TO000001 (more than 1,000)",
		"confirm by sam, approved by dora",
		"to sam: Your request was approved and carried out: Confirm Order TO000001 (好)",
	}
	if !slices.Equal(b.told, want) {
		t.Errorf("told %q", b.told)
	}
	for _, action := range []string{"approve", "reject", "return", "delegate"} {
		refused(t, b.do(t, "dora", "approvals", a.ID, action, nil), fault.Conflict, "state.not_allowed")
	}
}

func TestWhatNeedsNoApprovalDoesNotWait(t *testing.T) {
	b := newBench(t)
	rec := b.add(t, "toy/orders", map[string]any{"total": "1000"})
	b.must(t, b.do(t, "sam", "toy/orders", rec, "confirm", nil))
	if o := read[order](t, b, rec); o.Status != "confirmed" {
		t.Error(o.Status)
	}
}

func TestTheAuditNamesRequesterAndApprover(t *testing.T) {
	b := newBench(t)
	rec, a := b.ask(t, "2000")
	b.must(t, b.do(t, "dora", "approvals", a.ID, "approve", nil))
	type entry struct{ Actor, Approver id.ID }
	var last, decision entry
	b.must(t, b.as(t, "sam", func(ctx context.Context, tx *tenancy.Tx) error {
		q := "SELECT actor_id AS actor, approver_id AS approver FROM audit_entry WHERE record_id = ?::uuid ORDER BY seq DESC LIMIT 1"
		return errors.Join(
			tx.NewRaw(q, rec).Scan(ctx, &last.Actor, &last.Approver), tx.NewRaw(q, a.ID).Scan(ctx, &decision.Actor, &decision.Approver))
	}, tenancy.ReadOnly()))
	if b.called(last.Actor) != "sam" || b.called(last.Approver) != "dora" {
		t.Errorf("the order's confirmation: actor %s, approver %s", b.called(last.Actor), b.called(last.Approver))
	}
	if b.called(decision.Actor) != "dora" || !decision.Approver.IsZero() {
		t.Errorf("the decision: actor %s, approver %s", b.called(decision.Actor), b.called(decision.Approver))
	}
}

func TestStepsFollowEachOtherAndAllMeansAll(t *testing.T) {
	b := newBench(t)
	rec, a := b.ask(t, "6000")
	if len(a.Steps) != 2 || a.Steps[1].Status != flow.Waiting || a.Steps[1].Mode != policy.ModeAll {
		t.Fatalf("%+v", a.Steps)
	}
	refused(t, b.do(t, "fay", "approvals", a.ID, "approve", nil), fault.Forbidden, "approval.not_approver") // not yet
	b.must(t, b.do(t, "dora", "approvals", a.ID, "approve", nil))
	b.want(t, rec, "pending", flow.Pending)
	refused(t, b.do(t, "dora", "approvals", a.ID, "approve", nil), fault.Forbidden, "approval.not_approver") // no more
	b.must(t, b.do(t, "fay", "approvals", a.ID, "approve", map[string]any{"comment": "预算足够"}))
	b.want(t, rec, "pending", flow.Pending)
	refused(t, b.do(t, "fay", "approvals", a.ID, "approve", nil), fault.Conflict, "approval.agreed")
	b.must(t, b.do(t, "bob", "approvals", a.ID, "approve", map[string]any{"comment": "同意"}))
	b.want(t, rec, "confirmed", flow.Approved)
	if s := b.request(t, rec).Steps[1]; !slices.Equal(s.AgreedRoles, []string{"finance", "buyer"}) || s.Comment != "预算足够\nbob: 同意" {
		t.Errorf("%+v", s)
	}
}

func TestOnePersonMayStandForTwoRoles(t *testing.T) {
	b := newBench(t)
	rec, a := b.ask(t, "6000")
	b.must(t, b.do(t, "dora", "approvals", a.ID, "approve", nil))
	b.must(t, b.do(t, "fred", "approvals", a.ID, "approve", nil))
	b.want(t, rec, "confirmed", flow.Approved)
}

func TestWhoMayNotDecide(t *testing.T) {
	b := newBench(t)
	rec := b.add(t, "toy/orders", map[string]any{"total": "2000"})
	b.must(t, b.do(t, "dan", "toy/orders", rec, "confirm", nil)) // a director asks
	a := b.request(t, rec)
	for _, action := range []string{"approve", "reject", "return"} {
		refused(t, b.do(t, "dan", "approvals", a.ID, action, nil), fault.Forbidden, "approval.self")
		refused(t, b.do(t, "fay", "approvals", a.ID, action, nil), fault.Forbidden, "approval.not_approver")
		refused(t, b.do(t, "vera", "approvals", a.ID, action, nil), fault.Forbidden, "action.denied")
	}
	refused(t, b.do(t, "dan", "approvals", a.ID, "delegate", map[string]any{"to": b.people["sam"].ID.String()}), fault.Forbidden, "approval.self")
	dora := b.people["dora"]
	b.people["dora"] = tenancy.Actor{ID: dora.ID, Name: dora.Name, Roles: []string{"sales"}} // lost the role meanwhile
	refused(t, b.do(t, "dora", "approvals", a.ID, "approve", nil), fault.Forbidden, "approval.not_approver")
	b.people["dora"] = dora
	refused(t, b.do(t, "dora", "approvals", a.ID, "approve", map[string]any{"content_hash": strings.Repeat("0", 64)}), fault.Conflict, "approval.other_content")
	refused(t, b.do(t, "dora", "approvals", a.ID, "approve", map[string]any{"comment": strings.Repeat("x", 2001)}), fault.Invalid, "fields.invalid")
	refused(t, b.do(t, "dora", "approvals", a.ID, "withdraw", nil), fault.Forbidden, "approval.not_requester")
	b.want(t, rec, "pending", flow.Pending)
}

func TestARefusalGivesTheDocumentBack(t *testing.T) {
	for action, c := range map[string]struct{ who, status, told string }{
		"reject":   {"dora", flow.Rejected, "to sam: Your request was rejected: Confirm Order TO000001 (太贵)"},
		"return":   {"dora", flow.Rejected, "to sam: Your request was returned for changes: Confirm Order TO000001 (太贵)"},
		"withdraw": {"sam", flow.Withdrawn, ""},
	} {
		t.Run(action, func(t *testing.T) {
			b := newBench(t)
			rec, a := b.ask(t, "2000")
			body := map[string]any{"comment": "太贵"}
			if action == "withdraw" {
				body = nil
			}
			b.must(t, b.do(t, c.who, "approvals", a.ID, action, body))
			b.want(t, rec, "draft", c.status)
			if last := b.told[len(b.told)-1]; c.told != "" && last != c.told {
				t.Errorf("told %q", last)
			}
			refused(t, b.do(t, "dora", "approvals", a.ID, "approve", nil), fault.Conflict, "state.not_allowed")
			b.must(t, b.do(t, "sam", "toy/orders", rec, "confirm", nil)) // it can be asked for again
			again := b.request(t, rec)
			if again.ID == a.ID {
				t.Fatal("no new request")
			}
			b.must(t, b.do(t, "dora", "approvals", again.ID, "approve", nil))
			b.want(t, rec, "confirmed", flow.Approved)
		})
	}
}

func TestOfTwoApproversAtOnceOneActs(t *testing.T) {
	b := newBench(t)
	rec, a := b.ask(t, "2000")
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i, name := range []string{"dora", "dan"} {
		wg.Go(func() { errs[i] = b.do(t, name, "approvals", a.ID, "approve", nil) })
	}
	wg.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatal(errs)
	}
	refused(t, errors.Join(errs...), fault.Conflict, "state.not_allowed")
	b.want(t, rec, "confirmed", flow.Approved)
}

func TestWhenTheActFailsNothingIsApproved(t *testing.T) {
	b := newBench(t)
	rec := b.add(t, "toy/orders", map[string]any{"total": "2000"})
	b.must(t, b.do(t, "sam", "toy/orders", rec, "confirm", map[string]any{"freight": "666"}))
	a := b.request(t, rec)
	refused(t, b.do(t, "dora", "approvals", a.ID, "approve", nil), fault.Rule, "freight.bad")
	b.want(t, rec, "pending", flow.Pending)
	if s := b.request(t, rec).Steps[0]; s.Status != flow.Active || len(s.AgreedUsers) != 0 {
		t.Errorf("half an agreement stayed: %+v", s)
	}
	delete(b.people, "sam")
	b.people["nina"] = tenancy.Actor{ID: b.engine.DB().NewID(), Name: "nina", Roles: []string{"sales_director"}}
	refused(t, b.do(t, "nina", "approvals", a.ID, "approve", nil), fault.Conflict, "approval.requester_gone")
	b.must(t, b.do(t, "nina", "approvals", a.ID, "reject", nil))
}

func TestADryRunShowsTheActAndKeepsNothing(t *testing.T) {
	b := newBench(t)
	rec, a := b.ask(t, "2000")
	b.must(t, b.as(t, "dora", func(ctx context.Context, tx *tenancy.Tx) error {
		if err := record.Run(ctx, tx, record.Catalog(tx).Path("approvals"), a.ID, "approve", nil); err != nil {
			return err
		}
		tree, err := record.TreeOf(ctx, tx, "en")
		if err == nil && (len(tree.Events) != 1 || tree.Events[0].Type != "toy.order.confirmed") {
			t.Errorf("%+v", tree.Events)
		}
		return err
	}, tenancy.DryRun()))
	b.want(t, rec, "pending", flow.Pending)
}

func TestInputComesBackDigitByDigit(t *testing.T) {
	b := newBench(t)
	rec := b.add(t, "toy/orders", map[string]any{"total": "2000"})
	b.must(t, b.do(t, "sam", "toy/orders", rec, "confirm", map[string]any{"freight": json.Number("12345678901.2345")}))
	b.must(t, b.do(t, "dora", "approvals", b.request(t, rec).ID, "approve", nil))
	if o := read[order](t, b, rec); o.Freight.String() != "12345678901.2345" {
		t.Error(o.Freight)
	}
}

func TestAnApprovalCoversTheActThatItIsAboutOnly(t *testing.T) {
	b := newBench(t)
	memoID := b.add(t, "toy/memos", map[string]any{"body": "needs its own director"})
	rec := b.add(t, "toy/orders", map[string]any{"total": "2000"})
	b.must(t, b.do(t, "sam", "toy/orders", rec, "confirm", map[string]any{"memo": memoID.String()}))
	b.must(t, b.do(t, "dora", "approvals", b.request(t, rec).ID, "approve", nil))
	b.want(t, rec, "confirmed", flow.Approved)
	if a := b.request(t, memoID); a.Status != flow.Pending || a.RequestedBy != b.people["sam"].ID || read[memo](t, b, memoID).Sent != 0 {
		t.Errorf("the memo went out with the order: %+v", a)
	}
}

func TestWhatAModuleAskedForIsKeptToo(t *testing.T) {
	b := newBench(t)
	rec := b.add(t, "toy/orders", map[string]any{"total": "2000"})
	b.must(t, b.do(t, "sam", "toy/orders", rec, "rush", nil))
	b.want(t, rec, "pending", flow.Pending)
	b.must(t, b.do(t, "dora", "approvals", b.request(t, rec).ID, "approve", nil))
	if o := read[order](t, b, rec); o.Status != "confirmed" || !o.Freight.Equal(money.Must("99.5")) {
		t.Errorf("%s, freight %s", o.Status, o.Freight)
	}
}

func TestShippedCasesHold(t *testing.T) {
	b := newBench(t)
	failures, err := policy.RunCases(t.Context(), b.engine.Policy, flow.Source().Files)
	if err != nil || len(failures) > 0 {
		t.Error(failures, err)
	}
}
