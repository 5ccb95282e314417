package finance

import (
	"context"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Ledger answers other modules from the books. It reads only.
type Ledger struct{}

// StockAccounts says what stands at the end of a day on each account that goods are booked on, and for which product categories that is; an empty
// category stands for all that have no account of their own. The value of the stock of these categories has to be the same.
func (Ledger) StockAccounts(ctx context.Context, tx *tenancy.Tx, on clock.Date) ([]financeevent.StockAccount, error) {
	var rows []struct {
		ID       id.ID        `bun:"id"`
		Code     string       `bun:"code"`
		Name     string       `bun:"name"`
		Category string       `bun:"category"`
		Balance  money.Amount `bun:"balance"`
	}
	err := tx.NewRaw(`SELECT a.id, a.code, CASE WHEN ? AND a.name_en <> '' THEN a.name_en ELSE a.name END AS name, s.category, coalesce(m.balance, 0) AS balance
		FROM finance_setting s JOIN finance_account a ON a.code = s.account_code
		LEFT JOIN (SELECT account_id, sum(debit - credit) AS balance FROM finance_total WHERE date <= ? GROUP BY account_id) m ON m.account_id = a.id
		WHERE s.purpose = 'inventory' ORDER BY a.code, s.category`, english(tx), on).Scan(ctx, &rows)
	var out []financeevent.StockAccount
	for _, r := range rows {
		if n := len(out); n > 0 && out[n-1].AccountID == r.ID {
			out[n-1].Categories = append(out[n-1].Categories, r.Category)
			continue
		}
		out = append(out, financeevent.StockAccount{AccountID: r.ID, Code: r.Code, Name: r.Name, Categories: []string{r.Category}, Balance: r.Balance})
	}
	return out, err
}

func stockColumns() []entity.Field {
	return append(accountColumns(), textColumn("categories", "产品分类", "Product categories"), amount("balance", "余额", "Balance", classLedger))
}

// stockAccounts shows what stands on the accounts of goods on a day.
func stockAccounts(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	in, _ := input.(*AsOf)
	on, err := in.on(ctx, tx)
	if err != nil {
		return nil, err
	}
	list, err := Ledger{}.StockAccounts(ctx, tx, on)
	out := make([]map[string]any, len(list))
	for i, a := range list {
		out[i] = map[string]any{
			"account_id": a.AccountID, "code": a.Code, "name": a.Name, "categories": strings.Join(a.Categories, ", "), "balance": a.Balance,
		}
	}
	return out, err
}
