package inventory

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// papers are the documents that go with the goods.
func papers() []modules.Paper {
	on := modules.OnPaper
	return []modules.Paper{{
		Entity: "inventory.delivery", Title: entity.T("送货单", "Delivery note"), Party: on("customer_id", "客户", "Customer"), To: "crm.customer",
		Facts: []modules.PaperField{on("shipped_on", "发货日期", "Shipped on"), on("requested_date", "要求交期", "Requested for"), on("order_no", "订单号", "Order no.")},
		Lines: []modules.PaperField{on("product_id", "产品", "Product"), on("quantity", "数量", "Quantity"), on("product_id.unit", "单位", "Unit")},
		Notes: []modules.PaperField{on("delivery_address", "送货地址", "Delivery address")},
		Signs: []entity.Text{entity.T("发货人", "Shipped by"), entity.T("承运人", "Carrier"), entity.T("收货人签收", "Received by")},
	}}
}
