package mail

import (
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
)

// What becomes of a mailed document.
const (
	Waiting = "waiting"
	Sent    = "sent"
	Refused = "refused" // by the mail server for good, or since it can no longer be printed
)

// Document is a document of the business that somebody sends by mail: to whom and with which words. The paper goes along as a PDF, printed as its
// sender may see it.
type Document struct {
	bun.BaseModel `bun:"table:mail_document,alias:md"`
	entity.Base

	Entity     string    `bun:"entity,notnull"`
	RecordID   id.ID     `bun:"record_id,type:uuid,notnull"`
	Recipients []string  `bun:"recipients,array,notnull"`
	Subject    string    `bun:"subject,notnull"`
	Body       string    `bun:"body,notnull"`
	Language   string    `bun:"language,notnull"`
	Status     string    `bun:"status,notnull"`
	SentAt     time.Time `bun:"sent_at,nullzero"`
	Problem    string    `bun:"problem,notnull"`
}

// Describe says what the columns of a mailed document mean.
func (x *Document) Describe(d *entity.Desc) {
	d.Is("mail.document", "documents", entity.T("邮件发送", "Mailed document"), &x.Subject)
	d.Field(&x.Entity, entity.Field{Label: entity.T("单据类型", "Kind of document"), Required: true, Immutable: true, Filter: true})
	d.Field(&x.RecordID, entity.Field{Label: entity.T("单据", "Document"), Required: true, Immutable: true, Filter: true})
	d.Field(&x.Recipients, entity.Field{
		Label: entity.T("收件人", "Recipients"), Class: "personal", Required: true, Immutable: true, List: true,
		Help: entity.T("邮箱地址，最多 20 个", "Mail addresses, 20 at most"),
	})
	d.Field(&x.Subject, entity.Field{
		Label: entity.T("主题", "Subject"), Immutable: true, List: true, Search: true,
		Help: entity.T("留空则为单据名称与单号", "Left empty: what the document is, and its number"),
	})
	d.Field(&x.Body, entity.Field{Label: entity.T("正文", "Text"), Immutable: true, Help: entity.T("留空则使用标准文字", "Left empty: the usual words")})
	d.Field(&x.Language, entity.Field{
		Label: entity.T("语言", "Language"), Default: "zh-CN", Immutable: true, Options: entity.Options("zh-CN", "中文", "Chinese", "en", "英文", "English"),
	})
	d.Field(&x.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, List: true, Filter: true, Default: Waiting,
		Options: entity.Options(Waiting, "等待发送", "Waiting", Sent, "已发送", "Sent", Refused, "发送失败", "Refused"),
	})
	d.Field(&x.SentAt, entity.Field{Label: entity.T("发送时间", "Sent at"), Computed: true, List: true})
	d.Field(&x.Problem, entity.Field{Label: entity.T("失败原因", "What went wrong"), Computed: true})
	d.State(&x.Status)
	d.About(&x.Entity, &x.RecordID)
}
