package policy

import (
	"context"

	"github.com/tenon-hq/tenon/tenancy"
)

// Number returns the number of the version of the rights that hold for a unit of work; 0 are the shipped ones.
func (e *Engine) Number(ctx context.Context, tx *tenancy.Tx) (int64, error) {
	set, err := e.rules(ctx, tx)
	if err != nil {
		return 0, err
	}
	return set.number, nil
}
