package production

import (
	"context"
	"slices"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Why a planning run wants something.
const (
	forDemand = "demand"
	forStock  = "stock_level"
	forParts  = "material"
	tooLate   = "late"
	tooEarly  = "early"
	unneeded  = "unneeded"
)

// prepareRuns dates planning runs that people start; the planning itself happens once the run is saved, so that all it makes can name it.
func (f *floor) prepareRuns(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*PlanningRun]) error {
	for _, c := range changes {
		if c.Old != nil {
			continue
		}
		c.New.Date = tx.Today()
		tx.BeforeCommit(func(ctx context.Context) error {
			return record.Emit(ctx, tx, productionevent.PlanningStarted{RunID: c.New.ID, No: c.New.No})
		})
	}
	return nil
}

// run is a planning run at work: level by level from the products that nothing is made of down, so that each level knows what those above want.
type run struct {
	*floor
	*PlanningRun

	tx      *tenancy.Tx
	book    cookbook
	results []*PlanningLine
}

// runPlanning plans all products.
func (f *floor) runPlanning(ctx context.Context, tx *tenancy.Tx, e productionevent.PlanningStarted) error {
	// Two runs at once would both supply what is missing.
	if _, err := tx.NewRaw("SELECT pg_advisory_xact_lock(hashtext(current_schema()), hashtext('planning_run'))").Exec(ctx); err != nil {
		return err
	}
	rec, err := record.Get[PlanningRun](ctx, tx, e.RunID)
	if err != nil {
		return err
	}
	keys, err := f.Products.Stocked(ctx, tx)
	if err != nil {
		return err
	}
	r := &run{floor: f, PlanningRun: rec, tx: tx}
	if r.book, err = f.cookbook(ctx, tx, keys); err != nil {
		return err
	}
	before, err := f.Requests.Inbound(ctx, tx, keys)
	if err != nil {
		return err
	}
	for _, level := range r.book.levels(keys) {
		if err := r.level(ctx, level); err != nil {
			return err
		}
	}
	if err := r.propose(ctx, keys, before); err != nil {
		return err
	}
	return r.save(ctx, len(keys))
}

// save writes the results and counts them.
func (r *run) save(ctx context.Context, products int) error {
	r.Products = products
	for i, l := range r.results {
		l.RunID, l.Position = r.ID, i
		switch {
		case l.State == lineProposed:
			r.Proposed++
		case l.Action == lineMake:
			r.Made++
		case l.Action == lineBuy:
			r.Requested++
		case l.Action == lineCancel || l.Action == lineReduce:
			r.Withdrawn++
		}
	}
	if err := record.Create(ctx, r.tx, r.results...); err != nil {
		return err
	}
	return record.Update(ctx, r.tx, r.PlanningRun)
}

// wish is what one level wants: goods for demands that nothing serves and for stock, and other quantities and days for what was asked for before.
type wish struct {
	made    []demand
	bought  []inventoryevent.Short
	changes []replan
}

// level plans the products of one level.
func (r *run) level(ctx context.Context, keys []id.ID) error {
	at, err := r.state(ctx, keys)
	if err != nil {
		return err
	}
	var w wish
	for _, key := range keys {
		r.want(at, key, &w)
	}
	if err := r.change(ctx, w.changes); err != nil {
		return err
	}
	if err := r.makeAll(ctx, w.made); err != nil {
		return err
	}
	if len(w.bought) == 0 {
		return nil
	}
	return record.Emit(ctx, r.tx, productionevent.SupplyWanted{RunID: r.ID, Items: w.bought})
}

// want reckons what one product wants.
func (r *run) want(at *standing, key id.ID, w *wish) {
	product := r.book.products[key]
	add := func(d inventoryevent.Demand, q money.Quantity, by clock.Date) {
		if product.Supply == "make" && r.book.recipes[key] != nil {
			w.made = append(w.made, demand{Demand: d, ProductID: key, Quantity: q, NeedBy: by})
		} else {
			w.bought = append(w.bought, inventoryevent.Short{Demand: d, ProductID: key, Quantity: q, NeedBy: by})
		}
	}
	if product.SupplyPolicy != "stock" {
		for _, n := range at.needs[key] {
			if n.Waiting {
				add(n.Demand, n.Quantity, n.NeedBy)
			}
		}
	}
	c, soft := r.course(at, key, r.soft)
	if c.target.IsZero() && len(soft) == 0 && product.SupplyPolicy != "stock" {
		return
	}
	lacks, _ := c.follow()
	changes, rest := match(soft, lacks, r.ToleranceDays, r.tx.Today().AddDays(max(0, product.LeadTimeDays)))
	w.changes = append(w.changes, changes...)
	for _, l := range rest {
		add(inventoryevent.Demand{Entity: productionevent.PlanningRun, DocumentID: r.ID, DocumentNo: r.No}, l.quantity, l.day)
	}
}

// soft tells that a supply was asked for by a planning run and may be changed by another.
func (r *run) soft(s *inventoryevent.Inbound) bool {
	return s.Demand.Entity == productionevent.PlanningRun && !s.Started && !s.Kept
}

// makeAll plans production orders of all levels for what is to be made.
func (r *run) makeAll(ctx context.Context, demands []demand) error {
	if len(demands) == 0 {
		return nil
	}
	products := make([]id.ID, len(demands))
	for i, d := range demands {
		products[i] = d.ProductID
	}
	p, err := r.informed(ctx, r.tx, r.book.below(products), nil)
	if err != nil {
		return err
	}
	if err := p.plan(demands); err != nil {
		return err
	}
	made, err := r.launch(ctx, r.tx, p, nil)
	for i, o := range p.orders {
		l := &PlanningLine{
			ProductID: o.ProductID, Action: lineMake, State: lineDone, Reason: reasonOf(o.Demand), Quantity: o.Quantity, Date: o.Due,
			DocumentEntity: orderEntity, DocumentID: o.ID, DocumentNo: made[i].No, Serves: o.Demand.DocumentNo,
		}
		if !o.ParentID.IsZero() {
			l.Serves = made[slices.IndexFunc(p.orders, func(x *planned) bool { return x.ID == o.ParentID })].No
		}
		r.results = append(r.results, l)
	}
	return err
}

func reasonOf(d inventoryevent.Demand) string {
	switch d.Entity {
	case productionevent.PlanningRun:
		return forStock
	case materialEntity:
		return forParts
	}
	return forDemand
}
