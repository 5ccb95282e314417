package core

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
)

// Attachment is a file that belongs to a record. The row says what it is; the content lies beside it, sealed.
type Attachment struct {
	bun.BaseModel `bun:"table:attachment,alias:at"`
	entity.Base

	Entity     string `bun:"entity,notnull"`
	RecordID   id.ID  `bun:"record_id,type:uuid,notnull"`
	Name       string `bun:"name,notnull"`
	MediaType  string `bun:"media_type,notnull"`
	Size       int64  `bun:"size,notnull"`
	SHA256     string `bun:"sha256,notnull"`
	StorageKey string `bun:"storage_key,notnull"`
}

// Describe says what an attachment's columns mean.
func (a *Attachment) Describe(d *entity.Desc) {
	d.Is("attachment", "attachments", entity.T("附件", "Attachment"), &a.Name)
	d.Field(&a.Entity, entity.Field{Label: entity.T("对象", "Kind of record"), Required: true, Immutable: true, Filter: true})
	d.Field(&a.RecordID, entity.Field{Label: entity.T("记录", "Record"), Required: true, Immutable: true, Filter: true})
	d.Field(&a.Name, entity.Field{Label: entity.T("文件名", "File name"), Required: true, List: true, Search: true})
	d.Field(&a.MediaType, entity.Field{Label: entity.T("类型", "Media type"), Computed: true, List: true})
	d.Field(&a.Size, entity.Field{Label: entity.T("大小（字节）", "Size in bytes"), Computed: true, List: true})
	d.Field(&a.SHA256, entity.Field{Label: entity.T("SHA-256 摘要", "SHA-256 digest"), Computed: true})
	d.Field(&a.StorageKey, entity.Field{Label: entity.T("存放位置", "Where the content lies"), Computed: true, Aside: true})
	d.Owner(&a.CreatedBy)
	d.About(&a.Entity, &a.RecordID)
	d.File(&a.Name, &a.MediaType, &a.Size, &a.SHA256)
}
