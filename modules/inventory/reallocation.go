package inventory

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// The ways to share out what is short.
const (
	byPromise = "promise_date"
	proRata   = "pro_rata"
)

// Reallocation shares out the stock of a product anew among all who need it, because it is short. Its reason stays on every reservation that it changes.
type Reallocation struct {
	bun.BaseModel `bun:"table:reallocation,alias:ral"`
	entity.Base

	No            string         `bun:"no,notnull"`
	ProductID     id.ID          `bun:"product_id,type:uuid,notnull"`
	Method        string         `bun:"method,notnull"`
	Reason        string         `bun:"reason,notnull"`
	Status        string         `bun:"status,notnull"`
	AppliedOn     clock.Date     `bun:"applied_on,type:date,nullzero"`
	MovedQuantity money.Quantity `bun:"moved_quantity,type:numeric(20,6),notnull"`
}

// Describe says what the columns mean.
func (o *Reallocation) Describe(d *entity.Desc) {
	d.Is("inventory.reallocation", "reallocations", entity.T("库存重新分配", "Reallocation"), &o.No)
	d.Field(&o.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&o.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true, List: true, Filter: true})
	d.Field(&o.Method, entity.Field{
		Label: entity.T("分配方式", "Method"), Default: byPromise, List: true, Filter: true,
		Options: entity.Options(byPromise, "按承诺日期先后", "By promise date", proRata, "按需求比例", "Pro rata"),
	})
	d.Field(&o.Reason, entity.Field{Label: entity.T("原因", "Reason"), Required: true, List: true, Search: true})
	d.Field(&o.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true, Options: entity.Options(draft, "草稿", "Draft", done, "已执行", "Applied"),
	})
	d.Field(&o.AppliedOn, entity.Field{Label: entity.T("执行日期", "Applied on"), Computed: true, List: true, Filter: true})
	d.Field(&o.MovedQuantity, entity.Field{
		Label: entity.T("转移数量", "Moved quantity"), Computed: true, List: true, Help: entity.T("改归其他需求的数量", "What changed hands"),
	})
	d.Number(&o.No, "RA")
	d.State(&o.Status, draft)
}
