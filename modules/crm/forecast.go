package crm

import (
	"context"
	"sort"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// ForecastOf is the span of expected closing dates that a forecast is over; without one, all open deals.
type ForecastOf struct {
	From clock.Date `in:"from" label:"从|From"`
	To   clock.Date `in:"to" label:"至|To"`
}

// forecast tells what open deals may bring: by month, stage and owner, as expected and weighted by how likely they are.
func (d desk) forecast() modules.Report {
	sum := func(name, zh, en string) entity.Field {
		return entity.Field{Name: name, Label: entity.T(zh, en), Kind: entity.KindAmount, Class: "price", Total: true}
	}
	return modules.Report{
		Name:  "forecast",
		Label: entity.T("销售预测", "Forecast"),
		Of:    "crm.opportunity",
		Input: func() any { return new(ForecastOf) },
		Columns: []entity.Field{
			{Name: "month", Label: entity.T("月份", "Month"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "stage", Label: entity.T("阶段", "Stage"), Kind: entity.KindText, Ref: "crm.stage", RefBy: "name", Class: entity.Basic},
			{Name: "owner_id", Label: entity.T("负责人", "Owner"), Kind: entity.KindID, Ref: "user", Class: entity.Basic},
			{Name: "deals", Label: entity.T("商机数", "Deals"), Kind: entity.KindInt, Class: entity.Basic},
			sum("expected_amount", "预计金额", "Expected"), sum("weighted_amount", "加权金额", "Weighted"),
		},
		Run: func(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
			in, _ := input.(*ForecastOf)
			return d.foresee(ctx, tx, *in)
		},
	}
}

// cast is one row of a forecast, in one currency.
type cast struct {
	Month    string       `bun:"month"` // 2026-03; empty: nobody says when
	Stage    string       `bun:"stage"`
	Sequence int64        `bun:"sequence"`
	OwnerID  id.ID        `bun:"owner_id"`
	Currency string       `bun:"currency"`
	Deals    int          `bun:"deals"`
	Expected money.Amount `bun:"expected"`
	Weighted money.Amount `bun:"weighted"`
}

func (d desk) foresee(ctx context.Context, tx *tenancy.Tx, in ForecastOf) ([]map[string]any, error) {
	var rows []cast
	err := record.Select(ctx, tx, &rows, `SELECT coalesce(to_char(o.close_date, 'YYYY-MM'), '') AS month, o.stage, coalesce(max(s.sequence), 0) AS sequence,
			o.owner_id, o.currency, count(*) AS deals, sum(o.expected_amount) AS expected, sum(o.expected_amount * o.probability / 100) AS weighted
		FROM crm_opportunity o LEFT JOIN crm_stage s ON s.name = o.stage
		WHERE o.status = 'open' AND ($1::text = '' OR o.close_date >= nullif($1, '')::date) AND ($2::text = '' OR o.close_date <= nullif($2, '')::date)
		GROUP BY 1, o.stage, o.owner_id, o.currency`, day(in.From), day(in.To))
	if err != nil {
		return nil, err
	}
	rates := map[string]money.Price{tx.Tenant.Currency: money.Int(1)}
	type key struct {
		month, stage string
		owner        id.ID
	}
	sums := map[key]*cast{}
	var order []*cast
	for _, r := range rows {
		rate, known := rates[r.Currency]
		if !known {
			if rate, err = d.ask.Rates.Rate(ctx, tx, r.Currency, tx.Today()); err != nil {
				return nil, err
			}
			rates[r.Currency] = rate
		}
		k := key{r.Month, r.Stage, r.OwnerID}
		c := sums[k]
		if c == nil {
			c = &cast{Month: r.Month, Stage: r.Stage, Sequence: r.Sequence, OwnerID: r.OwnerID}
			sums[k], order = c, append(order, c)
		}
		c.Deals += r.Deals
		c.Expected, c.Weighted = c.Expected.Add(r.Expected.Mul(rate)), c.Weighted.Add(r.Weighted.Mul(rate))
	}
	sort.Slice(order, func(i, j int) bool { return order[i].before(order[j]) })
	out := make([]map[string]any, len(order))
	for i, c := range order {
		out[i] = map[string]any{
			"month": c.Month, "stage": c.Stage, "owner_id": c.OwnerID, "deals": c.Deals,
			"expected_amount": money.RoundTo(c.Expected, tx.Tenant.Currency), "weighted_amount": money.RoundTo(c.Weighted, tx.Tenant.Currency),
		}
	}
	return out, nil
}

// before puts the earlier month first, deals without a date last, and within a month the earlier stage.
func (c *cast) before(o *cast) bool {
	switch {
	case c.Month != o.Month:
		return o.Month == "" || c.Month != "" && c.Month < o.Month
	case c.Sequence != o.Sequence:
		return c.Sequence < o.Sequence
	case c.Stage != o.Stage:
		return c.Stage < o.Stage
	}
	return c.OwnerID.String() < o.OwnerID.String()
}

// day is a date for SQL, empty when there is none.
func day(d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}
