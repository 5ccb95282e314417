package projects

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// billable refuses ways of billing that don't go together: an order has its own prices, and an invoice needs a customer.
func (p *Project) billable(bad *fault.Fields) {
	if p.Billing != ByOrder && p.Billing != "" && p.OrderID.IsZero() && p.CustomerID.IsZero() {
		bad.Add("customer_id", "required", "按里程碑或工时开票的项目须有客户", "A project that is billed by milestone or time needs a customer")
	}
}

// billMilestone bills what a reached milestone is worth. The services of an order are delivered by that part, so that the order is invoiced as far;
// a project of the company's own is invoiced directly. Parts are reckoned from the sum of all milestones reached, so that they add up to the whole.
func (p *Project) billMilestone(ctx context.Context, tx *tenancy.Tx, m *Milestone) error {
	if p.Billing != ByMilestone || m.InvoicePercent.Sign() <= 0 {
		return nil
	}
	reached, err := record.Find[Milestone](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("project_id = ?", p.ID.String()).Where("status = ?", Reached)
	})
	if err != nil {
		return err
	}
	percent := money.Zero()
	for _, r := range reached {
		percent = percent.Add(r.InvoicePercent)
	}
	before := money.Min(percent.Sub(m.InvoicePercent), money.Hundred())
	percent = money.Min(percent, money.Hundred())
	amount := money.RoundTo(money.Div(p.Revenue.Mul(percent), money.Hundred()), tx.Tenant.Currency).Sub(p.BilledAmount)
	if amount.Sign() <= 0 {
		return nil
	}
	m.BilledAmount, p.BilledAmount = amount, p.BilledAmount.Add(amount)
	if err := record.Update(ctx, tx, m); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, p); err != nil {
		return err
	}
	if !p.OrderID.IsZero() {
		services, err := record.Find[Service](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("project_id = ?", p.ID.String()) })
		if err != nil {
			return err
		}
		lines := make([]id.ID, len(services))
		for i, s := range services {
			lines[i] = s.OrderLineID
		}
		return record.Emit(ctx, tx, projectsevent.ServicesRendered{
			ProjectID: p.ID, OrderID: p.OrderID, OrderLineIDs: lines, Before: before, Done: percent, Whole: money.Hundred(),
		})
	}
	return p.bill(ctx, tx, projectsevent.BillingLine{Description: p.Name + " · " + m.Name, Quantity: money.Int(1), UnitPrice: amount})
}

// bill asks for an invoice to the project's customer.
func (p *Project) bill(ctx context.Context, tx *tenancy.Tx, lines ...projectsevent.BillingLine) error {
	return record.Emit(ctx, tx, projectsevent.BillingDue{ProjectID: p.ID, No: p.No, CustomerID: p.CustomerID, TaxID: p.TaxID, Lines: lines})
}

// Until is up to which day hours are billed.
type Until struct {
	Until clock.Date `in:"until" label:"截止日期|Until"`
}

// billHours invoices the hours that are booked and not billed, one line for each task.
func billHours(ctx context.Context, tx *tenancy.Tx, p *Project, in Until) error {
	if p.Billing != ByTime || p.BillRate.Sign() <= 0 {
		return fault.New(fault.Rule, "project.not_by_time", "项目 %s 不按工时开票或没有计费单价", "The project %s is not billed by time, or has no price for an hour", p.No).
			At("bill_rate", "required", "需要计费单价", "a price for an hour is needed")
	}
	bookOf(tx).put(p)
	if in.Until.IsZero() {
		in.Until = tx.Today()
	}
	sheets, err := record.Find[Timesheet](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("project_id = ?", p.ID.String()).Where("status = ? AND billed_on IS NULL AND NOT not_billable AND date <= ?", Booked, in.Until).
			OrderExpr("task_id NULLS FIRST, date, id").For("UPDATE")
	})
	if err != nil {
		return err
	}
	if len(sheets) == 0 {
		return fault.New(fault.Rule, "project.nothing_to_bill", "没有可开票的工时", "There are no hours to bill")
	}
	names, err := taskNames(ctx, tx, sheets)
	if err != nil {
		return err
	}
	lines, total := p.hourly(sheets, names, tx.Today(), tx.Tenant.Currency)
	before := p.BilledAmount
	p.BilledAmount = p.BilledAmount.Add(total)
	p.Revenue = money.Max(p.Revenue, p.BilledAmount)
	p.Margin = p.Revenue.Sub(p.ActualCost)
	if err := record.Update(ctx, tx, sheets...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, p); err != nil {
		return err
	}
	if p.OrderID.IsZero() {
		return p.bill(ctx, tx, lines...)
	}
	return p.billOrder(ctx, tx, before)
}

// billOrder bills hours of a project with an order: its services are delivered by the part of their price that the hours so far are worth, so that the order
// is invoiced as far. What hours are worth beyond the order is invoiced directly.
func (p *Project) billOrder(ctx context.Context, tx *tenancy.Tx, before money.Amount) error {
	ordered := money.Zero()
	for _, s := range p.Services {
		ordered = ordered.Add(s.Amount)
	}
	if before.LessThan(ordered) {
		e := projectsevent.ServicesRendered{
			ProjectID: p.ID, OrderID: p.OrderID, OrderLineIDs: p.lineIDs(), Before: before, Done: money.Min(p.BilledAmount, ordered), Whole: ordered,
		}
		if err := record.Emit(ctx, tx, e); err != nil {
			return err
		}
	}
	beyond := p.BilledAmount.Sub(money.Max(before, ordered))
	if beyond.Sign() <= 0 {
		return nil
	}
	description := i18n.T(p.Name+" · 超出订单的工时", p.Name+" · hours beyond the order").In(tx.Tenant.Locale)
	return p.bill(ctx, tx, projectsevent.BillingLine{Description: description, Quantity: money.Int(1), UnitPrice: beyond})
}

// hourly makes the lines of an invoice of hours, one for each task, and notes on each sheet what it was billed at: its share of the line, so that the
// sheets add up to the invoice.
func (p *Project) hourly(sheets []*Timesheet, names map[id.ID]string, on clock.Date, currency string) ([]projectsevent.BillingLine, money.Amount) {
	var lines []projectsevent.BillingLine
	total := money.Zero()
	var task id.ID
	var hours money.Quantity
	for i, t := range sheets {
		if i == 0 || t.TaskID != task {
			task, hours = t.TaskID, money.Zero()
			description := p.Name
			if names[task] != "" {
				description += " · " + names[task]
			}
			lines = append(lines, projectsevent.BillingLine{Description: description, Unit: "h", UnitPrice: p.BillRate})
		}
		before := money.RoundTo(hours.Mul(p.BillRate), currency)
		hours = hours.Add(t.Hours)
		t.BilledOn, t.BilledAmount = on, money.RoundTo(hours.Mul(p.BillRate), currency).Sub(before)
		total = total.Add(t.BilledAmount)
		lines[len(lines)-1].Quantity = hours
	}
	return lines, total
}

// taskNames reads the names of the tasks on which hours are booked.
func taskNames(ctx context.Context, tx *tenancy.Tx, sheets []*Timesheet) (map[id.ID]string, error) {
	keys := make([]id.ID, len(sheets))
	for i, t := range sheets {
		keys[i] = t.TaskID
	}
	tasks, err := record.Find[Task](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ANY(?::uuid[])", texts(keys)) })
	out := map[id.ID]string{}
	for _, t := range tasks {
		out[t.ID] = t.Name
	}
	return out, err
}
