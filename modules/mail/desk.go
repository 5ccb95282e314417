package mail

import (
	"context"
	"encoding/json"
	"fmt"
	netmail "net/mail"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/mail/mailevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// mostRecipients is how many addresses one mail may go to.
const mostRecipients = 20

// Paper is a printed document, and who sends it.
type Paper struct {
	PDF     []byte
	Name    string // of the file, without its extension
	ReplyTo string // the sender's own address
}

// Desk is what sending documents asks of the rest of the program, which is put together after the modules are.
type Desk struct {
	// Prints tells whether there is a paper for an entity.
	Prints func(entity string) bool
	// Print prints a record as the user may see it; what they may no longer see is a fault.
	Print func(ctx context.Context, tenant *tenancy.Tenant, user id.ID, entity string, record id.ID, lang i18n.Lang) (Paper, error)
	// Allowed refuses who may not write to strangers yet.
	Allowed func(ctx context.Context, tx *tenancy.Tx) error
}

// prepareDocuments refuses what can't be sent, with all mistakes at once, fills in the usual words, and has the mail sent after the commit.
func (o office) prepareDocuments(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Document]) error {
	if !o.cfg.On() || o.cfg.Desk == nil {
		return fault.New(fault.NotEnabled, "mail.off", "系统未设置邮件服务器，请联系管理员", "No mail server is set; ask whoever runs this installation")
	}
	if err := o.cfg.Desk.Allowed(ctx, tx); err != nil {
		return err
	}
	var bad fault.Fields
	more := 0
	for _, c := range changes {
		if c.Old != nil {
			continue // nothing of it can be changed
		}
		more++
		c.New.check(&bad, o.cfg.Desk)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if more > 0 {
		if err := daily(ctx, tx, more); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if c.Old != nil {
			continue
		}
		c.New.Status = Waiting
		if err := c.New.fill(ctx, tx); err != nil {
			return err
		}
		if err := record.Emit(ctx, tx, mailevent.DocumentSent{ID: c.New.ID}); err != nil {
			return err
		}
	}
	return nil
}

func (x *Document) check(bad *fault.Fields, desk *Desk) {
	if !desk.Prints(x.Entity) {
		bad.Add("entity", "paper.none", "此类单据不能打印", "There is no print of this kind of record")
	}
	if len(x.Recipients) == 0 {
		bad.Add("recipients", "required", "必填", "is required")
	}
	if len(x.Recipients) > mostRecipients {
		bad.Add("recipients", "mail.many", "最多 %d 个收件人", "at most %d recipients", mostRecipients)
	}
	for i, to := range x.Recipients {
		a, err := netmail.ParseAddress(strings.TrimSpace(to))
		if err != nil || a.Name != "" || !strings.Contains(a.Address, ".") {
			bad.Add(fmt.Sprintf("recipients[%d]", i), "email.form", "%s 不是邮箱地址", "%s is no mail address", to)
			continue
		}
		x.Recipients[i] = a.Address
	}
	if len([]rune(x.Subject)) > 200 {
		bad.Add("subject", "text.long", "最多 200 个字符", "200 characters at most")
	}
	if len([]rune(x.Body)) > 20000 {
		bad.Add("body", "text.long", "最多 20000 个字符", "20,000 characters at most")
	}
	slices.Sort(x.Recipients)
	x.Recipients = slices.Compact(x.Recipients)
}

// fill puts the usual words where the sender wrote none.
func (x *Document) fill(ctx context.Context, tx *tenancy.Tx) error {
	lang := i18n.Lang(x.Language)
	what, err := named(ctx, tx, x, lang)
	if err != nil {
		return err
	}
	if x.Subject = oneLine(x.Subject); x.Subject == "" {
		x.Subject = what + " · " + tx.Tenant.Name
	}
	if strings.TrimSpace(x.Body) == "" {
		x.Body = greeting(Recipient{Locale: lang}) + i18n.T("附件为"+what+"，请查收。如有疑问，请直接回复此邮件。", "please find attached our "+what+". If you have a question, just answer this mail.").In(lang) +
			"\n\n" + tx.Actor.Name + "\n" + tx.Tenant.Name + "\n"
	}
	return nil
}

// named says which document it is, as its sender may see it: Sales order SO-2026-00012.
func named(ctx context.Context, tx *tenancy.Tx, x *Document, lang i18n.Lang) (string, error) {
	def := record.Catalog(tx).Entity(x.Entity)
	raw, _, err := record.Read(ctx, tx, def, x.RecordID, record.Query{})
	if err != nil {
		return "", err
	}
	var seen map[string]any
	if err := json.Unmarshal(raw, &seen); err != nil {
		return "", err
	}
	what := def.Label.In(lang)
	if def.Title != nil {
		if no, ok := seen[def.Title.Name].(string); ok {
			what += " " + no
		}
	}
	return what, nil
}

// document prints and sends one mailed document, and notes what became of it.
func (o office) document(ctx context.Context, do modules.Do, key string, e mailevent.DocumentSent) error {
	var x *Document
	var tenant *tenancy.Tenant
	if err := do(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		x, err = record.Get[Document](ctx, tx, e.ID)
		tenant = tx.Tenant
		return err
	}); err != nil {
		return err
	}
	if x.Status != Waiting {
		return nil // an earlier run of the job did it
	}
	lang := i18n.Lang(x.Language)
	paper, err := o.cfg.Desk.Print(ctx, tenant, x.CreatedBy, x.Entity, x.RecordID, lang)
	if f := fault.As(err); f != nil && (f.Kind == fault.NotFound || f.Kind == fault.Forbidden) {
		return o.note(ctx, do, e.ID, Refused, f.Text.In(lang))
	}
	if err != nil {
		return err
	}
	l := letter{
		to: Recipient{Email: x.Recipients[0], Locale: lang}, also: x.Recipients[1:], sender: tenant.Name, subject: oneLine(x.Subject), body: x.Body,
		reply: paper.ReplyTo, file: paper.PDF, fileName: paper.Name + ".pdf", personal: true,
	}
	lost, err := o.deliver(ctx, key, []letter{l})
	if err != nil {
		return err
	}
	if lost > 0 {
		return o.note(ctx, do, e.ID, Refused, i18n.T("邮件服务器拒绝了收件人或内容", "The mail server refused a recipient or the content").In(lang))
	}
	return o.note(ctx, do, e.ID, Sent, "")
}

func (o office) note(ctx context.Context, do modules.Do, key id.ID, status, problem string) error {
	return do(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		x, err := record.Get[Document](ctx, tx, key)
		if err != nil {
			return err
		}
		x.Status, x.Problem = status, problem
		if status == Sent {
			x.SentAt = tx.Now
		}
		return record.Update(ctx, tx, x)
	})
}
