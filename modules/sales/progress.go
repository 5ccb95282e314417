package sales

import (
	"slices"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/money"
)

// reckon brings everything that follows from the lines up to date: quantities in the line's unit, promises, progress and statuses. It changes
// memory only.
func (o *Order) reckon(today clock.Date, supplies func(*OrderLine) []*Promise) {
	for _, l := range o.Lines {
		l.BaseReserved = money.Min(l.BaseReserved, l.open())
		l.ReservedQuantity, l.ShippedQuantity = l.inUnit(l.BaseReserved), l.inUnit(l.BaseShipped)
	}
	if o.Status == Draft || o.Status == PendingApproval {
		return
	}
	o.promise(today, supplies)
	o.DeliveryProgress = o.progress()
	o.DeliveryStatus = o.delivery()
	o.InvoiceStatus = o.invoicing()
	if o.CollectedAmount.Sign() > 0 {
		o.collect(o.CollectedAmount) // what is due may have changed
	}
	o.advance()
}

// promise works out when the open lines can be with the customer, and which supply decides that. A line that has no supply for a part has no date,
// and then the order has none either.
func (o *Order) promise(today clock.Date, supplies func(*OrderLine) []*Promise) {
	if !o.live() {
		return
	}
	var latest clock.Date
	by, known, some := "", true, false
	for _, l := range o.Lines {
		if l.Fulfilment != byStock || l.open().Sign() <= 0 {
			continue
		}
		some = true
		date, no := l.promise(today, supplies(l))
		l.PromisedDate = date
		if date.IsZero() {
			known = false
			continue
		}
		if latest.IsZero() || date.After(latest) || date == latest && by == "" {
			latest, by = date, no
		}
	}
	switch {
	case some && !known:
		o.PromisedDate, o.PromisedBy = clock.Date{}, ""
	case some:
		o.PromisedDate, o.PromisedBy = latest, by
	default: // the goods have left
		o.PromisedBy, o.DeliveryNo = "", ""
	}
	if !o.renders() {
		o.ProjectNo = ""
	}
}

// renders tells that a project has services of the order to render.
func (o *Order) renders() bool {
	return slices.ContainsFunc(o.Lines, func(l *OrderLine) bool { return l.Fulfilment == byProject && l.open().Sign() > 0 })
}

// waits tells that a part of the order is neither here nor gone: something has to come in for it.
func (o *Order) waits() bool {
	for _, l := range o.Lines {
		if l.Fulfilment == byStock && l.open().GreaterThan(l.BaseReserved) {
			return true
		}
	}
	return false
}

// promise is the day on which the last part of the line can leave: today for what is reserved, the expected day of each supply for the rest.
func (l *OrderLine) promise(today clock.Date, supplies []*Promise) (date clock.Date, by string) {
	rest := l.open().Sub(l.BaseReserved)
	if l.BaseReserved.Sign() > 0 || rest.Sign() <= 0 {
		date = today
	}
	for _, s := range supplies {
		rest = rest.Sub(s.Quantity)
		if s.Date.IsZero() {
			continue
		}
		if date.IsZero() || !s.Date.Before(date) {
			date, by = s.Date, s.SupplyNo
		}
	}
	if rest.Sign() > 0 {
		return clock.Date{}, ""
	}
	return date, by
}

// progress is how far the delivery is, weighted by the lines' amounts: nothing for what is open, half for what is reserved, all for what left.
func (o *Order) progress() money.Percent {
	var done, all money.Amount
	free := true // no line has an amount: count quantities instead
	for _, l := range o.Lines {
		free = free && l.UntaxedAmount.IsZero()
	}
	for _, l := range o.Lines {
		want := l.wanted()
		if want.Sign() <= 0 {
			continue
		}
		weight := want
		if !free {
			weight = l.share(l.UntaxedAmount, want, o.Currency)
		}
		shipped := money.Min(l.BaseShipped, want)
		half := money.Div(money.Min(l.BaseReserved, want.Sub(shipped)), money.Int(2))
		all = all.Add(weight)
		done = done.Add(money.Div(weight.Mul(shipped.Add(half)), want))
	}
	if all.IsZero() {
		return money.Zero()
	}
	return money.Div(done.Mul(money.Hundred()), all).Round(4)
}

func (o *Order) delivery() string {
	left, wanted, open := money.Zero(), money.Zero(), money.Zero()
	for _, l := range o.Lines {
		left, wanted, open = left.Add(l.BaseShipped), wanted.Add(l.BaseQuantity), open.Add(l.open())
	}
	switch {
	case o.Status == Cancelled && left.IsZero(), wanted.IsZero():
		return "none"
	case left.IsZero():
		return "waiting"
	case open.Sign() > 0, o.Status == Cancelled && left.LessThan(wanted):
		return "partial"
	}
	return "shipped"
}

func (o *Order) invoicing() string {
	some, all := false, true
	for _, l := range o.Lines {
		some = some || l.InvoicedQuantity.Sign() > 0 || l.ReturnedQuantity.Sign() > 0
		all = all && l.InvoicedQuantity.GreaterThanOrEqual(l.inUnit(l.kept()))
	}
	switch {
	case some && all:
		return "invoiced"
	case some:
		return "partial"
	case o.Status == Cancelled:
		return "none"
	}
	return "waiting"
}

// due is what the customer has to pay in the end, tax included: what the invoices ask for once nothing more will be invoiced, to the cent; until then the
// part of the lines' totals that falls on what the customer gets and keeps.
func (o *Order) due() money.Amount {
	if o.InvoicedAmount.Sign() > 0 && o.invoicing() == "invoiced" {
		return o.InvoicedAmount
	}
	sum := money.Zero()
	for _, l := range o.Lines {
		if want := l.kept(); want.Sign() > 0 {
			sum = sum.Add(l.share(l.TotalAmount, want, o.Currency))
		}
	}
	return sum
}

// collect notes how much of the order is paid now.
func (o *Order) collect(amount money.Amount) {
	o.CollectedAmount = amount
	switch {
	case amount.Sign() <= 0:
		o.PaymentStatus = "none"
	case amount.LessThan(o.due()):
		o.PaymentStatus = "partial"
	default:
		o.PaymentStatus = "paid"
	}
}

// advance moves a confirmed order on: in progress with the first delivery, done when all is delivered, invoiced and paid. Where nobody invoices here
// (finance is off), what is delivered and paid is done.
func (o *Order) advance() {
	if o.Status == Confirmed && (o.DeliveryStatus == "partial" || o.DeliveryStatus == "shipped") {
		o.Status = InProgress
	}
	paid := o.PaymentStatus == "paid" || o.due().IsZero()
	if o.Status == InProgress && o.DeliveryStatus == "shipped" && o.InvoiceStatus != "partial" && paid {
		o.Status = Done
	}
	if o.Status == Done && !paid && !o.closed() {
		o.Status = InProgress // a payment was taken back
	}
}

// closed tells that somebody called off the rest of the order.
func (o *Order) closed() bool {
	for _, l := range o.Lines {
		if l.Closed {
			return true
		}
	}
	return false
}
