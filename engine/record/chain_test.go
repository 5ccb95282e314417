package record_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/chain"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// kept is a bench with keys.
func kept(t *testing.T) bench {
	t.Helper()
	m := toy()
	e, err := record.New([]modules.Module{m}, &user{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Policy, err = policy.New([]policy.Source{{Module: "toy", Files: m.Policy}}, e.Catalog()); err != nil {
		t.Fatal(err)
	}
	db := tenancytest.DB(t, keys.Line(), record.Line(), policy.Line(), tenancy.Line{Name: "toy", Files: m.Migrations})
	e.Open(db)
	told := []string{}
	e.Carrier = carrier{&told}
	local, err := keys.OpenLocal(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := keys.New(keys.Config{DB: db, Platform: local})
	t.Cleanup(s.Close)
	e.Sealer = s
	return bench{e, tenancytest.Tenant(t, db, "toy")}
}

func (b bench) exported(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if err := b.engine.ExportAudit(t.Context(), b.tenant, tenancy.Actor{System: true}, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTheAuditIsAChainThatLeavesWholeOrNot(t *testing.T) {
	b := kept(t)
	key := b.add(t, "toy/items", map[string]any{"number": "A", "name": "one"})
	b.add(t, "toy/boxes", map[string]any{"lines": []any{map[string]any{"item_id": key.String(), "quantity": "1"}}})
	text := b.exported(t)
	r, err := chain.Verify(strings.NewReader(text), "")
	if err != nil || r.Problem != nil || r.Entries < 3 || r.Signed != r.Last {
		t.Fatalf("%+v %v", r, err)
	}
	if !strings.Contains(text, key.String()) || !strings.Contains(text, `"rules":[`) {
		t.Error("the record or the rules that allowed it are not in the export")
	}
	broken := strings.Replace(text, `"action":"create"`, `"action":"delete"`, 1)
	if r, err := chain.Verify(strings.NewReader(broken), ""); err != nil || r.Problem == nil || r.Problem.Kind != "altered" {
		t.Errorf("%+v %v", r.Problem, err)
	}
	for _, sql := range []string{"UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "UPDATE audit_link SET hash = ''", "DELETE FROM audit_checkpoint"} {
		err := b.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.Tx.Tx.ExecContext(ctx, sql)
			return err
		})
		if err == nil {
			t.Error("the application may do this:", sql)
		}
	}
	again, err := b.engine.VerifyAudit(t.Context(), b.tenant)
	if err != nil || again.Problem != nil || again.Last != r.Last {
		t.Errorf("%+v %v", again, err)
	}
}

func TestACutIsProven(t *testing.T) {
	b := kept(t)
	for _, number := range []string{"A", "B", "C"} {
		b.add(t, "toy/items", map[string]any{"number": number, "name": "one"})
	}
	whole := strings.SplitAfter(b.exported(t), "\n")
	var at chain.Line
	if err := json.Unmarshal([]byte(whole[2]), &at); err != nil || at.Entry == nil {
		t.Fatal(err, whole[2])
	}
	if err := b.engine.CutAudit(t.Context(), b.tenant, tenancy.Actor{System: true}, at.Entry.N, at.Entry.Hash); err != nil {
		t.Fatal(err)
	}
	text := b.exported(t)
	r, err := chain.Verify(strings.NewReader(text), "")
	if err != nil || r.Problem != nil || r.After != at.Entry.N {
		t.Fatalf("%+v %+v %v", r, r.Problem, err)
	}
	if strings.Contains(text, at.Entry.ID) {
		t.Error("a cut entry is still there")
	}
}

func TestARecordAsItWas(t *testing.T) {
	b := kept(t)
	before := time.Now().Add(-time.Hour)
	thing := b.add(t, "toy/items", map[string]any{"number": "A", "name": "First"})
	key := b.add(t, "toy/boxes", map[string]any{"lines": []any{map[string]any{"item_id": thing.String(), "quantity": "1"}}})
	time.Sleep(5 * time.Millisecond)
	then := time.Now()
	time.Sleep(5 * time.Millisecond)
	err := b.as(t, "owner", func(ctx context.Context, tx *tenancy.Tx) error {
		if err := record.Change(ctx, tx, record.Catalog(tx).Path("toy/items"), thing, 1, map[string]any{"name": "Second"}); err != nil {
			return err
		}
		return record.Change(ctx, tx, record.Catalog(tx).Path("toy/boxes"), key, 1, map[string]any{"lines": []any{}})
	})
	if err != nil {
		t.Fatal(err)
	}
	asOf := func(role, path string, key id.ID, at time.Time) (map[string]any, error) {
		var out map[string]any
		err := b.as(t, role, func(ctx context.Context, tx *tenancy.Tx) error {
			raw, err := record.AsOf(ctx, tx, record.Catalog(tx).Path(path), key, at)
			if err != nil {
				return err
			}
			return json.Unmarshal(raw, &out)
		}, tenancy.ReadOnly())
		return out, err
	}
	was, err := asOf("owner", "toy/items", thing, then)
	if err != nil || was["name"] != "First" || was["version"] != float64(1) {
		t.Fatal(was, err)
	}
	if now, err := asOf("owner", "toy/items", thing, time.Now()); err != nil || now["name"] != "Second" || now["version"] != float64(2) {
		t.Error(now, err)
	}
	if seen, err := asOf("viewer", "toy/items", thing, then); err != nil || seen["cost"] != nil || seen["_denied"] == nil {
		t.Error("the reader's rights do not hold for the past:", seen, err)
	}
	then1, err := asOf("owner", "toy/boxes", key, then)
	if lines, _ := then1["lines"].([]any); err != nil || len(lines) != 1 {
		t.Error("lines then:", then1, err)
	}
	now, err := asOf("owner", "toy/boxes", key, time.Now())
	if lines, _ := now["lines"].([]any); err != nil || len(lines) != 0 {
		t.Error(now, err)
	}
	if _, err := asOf("owner", "toy/items", thing, before); err == nil {
		t.Error("it did not exist then")
	}
}
