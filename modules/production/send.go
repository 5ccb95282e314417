package production

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// SendInput says what goes to which vendor: without an operation to the only one that does a step, without lines all materials that are left.
type SendInput struct {
	OperationID id.ID       `in:"operation_id" label:"委外工序|Operation"`
	Lines       []IssueLine `in:"lines" label:"发料行|Lines"`
}

// send moves materials to the vendor who does a step of the order, or makes all of it. They stay in stock, there, until they are issued.
func (f *floor) send(ctx context.Context, tx *tenancy.Tx, o *Order, in SendInput) error {
	vendor, err := o.vendorOf(in.OperationID)
	if err != nil {
		return err
	}
	issues, err := o.issues(in.Lines)
	if err != nil {
		return err
	}
	products, err := f.Products.Products(ctx, tx, o.products())
	if err != nil {
		return err
	}
	told := productionevent.MaterialsSent{OrderID: o.ID, No: o.No, SalesOrderID: o.SalesOrderID, VendorID: vendor, Rest: len(in.Lines) == 0}
	for _, s := range issues {
		if products[s.ProductID].Stocked() {
			told.Lines = append(told.Lines, s)
		}
	}
	if len(told.Lines) == 0 {
		return fault.New(fault.Rule, "production.nothing_to_issue", "没有待领的用料", "There is nothing left to issue")
	}
	return record.Emit(ctx, tx, told)
}

// vendorOf is who does an operation, or who makes the order; it is known once the service is ordered.
func (o *Order) vendorOf(operation id.ID) (id.ID, error) {
	var found []*Operation
	for _, p := range o.Operations {
		if p.outside() && (p.ID == operation || operation.IsZero()) {
			found = append(found, p)
		}
	}
	vendor := id.ID{}
	switch {
	case operation.IsZero() && !o.ServiceID.IsZero():
		vendor = o.VendorID
	case len(found) == 1:
		vendor = found[0].VendorID
	default:
		return vendor, fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("operation_id", "production.no_operation", "请指定一道委外工序", "name an operation that a vendor does")
	}
	if vendor.IsZero() {
		return vendor, fault.New(fault.Rule, "production.service_not_ordered", "工单 %[1]s 的委外服务尚未下采购订单", "The service for %[1]s has not been ordered from a vendor yet", o.No)
	}
	return vendor, nil
}
