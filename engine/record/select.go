package record

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Select reads rows with a query of a module over its own tables into a slice of structs with bun tags. Arguments are written $1::text::uuid,
// $2::text[]::uuid[] and so on: ids, dates and decimals travel as text, apart from the query, so that the database parses and plans it once.
func Select(ctx context.Context, tx *tenancy.Tx, into any, sql string, args ...any) error {
	sent := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case id.ID:
			sent[i] = v.String()
		case []id.ID:
			sent[i] = idTexts(v)
		case clock.Date:
			sent[i] = v.String()
		case decimal.Decimal:
			sent[i] = v.String()
		default:
			sent[i] = a
		}
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, sql, sent...)
	if err != nil {
		return databaseFault(err, nil)
	}
	return databaseFault(tx.NewSelect().DB().ScanRows(ctx, res, into), nil) // closes res
}
