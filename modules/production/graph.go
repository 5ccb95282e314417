package production

import (
	"context"
	"math/big"

	"github.com/tenon-hq/tenon/engine/record"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// The kinds of row that one reading of recipes gives.
const (
	rowBill = iota
	rowLine
	rowByProduct
	rowOperation
	rowSubstitute
)

// graphRow is a bill, or one of its lines, by-products or operations.
type graphRow struct {
	Kind      int            `bun:"kind"`
	BillID    id.ID          `bun:"bill_id"`
	ProductID id.ID          `bun:"product_id"` // or the service that a vendor does as an operation
	Quantity  money.Quantity `bun:"quantity"`   // output, of a component, of a by-product, setup minutes
	Unit      string         `bun:"unit"`       // or the operation's name
	Share     money.Quantity `bun:"share"`      // over percent, scrap percent, cost percent, run minutes
	Fixed     bool           `bun:"fixed"`
	Phantom   bool           `bun:"phantom"`
	OtherID   id.ID          `bun:"other_id"` // an operation's work centre, the component that an alternate stands in for
	Position  int            `bun:"position"`
	Spoilt    money.Quantity `bun:"spoilt"` // under percent, scrap percent of an operation
}

// validBill picks the one bill of the product w.product_id that is valid on a day.
const validBill = `LATERAL (
	SELECT b.id, b.product_id, b.output_quantity, b.unit, b.phantom, b.routing_id, b.over_percent, b.under_percent, b.subcontract_service_id FROM bill_of_materials b
	WHERE b.product_id = w.product_id AND b.active AND (b.valid_from IS NULL OR b.valid_from <= $2::text::date) AND (b.valid_to IS NULL OR b.valid_to > $2::text::date)
	ORDER BY b.valid_from DESC NULLS LAST, b.id DESC LIMIT 1) u ON true`

// validLine joins the lines of a bill u that are valid on a day.
const validLine = `bom_line l ON l.bill_id = u.id AND (l.valid_from IS NULL OR l.valid_from <= $2::text::date) AND (l.valid_to IS NULL OR l.valid_to > $2::text::date)`

// recipeSQL reads the bills that are valid on a day for some products and for all that their components are made of. UNION ends a cycle by itself.
const recipeSQL = `WITH RECURSIVE wanted (product_id) AS (
	SELECT unnest($1::text[]::uuid[])
	UNION SELECT l.component_id FROM wanted w JOIN ` + validBill + ` JOIN ` + validLine + `
), used AS (
	SELECT u.id, u.product_id, u.output_quantity, u.unit, u.phantom, u.routing_id, u.over_percent, u.under_percent, u.subcontract_service_id FROM wanted w JOIN ` + validBill + `
)
SELECT 0 AS kind, u.id AS bill_id, u.product_id, u.output_quantity AS quantity, u.unit, u.over_percent AS share, false AS fixed, u.phantom,
	u.subcontract_service_id AS other_id, 0 AS position, u.under_percent AS spoilt FROM used u
UNION ALL SELECT 1, l.bill_id, l.component_id, l.quantity, l.unit, l.scrap_percent, l.fixed, l.phantom, NULL, l.position, 0
	FROM used u JOIN ` + validLine + `
UNION ALL SELECT 2, p.bill_id, p.product_id, p.quantity, '', p.cost_percent, false, false, NULL, p.position, 0
	FROM used u JOIN bom_by_product p ON p.bill_id = u.id
UNION ALL SELECT 3, u.id, o.subcontract_service_id, o.setup_minutes, o.name, o.run_minutes, false, false, o.work_center_id, o.position, o.scrap_percent
	FROM used u JOIN routing_operation o ON o.routing_id = u.routing_id
UNION ALL SELECT 4, a.bill_id, a.product_id, a.quantity, '', 0, false, false, a.component_id, a.priority, 0
	FROM used u JOIN bom_alternate a ON a.bill_id = u.id
ORDER BY kind, bill_id, position`

// cookbook reads what some products are made of, all levels, as valid today: one query for the recipes, one question for the products.
func (f *floor) cookbook(ctx context.Context, tx *tenancy.Tx, products []id.ID) (cookbook, error) {
	book := cookbook{recipes: map[id.ID]*recipe{}}
	var rows []graphRow
	err := record.Select(ctx, tx, &rows, recipeSQL, products, tx.Today())
	if err != nil {
		return book, err
	}
	all := append([]id.ID{}, products...)
	var units []coreevent.Measure
	for _, r := range rows {
		if r.Kind == rowOperation {
			all = append(all, r.ProductID) // the service of a vendor, if any
		} else {
			all = append(all, r.ProductID, r.OtherID)
			units = append(units, r.measured())
		}
	}
	if book.products, err = f.Products.Products(ctx, tx, all); err != nil {
		return book, err
	}
	factors, err := f.Products.Factors(ctx, tx, units)
	if err != nil {
		return book, err
	}
	byID := map[id.ID]*recipe{}
	for _, r := range rows {
		if r.Kind == rowBill {
			byID[r.BillID] = &recipe{ID: r.BillID, ProductID: r.ProductID, Output: r.amount(factors), Phantom: r.Phantom, Over: r.Share, Under: r.Spoilt, Service: r.OtherID}
			book.recipes[r.ProductID] = byID[r.BillID]
			continue
		}
		byID[r.BillID].take(r, factors)
	}
	return book, nil
}

func (r graphRow) measured() coreevent.Measure {
	return coreevent.Measure{ProductID: r.ProductID, Unit: r.Unit}
}

// amount is the row's quantity in its product's own unit.
func (r graphRow) amount(factors map[coreevent.Measure]*big.Rat) *big.Rat {
	return new(big.Rat).Mul(r.Quantity.Rat(), factors[r.measured()])
}

// take adds a line, a by-product or an operation.
func (r *recipe) take(x graphRow, factors map[coreevent.Measure]*big.Rat) {
	switch x.Kind {
	case rowLine:
		r.Ingredients = append(r.Ingredients, ingredient{x.ProductID, x.amount(factors), x.Share, x.Fixed, x.Phantom})
	case rowByProduct:
		r.Residuals = append(r.Residuals, residual{x.ProductID, x.amount(factors), x.Share})
	case rowSubstitute:
		r.Substitutes = append(r.Substitutes, substitute{x.OtherID, x.ProductID, x.amount(factors)})
	case rowOperation:
		r.Steps = append(r.Steps, step{x.Unit, x.OtherID, x.Quantity, x.Share, x.Spoilt, x.ProductID})
	}
}
