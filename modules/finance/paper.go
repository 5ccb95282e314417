package finance

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// papers are the documents by which money is asked for.
func papers() []modules.Paper {
	on := modules.OnPaper
	return []modules.Paper{
		{
			Entity: "finance.invoice", Title: entity.T("发票", "Invoice"), Party: on("customer_id", "客户", "Customer"), To: "crm.customer", Words: "total_amount", Bank: true,
			Facts: []modules.PaperField{
				on("date", "日期", "Date"), on("due_date", "到期日", "Due date"), on("order_no", "订单号", "Order no."),
				on("payment_term_id", "付款条件", "Payment terms"), on("currency", "币种", "Currency"),
			},
			Lines: []modules.PaperField{
				on("product_id", "产品", "Product"), on("quantity", "数量", "Quantity"), on("unit", "单位", "Unit"), on("unit_price", "单价", "Unit price"),
				on("discount_percent", "折扣%", "Discount %"), on("tax_id", "税率", "Tax"), on("total_amount", "金额", "Amount"),
			},
			Sums: []modules.PaperField{
				on("untaxed_amount", "不含税金额", "Before tax"), on("tax_amount", "税额", "Tax"), on("residual_amount", "未付金额", "Open amount"), on("total_amount", "价税合计", "Total"),
			},
			Notes: []modules.PaperField{on("memo", "备注", "Note")},
			Signs: []entity.Text{entity.T("开票人", "Issued by"), entity.T("复核", "Checked by")},
		},
		{
			Entity: "crm.customer", Title: entity.T("对账单", "Statement of account"), Party: on("", "客户", "Customer"), To: "crm.customer", Bank: true,
			List: &modules.PaperList{Entity: "finance.invoice", Field: "customer_id", Open: "residual_amount", States: []string{posted, partial}, Sort: "due_date"},
			Lines: []modules.PaperField{
				on("no", "发票号", "Invoice no."), on("date", "日期", "Date"), on("due_date", "到期日", "Due date"), on("order_no", "订单号", "Order no."),
				on("currency", "币种", "Currency"), on("total_amount", "金额", "Amount"), on("residual_amount", "未付金额", "Open amount"),
			},
			Sums:  []modules.PaperField{on("residual_amount", "应付合计", "Amount due")},
			Signs: []entity.Text{entity.T("财务签章", "For the accounts department"), entity.T("客户确认", "Confirmed by the customer")},
		},
	}
}
