package sales

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// papers are the documents that a customer gets from sales.
func papers() []modules.Paper {
	on := modules.OnPaper
	customer := on("customer_id", "客户", "Customer")
	priced := []modules.PaperField{
		on("product_id", "产品", "Product"), on("quantity", "数量", "Quantity"), on("unit", "单位", "Unit"), on("unit_price", "单价", "Unit price"),
		on("discount_percent", "折扣%", "Discount %"), on("tax_id", "税率", "Tax"), on("total_amount", "金额", "Amount"),
	}
	sums := []modules.PaperField{on("untaxed_amount", "不含税金额", "Before tax"), on("tax_amount", "税额", "Tax"), on("total_amount", "价税合计", "Total")}
	signs := []entity.Text{entity.T("供方签章", "For the supplier"), entity.T("需方签章", "For the customer")}
	return []modules.Paper{
		{
			Entity: "sales.quotation", Title: entity.T("报价单", "Quotation"), Party: customer, To: "crm.customer", Lines: priced, Sums: sums, Words: "total_amount", Signs: signs,
			Facts: []modules.PaperField{
				on("date", "日期", "Date"), on("valid_until", "有效期至", "Valid until"), on("requested_date", "要求交期", "Requested for"),
				on("payment_term_id", "付款条件", "Payment terms"), on("currency", "币种", "Currency"), on("price_includes_tax", "单价含税", "Prices include tax"),
			},
			Notes: []modules.PaperField{on("delivery_address", "送货地址", "Delivery address"), on("terms", "条款", "Terms")},
		},
		{
			Entity: "sales.order", Title: entity.T("销售订单", "Sales order"), Party: customer, To: "crm.customer", Lines: priced, Sums: sums, Words: "total_amount", Signs: signs,
			Facts: []modules.PaperField{
				on("order_date", "日期", "Date"), on("customer_ref", "客户订单号", "Your order no."), on("requested_date", "要求交期", "Requested for"),
				on("promised_date", "承诺交期", "Promised for"), on("payment_term_id", "付款条件", "Payment terms"), on("currency", "币种", "Currency"),
				on("price_includes_tax", "单价含税", "Prices include tax"),
			},
			Notes: []modules.PaperField{on("delivery_address", "送货地址", "Delivery address"), on("terms", "条款", "Terms"), on("note", "备注", "Note")},
		},
	}
}
