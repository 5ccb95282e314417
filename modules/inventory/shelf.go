package inventory

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/internal/seeded"
	"github.com/tenon-hq/tenon/tenancy"
)

// cell is where balances are kept: a product at a location, by lot.
type cell struct{ product, location, lot id.ID }

func (c cell) compare(o cell) int {
	if n := compare(c.product, o.product); n != 0 {
		return n
	}
	if n := compare(c.location, o.location); n != 0 {
		return n
	}
	return compare(c.lot, o.lot)
}

// slot is a cell's balance, as it will be and as it is in the database.
type slot struct {
	cell
	onHand, reserved       money.Quantity
	wasOnHand, wasReserved money.Quantity
	pickable               bool // at an internal location that is in use
	negative               bool // may fall below zero
	serial                 bool // one piece with a serial number: none or one of it
	expires                clock.Date
}

func (s *slot) free() money.Quantity { return s.onHand.Sub(s.reserved) }

// fit tells that there is something that may be reserved: free, at an internal location in use, and not expired.
func (s *slot) fit(today clock.Date) bool {
	return s.pickable && s.free().Sign() > 0 && !s.expired(today)
}

func (s *slot) expired(today clock.Date) bool { return !s.expires.IsZero() && s.expires.Before(today) }

// shelf is the balances of some products, locked or only looked at.
type shelf struct {
	slots    map[cell]*slot
	products map[id.ID][]*slot // in the order of location and lot
	looked   bool              // they are not locked: see pledges
}

func newShelf() *shelf { return &shelf{slots: map[cell]*slot{}, products: map[id.ID][]*slot{}} }

type slotRow struct {
	ProductID  id.ID          `bun:"product_id"`
	LocationID id.ID          `bun:"location_id"`
	LotID      id.ID          `bun:"lot_id"`
	OnHand     money.Quantity `bun:"on_hand"`
	Reserved   money.Quantity `bun:"reserved"`
	Pickable   bool           `bun:"pickable"`
	Negative   bool           `bun:"allow_negative"`
	ExpiresOn  clock.Date     `bun:"expires_on"`
}

func (r slotRow) cell() cell { return cell{r.ProductID, r.LocationID, r.LotID} }

// balances reads what there is of products, in the order of product, location and lot; held may lock it.
func balances(ctx context.Context, tx *tenancy.Tx, products []id.ID, held string) ([]slotRow, error) {
	var rows []slotRow
	err := record.Select(ctx, tx, &rows, `SELECT b.product_id, b.location_id, b.lot_id, b.on_hand, b.reserved, p.type = 'internal' AND p.active AS pickable,
			b.allow_negative, l.expires_on
		FROM stock_balance b JOIN location p ON p.id = b.location_id LEFT JOIN lot l ON l.id = b.lot_id
		WHERE b.product_id = ANY($1::text[]::uuid[]) AND (b.on_hand <> 0 OR b.reserved <> 0)
		ORDER BY b.product_id, b.location_id, b.lot_id`+held, products)
	return rows, err
}

// put files a balance.
func (s *shelf) put(r slotRow) {
	x := &slot{
		cell: r.cell(), onHand: r.OnHand, reserved: r.Reserved, wasOnHand: r.OnHand, wasReserved: r.Reserved,
		pickable: r.Pickable, negative: r.Negative, expires: r.ExpiresOn,
	}
	s.slots[x.cell] = x
	s.products[r.ProductID] = append(s.products[r.ProductID], x)
}

// lock reads the balances of products and keeps them from everyone else until the commit, always in the order of product, location and lot, so that
// two who take goods wait for each other instead of deadlocking. Products that are locked already are not read again.
func (s *shelf) lock(ctx context.Context, tx *tenancy.Tx, products []id.ID) error {
	missing := []id.ID{}
	for _, p := range products {
		if _, ok := s.products[p]; !ok {
			s.products[p] = nil
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if s.looked {
		panic("inventory: a shelf that was looked at can't be locked any more")
	}
	if err := pledgesOf(tx).keep(ctx, tx); err != nil { // who locks wants to see what was reserved before
		return err
	}
	held := " FOR UPDATE OF b"
	if seeded.SkippedLock {
		held = ""
	}
	rows, err := balances(ctx, tx, missing, held)
	if err != nil {
		return err
	}
	for _, r := range rows {
		s.put(r)
	}
	if seeded.SkippedLock {
		time.Sleep(50 * time.Millisecond) // so that whoever may overtake does
	}
	return nil
}

// at returns the slot of a cell at a location that holds stock of ours; an empty one where nothing has been yet.
func (s *shelf) at(product id.ID, place *Location, lot id.ID) *slot {
	c := cell{product, place.ID, lot}
	x := s.slots[c]
	if x == nil {
		x = &slot{cell: c, pickable: place.Type == internal && place.Active, negative: place.AllowNegative}
		s.slots[c] = x
		s.products[product] = append(s.products[product], x)
	}
	return x
}

// portion is a quantity of a slot.
type portion struct {
	*slot
	quantity money.Quantity
}

// pick finds free goods for at most want, first what expires first, never what has expired unless that very lot is asked for. It holds nothing yet.
func (s *shelf) pick(product, lot id.ID, want money.Quantity, today clock.Date) []portion {
	return s.choose(product, want, func(x *slot) bool {
		return x.lot == lot && x.pickable || lot.IsZero() && x.fit(today)
	})
}

// pickAt is pick at one location, whichever of our own it is.
func (s *shelf) pickAt(location, product id.ID, want money.Quantity, today clock.Date) []portion {
	return s.choose(product, want, func(x *slot) bool { return x.location == location && !x.expired(today) })
}

// choose takes at most want of the free goods that fit, first what expires first.
func (s *shelf) choose(product id.ID, want money.Quantity, fits func(*slot) bool) []portion {
	var fit []*slot
	for _, x := range s.products[product] {
		if x.free().Sign() > 0 && fits(x) {
			fit = append(fit, x)
		}
	}
	slices.SortStableFunc(fit, func(a, b *slot) int {
		switch {
		case a.expires == b.expires:
			return 0
		case a.expires.IsZero() || !b.expires.IsZero() && b.expires.Before(a.expires):
			return 1
		}
		return -1
	})
	var out []portion
	for _, x := range fit {
		if want.Sign() <= 0 {
			break
		}
		q := money.Min(want, x.free())
		out = append(out, portion{x, q})
		want = want.Sub(q)
	}
	return out
}

// save writes what changed with one statement: balances that exist are added to, others made. The database refuses what falls below zero.
func (s *shelf) save(ctx context.Context, tx *tenancy.Tx) error {
	var dirty []*slot
	for _, x := range s.slots {
		if !x.onHand.Equal(x.wasOnHand) || !x.reserved.Equal(x.wasReserved) {
			dirty = append(dirty, x)
		}
	}
	if len(dirty) == 0 {
		return nil
	}
	if s.looked {
		pledgesOf(tx).pledge(tx, dirty)
		return nil
	}
	slices.SortFunc(dirty, func(a, b *slot) int { return a.cell.compare(b.cell) })
	n := len(dirty)
	ids, products, locations, lots := make([]id.ID, n), make([]id.ID, n), make([]id.ID, n), make([]id.ID, n)
	onHand, reserved := make([]money.Quantity, n), make([]money.Quantity, n)
	negative, serial := make([]bool, n), make([]bool, n)
	for i, x := range dirty {
		serial[i] = x.serial
		ids[i], products[i], locations[i], lots[i], negative[i] = tx.NewID(), x.product, x.location, x.lot, x.negative
		onHand[i], reserved[i] = x.onHand.Sub(x.wasOnHand), x.reserved.Sub(x.wasReserved)
		x.wasOnHand, x.wasReserved = x.onHand, x.reserved
	}
	// A check of a proposed row comes before its conflict is seen: a row that exists has to be updated, it can't be "inserted" with a negative change.
	_, err := tx.NewRaw(`WITH d AS (
			SELECT * FROM unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::boolean[], ?::boolean[], ?::numeric[], ?::numeric[])
				AS u(id, product_id, location_id, lot_id, allow_negative, serial, on_hand, reserved)),
		old AS (
			UPDATE stock_balance b SET on_hand = b.on_hand + d.on_hand, reserved = b.reserved + d.reserved, serial = b.serial OR d.serial, version = b.version + 1, updated_at = ?
			FROM d WHERE b.product_id = d.product_id AND b.location_id = d.location_id AND b.lot_id IS NOT DISTINCT FROM d.lot_id RETURNING d.id)
		INSERT INTO stock_balance AS b (id, created_at, updated_at, product_id, location_id, lot_id, allow_negative, serial, on_hand, reserved)
		SELECT d.id, ?, ?, d.product_id, d.location_id, d.lot_id, d.allow_negative, d.serial, d.on_hand, d.reserved FROM d
		WHERE d.id NOT IN (SELECT id FROM old) ORDER BY d.product_id, d.location_id, d.lot_id
		ON CONFLICT (product_id, location_id, lot_id) DO UPDATE
		SET on_hand = b.on_hand + excluded.on_hand, reserved = b.reserved + excluded.reserved, version = b.version + 1, updated_at = excluded.updated_at`,
		pgdialect.Array(ids), pgdialect.Array(products), pgdialect.Array(locations), pgdialect.Array(nullable(lots)), pgdialect.Array(negative),
		pgdialect.Array(serial), pgdialect.Array(onHand), pgdialect.Array(reserved), tx.Now, tx.Now, tx.Now).Exec(ctx)
	return err
}

// nullable writes ids for an array in which none is NULL: bun refuses an empty value there.
func nullable(list []id.ID) []*string {
	out := make([]*string, len(list))
	for i, key := range list {
		if !key.IsZero() {
			s := key.String()
			out[i] = &s
		}
	}
	return out
}
