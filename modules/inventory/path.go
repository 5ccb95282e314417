package inventory

import (
	"context"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// waiting locks what waits for some supplies.
func (b *book) waiting(ctx context.Context, tx *tenancy.Tx, supplies []id.ID) ([]*Reservation, error) {
	return b.find(ctx, tx, "source = 'supply' AND supply_id = ANY(?::uuid[])", pgdialect.Array(supplies))
}

// Path follows supplies down to what holds them up: for each, the numbers of the documents below it on the critical path, the nearest first. A material
// is critical when it comes no sooner than the order that needs it was to start.
func (Stock) Path(ctx context.Context, tx *tenancy.Tx, supplies []id.ID) (map[id.ID][]string, error) {
	var rows []struct {
		Root id.ID  `bun:"root"`
		No   string `bun:"no"`
	}
	err := record.Select(ctx, tx, &rows, `WITH RECURSIVE path AS (
			SELECT s.id AS root, s.id AS doc, ''::text AS no, 0 AS depth FROM unnest($1::text[]::uuid[]) AS s(id)
			UNION ALL
			SELECT p.root, r.supply_id, r.supply_no, p.depth + 1 FROM path p JOIN LATERAL (
				SELECT m.supply_id, m.supply_no FROM reservation m
				WHERE m.demand_id = p.doc AND m.demand_entity = 'production.material' AND m.status = 'open' AND m.source = 'supply'
					AND m.expected_date >= m.need_by
				ORDER BY m.expected_date DESC, m.id LIMIT 1) r ON true
			WHERE p.depth < 60)
		SELECT root, no FROM path WHERE depth > 0 ORDER BY root, depth`, supplies)
	out := map[id.ID][]string{}
	for _, r := range rows {
		out[r.Root] = append(out[r.Root], r.No)
	}
	return out, err
}
