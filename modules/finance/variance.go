package finance

import (
	"context"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// causes are the purposes of the accounts on which variances of production stand, by what caused them.
func causes() []string {
	return []string{forMaterialPrice, forMaterialUsage, forLabourRate, forLabourEffort, forYield, forRework}
}

// variancesFound takes what an order cost beyond or short of its standard from the one account on which it came in to the accounts of its causes. A cause
// without an account of its own stays where it is.
func (o office) variancesFound(ctx context.Context, tx *tenancy.Tx, e productionevent.VariancesFound) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	products, err := o.ask.Products.Products(ctx, tx, []id.ID{e.ProductID})
	if err != nil {
		return err
	}
	category := products[e.ProductID].Category
	entry := &Entry{
		JournalID: b.journals[journalStock].id, Date: tx.Today(), Source: e.No, SourceEntity: "production.production_order", SourceID: e.OrderID,
	}
	amounts := map[string]money.Amount{
		forMaterialPrice: e.Price, forMaterialUsage: e.Usage, forLabourRate: e.LabourRate, forLabourEffort: e.LabourEfficiency, forYield: e.Yield,
		forRework: e.Rework,
	}
	lossy := forYield // what was lost is booked as a loss, never as a variance
	if e.Yield.IsZero() && !e.Rework.IsZero() {
		lossy = forRework
	}
	amounts[lossy] = amounts[lossy].Sub(e.Lost)
	about := EntryLine{ProductID: e.ProductID}
	rest := money.Zero()
	for _, cause := range causes() {
		account := b.account(cause, category)
		if account.IsZero() {
			continue
		}
		entry.add(account, amounts[cause], about)
		rest = rest.Sub(amounts[cause])
	}
	entry.add(b.account(forVariance, category), rest, about)
	if len(entry.Lines) == 0 {
		return nil
	}
	return b.post(tx, entry)
}

func (o office) varianceReport() modules.Report {
	return modules.Report{
		Name: "production_variances", Label: entity.T("生产差异汇总", "Production variances"), Of: "finance.entry",
		Input: func() any { return new(Between) }, Run: productionVariances,
		Columns: []entity.Field{
			chosen("cause", "原因", "Cause", forMaterialPrice, "材料价格", "Material price", forMaterialUsage, "材料用量", "Material usage",
				forLabourRate, "人工与机器费率", "Labour and machine rate", forLabourEffort, "人工与机器效率", "Labour and machine efficiency",
				forYield, "批量与报废", "Lot size and scrap", forRework, "返工", "Rework", "total", "合计", "Total"),
			idColumn("account_id", "科目", "Account", "finance.account"),
			idColumn("product_id", "产品", "Product", "inventory.product"),
			amount("amount", "金额", "Amount", classLedger),
		},
	}
}

// productionVariances sums up by cause and product what production cost beyond (or, negative, short of) its standard over a time; the last row is all of it.
func productionVariances(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	from, to, err := daysAsked(ctx, tx, input)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Cause   string       `bun:"cause"`
		Account id.ID        `bun:"account_id"`
		Product id.ID        `bun:"product_id"`
		Amount  money.Amount `bun:"amount"`
	}
	err = tx.NewRaw(`WITH cause AS (SELECT DISTINCT s.purpose, a.id FROM finance_setting s JOIN finance_account a ON a.code = s.account_code
			WHERE s.purpose LIKE 'variance\_%')
		SELECT c.purpose AS cause, l.account_id, l.product_id, sum(l.debit - l.credit) AS amount
		FROM cause c JOIN finance_entry_line l ON l.account_id = c.id JOIN finance_entry e ON e.id = l.entry_id
		WHERE e.status = 'posted' AND e.date BETWEEN ? AND ? AND e.source_entity = 'production.production_order'
		GROUP BY 1, 2, 3 HAVING sum(l.debit - l.credit) <> 0 ORDER BY 1, 3`, from, to).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	total := money.Zero()
	out := make([]map[string]any, 0, len(rows)+1)
	for _, r := range rows {
		total = total.Add(r.Amount)
		out = append(out, map[string]any{"cause": r.Cause, "account_id": r.Account, "product_id": r.Product, "amount": r.Amount})
	}
	return append(out, map[string]any{"cause": "total", "amount": total}), nil
}
