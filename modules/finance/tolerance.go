package finance

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// What tolerances are kept for.
const (
	toleranceWriteOff = "write_off"
	toleranceBill     = "bill_rounding"
)

// Tolerance is a difference, in company currency, that finance lets pass: written off when an invoice or bill is settled, or taken over from what a
// vendor prints on a bill. A purpose without a row has the usual tolerance.
type Tolerance struct {
	bun.BaseModel `bun:"table:finance_tolerance,alias:fto"`
	entity.Base

	Purpose string       `bun:"purpose,notnull"`
	Amount  money.Amount `bun:"amount,type:numeric(20,4),notnull"`
}

// Describe says what a tolerance means.
func (t *Tolerance) Describe(d *entity.Desc) {
	d.Is("finance.tolerance", "tolerances", entity.T("容差", "Tolerance"), &t.Purpose)
	d.Field(&t.Purpose, entity.Field{
		Label: entity.T("用途", "Purpose"), Required: true, Unique: true, Immutable: true, List: true, Filter: true,
		Options: entity.Options(toleranceWriteOff, "核销差额", "Write-off", toleranceBill, "采购发票尾差", "Rounding of bills"),
	})
	d.Field(&t.Amount, entity.Field{Label: entity.T("金额（本位币）", "Amount in company currency"), Required: true, NotNeg: true, List: true})
	d.Key(&t.Purpose)
}

// usual is the tolerance of a purpose that has no row: one unit to be written off, ten cents on a bill.
func usual(purpose string) money.Amount {
	if purpose == toleranceBill {
		return money.Must("0.10")
	}
	return money.Int(1)
}

// tolerance is what finance lets pass for a purpose.
func tolerance(ctx context.Context, tx *tenancy.Tx, purpose string) (money.Amount, error) {
	rows, err := record.Find[Tolerance](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("purpose = ?", purpose) })
	if err != nil || len(rows) == 0 {
		return usual(purpose), err
	}
	return rows[0].Amount, nil
}

// tolerated refuses write-offs that, with what was written off of the same document before, are more than the tolerance.
func (o office) tolerated(ctx context.Context, tx *tenancy.Tx, p *Payment, s *settlement) error {
	var keys []id.ID
	for _, m := range s.matches {
		if !m.WriteOff.IsZero() {
			keys = append(keys, m.target())
		}
	}
	if len(keys) == 0 {
		return nil
	}
	limit, err := tolerance(ctx, tx, toleranceWriteOff)
	if err != nil {
		return err
	}
	earlier, err := record.Find[Match](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("coalesce(invoice_id, bill_id, credit_note_id, vendor_credit_id, advance_id) = ANY(?::uuid[])", pgdialect.Array(texts(distinct(keys)))).Where("write_off <> 0").
			Where("payment_id IN (SELECT id FROM finance_payment WHERE status = 'posted')")
	})
	if err != nil {
		return err
	}
	sum := map[id.ID]money.Amount{}
	for _, m := range earlier {
		sum[m.target()] = sum[m.target()].Add(m.WriteOff)
	}
	var bad fault.Fields
	for i, m := range s.matches {
		if m.WriteOff.IsZero() {
			continue
		}
		sum[m.target()] = sum[m.target()].Add(m.WriteOff)
		if worth := sum[m.target()].Abs().Mul(p.Rate).Round(s.minor); worth.GreaterThan(limit) {
			bad.Add(fmt.Sprintf("matches[%d].write_off", i), "write_off.too_much", "差额合计 %[1]s 超过容差 %[2]s", "%[1]s in all is more than the tolerance of %[2]s",
				worth.StringFixed(2), limit.StringFixed(2))
		}
	}
	if f := fault.As(bad.Err()); f != nil {
		f.Kind, f.Reason = fault.Rule, "payment.match"
		return f
	}
	return nil
}
