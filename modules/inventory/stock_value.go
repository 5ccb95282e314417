package inventory

import (
	"cmp"
	"context"
	"slices"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Ledger answers what stands in the books on the accounts of goods at the end of a day; nothing when nobody keeps books.
type Ledger interface {
	StockAccounts(ctx context.Context, tx *tenancy.Tx, on clock.Date) ([]financeevent.StockAccount, error)
}

// ValueOn is the day on whose evening the stock is valued; without one, today.
type ValueOn struct {
	Date *clock.Date `in:"date" label:"截止日期|Date"`
}

func valueColumns() []entity.Field {
	text := func(name, zh, en string) entity.Field {
		return entity.Field{Name: name, Label: entity.T(zh, en), Kind: entity.KindText, Class: entity.Basic}
	}
	amount := func(name, zh, en string) entity.Field {
		return entity.Field{Name: name, Label: entity.T(zh, en), Kind: entity.KindAmount, Class: "cost", Signed: true}
	}
	return []entity.Field{
		text("row", "行", "Row"),
		{Name: "product_id", Label: entity.T("产品", "Product"), Kind: entity.KindID, Ref: "inventory.product", Class: entity.Basic},
		text("product_number", "产品编号", "Product number"), text("product_name", "产品名称", "Product name"), text("category", "产品类别", "Category"),
		{Name: "account_id", Label: entity.T("科目", "Account"), Kind: entity.KindID, Ref: "finance.account", Class: entity.Basic},
		text("account_code", "科目编码", "Account code"), text("account_name", "科目名称", "Account name"),
		{Name: "quantity", Label: entity.T("数量", "Quantity"), Kind: entity.KindQuantity, Class: entity.Basic, Signed: true},
		amount("value", "库存金额", "Stock value"), amount("ledger_balance", "总账余额", "Ledger balance"), amount("difference", "差额", "Difference"),
	}
}

// onDay is what there was of a product at the end of a day.
type onDay struct {
	ProductID id.ID          `bun:"product_id"`
	Quantity  money.Quantity `bun:"quantity"`
	Value     money.Amount   `bun:"value"`
}

// stockValue says what the stock was worth at the end of any day: one row for each product, one for each account that goods are booked on with what the
// ledger says, and one for all. It is added up from the moves and adjustments themselves, so that it proves balances and ledger.
func (k keeper) stockValue(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	on := tx.Today()
	if in, _ := input.(*ValueOn); in != nil && in.Date != nil && !in.Date.IsZero() {
		on = *in.Date
	}
	rows, err := worthOn(ctx, tx, on)
	if err != nil {
		return nil, err
	}
	keys := make([]id.ID, len(rows))
	for i, r := range rows {
		keys[i] = r.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	var accounts []financeevent.StockAccount
	if k.ledger != nil {
		if accounts, err = k.ledger.StockAccounts(ctx, tx, on); err != nil {
			return nil, err
		}
	}
	return valueRows(rows, products, accounts), nil
}

// worthOn adds up what came and went until a day.
func worthOn(ctx context.Context, tx *tenancy.Tx, on clock.Date) ([]onDay, error) {
	var rows []onDay
	err := record.Select(ctx, tx, &rows, `SELECT product_id, sum(quantity) AS quantity, sum(value) AS value FROM (
			SELECT m.product_id, sum(CASE WHEN t.type IN ('internal', 'transit', 'subcontractor') THEN m.quantity ELSE 0 END
				- CASE WHEN f.type IN ('internal', 'transit', 'subcontractor') THEN m.quantity ELSE 0 END) AS quantity, sum(m.value + m.residual_value) AS value
			FROM stock_move m JOIN location f ON f.id = m.from_location_id JOIN location t ON t.id = m.to_location_id
			WHERE m.date <= $1::text::date GROUP BY m.product_id
			UNION ALL SELECT product_id, 0, sum(stock_amount) FROM value_adjustment WHERE date <= $1::text::date GROUP BY product_id) x
		GROUP BY product_id HAVING sum(quantity) <> 0 OR sum(value) <> 0`, on)
	return rows, err
}

func valueRows(rows []onDay, products map[id.ID]coreevent.Product, accounts []financeevent.StockAccount) []map[string]any {
	of := map[string]int{} // by category
	for i, a := range accounts {
		for _, c := range a.Categories {
			of[c] = i
		}
	}
	slices.SortFunc(rows, func(a, b onDay) int { return cmp.Compare(products[a.ProductID].Number, products[b.ProductID].Number) })
	var out []map[string]any
	sums, total, booked := make([]money.Amount, len(accounts)), money.Zero(), money.Zero()
	for _, r := range rows {
		p := products[r.ProductID]
		row := map[string]any{
			"row": "product", "product_id": r.ProductID, "product_number": p.Number, "product_name": p.Name, "category": p.Category,
			"quantity": r.Quantity, "value": r.Value,
		}
		i, known := of[p.Category]
		if !known {
			i, known = of[""]
		}
		if known {
			a := accounts[i]
			row["account_id"], row["account_code"], row["account_name"] = a.AccountID, a.Code, a.Name
			sums[i] = sums[i].Add(r.Value)
		}
		total = total.Add(r.Value)
		out = append(out, row)
	}
	for i, a := range accounts {
		booked = booked.Add(a.Balance)
		out = append(out, map[string]any{
			"row": "account", "account_id": a.AccountID, "account_code": a.Code, "account_name": a.Name, "value": sums[i], "ledger_balance": a.Balance,
			"difference": sums[i].Sub(a.Balance),
		})
	}
	last := map[string]any{"row": "total", "value": total}
	if len(accounts) > 0 {
		last["ledger_balance"], last["difference"] = booked, total.Sub(booked)
	}
	return append(out, last)
}
