package crm

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// The states of a service case, beside new.
const (
	Working  = "in_progress"
	Resolved = "resolved"
	Closed   = "closed"
)

// ServiceCase is a customer's question or complaint until it is settled.
type ServiceCase struct {
	bun.BaseModel `bun:"table:crm_service_case,alias:sc"`
	entity.Base

	No          string    `bun:"no,nullzero"`
	Subject     string    `bun:"subject,notnull"`
	CustomerID  id.ID     `bun:"customer_id,type:uuid,nullzero"`
	ContactID   id.ID     `bun:"contact_id,type:uuid,nullzero"`
	ProductID   id.ID     `bun:"product_id,type:uuid,nullzero"`
	OrderID     id.ID     `bun:"order_id,type:uuid,nullzero"`
	ReturnID    id.ID     `bun:"return_id,type:uuid,nullzero"`
	Type        string    `bun:"type,notnull"`
	Priority    string    `bun:"priority,notnull"`
	Status      string    `bun:"status,notnull"`
	OwnerID     id.ID     `bun:"owner_id,type:uuid,nullzero"`
	Description string    `bun:"description,notnull"`
	Resolution  string    `bun:"resolution,notnull"`
	ResolvedAt  time.Time `bun:"resolved_at,nullzero"`
}

// Describe says what the fields mean.
func (s *ServiceCase) Describe(d *entity.Desc) {
	d.Is("crm.service_case", "service_cases", entity.T("服务工单", "Service case"), &s.No)
	d.Field(&s.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&s.Subject, entity.Field{Label: entity.T("主题", "Subject"), Required: true, List: true, Search: true})
	d.Field(&s.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", List: true, Filter: true})
	d.Field(&s.ContactID, entity.Field{Label: entity.T("联系人", "Contact"), Ref: "crm.contact"})
	d.Field(&s.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Filter: true})
	d.Field(&s.OrderID, entity.Field{Label: entity.T("销售订单", "Sales order"), Ref: "sales.order"})
	d.Field(&s.ReturnID, entity.Field{Label: entity.T("退货单", "Return"), Ref: "sales.return", Computed: true})
	d.Field(&s.Type, entity.Field{Label: entity.T("类型", "Type"), Default: "question", List: true, Filter: true, Options: entity.Options(
		"question", "咨询", "Question", "complaint", "投诉", "Complaint", "repair", "维修", "Repair", "return", "退换货", "Return")})
	d.Field(&s.Priority, entity.Field{
		Label: entity.T("优先级", "Priority"), Default: "normal", Anytime: true, List: true, Filter: true,
		Options: entity.Options("low", "低", "Low", "normal", "普通", "Normal", "high", "高", "High", "urgent", "紧急", "Urgent"),
	})
	d.Field(&s.Status, entity.Field{Label: entity.T("状态", "Status"), Computed: true, Default: New, List: true, Filter: true, Options: entity.Options(
		New, "新建", "New", Working, "处理中", "In progress", Resolved, "已解决", "Resolved", Closed, "已关闭", "Closed")})
	d.Field(&s.OwnerID, entity.Field{Label: entity.T("负责人", "Owner"), Ref: "user", Anytime: true, List: true, Filter: true})
	d.Field(&s.Description, entity.Field{Label: entity.T("描述", "Description"), Search: true})
	d.Field(&s.Resolution, entity.Field{Label: entity.T("解决方案", "Resolution"), Computed: true})
	d.Field(&s.ResolvedAt, entity.Field{Label: entity.T("解决时间", "Resolved at"), Computed: true})
	d.Number(&s.No, "CS")
	d.State(&s.Status, New, Working)
	d.Owner(&s.OwnerID)
}

func prepareCases(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*ServiceCase]) error {
	for _, c := range changes {
		if c.Old == nil {
			c.New.Status = New
		}
		if c.Old == nil && c.New.OwnerID.IsZero() {
			c.New.OwnerID = tx.Actor.ID
		}
	}
	return nil
}

func startCase(ctx context.Context, tx *tenancy.Tx, s *ServiceCase, _ modules.None) error {
	s.Status = Working
	return record.Update(ctx, tx, s)
}

// Solution is the input of resolving a case.
type Solution struct {
	Resolution string `in:"resolution" label:"解决方案|Resolution"`
}

func resolveCase(ctx context.Context, tx *tenancy.Tx, s *ServiceCase, in Solution) error {
	s.Status, s.ResolvedAt = Resolved, tx.Now
	if in.Resolution != "" {
		s.Resolution = in.Resolution
	}
	return record.Update(ctx, tx, s)
}

func closeCase(ctx context.Context, tx *tenancy.Tx, s *ServiceCase, _ modules.None) error {
	s.Status = Closed
	return record.Update(ctx, tx, s)
}

func reopenCase(ctx context.Context, tx *tenancy.Tx, s *ServiceCase, _ modules.None) error {
	s.Status, s.ResolvedAt = Working, time.Time{}
	return record.Update(ctx, tx, s)
}
