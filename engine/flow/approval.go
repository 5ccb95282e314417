package flow

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
)

// The states of a request.
const (
	Pending   = "pending"
	Approved  = "approved"
	Rejected  = "rejected"
	Withdrawn = "withdrawn"
	Void      = "void" // the record is no longer what was to be approved
)

// Approval is a request that others agree to an act on a record. The act is done, in the requester's name, when the last of them agrees.
type Approval struct {
	bun.BaseModel `bun:"table:approval,alias:ap"`
	entity.Base

	Entity      string          `bun:"entity,notnull"`
	RecordID    id.ID           `bun:"record_id,type:uuid,notnull"`
	RecordTitle string          `bun:"record_title,notnull"`
	Action      string          `bun:"action,notnull"`
	RequestedBy id.ID           `bun:"requested_by,type:uuid,nullzero"`
	Status      string          `bun:"status,notnull"`
	ContentHash string          `bun:"content_hash,notnull"`
	RuleIDs     []string        `bun:"rule_ids,array,notnull"`
	LabelZH     string          `bun:"label_zh,notnull"`
	LabelEN     string          `bun:"label_en,notnull"`
	BeforeState string          `bun:"before_state,notnull"`
	Input       json.RawMessage `bun:"input,type:jsonb,notnull"` // as the requester wrote it, digit by digit
	CauseID     id.ID           `bun:"cause_id,type:uuid,nullzero"`
	DecidedBy   id.ID           `bun:"decided_by,type:uuid,nullzero"`
	DecidedAt   time.Time       `bun:"decided_at,nullzero"`
	Comment     string          `bun:"comment,notnull"`

	Steps []*Step `bun:"-"`
}

// Describe says what the fields mean.
func (a *Approval) Describe(d *entity.Desc) {
	d.Is("approval", "approvals", entity.T("审批", "Approval"), &a.RecordTitle)
	kept := func(p any, zh, en string) *entity.Field {
		return d.Field(p, entity.Field{Label: entity.T(zh, en), Computed: true})
	}
	shown := func(p any, zh, en string) *entity.Field {
		f := kept(p, zh, en)
		f.List, f.Filter = true, true
		return f
	}
	shown(&a.RecordTitle, "单据", "Record").Search = true
	shown(&a.Entity, "对象", "Kind of record")
	kept(&a.RecordID, "记录编号", "Record id").Filter = true
	shown(&a.Action, "操作", "Action")
	shown(&a.RequestedBy, "申请人", "Requested by").Ref = "user"
	shown(&a.Status, "状态", "Status").Options = entity.Options(Pending, "待审批", "Pending", Approved, "已批准", "Approved",
		Rejected, "已驳回", "Rejected", Withdrawn, "已撤回", "Withdrawn", Void, "已失效", "Void")
	kept(&a.ContentHash, "内容指纹", "Content hash")
	kept(&a.RuleIDs, "规则", "Rules")
	kept(&a.LabelZH, "原因（中文）", "Reason in Chinese").List = true
	kept(&a.LabelEN, "原因（英文）", "Reason in English").List = true
	kept(&a.BeforeState, "原状态", "State before")
	// What the requester wrote may hold values of any class, so it has a class of its own.
	kept(&a.Input, "申请内容", "Input").Class = "request"
	kept(&a.CauseID, "起因事件", "Cause")
	shown(&a.DecidedBy, "决定人", "Decided by").Ref = "user"
	shown(&a.DecidedAt, "决定时间", "Decided at")
	kept(&a.Comment, "审批意见", "Comment")
	d.State(&a.Status)
	d.Owner(&a.RequestedBy)
	d.Lines(&a.Steps, "steps", entity.T("审批步骤", "Steps"))
	d.ReadOnly()
	d.NoDelete()
}
