package flow_test

import (
	"context"
	"testing"

	"github.com/tenon-hq/tenon/engine/flow"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// meddle changes an order as a module could, past the lock that callers meet.
func (b *bench) meddle(t *testing.T, rec id.ID, change func(o *order)) {
	t.Helper()
	b.must(t, b.as(t, "sam", func(ctx context.Context, tx *tenancy.Tx) error {
		o, err := record.Get[order](ctx, tx.As("toy"), rec)
		if err != nil {
			return err
		}
		change(o)
		if err := record.Update(ctx, tx.As("toy"), o); err != nil {
			return err
		}
		return record.Update(ctx, tx.As("toy"), o.Lines...)
	}))
}

func TestAChangedDocumentMakesTheRequestVoid(t *testing.T) {
	for name, change := range map[string]func(o *order){
		"a field":        func(o *order) { o.Total = money.Must("2000.01") },
		"a line":         func(o *order) { o.Lines[0].Quantity = money.Int(3) },
		"its whole fate": func(o *order) { o.Status = "cancelled" },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			rec, a := b.ask(t, "2000")
			b.meddle(t, rec, change)
			refused(t, b.do(t, "dora", "approvals", a.ID, "approve", nil), fault.Conflict, "approval.void")
			status := "draft"
			if name == "its whole fate" {
				status = "cancelled" // it moved on: an approval does not bring it back
			}
			b.want(t, rec, status, flow.Void)
			if last := b.told[len(b.told)-1]; last != "to sam: Your request became void because the record has changed: Confirm Order TO000001" {
				t.Errorf("told %q", last)
			}
			refused(t, b.do(t, "dora", "approvals", a.ID, "approve", nil), fault.Conflict, "state.not_allowed")
		})
	}
}

func TestWhatIsImmaterialVoidsNothing(t *testing.T) {
	b := newBench(t)
	rec, a := b.ask(t, "2000")
	b.meddle(t, rec, func(o *order) { o.Freight = money.Int(1) }) // computed by the system
	b.must(t, b.do(t, "dora", "approvals", a.ID, "approve", nil))
	b.want(t, rec, "confirmed", flow.Approved)
}

func TestARecordWithoutStatesIsHeldByItsContent(t *testing.T) {
	b := newBench(t)
	rec := b.add(t, "toy/memos", map[string]any{"body": "v1"})
	b.must(t, b.do(t, "sam", "toy/memos", rec, "send", nil))
	refused(t, b.do(t, "sam", "toy/memos", rec, "send", nil), fault.Conflict, "approval.pending")
	first := b.request(t, rec)
	b.must(t, b.as(t, "sam", func(ctx context.Context, tx *tenancy.Tx) error {
		return record.Change(ctx, tx, record.Catalog(tx).Path("toy/memos"), rec, 1, map[string]any{"body": "v2, not what was shown"})
	}))
	refused(t, b.do(t, "dora", "approvals", first.ID, "approve", nil), fault.Conflict, "approval.void")
	if m := read[memo](t, b, rec); m.Sent != 0 {
		t.Fatal("sent although it had changed")
	}
	b.must(t, b.do(t, "sam", "toy/memos", rec, "send", nil))
	b.must(t, b.do(t, "dora", "approvals", b.request(t, rec).ID, "approve", nil))
	if m := read[memo](t, b, rec); m.Sent != 1 {
		t.Fatal("not sent")
	}
}

func TestARecordThatIsGone(t *testing.T) {
	b := newBench(t)
	for action, want := range map[string]string{"approve": flow.Void, "reject": flow.Rejected} {
		rec := b.add(t, "toy/memos", map[string]any{"body": "short-lived"})
		b.must(t, b.do(t, "sam", "toy/memos", rec, "send", nil))
		a := b.request(t, rec)
		b.must(t, b.as(t, "sam", func(ctx context.Context, tx *tenancy.Tx) error {
			return record.Remove(ctx, tx, record.Catalog(tx).Path("toy/memos"), rec, 0)
		}))
		err := b.do(t, "dora", "approvals", a.ID, action, nil)
		if action == "approve" {
			refused(t, err, fault.Conflict, "approval.void")
		} else {
			b.must(t, err)
		}
		if got := b.request(t, rec); got.Status != want {
			t.Errorf("%s: %s", action, got.Status)
		}
	}
}

func TestDelegating(t *testing.T) {
	b := newBench(t)
	rec, a := b.ask(t, "6000")
	to := func(name string) map[string]any { return map[string]any{"to": b.people[name].ID.String()} }
	refused(t, b.do(t, "fay", "approvals", a.ID, "delegate", to("bob")), fault.Forbidden, "approval.not_approver")
	for _, body := range []map[string]any{nil, to("sam"), {"to": b.engine.DB().NewID().String()}, {"to": "nonsense"}} {
		refused(t, b.do(t, "dora", "approvals", a.ID, "delegate", body), fault.Invalid, "fields.invalid")
	}
	b.must(t, b.do(t, "dora", "approvals", a.ID, "delegate", to("bob")))
	if last := b.told[len(b.told)-1]; last != "to bob: Please approve: Confirm Order TO000001 (more than 1,000; more than 5,000)" {
		t.Errorf("told %q", last)
	}
	b.must(t, b.do(t, "bob", "approvals", a.ID, "approve", nil)) // the first step, in dora's stead

	// Where all have to agree, the new one takes the place of who hands over.
	b.must(t, b.do(t, "fay", "approvals", a.ID, "delegate", to("dora")))
	refused(t, b.do(t, "fay", "approvals", a.ID, "approve", nil), fault.Forbidden, "approval.not_approver")
	b.must(t, b.do(t, "bob", "approvals", a.ID, "approve", nil))
	b.want(t, rec, "pending", flow.Pending)
	b.must(t, b.do(t, "dora", "approvals", a.ID, "approve", nil))
	b.want(t, rec, "confirmed", flow.Approved)
}
