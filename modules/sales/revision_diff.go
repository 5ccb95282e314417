package sales

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// DiffOf names the revision of which the differences are asked.
type DiffOf struct {
	RevisionID id.ID `in:"revision_id" label:"订单变更|Revision"`
}

// difference is one field of an order or of a line, before and after a revision.
type difference struct {
	line          *RevisionLine // nil: of the order itself
	field         string
	label         entity.Text
	before, after string
}

// diffReport reads a revision as people do: field by field, before and after.
func diffReport() modules.Report {
	return modules.Report{
		Name:  "revision_changes",
		Label: entity.T("变更明细", "What a revision changes"),
		Of:    "sales.revision",
		Input: func() any { return new(DiffOf) },
		Columns: []entity.Field{
			{Name: "order_line_id", Label: entity.T("订单行", "Order line"), Kind: entity.KindID, Class: entity.Basic},
			{Name: "product_id", Label: entity.T("产品", "Product"), Kind: entity.KindID, Ref: "inventory.product", Class: entity.Basic},
			{Name: "description", Label: entity.T("说明", "Description"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "change", Label: entity.T("变更", "Change"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "field", Label: entity.T("字段", "Field"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "label", Label: entity.T("字段名称", "Field's name"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "before", Label: entity.T("变更前", "Before"), Kind: entity.KindText, Class: "price"},
			{Name: "after", Label: entity.T("变更后", "After"), Kind: entity.KindText, Class: "price"},
		},
		Run: func(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
			in, _ := input.(*DiffOf)
			if in.RevisionID.IsZero() {
				return nil, fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
					At("revision_id", "required", "请指定订单变更", "the revision is missing")
			}
			r, err := record.Get[Revision](ctx, tx, in.RevisionID)
			if err != nil {
				return nil, err
			}
			var out []map[string]any
			for _, d := range r.diff() {
				row := map[string]any{"field": d.field, "label": d.label.In(tx.Actor.Locale), "before": d.before, "after": d.after, "change": changed}
				if d.line != nil {
					row["order_line_id"], row["product_id"], row["description"] = d.line.OrderLineID, d.line.ProductID, d.line.Description
					row["change"] = d.line.Change
				}
				out = append(out, row)
			}
			return out, nil
		},
	}
}

// diff lists what differs, the order's own fields first.
func (r *Revision) diff() []difference {
	var out []difference
	add := func(l *RevisionLine, field, zh, en, before, after string) {
		if before != after {
			out = append(out, difference{l, field, entity.T(zh, en), before, after})
		}
	}
	add(nil, "requested_date", "要求交期", "Requested date", written(r.RequestedFrom), written(r.RequestedTo))
	for _, l := range r.Lines {
		add(l, "quantity", "数量", "Quantity", l.QuantityBefore.String(), l.QuantityAfter.String())
		add(l, "unit_price", "单价", "Unit price", l.PriceBefore.String(), l.PriceAfter.String())
		add(l, "discount_percent", "折扣 %", "Discount %", l.DiscountBefore.String(), l.DiscountAfter.String())
	}
	add(nil, "total_amount", "价税合计", "Total", r.TotalBefore.StringFixed(2), r.TotalAfter.StringFixed(2))
	return out
}

// written is a date as people read it; empty when there is none.
func written(d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}
