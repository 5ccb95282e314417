package billing

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// Invoice is what a tenant owes for a period, or with Kind credit_note what is returned of it.
type Invoice struct {
	Statement

	ID, Tenant, About   id.ID
	No, Kind, State     string
	Customer            map[string]string
	Own                 []Item
	Reason              string
	Issued              time.Time
	Due                 clock.Date
	Paid                *time.Time
	PaidBy              string
	ProviderRef, PayURL string
}

const invoiceColumns = `id::text, tenant_id::text, coalesce(about_id::text, ''), no, kind, state, first_day::text, last_day::text, currency, book, customer,
	subtotal::text, discount::text, tax_percent::text, tax::text, total::text, reason, issued_at, due_on::text, paid_at, paid_by, provider_ref, provider_url, own`

func scanInvoice(row pgx.CollectableRow) (*Invoice, error) {
	v := &Invoice{}
	var key, tenant, about, first, last, due string
	var sums [5]string
	var customer, own []byte
	err := row.Scan(&key, &tenant, &about, &v.No, &v.Kind, &v.State, &first, &last, &v.Currency, &v.Book, &customer,
		&sums[0], &sums[1], &sums[2], &sums[3], &sums[4], &v.Reason, &v.Issued, &due, &v.Paid, &v.PaidBy, &v.ProviderRef, &v.PayURL, &own)
	if err != nil {
		return nil, err
	}
	errs := []error{
		v.ID.UnmarshalText([]byte(key)), v.Tenant.UnmarshalText([]byte(tenant)), v.About.UnmarshalText([]byte(about)), json.Unmarshal(customer, &v.Customer),
		v.First.UnmarshalText([]byte(first)), v.Last.UnmarshalText([]byte(last)), v.Due.UnmarshalText([]byte(due)), json.Unmarshal(own, &v.Own),
	}
	for i, into := range []*money.Amount{&v.Subtotal, &v.Discount, &v.TaxPercent, &v.Tax, &v.Total} {
		var err error
		*into, err = money.Parse(sums[i])
		errs = append(errs, err)
	}
	return v, errors.Join(errs...)
}

func invoiceIn(ctx context.Context, tx pgx.Tx, where string, args ...any) (*Invoice, error) {
	rows, err := tx.Query(ctx, "select "+invoiceColumns+" from tenon.billing_invoice where "+where, args...)
	if err != nil {
		return nil, err
	}
	v, err := pgx.CollectExactlyOneRow(rows, scanInvoice)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "invoice.not_found", "没有这张账单", "There is no such invoice")
	}
	if err != nil {
		return nil, err
	}
	lines, err := tx.Query(ctx, `select meter, module, first_day::text, last_day::text, used::text, quantity::text, price, amount::text
		from tenon.billing_line where invoice_id = $1 order by position`, v.ID.String())
	if err != nil {
		return nil, err
	}
	v.Lines, err = pgx.CollectRows(lines, func(row pgx.CollectableRow) (Line, error) {
		var l Line
		var first, last, used, quantity, amount string
		if err := row.Scan(&l.Meter, &l.Module, &first, &last, &used, &quantity, &l.Price, &amount); err != nil {
			return l, err
		}
		errs := []error{l.First.UnmarshalText([]byte(first)), l.Last.UnmarshalText([]byte(last)), nil, nil, nil}
		l.Used, errs[2] = money.Parse(used)
		l.Quantity, errs[3] = money.Parse(quantity)
		l.Amount, errs[4] = money.Parse(amount)
		return l, errors.Join(errs...)
	})
	return v, err
}

// Invoices returns a tenant's invoices and credit notes, newest first.
func (s *Service) Invoices(ctx context.Context, tenant id.ID) (list []*Invoice, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select "+invoiceColumns+" from tenon.billing_invoice where tenant_id = $1 order by issued_at desc, no desc limit 500", tenant.String())
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanInvoice)
		return err
	})
	return list, err
}

// Invoice returns one of a tenant's invoices with its lines; another tenant's is not found.
func (s *Service) Invoice(ctx context.Context, tenant, key id.ID) (v *Invoice, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		v, err = invoiceIn(ctx, tx, "id = $1 and tenant_id = $2", key.String(), tenant.String())
		return err
	})
	return v, err
}

// Replayed is one line of a dispute: what was billed, what the facts say now.
type Replayed struct {
	Line

	Now money.Quantity
	Fee money.Amount
}

// Replay counts an invoice's period anew from the facts and prices it as it was priced. It changes nothing but the roll-up.
func (s *Service) Replay(ctx context.Context, t *tenancy.Tenant, key id.ID) (out []Replayed, same bool, err error) {
	err = s.counting(ctx, func(ctx context.Context, tx pgx.Tx) error {
		v, err := invoiceIn(ctx, tx, "id = $1 and tenant_id = $2 and kind = 'invoice'", key.String(), t.ID.String())
		if err != nil {
			return err
		}
		a, err := s.account(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		a.Own = v.Own
		type period struct{ first, last clock.Date }
		right := map[period][]Line{}
		out, same = nil, true
		for _, l := range v.Lines {
			p := period{l.First, l.Last}
			if _, done := right[p]; !done {
				st, err := s.statement(ctx, tx, t, a, p.first, p.last, v.Book)
				if err != nil {
					return err
				}
				right[p] = st.Lines
			}
		}
		for p, lines := range right {
			billed, err := billedLines(ctx, tx, t.ID, p.first, p.last)
			if err != nil {
				return err
			}
			same = same && len(differences(billed, lines)) == 0
			for _, b := range billed {
				r := Replayed{Line: b}
				for _, n := range lines {
					if n.Meter == b.Meter && n.Module == b.Module {
						r.Now, r.Fee = n.Used, n.Amount
					}
				}
				out = append(out, r)
			}
		}
		return nil
	})
	return out, same, err
}

// Pay notes that an invoice was paid, once; the tenant's life goes on from there.
func (s *Service) Pay(ctx context.Context, t *tenancy.Tenant, key id.ID, by string) error {
	err := s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		v, err := invoiceIn(ctx, tx, "id = $1 and tenant_id = $2 and kind = 'invoice'", key.String(), t.ID.String())
		if err != nil {
			return err
		}
		return s.pay(ctx, tx, v, by)
	})
	if err != nil {
		return err
	}
	return s.Live(ctx, t)
}

func (s *Service) pay(ctx context.Context, tx pgx.Tx, v *Invoice, by string) error {
	if v.State == "paid" {
		return nil
	}
	if v.State == "void" {
		return fault.New(fault.Conflict, "invoice.void", "账单 %s 已作废", "Invoice %s is void", v.No)
	}
	_, err := tx.Exec(ctx, "update tenon.billing_invoice set state = 'paid', paid_at = $2, paid_by = $3 where id = $1", v.ID.String(), s.db.Now(), by)
	return err
}

// Credit writes a credit note over a part of an invoice, net of tax. All credit notes together can't return more than was billed.
func (s *Service) Credit(ctx context.Context, t *tenancy.Tenant, key id.ID, net money.Amount, reason, operator string) (note *Invoice, err error) {
	var bad fault.Fields
	if net.Sign() <= 0 {
		bad.Add("amount", "value.range", "应大于 0", "must be above 0")
	}
	if reason == "" {
		bad.Add("reason", "required", "请填写原因", "say why")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		a, err := s.locked(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		v, err := invoiceIn(ctx, tx, "id = $1 and tenant_id = $2 and kind = 'invoice' and state <> 'void'", key.String(), t.ID.String())
		if err != nil {
			return err
		}
		var before string
		if err := tx.QueryRow(ctx, "select coalesce(sum(subtotal), 0)::text from tenon.billing_invoice where about_id = $1", v.ID.String()).Scan(&before); err != nil {
			return err
		}
		given, err := money.Parse(before)
		if err != nil {
			return err
		}
		net := money.RoundTo(net, v.Currency)
		if left := v.Subtotal.Sub(v.Discount).Sub(given); net.GreaterThan(left) {
			return fault.New(fault.Rule, "credit.too_much", "最多还可退 %s", "At most %s can be credited still", left.String()).
				At("amount", "value.range", "最多 %s", "at most %s", left.String())
		}
		if note, err = s.creditNote(ctx, tx, a, v, net, reason); err != nil {
			return err
		}
		if v.ProviderRef != "" {
			if err := s.enqueue(ctx, tx, a, "credit:"+note.ID.String(), kindCredit, creditCall{v.ProviderRef, note.Total.String(), note.Currency, reason}); err != nil {
				return err
			}
		}
		return operatorEntry(ctx, tx, s.db.Now(), operator, t.ID, "credit", map[string]any{"invoice": v.No, "note": note.No, "total": note.Total})
	})
	return note, err
}

func (s *Service) creditNote(ctx context.Context, tx pgx.Tx, a *Account, v *Invoice, net money.Amount, reason string) (*Invoice, error) {
	now := s.db.Now()
	n := &Invoice{
		ID: s.db.NewID(), Tenant: v.Tenant, About: v.ID, Kind: "credit_note", State: "paid", Reason: reason, Customer: v.Customer, Issued: now, Paid: &now, PaidBy: "credit",
		Due: clock.DateOf(now, a.zone),
		Statement: Statement{
			First: v.First, Last: v.Last, Currency: v.Currency, Book: v.Book, TaxPercent: v.TaxPercent, Subtotal: net,
			Tax:   money.RoundTo(money.Div(net.Mul(v.TaxPercent), money.Hundred()), v.Currency),
			Lines: []Line{{Meter: lineCredit, First: v.First, Last: v.Last, Used: money.Int(1), Quantity: money.Int(1), Price: net.String(), Amount: net}},
		},
	}
	n.Total = n.Subtotal.Add(n.Tax)
	if err := s.insert(ctx, tx, a, n, "CN"); err != nil {
		return nil, err
	}
	if v.State == "open" { // what is left is nothing: it need not be paid
		var total string
		if err := tx.QueryRow(ctx, "select coalesce(sum(total), 0)::text from tenon.billing_invoice where about_id = $1", v.ID.String()).Scan(&total); err != nil {
			return nil, err
		}
		if sum, err := money.Parse(total); err == nil && !sum.LessThan(v.Total) {
			if err := s.pay(ctx, tx, v, "credit"); err != nil {
				return nil, err
			}
		}
	}
	return n, nil
}
