package crm

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// orderCreated notes the order of an opportunity. An order from an accepted quotation wins the deal, also one that was given up. An order of another
// customer is refused.
func orderCreated(_ context.Context, tx *tenancy.Tx, e salesevent.OrderCreated) error {
	if e.OpportunityID.IsZero() {
		return nil
	}
	today := tx.Today()
	trayOf(tx).add(tx, note{opportunity: e.OpportunityID, order: e.ID, check: func(o *Opportunity) error {
		if o.CustomerID.IsZero() || o.CustomerID == e.CustomerID {
			return nil
		}
		return fault.New(fault.Rule, "opportunity.other_customer", "商机“%s”属于另一客户", "The deal “%s” is another customer's", o.Name).
			At("customer_id", "opportunity.other_customer", "与商机的客户不同", "is not the deal's customer")
	}, change: func(o *Opportunity) *Arrival {
		o.OrderID, o.OrderCancelled, o.CustomerID = e.ID, false, e.CustomerID
		if o.Status != Won {
			o.Status, o.Probability, o.CloseDate, o.LostReason = Won, money.Hundred(), today, ""
		}
		return nil
	}})
	return nil
}

// orderCancelled notes that there is no order any more: the deal may be reopened.
func orderCancelled(_ context.Context, tx *tenancy.Tx, e salesevent.OrderCancelled) error {
	if e.OpportunityID.IsZero() || !e.Whole {
		return nil
	}
	trayOf(tx).add(tx, note{opportunity: e.OpportunityID, order: e.ID, change: func(o *Opportunity) *Arrival {
		o.OrderCancelled = o.OrderCancelled || o.OrderID == e.ID
		return nil
	}})
	return nil
}

// orderProgressed notes how far the delivery is.
func orderProgressed(_ context.Context, tx *tenancy.Tx, e salesevent.OrderProgressed) error {
	if e.OpportunityID.IsZero() {
		return nil
	}
	trayOf(tx).add(tx, note{opportunity: e.OpportunityID, order: e.ID, change: func(o *Opportunity) *Arrival {
		o.DeliveryStatus, o.DeliveryProgress, o.PromisedDate, o.PromisedBy = e.DeliveryStatus, e.DeliveryProgress, e.PromisedDate, e.Because
		if !e.RequestedDate.IsZero() {
			o.RequestedDate = e.RequestedDate
		}
		return nil
	}})
	return nil
}

// orderCollected notes how much is paid.
func orderCollected(_ context.Context, tx *tenancy.Tx, e salesevent.OrderCollected) error {
	if e.OpportunityID.IsZero() {
		return nil
	}
	trayOf(tx).add(tx, note{opportunity: e.OpportunityID, order: e.ID, change: func(o *Opportunity) *Arrival {
		o.CollectedAmount, o.PaymentStatus = e.Collected, e.PaymentStatus
		return nil
	}})
	return nil
}

// projectOpened notes the project that renders the services of the order.
func projectOpened(_ context.Context, tx *tenancy.Tx, e projectsevent.ProjectOpened) error {
	trayOf(tx).add(tx, note{opportunity: e.OpportunityID, order: e.OrderID, change: func(o *Opportunity) *Arrival {
		o.ProjectID = e.ProjectID
		return nil
	}})
	return nil
}

// projectProgressed notes how far that project is and what it has cost.
func projectProgressed(_ context.Context, tx *tenancy.Tx, e projectsevent.ProjectProgressed) error {
	trayOf(tx).add(tx, note{opportunity: e.OpportunityID, order: e.OrderID, change: func(o *Opportunity) *Arrival {
		o.ProjectProgress, o.ProjectCost = e.Progress, e.ActualCost
		return nil
	}})
	return nil
}

// arrival is goods of one product that one document brought for one order.
type arrival struct {
	order, product id.ID
	source         string
}

// goodsArrived notes what has just come in for an order: bought, or made.
func goodsArrived(_ context.Context, tx *tenancy.Tx, e inventoryevent.StockReserved) error {
	var order []arrival
	sums := map[arrival]money.Quantity{}
	for _, it := range e.Items {
		if it.FromEntity == "" || it.SalesOrderID.IsZero() {
			continue
		}
		k := arrival{it.SalesOrderID, it.ProductID, it.FromNo}
		if _, known := sums[k]; !known {
			order = append(order, k)
		}
		sums[k] = sums[k].Add(it.Quantity)
	}
	t, today := trayOf(tx), tx.Today()
	for _, k := range order {
		t.add(tx, note{order: k.order, change: func(*Opportunity) *Arrival {
			return &Arrival{ProductID: k.product, Quantity: sums[k], Date: today, SourceNo: k.source}
		}})
	}
	return nil
}

// goodsReturned notes on a service case that goods came back for it. A return of another customer's goods is refused.
func goodsReturned(ctx context.Context, tx *tenancy.Tx, e salesevent.GoodsReturned) error {
	if e.CaseID.IsZero() {
		return nil
	}
	rows, err := record.Lock[ServiceCase](ctx, tx, e.CaseID)
	if err != nil || len(rows) == 0 {
		return err
	}
	s := rows[0]
	if !s.CustomerID.IsZero() && s.CustomerID != e.CustomerID {
		return fault.New(fault.Rule, "case.other_customer", "服务工单 %s 属于另一客户", "The service case %s is another customer's", s.No).
			At("service_case_id", "case.other_customer", "属于另一客户", "is another customer's")
	}
	s.ReturnID, s.CustomerID = e.ReturnID, e.CustomerID
	if s.OrderID.IsZero() {
		s.OrderID = e.ID
	}
	if s.Status == New {
		s.Status = Working
	}
	return record.Update(ctx, tx, s)
}
