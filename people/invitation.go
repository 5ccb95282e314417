package people

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// The states of an invitation. One that nobody answered in time stays pending with a past expires_at, and can be sent again.
const (
	Pending  = "pending"
	Accepted = "accepted"
	Revoked  = "revoked"
)

// mostInvitations is how many may be open in a company at the same time.
const mostInvitations = 200

// Invitation asks somebody to join the company with some roles.
type Invitation struct {
	bun.BaseModel `bun:"table:invitation,alias:inv"`
	entity.Base

	Email     string    `bun:"email,notnull"`
	Name      string    `bun:"name,notnull"`
	Roles     []string  `bun:"roles,array,notnull"`
	Locale    string    `bun:"locale,notnull"`
	Status    string    `bun:"status,notnull"`
	InvitedBy id.ID     `bun:"invited_by,type:uuid,nullzero"`
	SentAt    time.Time `bun:"sent_at,nullzero"`
	ExpiresAt time.Time `bun:"expires_at,nullzero"`
	UserID    id.ID     `bun:"user_id,type:uuid,nullzero"`
}

// Describe says what an invitation's columns mean.
func (x *Invitation) Describe(d *entity.Desc) {
	d.Is("invitation", "invitations", entity.T("邀请", "Invitation"), &x.Email)
	d.Field(&x.Email, entity.Field{Label: entity.T("邮箱", "E-mail"), Class: "personal", Required: true, Immutable: true, List: true, Search: true})
	d.Field(&x.Name, entity.Field{Label: entity.T("姓名", "Name"), Immutable: true, List: true, Search: true})
	d.Field(&x.Roles, entity.Field{Label: entity.T("角色", "Roles"), Required: true, List: true, Filter: true})
	d.Field(&x.Locale, entity.Field{
		Label: entity.T("语言", "Language"), Default: "zh-CN", Immutable: true, Options: entity.Options("zh-CN", "中文", "Chinese", "en", "英文", "English"),
	})
	d.Field(&x.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, List: true, Filter: true,
		Options: entity.Options(Pending, "待接受", "Pending", Accepted, "已接受", "Accepted", Revoked, "已撤销", "Revoked"),
	})
	d.Field(&x.InvitedBy, entity.Field{Label: entity.T("邀请人", "Invited by"), Ref: "user", Computed: true, List: true})
	d.Field(&x.SentAt, entity.Field{Label: entity.T("发送时间", "Sent at"), Computed: true, List: true})
	d.Field(&x.ExpiresAt, entity.Field{Label: entity.T("有效期至", "Good until"), Computed: true, List: true})
	d.Field(&x.UserID, entity.Field{Label: entity.T("用户", "User"), Ref: "user", Computed: true})
	d.State(&x.Status, Pending)
	d.Person(&x.Name)
	d.NoDelete()
}

// prepareInvitations refuses what can't be sent, and has the mail of new ones written.
func (d *Door) prepareInvitations(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Invitation]) error {
	var bad fault.Fields
	known, err := record.Roles(ctx, tx)
	if err != nil {
		return err
	}
	fresh := 0
	for _, c := range changes {
		checkRoles(&bad, "roles", c.New.Roles, known)
		if slices.Contains(c.New.Roles, "owner") && !slices.Contains(tx.Actor.Roles, "owner") {
			return onlyOwners()
		}
		if c.Old != nil && c.Old.Status != Pending {
			return fault.New(fault.Rule, "invitation.over", "此邀请已结束", "This invitation is over")
		}
		if c.Old != nil {
			continue
		}
		fresh++
		x := c.New
		x.Email, x.Name = strings.TrimSpace(x.Email), strings.TrimSpace(x.Name)
		if a, err := mail.ParseAddress(x.Email); err != nil || a.Address != x.Email || len(x.Email) > 254 {
			bad.Add("email", "invalid", "请填写有效的邮箱地址", "Enter a valid e-mail address")
			continue
		}
		if err := d.checkInvitee(ctx, tx, x, &bad); err != nil {
			return err
		}
		if x.ID.IsZero() {
			x.ID = tx.NewID()
		}
		x.Status, x.InvitedBy, x.SentAt, x.ExpiresAt = Pending, tx.Actor.ID, tx.Now, tx.Now.Add(inviteLife)
	}
	if err := bad.Err(); err != nil || fresh == 0 {
		return err
	}
	if err := d.mayInvite(ctx, tx, fresh); err != nil {
		return err
	}
	for _, c := range changes {
		if c.Old == nil {
			if err := d.relay.Letter(ctx, tx, invite, c.New.ID.String()); err != nil {
				return err
			}
		}
	}
	return nil
}

func onlyOwners() error {
	return fault.New(fault.Forbidden, "role.owner", "只有所有者可以指定所有者（规则 platform.owner）", "Only an owner makes owners (rule platform.owner)").With("rule", "platform.owner")
}

func checkRoles(bad *fault.Fields, field string, roles, known []string) {
	for i, r := range roles {
		if !slices.Contains(known, r) {
			bad.Add(fmt.Sprintf("%s[%d]", field, i), "role.unknown", "没有角色 %s", "There is no role %s", r)
		}
	}
}

func (d *Door) checkInvitee(ctx context.Context, tx *tenancy.Tx, x *Invitation, bad *fault.Fields) error {
	there, err := d.members.ByEmail(ctx, tx, x.Email)
	if err != nil {
		return err
	}
	if there != nil {
		bad.Add("email", "member.exists", "该邮箱已是本企业成员", "This address is a member of the workspace already")
		return nil
	}
	open, err := record.Find[Invitation](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("lower(email) = lower(?) AND status = ?", x.Email, Pending)
	})
	if err == nil && len(open) > 0 {
		bad.Add("email", "invitation.open", "已邀请过此邮箱，可重新发送", "This address is invited already; send that invitation again")
	}
	return err
}

// mayInvite holds who invites to having proven their own address, and to a number that no company needs.
func (d *Door) mayInvite(ctx context.Context, tx *tenancy.Tx, fresh int) error {
	if !d.MailOn() {
		return fault.New(fault.Rule, "mail.off", "本系统未配置邮件服务器；请直接新增用户并设置初始密码", "This installation can't send mail; add the user with a first password instead")
	}
	if err := d.Verified(ctx, tx); err != nil {
		return err
	}
	n, err := tx.NewSelect().Model((*Invitation)(nil)).Where("status = ?", Pending).Count(ctx)
	if err == nil && n+int64(fresh) > mostInvitations {
		return fault.New(fault.OverLimit, "invitation.limit", "待接受的邀请最多 %d 个", "At most %d invitations can be open", mostInvitations)
	}
	return err
}

// Verified refuses what an unproven address may not do yet: write to others in the company's name, and say who else may come in. Where no mail can be
// sent nobody can prove an address, so nobody is held to it.
func (d *Door) Verified(ctx context.Context, tx *tenancy.Tx) error {
	if !d.MailOn() || tx.Actor.System {
		return nil
	}
	p, err := d.db.MemberOf(ctx, tx.Tenant.ID, tx.Actor.ID)
	if err == nil && !p.Verified {
		return Unverified()
	}
	return err
}

// Unverified is the fault for what has to wait until an address is proven.
func Unverified() *fault.Fault {
	return fault.New(fault.Forbidden, "email.unverified", "请先验证您的邮箱（规则 platform.verified）", "Prove your e-mail address first (rule platform.verified)").With("rule", "platform.verified")
}

func (d *Door) resend(ctx context.Context, tx *tenancy.Tx, x *Invitation, _ modules.None) error {
	if err := d.mayInvite(ctx, tx, 0); err != nil {
		return err
	}
	if tx.Now.Sub(x.SentAt) < time.Minute {
		return fault.New(fault.OverLimit, "invitation.soon", "刚刚发送过，请一分钟后再试", "It was sent just now; try again in a minute")
	}
	x.SentAt, x.ExpiresAt = tx.Now, tx.Now.Add(inviteLife)
	if err := record.Update(ctx, tx, x); err != nil {
		return err
	}
	return d.relay.Letter(ctx, tx, invite, x.ID.String())
}

func (d *Door) revoke(ctx context.Context, tx *tenancy.Tx, x *Invitation, _ modules.None) error {
	x.Status = Revoked
	if err := record.Update(ctx, tx, x); err != nil {
		return err
	}
	tx.AfterCommit(func(ctx context.Context) {
		if err := d.exec(ctx, "delete from tenon.proof where subject_id = $1", x.ID.String()); err != nil {
			d.log.ErrorContext(ctx, "the link of a revoked invitation stays", "error", err) // it opens nothing: the state is looked at
		}
	})
	return nil
}

// writeInvitation makes the link of an invitation and sends it; a link that was sent before is good no more.
func (d *Door) writeInvitation(ctx context.Context, tenant, key id.ID) error {
	t, err := d.db.Tenant(ctx, tenant)
	if err != nil {
		return ignoreMissing(err)
	}
	var x *Invitation
	by := ""
	err = d.engine.Do(ctx, t, system(), func(ctx context.Context, tx *tenancy.Tx) error {
		var err error
		if x, err = record.Get[Invitation](ctx, tx, key); err != nil {
			return err
		}
		m, err := d.members.Member(ctx, tx, x.InvitedBy)
		if m != nil {
			by = m.Name
		}
		return err
	}, tenancy.ReadOnly())
	if err != nil || x.Status != Pending {
		return ignoreMissing(err)
	}
	secret, hash := tenancy.Secret()
	proofID := d.db.NewID().String()
	err = d.db.Registry(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "delete from tenon.proof where subject_id = $1", key.String()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into tenon.proof (id, kind, email, locale, tenant_id, subject_id, link, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			proofID, invite, x.Email, x.Locale, tenant.String(), key.String(), hash[:], d.db.Now(), x.ExpiresAt)
		return err
	})
	if err != nil {
		return err
	}
	return d.Mail(ctx, proofID, inviteLetter(x, t.Name, by, d.PublicURL+"/invitation?token="+secret))
}

func ignoreMissing(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

func system() tenancy.Actor { return tenancy.Actor{System: true, Name: "tenon"} }

// Invited is what the holder of an invitation's link may know.
type Invited struct {
	Company string
	Email   string
	Name    string
	Locale  i18n.Lang
	Known   bool // the address is a proven person's, who joins as they are

	tenant *tenancy.Tenant
	person tenancy.Person
	key    id.ID
}

// OpenInvitation looks an invitation's link up.
func (d *Door) OpenInvitation(ctx context.Context, secret string) (*Invited, error) {
	hash := sha256.Sum256([]byte(secret))
	var p proof
	found, err := d.row(ctx, "select "+proofColumns+" from tenon.proof where link = $1 and kind = $2 and expires_at > $3", []any{hash[:], invite, d.db.Now()}, p.into()...)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, badLink()
	}
	tenant, err1 := id.Parse(p.tenant)
	key, err2 := id.Parse(p.subject)
	if err1 != nil || err2 != nil {
		return nil, badLink()
	}
	t, err := d.db.Tenant(ctx, tenant)
	if fault.Is(err, fault.NotFound) || err == nil && t.State != tenancy.Active {
		return nil, badLink()
	}
	if err != nil {
		return nil, err
	}
	out := &Invited{Company: t.Name, Email: p.email, Locale: i18n.Lang(p.locale), tenant: t, key: key}
	err = d.engine.Do(ctx, t, system(), func(ctx context.Context, tx *tenancy.Tx) error {
		x, err := record.Get[Invitation](ctx, tx, key)
		if err == nil && x.Status != Pending {
			err = badLink()
		}
		if err == nil {
			out.Name = x.Name
		}
		return err
	}, tenancy.ReadOnly())
	if err != nil {
		return nil, err
	}
	out.person, err = d.db.PersonOf(ctx, p.email)
	out.Known = err == nil
	return out, ignoreMissing(err)
}

// Accept lets the holder of an invitation's link in: a person who is known by the address joins as they are, somebody new gives their name and password.
// The mail proved the address. It returns who joined; known tells that they have to log in with what they have.
func (d *Door) Accept(ctx context.Context, secret, name, password string, lang i18n.Lang) (p tenancy.Principal, known bool, err error) {
	in, err := d.OpenInvitation(ctx, secret)
	if err != nil {
		return p, false, err
	}
	if !in.Known {
		var bad fault.Fields
		if name = strings.TrimSpace(name); name == "" {
			name = in.Name
		}
		if name == "" || len(name) > 200 {
			bad.Add("name", "required", "请填写姓名（不超过 200 字节）", "Enter a name (up to 200 bytes)")
		}
		if f := fault.As(d.db.AcceptsPassword(tenancy.Person{Email: in.Email, Name: name}, password)); f != nil {
			bad.Add("password", f.Fields[0].Reason, f.Fields[0].Text.ZH, f.Fields[0].Text.EN)
		}
		if err := bad.Err(); err != nil {
			return p, false, err
		}
		if err := d.Leaked(ctx, password); err != nil {
			return p, false, err
		}
	} else {
		name, lang = in.person.Name, in.person.Locale
	}
	user, err := d.join(ctx, in, name, lang)
	if err != nil {
		return p, false, err
	}
	person, err := d.db.LetIn(ctx, in.tenant.ID, in.person, tenancy.PersonInput{Name: name, Email: in.Email, Password: password}, user)
	if err != nil {
		return p, false, err
	}
	if err := d.exec(ctx, "delete from tenon.proof where subject_id = $1", in.key.String()); err != nil {
		return p, false, err
	}
	return tenancy.Principal{Person: person, Tenant: in.tenant, UserID: user, Method: "password"}, in.Known, nil
}

// join makes the user on behalf of who invited, with the rights that they have now, and ends the invitation.
func (d *Door) join(ctx context.Context, in *Invited, name string, lang i18n.Lang) (user id.ID, err error) {
	err = d.engine.Do(ctx, in.tenant, system(), func(ctx context.Context, tx *tenancy.Tx) error {
		list, err := record.Lock[Invitation](ctx, tx, in.key)
		if err != nil {
			return err
		}
		if len(list) == 0 || list[0].Status != Pending || !list[0].ExpiresAt.After(tx.Now) {
			return badLink()
		}
		x := list[0]
		by, err := d.members.Member(ctx, tx, x.InvitedBy)
		if err != nil {
			return err
		}
		if by == nil || !by.Active || slices.Contains(x.Roles, "owner") && !slices.Contains(by.Roles, "owner") {
			return fault.New(fault.Rule, "invitation.void", "邀请人已无权邀请，请联系管理员", "Who invited you may not do so any more; ask an administrator")
		}
		// A user that was left behind by an attempt that broke off is taken as it is.
		there, err := d.members.ByEmail(ctx, tx, x.Email)
		if err != nil {
			return err
		}
		if there != nil {
			user = there.ID
		} else {
			inviter := *tx
			inviter.Actor = d.members.As(*by)
			if user, err = d.members.Join(ctx, &inviter, Member{Name: name, Email: x.Email, Roles: x.Roles, Locale: lang, Active: true}); err != nil {
				return err
			}
		}
		x.Status, x.UserID = Accepted, user
		return record.Update(ctx, tx, x)
	})
	return user, err
}
