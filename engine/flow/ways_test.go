package flow_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/engine/flow"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// rule makes a bench whose only rule asks these steps.
func benchOf(t *testing.T, steps string) *bench {
	t.Helper()
	return newBenchWith(t, strings.Replace(toyGrants, "rules:\n", `rules:
  - id: toy.way
    label: {zh: 试, en: try}
    approval: {entity: toy.order, action: confirm, when: [{field: total, op: gt, value: "100"}, {field: total, op: lt, value: "1000"}], approvers: `+steps+`}
`, 1))
}

func (b *bench) says(t *testing.T, who string, a *flow.Approval, action string, body map[string]any) error {
	t.Helper()
	return b.do(t, who, "approvals", a.ID, action, body)
}

func (b *bench) id(name string) string { return b.people[name].ID.String() }

func TestAVoteWantsSoManyDifferentPeople(t *testing.T) {
	b := benchOf(t, `[{roles: [sales_director, finance, buyer], mode: vote, votes: 2}]`)
	rec, a := b.ask(t, "500")
	b.must(t, b.says(t, "fred", a, "approve", nil)) // finance and buyer, but one person
	b.want(t, rec, "pending", flow.Pending)
	refused(t, b.says(t, "fred", a, "approve", nil), fault.Conflict, "approval.agreed")
	b.must(t, b.says(t, "dora", a, "approve", nil))
	b.want(t, rec, "confirmed", flow.Approved)
}

func TestASequenceKeepsItsOrder(t *testing.T) {
	b := benchOf(t, `[{roles: [finance, buyer, sales_director], mode: sequence}]`)
	rec, a := b.ask(t, "500")
	refused(t, b.says(t, "bob", a, "approve", nil), fault.Conflict, "approval.agreed") // not yet: nothing that they could agree to now
	b.must(t, b.says(t, "fay", a, "approve", nil))
	b.must(t, b.says(t, "bob", a, "approve", nil))
	b.want(t, rec, "pending", flow.Pending)
	b.must(t, b.says(t, "dora", a, "approve", nil))
	b.want(t, rec, "confirmed", flow.Approved)
}

func TestWhoIsNamedByWhatTheyAre(t *testing.T) {
	b := benchOf(t, `[{manager_of: [requester]}]`)
	b.manages["sam"] = "vera"
	rec, a := b.ask(t, "500")
	if !slices.Equal(a.Steps[0].Users, []string{b.id("vera")}) {
		t.Fatalf("%+v", a.Steps[0])
	}
	refused(t, b.says(t, "dora", a, "approve", nil), fault.Forbidden, "approval.not_approver")
	b.want(t, rec, "pending", flow.Pending)
	b.manages["sam"] = "sam" // who leads themselves is nobody's judge
	other := b.add(t, "toy/orders", map[string]any{"total": "500"})
	refused(t, b.do(t, "sam", "toy/orders", other, "confirm", nil), fault.Rule, "approval.nobody")
	delete(b.manages, "sam")
	refused(t, b.do(t, "sam", "toy/orders", other, "confirm", nil), fault.Rule, "approval.nobody")
}

func TestAStepIsAskedOnlyWhenItsConditionsHold(t *testing.T) {
	b := benchOf(t, `[{roles: [sales_director]}, {roles: [finance], when: [{field: total, op: gte, value: "600"}]}]`)
	if _, a := b.ask(t, "500"); len(a.Steps) != 1 {
		t.Errorf("%+v", a.Steps)
	}
	if _, a := b.ask(t, "600"); len(a.Steps) != 2 || a.Steps[1].Roles[0] != "finance" {
		t.Errorf("%+v", a.Steps)
	}
}

func TestSignersAreAddedBeforeAndAfter(t *testing.T) {
	b := benchOf(t, `[{roles: [sales_director]}, {roles: [finance]}]`)
	rec, a := b.ask(t, "500")
	refused(t, b.says(t, "dora", a, "add_signer", map[string]any{"user": b.id("bob"), "where": "beside"}), fault.Invalid, "fields.invalid")
	refused(t, b.says(t, "dora", a, "add_signer", map[string]any{"user": b.id("sam"), "where": "before"}), fault.Invalid, "fields.invalid") // the requester
	refused(t, b.says(t, "fay", a, "add_signer", map[string]any{"user": b.id("bob"), "where": "before"}), fault.Forbidden, "approval.not_approver")
	b.must(t, b.says(t, "dora", a, "add_signer", map[string]any{"user": b.id("bob"), "where": "before"}))
	refused(t, b.says(t, "dora", a, "approve", nil), fault.Forbidden, "approval.not_approver")
	b.must(t, b.says(t, "bob", a, "approve", nil))
	b.must(t, b.says(t, "dora", a, "add_signer", map[string]any{"user": b.id("vera"), "where": "after"}))
	b.must(t, b.says(t, "dora", a, "approve", nil))
	b.want(t, rec, "pending", flow.Pending)
	refused(t, b.says(t, "fay", a, "approve", nil), fault.Forbidden, "approval.not_approver")
	if s := b.request(t, rec).Steps; len(s) != 4 || s[2].Status != flow.Active || s[2].Users[0] != b.id("vera") || s[0].AddedBy != b.people["dora"].ID {
		t.Fatalf("%+v", s)
	}
}

func TestARequestGoesBackToAStep(t *testing.T) {
	b := benchOf(t, `[{roles: [sales_director]}, {roles: [finance]}]`)
	rec, a := b.ask(t, "500")
	refused(t, b.says(t, "dora", a, "return", map[string]any{"to_step": json.Number("1")}), fault.Invalid, "fields.invalid") // it is not done
	b.must(t, b.says(t, "dora", a, "approve", nil))
	refused(t, b.says(t, "fay", a, "return", map[string]any{"to_step": json.Number("2")}), fault.Invalid, "fields.invalid")
	b.must(t, b.says(t, "fay", a, "return", map[string]any{"to_step": json.Number("1"), "comment": "look again"}))
	b.want(t, rec, "pending", flow.Pending)
	refused(t, b.says(t, "fay", a, "approve", nil), fault.Forbidden, "approval.not_approver")
	b.must(t, b.says(t, "dora", a, "approve", nil))
	b.must(t, b.says(t, "fay", a, "approve", nil))
	b.want(t, rec, "confirmed", flow.Approved)
}

func TestADeputyDecidesOnTheirDaysOnlyAndNeverForThemselves(t *testing.T) {
	b := benchOf(t, `[{roles: [sales_director]}]`)
	_, a := b.ask(t, "500")
	day := func(n int) string { return time.Now().AddDate(0, 0, n).UTC().Format(time.DateOnly) }
	give := func(who, to string, from, until int) error {
		return b.as(t, who, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := record.Add(ctx, tx, record.Catalog(tx).Path("delegations"), []map[string]any{
				{"delegate_id": b.id(to), "valid_from": day(from), "valid_to": day(until), "reason": "leave"},
			}, func(int) string { return "" })
			return err
		})
	}
	refused(t, give("dora", "dora", -1, 1), fault.Invalid, "fields.invalid")
	refused(t, give("dora", "bob", 2, 1), fault.Invalid, "fields.invalid")
	b.must(t, give("dora", "bob", 5, 9))
	refused(t, b.says(t, "bob", a, "approve", nil), fault.Forbidden, "approval.not_approver") // not yet
	b.must(t, give("dora", "sam", -2, 2))
	refused(t, b.says(t, "sam", a, "approve", nil), fault.Forbidden, "approval.self") // their own request
	b.must(t, give("dora", "fay", -2, 2))
	b.must(t, b.says(t, "fay", a, "approve", nil))
	if s := b.request(t, a.RecordID).Steps[0]; !slices.Equal(s.AgreedUsers, []string{b.id("dora")}) || !slices.Equal(s.ActedBy, []string{b.id("fay")}) {
		t.Errorf("%+v", s)
	}
	// A director who asks can't have it decided by their own deputy.
	rec := b.add(t, "toy/orders", map[string]any{"total": "500"})
	b.must(t, give("dan", "bob", -2, 2))
	b.must(t, b.do(t, "dan", "toy/orders", rec, "confirm", nil))
	refused(t, b.says(t, "bob", b.request(t, rec), "approve", nil), fault.Forbidden, "approval.not_approver")
}

func TestWhatWaitsTooLongIsShownToMoreAndAgreedToByNobody(t *testing.T) {
	b := benchOf(t, `[{roles: [sales_director], escalate_hours: 4, escalate_to: [buyer]}]`)
	rec, a := b.ask(t, "500")
	if len(b.later) != 1 || b.later[0] != a.ID || a.Steps[0].EscalateAt.IsZero() {
		t.Fatalf("%v %+v", b.later, a.Steps[0])
	}
	escalate := func() {
		b.must(t, b.engine.Do(t.Context(), b.tenant, tenancy.Actor{System: true}, func(ctx context.Context, tx *tenancy.Tx) error { return b.flow.Escalate(ctx, tx, a.ID) }))
	}
	escalate() // too early
	refused(t, b.says(t, "bob", a, "approve", nil), fault.Forbidden, "approval.not_approver")
	b.must(t, b.engine.Do(t.Context(), b.tenant, tenancy.Actor{System: true}, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("UPDATE approval_step SET escalate_at = now() - interval '1 hour'").Exec(ctx)
		return err
	}))
	escalate()
	escalate() // once
	b.want(t, rec, "pending", flow.Pending)
	if s := b.request(t, rec).Steps[0]; !s.Escalated || !slices.Equal(s.Roles, []string{"sales_director", "buyer"}) {
		t.Errorf("%+v", s)
	}
	b.must(t, b.says(t, "bob", a, "approve", nil))
	b.want(t, rec, "confirmed", flow.Approved)
}

func TestNobodyIsAskedTwiceAboutTheSame(t *testing.T) {
	b := benchOf(t, `[{roles: [sales_director]}, {roles: [sales_director]}, {users: ["`+known(7)+`"]}, {users: ["`+known(7)+`"], manager_of: [requester]}]`)
	b.people["gus"] = tenancy.Actor{ID: mustID(t, known(7)), Name: "gus", Roles: []string{"sales_director"}}
	b.manages["sam"] = "gus"
	rec, a := b.ask(t, "500")
	if len(a.Steps) != 2 {
		t.Fatalf("the same people in the same way are asked once: %+v", a.Steps)
	}
	b.must(t, b.says(t, "gus", a, "approve", nil)) // as a director, and with it as who is named
	b.want(t, rec, "confirmed", flow.Approved)
}

func known(n byte) string { return id.ID{0: 1, 6: 0x70, 8: 0x80, 15: n}.String() }

func mustID(t *testing.T, text string) id.ID {
	t.Helper()
	k, err := id.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
