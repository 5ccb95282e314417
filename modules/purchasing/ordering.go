package purchasing

import (
	"context"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// OrderInput names the vendor and the price at which a request is ordered, where it has none yet or a buyer found better ones. Another vendor brings
// their own price unless one is given; the price is without tax, for one of the product's own unit.
type OrderInput struct {
	VendorID *id.ID       `in:"vendor_id" label:"供应商|Vendor"`
	Price    *money.Price `in:"price" class:"cost" label:"单价|Price"`
}

// settle writes into a request from whom and at what price it is ordered.
func (b *desk) settle(ctx context.Context, tx *tenancy.Tx, r *Requisition, in OrderInput) error {
	if in.Price != nil && in.Price.Sign() < 0 {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("price", "value.negative", "不能为负", "must not be negative")
	}
	if in.VendorID != nil && !in.VendorID.IsZero() && *in.VendorID != r.VendorID {
		r.VendorID, r.VendorPriceID, r.Price, r.Manual = *in.VendorID, id.ID{}, money.Zero(), true
		if err := checkVendors(ctx, tx, []*Requisition{r}); err != nil {
			return err
		}
		if in.Price != nil {
			r.Price = *in.Price
		}
		return b.source(ctx, tx, []*Requisition{r})
	}
	if in.Price != nil && !in.Price.Equal(r.Price) {
		r.Price, r.VendorPriceID, r.Manual = *in.Price, id.ID{}, true
	}
	return nil
}
