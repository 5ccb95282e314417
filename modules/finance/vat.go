package finance

import (
	"context"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

func vatColumns() []entity.Field {
	return []entity.Field{
		chosen("side", "方向", "Side", "output", "销项", "Output", "input", "进项", "Input", "payable", "应纳", "Payable"),
		idColumn("account_id", "税金科目", "Tax account", "finance.account"),
		idColumn("tax_id", "税率", "Tax", "finance.tax"),
		textColumn("name", "名称", "Name"), amount("base", "计税金额", "Taxable amount", classLedger), amount("tax", "税额", "Tax", classLedger),
	}
}

// vatSummary sums value added tax of a time up by tax: what was taxed and the tax on it, as they stand in the books, so that the tax ties to the tax
// accounts. What stands there without a tax is a row of its own. The last row is what is to be paid.
func vatSummary(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	from, to, err := daysAsked(ctx, tx, input)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Side    string       `bun:"side"`
		Account id.ID        `bun:"account"`
		Tax     id.ID        `bun:"tax_id"`
		Base    money.Amount `bun:"base"`
		Amount  money.Amount `bun:"tax"`
	}
	err = tx.NewRaw(`WITH duty AS (SELECT a.id, CASE s.purpose WHEN 'output_tax' THEN 'output' ELSE 'input' END AS side
			FROM finance_setting s JOIN finance_account a ON a.code = s.account_code WHERE s.purpose IN ('output_tax', 'input_tax') AND s.category = ''),
		taxed AS (SELECT account_id, tax_id, purchase, sum(amount) AS amount FROM finance_tax_total WHERE date BETWEEN ?0 AND ?1 GROUP BY 1, 2, 3),
		line AS (
			SELECT coalesce(d.side, CASE WHEN t.purchase THEN 'input' ELSE 'output' END) AS side, t.tax_id, d.id IS NOT NULL AS is_tax, t.amount
			FROM taxed t LEFT JOIN duty d ON d.id = t.account_id
			UNION ALL
			SELECT d.side, NULL, true, m.amount - coalesce((SELECT sum(t.amount) FROM taxed t WHERE t.account_id = d.id), 0) FROM duty d
			JOIN (SELECT account_id, sum(credit - debit) AS amount FROM finance_total WHERE date BETWEEN ?0 AND ?1 GROUP BY 1) m ON m.account_id = d.id)
		SELECT x.side, (SELECT d.id FROM duty d WHERE d.side = x.side) AS account, x.tax_id,
			coalesce(sum(x.amount) FILTER (WHERE NOT x.is_tax), 0) AS base, coalesce(sum(x.amount) FILTER (WHERE x.is_tax), 0) AS tax
		FROM line x GROUP BY x.side, x.tax_id HAVING x.tax_id IS NOT NULL OR sum(x.amount) <> 0 ORDER BY x.side DESC, x.tax_id NULLS LAST`, from, to).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	payable := money.Zero()
	out := make([]map[string]any, 0, len(rows)+1)
	for _, r := range rows {
		payable = payable.Add(r.Amount)
		if r.Side == "input" {
			r.Base, r.Amount = r.Base.Neg(), r.Amount.Neg()
		}
		name := ""
		if r.Tax.IsZero() {
			name = say(tx, "其他", "Other")
		}
		out = append(out, map[string]any{"side": r.Side, "account_id": r.Account, "tax_id": r.Tax, "name": name, "base": r.Base, "tax": r.Amount})
	}
	return append(out, map[string]any{"side": "payable", "name": say(tx, "应纳税额", "Payable"), "base": money.Zero(), "tax": payable}), nil
}
