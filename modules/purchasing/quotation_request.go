package purchasing

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// The states of a request for quotation, beside draft and cancelled.
const (
	Sent    = "sent"
	Awarded = "awarded"
)

// QuotationRequest asks several vendors what they want for some products. Their offers are compared, and the best are awarded.
type QuotationRequest struct {
	bun.BaseModel `bun:"table:quotation_request,alias:qr"`
	entity.Base

	No     string     `bun:"no,notnull"`
	Title  string     `bun:"title,notnull"`
	Status string     `bun:"status,notnull"`
	DueOn  clock.Date `bun:"due_on,type:date,nullzero"`
	SentOn clock.Date `bun:"sent_on,type:date,nullzero"`
	Note   string     `bun:"note,notnull"`

	Lines   []*RequestLine   `bun:"-"`
	Vendors []*RequestVendor `bun:"-"`
}

// Describe says what a request for quotation means.
func (q *QuotationRequest) Describe(d *entity.Desc) {
	d.Is("purchasing.quotation_request", "quotation_requests", entity.T("询价单", "Request for quotation"), &q.No)
	d.Field(&q.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&q.Title, entity.Field{Label: entity.T("主题", "Title"), List: true, Search: true})
	d.Field(&q.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Draft, List: true, Filter: true,
		Options: entity.Options(Draft, "草稿", "Draft", Sent, "已发出", "Sent", Awarded, "已定标", "Awarded", Cancelled, "已取消", "Cancelled"),
	})
	d.Field(&q.DueOn, entity.Field{Label: entity.T("报价截止", "Answers due on"), List: true, Filter: true})
	d.Field(&q.SentOn, entity.Field{Label: entity.T("发出日期", "Sent on"), Computed: true, Filter: true})
	d.Field(&q.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true})
	d.Number(&q.No, "RQ")
	d.State(&q.Status, Draft)
	d.Lines(&q.Lines, "lines", entity.T("询价明细", "Lines"))
	d.Lines(&q.Vendors, "vendors", entity.T("受邀供应商", "Invited vendors"))
}

// RequestLine is one product that is asked for, and the requisition that needs it.
type RequestLine struct {
	bun.BaseModel `bun:"table:quotation_request_line,alias:ql"`
	entity.Line

	RequestID     id.ID          `bun:"request_id,type:uuid,notnull"`
	ProductID     id.ID          `bun:"product_id,type:uuid,notnull"`
	Quantity      money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Unit          string         `bun:"unit,notnull"`
	NeedBy        clock.Date     `bun:"need_by,type:date,nullzero"`
	RequisitionID id.ID          `bun:"requisition_id,type:uuid,nullzero"`
}

// Describe says what a line means.
func (l *RequestLine) Describe(d *entity.Desc) {
	d.Is("purchasing.quotation_request_line", "lines", entity.T("询价明细", "Line"), nil)
	d.Field(&l.RequestID, entity.Field{Label: entity.T("询价单", "Request"), Ref: "purchasing.quotation_request", Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true, Aside: true})
	d.Field(&l.ProductID, entity.Field{
		Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true, List: true, Help: entity.T("默认取采购申请的产品", "By default the requisition's"),
	})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Required: true, Positive: true, List: true})
	d.Field(&l.Unit, entity.Field{
		Label: entity.T("单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code", List: true, Help: entity.T("默认为产品单位", "By default the product's own"),
	})
	d.Field(&l.NeedBy, entity.Field{Label: entity.T("需用日期", "Need by"), List: true})
	d.Field(&l.RequisitionID, entity.Field{
		Label: entity.T("采购申请", "Requisition"), Ref: "purchasing.requisition", Help: entity.T("定标后随采购订单下单", "It is ordered when the line is awarded"),
	})
	d.Parent(&l.RequestID)
}

// RequestVendor is a vendor who is asked.
type RequestVendor struct {
	bun.BaseModel `bun:"table:quotation_request_vendor,alias:qv"`
	entity.Line

	RequestID id.ID  `bun:"request_id,type:uuid,notnull"`
	VendorID  id.ID  `bun:"vendor_id,type:uuid,notnull"`
	Note      string `bun:"note,notnull"`

	MailedOn   clock.Date `bun:"mailed_on,type:date,nullzero"`
	RemindedOn clock.Date `bun:"reminded_on,type:date,nullzero"`
	AnsweredOn clock.Date `bun:"answered_on,type:date,nullzero"`
}

// Describe says what an invitation means.
func (v *RequestVendor) Describe(d *entity.Desc) {
	d.Is("purchasing.quotation_request_vendor", "vendors", entity.T("受邀供应商", "Invited vendor"), nil)
	d.Field(&v.RequestID, entity.Field{Label: entity.T("询价单", "Request"), Ref: "purchasing.quotation_request", Computed: true})
	d.Field(&v.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true, Aside: true})
	d.Field(&v.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Ref: "purchasing.vendor", Required: true, List: true})
	d.Field(&v.Note, entity.Field{Label: entity.T("备注", "Note")})
	d.Field(&v.MailedOn, entity.Field{Label: entity.T("发信日期", "Mailed on"), Computed: true, List: true})
	d.Field(&v.RemindedOn, entity.Field{Label: entity.T("催报日期", "Reminded on"), Computed: true, List: true})
	d.Field(&v.AnsweredOn, entity.Field{Label: entity.T("答复日期", "Answered on"), Computed: true, List: true})
	d.Parent(&v.RequestID)
}

// prepareRequests completes lines from their requisitions and products.
func (b *desk) prepareRequests(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*QuotationRequest]) error {
	var keys, products []id.ID
	for _, c := range changes {
		for _, l := range c.New.Lines {
			keys = append(keys, l.RequisitionID)
		}
	}
	asked, err := record.GetMany[Requisition](ctx, tx, distinct(keys))
	if err != nil {
		return err
	}
	byID := map[id.ID]*Requisition{}
	for _, r := range asked {
		byID[r.ID] = r
	}
	for _, c := range changes {
		for _, l := range c.New.Lines {
			l.take(byID[l.RequisitionID])
			products = append(products, l.ProductID)
		}
	}
	known, err := b.Products.Products(ctx, tx, distinct(products))
	if err != nil {
		return err
	}
	var bad fault.Fields
	for _, c := range changes {
		if c.Old == nil {
			c.New.Status = Draft
		}
		for i, l := range c.New.Lines {
			if r := byID[l.RequisitionID]; r != nil && r.ProductID != l.ProductID {
				bad.Add(fmt.Sprintf("lines[%d].requisition_id", i), "requisition.other_product", "采购申请是另一产品的", "The requisition is for another product")
			}
			if l.Unit == "" {
				l.Unit = known[l.ProductID].Unit
			}
		}
		seen := map[id.ID]bool{}
		for i, v := range c.New.Vendors {
			if seen[v.VendorID] {
				bad.Add(fmt.Sprintf("vendors[%d].vendor_id", i), "vendor.twice", "供应商重复", "The vendor is invited twice")
			}
			seen[v.VendorID] = true
		}
	}
	return bad.Err()
}

// take fills what is left out from the requisition.
func (l *RequestLine) take(r *Requisition) {
	if r == nil {
		return
	}
	if l.ProductID.IsZero() {
		l.ProductID = r.ProductID
	}
	if l.Quantity.IsZero() {
		l.Quantity = r.Quantity
	}
	if l.NeedBy.IsZero() {
		l.NeedBy = r.NeedBy
	}
}

// send makes the request final: vendors may answer it from now on.
func (b *desk) send(ctx context.Context, tx *tenancy.Tx, q *QuotationRequest, _ modules.None) error {
	f := fault.New(fault.Rule, "quotation_request.incomplete", "询价单 %s 不完整", "The request %s is not complete", q.No)
	if len(q.Lines) == 0 {
		f.At("lines", "required", "至少需要一行", "at least one line is required")
	}
	if len(q.Vendors) == 0 {
		f.At("vendors", "required", "至少邀请一家供应商", "at least one vendor is required")
	}
	if len(f.Fields) > 0 {
		return f
	}
	q.Status, q.SentOn = Sent, tx.Today()
	if err := record.Update(ctx, tx, q); err != nil {
		return err
	}
	return b.write(ctx, tx, q, q.Vendors, false)
}

// cancelRequest gives a request up; its offers come to nothing.
func cancelRequest(ctx context.Context, tx *tenancy.Tx, q *QuotationRequest, _ modules.None) error {
	q.Status = Cancelled
	offers, err := offersTo(ctx, tx, q)
	if err != nil {
		return err
	}
	for _, o := range offers {
		o.Status = Declined
	}
	if err := record.Update(ctx, tx, offers...); err != nil {
		return err
	}
	return record.Update(ctx, tx, q)
}

// line returns a line by its id, or nil.
func (q *QuotationRequest) line(key id.ID) *RequestLine {
	for _, l := range q.Lines {
		if l.ID == key {
			return l
		}
	}
	return nil
}
