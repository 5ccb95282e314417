package purchasing

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// papers are the documents that a vendor gets.
func papers() []modules.Paper {
	on := modules.OnPaper
	return []modules.Paper{{
		Entity: "purchasing.order", Title: entity.T("采购订单", "Purchase order"), Party: on("vendor_id", "供应商", "Vendor"), To: "purchasing.vendor", Words: "total_amount",
		Facts: []modules.PaperField{
			on("order_date", "日期", "Date"), on("vendor_reference", "供应商单号", "Your reference"), on("payment_term_id", "付款条件", "Payment terms"), on("currency", "币种", "Currency"),
		},
		Lines: []modules.PaperField{
			on("product_id", "产品", "Product"), on("quantity", "数量", "Quantity"), on("unit", "单位", "Unit"), on("expected_date", "交期", "Expected"),
			on("unit_price", "单价", "Unit price"), on("tax_id", "税率", "Tax"), on("amount", "金额", "Amount"),
		},
		Sums:  []modules.PaperField{on("untaxed_amount", "不含税金额", "Before tax"), on("tax_amount", "税额", "Tax"), on("total_amount", "价税合计", "Total")},
		Notes: []modules.PaperField{on("note", "备注", "Note")},
		Signs: []entity.Text{entity.T("需方签章", "For the buyer"), entity.T("供方签章", "For the vendor")},
	}}
}
