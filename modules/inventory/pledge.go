package inventory

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/internal/seeded"
	"github.com/tenon-hq/tenon/tenancy"
)

// pledges are what a unit of work reserves on balances that it has looked at and not locked. They are written as its last act before the commit, so
// that orders over the same products wait for one another for a moment only, not for the whole cascade. Whoever finds then that the goods went to
// somebody else meanwhile does all of it once more, and locks the balances at the start.
type pledges struct {
	seen map[id.ID][]slotRow // balances as they were at the first look: what is planned on them must not see them change
	sums map[cell]money.Quantity
}

type pledgesKey struct{}

// pledgesOf returns those of a unit of work.
func pledgesOf(tx *tenancy.Tx) *pledges {
	p, ok := tx.Local(pledgesKey{}).(*pledges)
	if !ok {
		p = &pledges{seen: map[id.ID][]slotRow{}, sums: map[cell]money.Quantity{}}
		tx.SetLocal(pledgesKey{}, p)
	}
	return p
}

// look reads the balances of products like lock, and leaves them to others until the commit. Only reservations may be made on such a shelf.
func (s *shelf) look(ctx context.Context, tx *tenancy.Tx, products []id.ID) error {
	if tx.Try > 1 {
		return s.lock(ctx, tx, products)
	}
	s.looked = true
	p := pledgesOf(tx)
	var unseen []id.ID
	for _, key := range products {
		if _, ok := p.seen[key]; !ok {
			p.seen[key] = nil
			unseen = append(unseen, key)
		}
	}
	if len(unseen) > 0 {
		rows, err := balances(ctx, tx, unseen, "")
		if err != nil {
			return err
		}
		for _, r := range rows {
			p.seen[r.ProductID] = append(p.seen[r.ProductID], r)
		}
	}
	for _, key := range products {
		if _, ok := s.products[key]; ok {
			continue
		}
		s.products[key] = nil
		for _, r := range p.seen[key] {
			r.Reserved = r.Reserved.Add(p.sums[r.cell()])
			s.put(r)
		}
	}
	return nil
}

// pledge takes over what was reserved on a shelf.
func (p *pledges) pledge(tx *tenancy.Tx, dirty []*slot) {
	if len(p.sums) == 0 {
		tx.Last(func(ctx context.Context) error { return p.keep(ctx, tx) })
	}
	for _, x := range dirty {
		if !x.onHand.Equal(x.wasOnHand) {
			panic("inventory: goods were moved on balances that are not locked")
		}
		p.sums[x.cell] = p.sums[x.cell].Add(x.reserved.Sub(x.wasReserved))
		x.wasReserved = x.reserved
	}
}

// keep writes the pledges: it locks the balances in the order that everyone keeps to, and the database refuses what is not there any more.
func (p *pledges) keep(ctx context.Context, tx *tenancy.Tx) error {
	cells := slices.SortedFunc(maps.Keys(p.sums), cell.compare)
	defer clear(p.seen)
	if len(cells) == 0 {
		return nil
	}
	to := "b.reserved + held.reserved"
	if seeded.SkippedLock {
		to = p.overwrite()
	}
	n := len(cells)
	products, locations, lots, sums := make([]id.ID, n), make([]id.ID, n), make([]id.ID, n), make([]string, n)
	for i, c := range cells {
		products[i], locations[i], lots[i], sums[i] = c.product, c.location, c.lot, p.sums[c].String()
	}
	clear(p.sums)
	var kept []struct {
		ID id.ID `bun:"id"`
	}
	err := record.Select(ctx, tx, &kept, `WITH held AS (
			SELECT b.id, d.reserved FROM unnest($1::text[]::uuid[], $2::text[]::uuid[], $3::text[]::uuid[], $4::text[]::numeric[]) AS d(product_id, location_id, lot_id, reserved)
			JOIN stock_balance b ON b.product_id = d.product_id AND b.location_id = d.location_id AND b.lot_id IS NOT DISTINCT FROM d.lot_id
			ORDER BY b.product_id, b.location_id, b.lot_id FOR UPDATE OF b)
		UPDATE stock_balance b SET reserved = `+to+`, version = b.version + 1, updated_at = $5::text::timestamptz
		FROM held WHERE b.id = held.id RETURNING b.id`, products, locations, nullable(lots), sums, tx.Now.UTC().Format("2006-01-02T15:04:05.999999Z"))
	if f := fault.As(err); f != nil && f.Reason == "database.check" {
		return tenancy.Again(err)
	}
	if err == nil && len(kept) != n {
		panic("inventory: a balance is gone that goods were pledged from")
	}
	return err
}

// overwrite is the defect: it writes what was seen, whatever others reserved meanwhile.
func (p *pledges) overwrite() string {
	time.Sleep(50 * time.Millisecond) // so that whoever may overtake does
	for _, rows := range p.seen {
		for _, r := range rows {
			if q, ok := p.sums[r.cell()]; ok {
				p.sums[r.cell()] = q.Add(r.Reserved)
			}
		}
	}
	return "held.reserved"
}
