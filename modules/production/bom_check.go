package production

import (
	"context"
	"fmt"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareBOMs refuses bills that can't be worked with: no lines, impossible shares or spans, units without a ratio, two bills of one product valid on
// the same day, and a product that is made of itself.
func (f *floor) prepareBOMs(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*BillOfMaterials]) error {
	var bad fault.Fields
	bills, incomplete := make([]*BillOfMaterials, len(changes)), false
	for i, c := range changes {
		bills[i] = c.New
		incomplete = incomplete || c.New.incomplete()
		c.New.check(&bad)
	}
	if err := bad.Err(); err != nil || incomplete { // the engine names what is missing
		return err
	}
	if err := f.checkUnits(ctx, tx, bills); err != nil {
		return err
	}
	// Bills that are saved at the same time could be right each and wrong together.
	if _, err := tx.NewRaw("SELECT pg_advisory_xact_lock(hashtext(current_schema()), hashtext('bill_of_materials'))").Exec(ctx); err != nil {
		return err
	}
	if err := checkOverlap(ctx, tx, bills); err != nil {
		return err
	}
	return f.checkCycles(ctx, tx, bills)
}

// incomplete tells that a product is missing somewhere.
func (b *BillOfMaterials) incomplete() bool {
	missing := b.ProductID.IsZero()
	for _, l := range b.Lines {
		missing = missing || l.ComponentID.IsZero()
	}
	return missing
}

// check looks at one bill for itself.
func (b *BillOfMaterials) check(bad *fault.Fields) {
	span := func(path string, from, to clock.Date) {
		if !from.IsZero() && !to.IsZero() && !from.Before(to) {
			bad.Add(path+"valid_to", "span.empty", "失效日期应晚于生效日期", "must be after the day from which it is valid")
		}
	}
	span("", b.ValidFrom, b.ValidTo)
	if len(b.Lines) == 0 {
		bad.Add("lines", "required", "至少需要一行用料", "at least one component is required")
	}
	for i, l := range b.Lines {
		path := fmt.Sprintf("lines[%d].", i)
		span(path, l.ValidFrom, l.ValidTo)
		if l.ScrapPercent.GreaterThanOrEqual(money.Hundred()) {
			bad.Add(path+"scrap_percent", "value.range", "损耗率应小于 100", "must be less than 100")
		}
	}
	b.checkAlternates(bad)
	share := money.Zero()
	for i, p := range b.ByProducts {
		share = share.Add(p.CostPercent)
		if p.ProductID == b.ProductID && !b.ProductID.IsZero() {
			bad.Add(fmt.Sprintf("by_products[%d].product_id", i), "by_product.same", "副产品不能是产品本身", "must not be the product itself")
		}
		if share.GreaterThan(money.Hundred()) {
			bad.Add(fmt.Sprintf("by_products[%d].cost_percent", i), "value.range", "副产品成本占比合计超过 100", "the cost shares add up to more than 100")
		}
	}
}

// checkUnits tries every unit; the first without a ratio is refused with its line named.
func (f *floor) checkUnits(ctx context.Context, tx *tenancy.Tx, bills []*BillOfMaterials) error {
	var list []coreevent.Measure
	var paths []string
	for _, b := range bills {
		list, paths = append(list, coreevent.Measure{ProductID: b.ProductID, Unit: b.Unit}), append(paths, "unit")
		for i, l := range b.Lines {
			list, paths = append(list, coreevent.Measure{ProductID: l.ComponentID, Unit: l.Unit}), append(paths, fmt.Sprintf("lines[%d].unit", i))
		}
	}
	_, err := f.Products.Factors(ctx, tx, list)
	if fault.As(err) == nil {
		return err
	}
	for i, m := range list { // only to find the culprit: everything that this asks is known by now
		if _, one := f.Products.Factors(ctx, tx, []coreevent.Measure{m}); one != nil {
			if known := fault.As(one); known != nil {
				return known.At(paths[i], known.Reason, "%[1]s 没有换算关系", "there is no conversion from %[1]s", m.Unit)
			}
			return one
		}
	}
	return err
}

// span is the validity of a stored bill.
type span struct {
	ProductID id.ID      `bun:"product_id"`
	No        string     `bun:"no"`
	ValidFrom clock.Date `bun:"valid_from"`
	ValidTo   clock.Date `bun:"valid_to"`
}

// checkOverlap refuses a second bill for the same product and day.
func checkOverlap(ctx context.Context, tx *tenancy.Tx, bills []*BillOfMaterials) error {
	products, own := make([]id.ID, len(bills)), make([]id.ID, len(bills))
	for i, b := range bills {
		products[i], own[i] = b.ProductID, b.ID
	}
	var stored []span
	err := tx.NewRaw(`SELECT product_id, no, valid_from, valid_to FROM bill_of_materials
		WHERE active AND product_id = ANY(?::uuid[]) AND id <> ALL(?::uuid[])`, pgdialect.Array(products), pgdialect.Array(own)).Scan(ctx, &stored)
	if err != nil {
		return err
	}
	taken := map[id.ID][]span{}
	for _, s := range stored {
		taken[s.ProductID] = append(taken[s.ProductID], s)
	}
	for _, b := range bills {
		if !b.Active {
			continue
		}
		for _, s := range taken[b.ProductID] {
			if _, _, ok := overlap(s.ValidFrom, s.ValidTo, b.ValidFrom, b.ValidTo); ok {
				return fault.New(fault.Rule, "bom.overlap", "该产品在所选期间已有有效的物料清单 %s", "The product already has a bill of materials for these days: %s", s.No).
					At("valid_from", "bom.overlap", "有效期与 %s 重叠", "the validity overlaps with %s", s.No)
			}
		}
		taken[b.ProductID] = append(taken[b.ProductID], span{b.ProductID, b.No, b.ValidFrom, b.ValidTo})
	}
	return nil
}

// storedEdges reads everything below some products but for bills that are being saved.
const storedEdges = `WITH RECURSIVE below (product_id) AS (
	SELECT unnest(?0::uuid[])
	UNION SELECT l.component_id FROM below w
	JOIN bill_of_materials b ON b.product_id = w.product_id AND b.active AND b.id <> ALL(?1::uuid[]) JOIN bom_line l ON l.bill_id = b.id
)
SELECT b.product_id, l.component_id, b.valid_from, b.valid_to, l.valid_from AS line_from, l.valid_to AS line_to
FROM below w JOIN bill_of_materials b ON b.product_id = w.product_id AND b.active AND b.id <> ALL(?1::uuid[])
JOIN bom_line l ON l.bill_id = b.id ORDER BY b.id, l.position`

// checkCycles refuses a product that would be made of itself, and names the way.
func (f *floor) checkCycles(ctx context.Context, tx *tenancy.Tx, bills []*BillOfMaterials) error {
	var edges []edge
	var starts, below, own []id.ID
	for _, b := range bills {
		own = append(own, b.ID)
		if !b.Active {
			continue
		}
		starts = append(starts, b.ProductID)
		for i, l := range b.Lines {
			below = append(below, l.ComponentID)
			if since, until, ok := overlap(b.ValidFrom, b.ValidTo, l.ValidFrom, l.ValidTo); ok {
				edges = append(edges, edge{b.ProductID, l.ComponentID, since, until, fmt.Sprintf("lines[%d].component_id", i)})
			}
		}
	}
	if len(edges) == 0 {
		return nil
	}
	var rows []struct {
		ProductID   id.ID      `bun:"product_id"`
		ComponentID id.ID      `bun:"component_id"`
		ValidFrom   clock.Date `bun:"valid_from"`
		ValidTo     clock.Date `bun:"valid_to"`
		LineFrom    clock.Date `bun:"line_from"`
		LineTo      clock.Date `bun:"line_to"`
	}
	if err := tx.NewRaw(storedEdges, pgdialect.Array(below), pgdialect.Array(own)).Scan(ctx, &rows); err != nil {
		return err
	}
	for _, r := range rows {
		if since, until, ok := overlap(r.ValidFrom, r.ValidTo, r.LineFrom, r.LineTo); ok {
			edges = append(edges, edge{from: r.ProductID, to: r.ComponentID, since: since, until: until})
		}
	}
	cycle := findCycle(edges, starts)
	if cycle == nil {
		return nil
	}
	return f.refuseCycle(ctx, tx, cycle)
}

// refuseCycle names a cycle by product numbers, at the line that closes it.
func (f *floor) refuseCycle(ctx context.Context, tx *tenancy.Tx, cycle []edge) error {
	path := []id.ID{cycle[0].from}
	field := ""
	for _, e := range cycle {
		path = append(path, e.to)
		if field == "" {
			field = e.path
		}
	}
	products, err := f.Products.Products(ctx, tx, path)
	if err != nil {
		return err
	}
	names := (&cookbook{products: products}).names(path)
	refused := cycleFault(names)
	if field == "" {
		return refused
	}
	return refused.At(field, "bom.cycle", "循环：%[1]s", "cycle: %[1]s", names)
}
