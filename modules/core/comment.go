package core

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
)

// Comment is a remark that a person made on a record.
type Comment struct {
	bun.BaseModel `bun:"table:record_comment,alias:rc"`
	entity.Base

	Entity   string `bun:"entity,notnull"`
	RecordID id.ID  `bun:"record_id,type:uuid,notnull"`
	Text     string `bun:"text,notnull"`

	Mentions []string `bun:"mentions,array,notnull"` // ids of users who are told
}

// Describe says what a comment's columns mean.
func (c *Comment) Describe(d *entity.Desc) {
	d.Is("comment", "comments", entity.T("评论", "Comment"), nil)
	d.Field(&c.Entity, entity.Field{Label: entity.T("对象", "Kind of record"), Required: true, Immutable: true, Filter: true})
	d.Field(&c.RecordID, entity.Field{Label: entity.T("记录", "Record"), Required: true, Immutable: true, Filter: true})
	d.Field(&c.Text, entity.Field{Label: entity.T("内容", "Text"), Required: true, List: true})
	d.Field(&c.Mentions, entity.Field{
		Label: entity.T("提及", "Mentions"), Help: entity.T("用户 id；他们会收到通知", "Ids of users, who are notified"),
	})
	d.Owner(&c.CreatedBy)
	d.About(&c.Entity, &c.RecordID)
}
