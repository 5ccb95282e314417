package projects

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// orderConfirmed opens one project for the services of an order.
func (w scheduler) orderConfirmed(ctx context.Context, tx *tenancy.Tx, e salesevent.OrderConfirmed) error {
	var services []*Service
	var tax id.ID
	for _, l := range e.Lines {
		if l.ProductType == "service" && l.Quantity.Sign() > 0 {
			services, tax = append(services, service(e.Order, tx.Tenant.Currency, l)), l.TaxID
		}
	}
	if len(services) == 0 {
		return nil
	}
	return w.open(ctx, tx, e.Order, services, tax)
}

// service is an order line as the project sees it, in company currency.
func service(o salesevent.Order, company string, l salesevent.Line) *Service {
	amount := l.Untaxed
	if o.Rate.Sign() > 0 {
		amount = money.RoundTo(amount.Mul(o.Rate), company)
	}
	return &Service{OrderLineID: l.ID, ProductID: l.ProductID, Description: l.Description, Amount: amount}
}

// open makes the project of an order with the default template's tasks and milestones. Its budget is what the customer pays for the services; hours beyond
// them bear the same tax.
func (w scheduler) open(ctx context.Context, tx *tenancy.Tx, o salesevent.Order, services []*Service, tax id.ID) error {
	t, err := standard(ctx, tx)
	if err != nil {
		return err
	}
	p := &Project{
		Base: entity.Base{ID: tx.NewID()}, Name: o.No + " " + services[0].Description, CustomerID: o.CustomerID, OrderID: o.ID,
		OpportunityID: o.OpportunityID, Status: Planned, Billing: ByOrder, RevenueMethod: AsInvoiced, StartDate: tx.Today(), EndDate: o.RequestedDate, Services: services,
	}
	p.value()
	p.BudgetAmount, p.TaxID = p.Revenue, tax
	var tasks []*Task
	var milestones []*Milestone
	if t != nil {
		p.TemplateID, p.ManagerID = t.ID, t.ManagerID
		t.govern(p)
		who, err := w.company(ctx, tx, p.StartDate)
		if err != nil {
			return err
		}
		tasks, milestones = t.plan(p.ID, p.StartDate, who, tx.NewID)
		p.schedule(tasks)
	}
	if err := record.Create(ctx, tx, p); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, tasks...); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, milestones...); err != nil {
		return err
	}
	bookOf(tx).held[p.ID] = p
	event := projectsevent.ProjectOpened{ProjectID: p.ID, No: p.No, OrderID: p.OrderID, OpportunityID: p.OpportunityID, OrderLineIDs: p.lineIDs()}
	if err := record.Emit(ctx, tx, event); err != nil {
		return err
	}
	return notify(ctx, tx, p, i18n.T("订单 "+o.No+" 已立项："+p.No, "Order "+o.No+" has opened project "+p.No))
}

// value works out revenue and margin from the services.
func (p *Project) value() {
	p.Revenue = money.Zero()
	for _, s := range p.Services {
		p.Revenue = p.Revenue.Add(s.Amount)
	}
	p.Margin = p.Revenue.Sub(p.ActualCost)
}

// schedule takes planned hours and dates over from the tasks.
func (p *Project) schedule(tasks []*Task) {
	var last, first clock.Date
	for _, t := range tasks {
		p.PlannedHours = p.PlannedHours.Add(t.PlannedHours)
		last = clock.Latest(last, t.EndDate)
		if first.IsZero() || t.EndDate.Before(first) {
			first = t.EndDate
		}
	}
	p.NextDue = first
	if p.EndDate.IsZero() {
		p.EndDate = last
	}
}

// ofOrder finds and locks the project of an order that is not over; nil when there is none.
func ofOrder(ctx context.Context, tx *tenancy.Tx, order id.ID) (*Project, error) {
	rows, err := record.Find[Project](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("order_id = ?", order.String()).Where("status IN (?, ?)", Planned, Active)
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	locked, err := record.Lock[Project](ctx, tx, rows[0].ID)
	if err != nil || len(locked) == 0 {
		return nil, err
	}
	bookOf(tx).put(locked[0])
	return locked[0], nil
}

// orderAmended follows changed services: new ones join the project (or open it), others change its revenue and, while nobody has set another, its
// budget.
func (w scheduler) orderAmended(ctx context.Context, tx *tenancy.Tx, e salesevent.OrderAmended) error {
	var changes []salesevent.LineChange
	for _, c := range e.Changes {
		if c.ProductType == "service" {
			changes = append(changes, c)
		}
	}
	if len(changes) == 0 {
		return nil
	}
	p, err := ofOrder(ctx, tx, e.ID)
	if err != nil {
		return err
	}
	if p == nil {
		return w.late(ctx, tx, e.Order, changes)
	}
	same := p.BudgetAmount.Equal(p.Revenue)
	fresh, err := p.amend(ctx, tx, e.Order, changes)
	if err != nil {
		return err
	}
	p.value()
	if same {
		p.BudgetAmount = p.Revenue
	}
	switch {
	case len(p.Services) > 0:
	case p.Status == Planned:
		p.Status = Cancelled
	default:
		decide(tx, p)
	}
	if err := record.Update(ctx, tx, p); err != nil {
		return err
	}
	if len(fresh) == 0 {
		return nil
	}
	return record.Emit(ctx, tx, projectsevent.ProjectOpened{
		ProjectID: p.ID, No: p.No, OrderID: p.OrderID, OpportunityID: p.OpportunityID, OrderLineIDs: fresh,
	})
}

// late opens a project for an order that gets its first service by an amendment.
func (w scheduler) late(ctx context.Context, tx *tenancy.Tx, o salesevent.Order, changes []salesevent.LineChange) error {
	var services []*Service
	var tax id.ID
	for _, c := range changes {
		if c.Before.IsZero() && c.After.Sign() > 0 {
			services, tax = append(services, service(o, tx.Tenant.Currency, c.Line)), c.Line.TaxID
		}
	}
	if len(services) == 0 {
		return nil
	}
	return w.open(ctx, tx, o, services, tax)
}

// amend brings the project's services in line with the order's and returns the lines that joined.
func (p *Project) amend(ctx context.Context, tx *tenancy.Tx, o salesevent.Order, changes []salesevent.LineChange) (joined []id.ID, err error) {
	mine := map[id.ID]*Service{}
	for _, s := range p.Services {
		mine[s.OrderLineID] = s
	}
	var fresh, kept, gone []*Service
	for _, c := range changes {
		now := service(o, tx.Tenant.Currency, c.Line)
		s := mine[c.ID]
		switch {
		case s == nil && c.After.Sign() > 0:
			now.ProjectID, now.Position = p.ID, len(p.Services)
			p.Services = append(p.Services, now)
			fresh, joined = append(fresh, now), append(joined, c.ID)
		case s != nil && c.After.Sign() > 0:
			s.Description, s.Amount = now.Description, now.Amount
			kept = append(kept, s)
		case s != nil:
			gone = append(gone, s)
			p.Services = without(p.Services, s)
		}
	}
	if err := record.Create(ctx, tx, fresh...); err != nil {
		return nil, err
	}
	if err := record.Update(ctx, tx, kept...); err != nil {
		return nil, err
	}
	return joined, record.Delete(ctx, tx, gone...)
}

func without(list []*Service, gone *Service) []*Service {
	out := make([]*Service, 0, len(list))
	for _, s := range list {
		if s != gone {
			out = append(out, s)
		}
	}
	return out
}

// decide leaves a project that is under way and lost its services to its manager.
func decide(tx *tenancy.Tx, p *Project) {
	record.Decide(tx, p,
		record.Choice{Name: "close", Label: i18n.T("结项，已发生成本不再收回", "Close it; what was spent is lost"), Cost: p.ActualCost, Act: "close"},
		record.Choice{Name: "keep", Label: i18n.T("作为内部项目继续", "Go on as a project of our own")})
}

// orderCancelled cancels a project that has not begun; the manager of one that has is asked for a decision.
func orderCancelled(ctx context.Context, tx *tenancy.Tx, e salesevent.OrderCancelled) error {
	p, err := ofOrder(ctx, tx, e.ID)
	if err != nil || p == nil {
		return err
	}
	off := map[id.ID]bool{}
	for _, key := range e.LineIDs {
		off[key] = true
	}
	var gone []*Service
	for _, v := range p.Services {
		if off[v.OrderLineID] {
			gone = append(gone, v)
		}
	}
	switch {
	case len(gone) == 0:
		return nil
	case len(gone) < len(p.Services):
		return p.drop(ctx, tx, gone)
	}
	if p.Status == Planned {
		p.Status = Cancelled
		return record.Update(ctx, tx, p)
	}
	decide(tx, p)
	return notify(ctx, tx, p, i18n.T("订单 "+e.No+" 已取消，进行中的项目 "+p.No+" 需要您决定",
		"Order "+e.No+" is cancelled; project "+p.No+" is under way and needs your decision"))
}

// drop takes services off a project that goes on with others.
func (p *Project) drop(ctx context.Context, tx *tenancy.Tx, gone []*Service) error {
	same := p.BudgetAmount.Equal(p.Revenue)
	for _, s := range gone {
		p.Services = without(p.Services, s)
	}
	if p.value(); same {
		p.BudgetAmount = p.Revenue
	}
	if err := record.Delete(ctx, tx, gone...); err != nil {
		return err
	}
	return record.Update(ctx, tx, p)
}
