package billing

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Row is a company as the operator sees it.
type Row struct {
	Account *Account
	Name    string
	Modules []string
	Last    *Sum // of its last invoice, before tax
	Open    money.Amount
}

// Sum is an amount with its currency.
type Sum struct {
	Amount   money.Amount `json:"amount"`
	Currency string       `json:"currency"`
}

// Tenants lists all companies that are not deleted, newest first.
func (s *Service) Tenants(ctx context.Context) ([]Row, error) {
	list, err := s.db.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		if _, err := s.Account(ctx, t); err != nil {
			return nil, err
		}
	}
	var out []Row
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select a.tenant_id::text, a.state from tenon.billing_account a join tenon.tenant t on t.id = a.tenant_id
			where t.state <> 'deleted' order by a.created_at desc, a.tenant_id desc`)
		if err != nil {
			return err
		}
		order, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (key id.ID, err error) {
			var text, state string
			if err := row.Scan(&text, &state); err != nil {
				return key, err
			}
			return id.Parse(text)
		})
		if err != nil {
			return err
		}
		last, err := lastSums(ctx, tx)
		if err != nil {
			return err
		}
		byID := map[id.ID]Row{}
		for _, t := range list {
			r := Row{Name: t.Name, Modules: []string{}}
			for _, m := range s.cfg.Modules {
				if !m.Always && t.On(m.Name) {
					r.Modules = append(r.Modules, m.Name)
				}
			}
			byID[t.ID] = r
		}
		accounts, err := accountsIn(ctx, tx)
		if err != nil {
			return err
		}
		for _, key := range order {
			r, ok := byID[key]
			if !ok {
				continue
			}
			r.Account = accounts[key]
			if x, ok := last[key]; ok {
				r.Last, r.Open = &x.Sum, x.open
			}
			out = append(out, r)
		}
		return nil
	})
	return out, err
}

func accountsIn(ctx context.Context, tx pgx.Tx) (map[id.ID]*Account, error) {
	rows, err := tx.Query(ctx, "select "+accountColumns+" from tenon.billing_account a join tenon.tenant t on t.id = a.tenant_id")
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, scanAccount)
	out := make(map[id.ID]*Account, len(list))
	for _, a := range list {
		out[a.Tenant] = a
	}
	return out, err
}

type lastSum struct {
	Sum

	open money.Amount
}

func lastSums(ctx context.Context, tx pgx.Tx) (map[id.ID]lastSum, error) {
	rows, err := tx.Query(ctx, `select distinct on (tenant_id) tenant_id::text, (subtotal - discount)::text, currency,
			(select coalesce(sum(o.total), 0)::text from tenon.billing_invoice o where o.tenant_id = i.tenant_id and o.kind = 'invoice' and o.state in ('open', 'uncollectible'))
		from tenon.billing_invoice i where kind = 'invoice' and state <> 'void' order by tenant_id, first_day desc`)
	if err != nil {
		return nil, err
	}
	out := map[id.ID]lastSum{}
	var tenant, amount, currency, open string
	_, err = pgx.ForEachRow(rows, []any{&tenant, &amount, &currency, &open}, func() error {
		key, err1 := id.Parse(tenant)
		a, err2 := money.Parse(amount)
		o, err3 := money.Parse(open)
		out[key] = lastSum{Sum{a, currency}, o}
		return errors.Join(err1, err2, err3)
	})
	return out, err
}

// Month is one month of the operator's revenue.
type Month struct {
	Month    string                  `json:"month"`   // 2026-11
	Revenue  map[string]money.Amount `json:"revenue"` // by currency, before tax, credit notes taken off: what recurs, since use is billed each month
	Paying   int                     `json:"paying"`
	Gained   int                     `json:"gained"`
	Lost     int                     `json:"lost"`
	Churn    *money.Percent          `json:"churn_percent"` // of those who paid the month before
	Customer map[id.ID]bool          `json:"-"`
}

// Revenue answers how the last twelve billed months went.
func (s *Service) Revenue(ctx context.Context) ([]Month, error) {
	var list []Month
	err := s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select to_char(first_day, 'YYYY-MM'), tenant_id::text, currency, kind, (subtotal - discount)::text from tenon.billing_invoice
			where state <> 'void' and first_day >= $1::date order by 1, issued_at`, firstOf(clock.DateOf(s.db.Now(), time.UTC)).AddMonths(-12).String())
		if err != nil {
			return err
		}
		var month, tenant, currency, kind, amount string
		_, err = pgx.ForEachRow(rows, []any{&month, &tenant, &currency, &kind, &amount}, func() error {
			if len(list) == 0 || list[len(list)-1].Month != month {
				list = append(list, Month{Month: month, Revenue: map[string]money.Amount{}, Customer: map[id.ID]bool{}})
			}
			m := &list[len(list)-1]
			sum, err := money.Parse(amount)
			if err != nil {
				return err
			}
			key, err := id.Parse(tenant)
			if kind == "credit_note" {
				sum = sum.Neg()
			} else if sum.Sign() > 0 {
				m.Customer[key] = true
			}
			m.Revenue[currency] = m.Revenue[currency].Add(sum)
			return err
		})
		return err
	})
	for i := range list {
		m := &list[i]
		m.Paying = len(m.Customer)
		before := map[id.ID]bool{}
		if i > 0 {
			before = list[i-1].Customer
		}
		for k := range m.Customer {
			if !before[k] {
				m.Gained++
			}
		}
		for k := range before {
			if !m.Customer[k] {
				m.Lost++
			}
		}
		if len(before) > 0 {
			c := money.Div(money.Int(int64(m.Lost)).Mul(money.Hundred()), money.Int(int64(len(before)))).Round(1)
			m.Churn = &c
		}
	}
	return list, err
}

// Webhook is a stored webhook as operators see it.
type Webhook struct {
	Event, Kind, About string
	At, Received       time.Time
	Times              int
	Done               *time.Time
	Outcome            string
}

// Webhooks returns the last webhooks, newest first.
func (s *Service) Webhooks(ctx context.Context) (list []Webhook, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select event, kind, about, at, received_at, times, done_at, outcome from tenon.billing_inbox order by received_at desc limit 200")
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Webhook])
		return err
	})
	return list, err
}

// Waiting is a call to the provider that is not made yet.
type Waiting struct {
	Key, Kind string
	Attempts  int
	Next      time.Time
	Error     string
}

// Waits returns what waits to be told, oldest first.
func (s *Service) Waits(ctx context.Context) (list []Waiting, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select key, kind, attempts, next_at, error from tenon.billing_outbox where done_at is null order by seq limit 200")
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Waiting])
		return err
	})
	return list, err
}
