package finance

import (
	"context"

	"github.com/tenon-hq/tenon/tenancy"
)

// gatherTotals puts together what was posted on the same account and day: the database adds a row with each entry (finance_total), so that nobody who
// posts waits for another. These rows say nothing that the entries don't, so the database keeps them by itself, without rights and audit.
func gatherTotals(ctx context.Context, tx *tenancy.Tx) error {
	_, err := tx.NewRaw("SELECT finance_total_gather()").Exec(ctx)
	return err
}
