package inventory

import (
	"context"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

type placesKey struct{}

// site is the locations that a unit of work knows.
type site struct {
	byID   map[id.ID]*Location
	byType map[string]*Location // the oldest of each type; of internal ones, the first warehouse's stock location
	stock  *Location            // where goods go unless somebody says otherwise
}

// places returns the locations that everybody needs, and those asked for; it reads them once in a unit of work.
func places(ctx context.Context, tx *tenancy.Tx, wanted ...id.ID) (*site, error) {
	s, _ := tx.Local(placesKey{}).(*site)
	missing := []id.ID{}
	for _, key := range wanted {
		if s == nil || s.byID[key] == nil {
			missing = append(missing, key)
		}
	}
	if s != nil && len(missing) == 0 {
		return s, nil
	}
	var rows []*Location
	err := tx.NewSelect().Model(&rows).Where(`type <> 'internal' OR id = ANY(?::uuid[]) OR id IN (SELECT stock_location_id FROM warehouse WHERE active)
		OR id = (SELECT min(id::text)::uuid FROM location WHERE type = 'internal' AND active)`, pgdialect.Array(missing)).
		OrderExpr(`id = (SELECT stock_location_id FROM warehouse WHERE active AND stock_location_id IS NOT NULL ORDER BY id LIMIT 1) DESC NULLS LAST, id`).
		Scan(ctx)
	if err != nil {
		return nil, err
	}
	if s == nil {
		s = &site{byID: map[id.ID]*Location{}}
		tx.SetLocal(placesKey{}, s)
	}
	s.byType = map[string]*Location{}
	for _, l := range rows {
		s.byID[l.ID] = l
		if s.byType[l.Type] == nil {
			s.byType[l.Type] = l
		}
	}
	s.stock = s.byType[internal]
	return s, s.check(wanted)
}

// check refuses to work where a location is missing that goods have to go through.
func (s *site) check(wanted []id.ID) error {
	for _, key := range wanted {
		if s.byID[key] == nil {
			return fault.New(fault.Rule, "location.unknown", "库位不存在", "There is no such location")
		}
	}
	if s.stock == nil {
		return fault.New(fault.Rule, "location.no_stock", "请先建立内部库位", "Make an internal location first")
	}
	for _, t := range []string{supplier, customer, production, loss, transit} {
		if s.byType[t] == nil {
			return fault.New(fault.Rule, "location.missing", "缺少类型为 %s 的库位", "There is no location of type %s", t)
		}
	}
	return nil
}
