package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// The kinds of proof by mail, and how long each is good for.
const (
	verify = "verify"
	reset  = "reset"
	invite = "invite"

	verifyLife = 24 * time.Hour
	codeLife   = 30 * time.Minute
	resetLife  = time.Hour
	inviteLife = 7 * 24 * time.Hour

	mostGuesses  = 5 // of a code; then another has to be sent
	codesPerHour = 5 // that one person may ask for
)

// proof is a row of tenon.proof.
type proof struct {
	id, kind, email, locale string
	person, tenant, subject string
	created, expires        time.Time
	code                    string
}

const proofColumns = "id::text, kind, email, locale, coalesce(person_id::text, ''), coalesce(tenant_id::text, ''), coalesce(subject_id::text, ''), created_at, expires_at, code"

func (p *proof) into() []any {
	return []any{&p.id, &p.kind, &p.email, &p.locale, &p.person, &p.tenant, &p.subject, &p.created, &p.expires, &p.code}
}

// byLink finds the proof that a link's secret stands for and locks it.
func byLink(ctx context.Context, tx pgx.Tx, kind, secret string, now time.Time) (*proof, error) {
	hash := sha256.Sum256([]byte(secret))
	var p proof
	err := tx.QueryRow(ctx, "select "+proofColumns+" from tenon.proof where link = $1 and kind = $2 and expires_at > $3 for update", hash[:], kind, now).Scan(p.into()...)
	if err == pgx.ErrNoRows { //nolint:errorlint // pgx returns it bare
		return nil, badLink()
	}
	return &p, err
}

func badLink() *fault.Fault {
	return fault.New(fault.Rule, "link.invalid", "链接无效、已使用或已过期，请重新获取", "This link is not valid, was used, or has expired; ask for another").
		At("token", "link.invalid", "无效、已使用或已过期", "is not valid, was used, or has expired")
}

// Prove asks for a mail by which a person proves their address. The mail is written by a job.
func (d *Door) Prove(ctx context.Context, person id.ID) error {
	if !d.MailOn() {
		return fault.New(fault.Rule, "mail.off", "本系统未配置邮件服务器", "This installation can't send mail")
	}
	var sent int
	if _, err := d.row(ctx, "select count(*) from tenon.proof where person_id = $1 and kind = $2 and created_at > $3",
		[]any{person.String(), verify, d.db.Now().Add(-time.Hour)}, &sent); err != nil {
		return err
	}
	if sent >= codesPerHour {
		return fault.New(fault.OverLimit, "code.limit", "验证码发送过于频繁，请一小时后再试", "Too many codes were asked for; try again in an hour")
	}
	return d.desk.Letter(ctx, verify, person.String())
}

// writeVerify makes a person's code and link and sends them; what was sent before is good no more.
func (d *Door) writeVerify(ctx context.Context, person id.ID) error {
	p, err := d.db.Person(ctx, person)
	if fault.Is(err, fault.NotFound) || err == nil && p.Verified {
		return nil
	}
	if err != nil {
		return err
	}
	// Anybody can sign up with anybody's address: its owner's mailbox is not flooded by that.
	var sent int
	if _, err := d.row(ctx, "select count(*) from tenon.proof where lower(email) = lower($1) and kind = $2 and created_at > $3",
		[]any{p.Email, verify, d.db.Now().Add(-time.Hour)}, &sent); err != nil || sent >= 2*codesPerHour {
		return err
	}
	code, err := sixDigits()
	if err != nil {
		return err
	}
	phc, err := d.db.Hash(ctx, code)
	if err != nil {
		return err
	}
	secret, hash := tenancy.Secret()
	key, now := d.db.NewID().String(), d.db.Now()
	err = d.db.Registry(ctx, func(ctx context.Context, tx pgx.Tx) error {
		// Those before stay as a count of how many were sent.
		if _, err := tx.Exec(ctx, "update tenon.proof set link = null, code = '' where person_id = $1 and kind = $2", p.ID.String(), verify); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into tenon.proof (id, kind, email, locale, person_id, link, code, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			key, verify, p.Email, string(p.Locale), p.ID.String(), hash[:], phc, now, now.Add(verifyLife))
		return err
	})
	if err != nil {
		return err
	}
	return d.Mail(ctx, key, verifyLetter(p, code, d.PublicURL+"/verify?token="+secret))
}

func sixDigits() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	return fmt.Sprintf("%06d", n), err
}

// VerifyCode proves the address of who is logged in by the six digits of the mail.
func (d *Door) VerifyCode(ctx context.Context, person id.ID, code string) (tenancy.Person, error) {
	wrong := fault.New(fault.Rule, "code.wrong", "验证码不正确或已过期；输错五次后须重新获取", "The code is wrong or has expired; after five wrong ones ask for another").
		At("code", "code.wrong", "不正确或已过期", "is wrong or has expired")
	now := d.db.Now()
	var key, phc string
	found, err := d.row(ctx, `update tenon.proof set guesses = guesses + 1 where id = (select id from tenon.proof where person_id = $1 and kind = $2 and code <> ''
		and created_at > $3 and guesses < $4 order by created_at desc limit 1) returning id::text, code`,
		[]any{person.String(), verify, now.Add(-codeLife), mostGuesses}, &key, &phc)
	if err != nil {
		return tenancy.Person{}, err
	}
	if !found {
		return tenancy.Person{}, wrong
	}
	ok, err := d.db.Matches(ctx, strings.TrimSpace(code), phc)
	if err != nil {
		return tenancy.Person{}, err
	}
	if !ok {
		return tenancy.Person{}, wrong
	}
	return d.proven(ctx, person)
}

// VerifyLink proves an address by the link of the mail. Who opens it says with their session or password that the account is theirs: a stranger may have
// signed up with this address, and a click must not hand it over to them.
func (d *Door) VerifyLink(ctx context.Context, secret string, known id.ID, password string) (tenancy.Person, error) {
	var owner string
	hash := sha256.Sum256([]byte(secret))
	found, err := d.row(ctx, "select person_id::text from tenon.proof where link = $1 and kind = $2 and expires_at > $3", []any{hash[:], verify, d.db.Now()}, &owner)
	if err != nil {
		return tenancy.Person{}, err
	}
	if !found {
		return tenancy.Person{}, badLink()
	}
	person, err := id.Parse(owner)
	if err != nil {
		return tenancy.Person{}, err
	}
	if person != known {
		ok, err := d.db.CheckPassword(ctx, person, password)
		if err != nil {
			return tenancy.Person{}, err
		}
		if !ok {
			return tenancy.Person{}, fault.New(fault.Unauthenticated, "link.password", "请登录，或填写注册时设置的密码", "Log in, or give the password that was chosen at the sign-up").
				At("password", "link.password", "不正确", "is wrong")
		}
	}
	return d.proven(ctx, person)
}

func (d *Door) proven(ctx context.Context, person id.ID) (tenancy.Person, error) {
	p, err := d.db.Verify(ctx, person)
	if err != nil {
		return p, err
	}
	return p, d.exec(ctx, "delete from tenon.proof where person_id = any($1) and kind = $2", []string{person.String(), p.ID.String()}, verify)
}

// Forgot asks for a mail with which a password is set anew. What happens here is the same for every address, known or not: the job finds out.
func (d *Door) Forgot(ctx context.Context, email string, lang i18n.Lang) error {
	key, now := d.db.NewID().String(), d.db.Now()
	if err := d.exec(ctx, "insert into tenon.proof (id, kind, email, locale, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
		key, reset, email, string(lang), now, now.Add(resetLife)); err != nil {
		return err
	}
	return d.desk.Letter(ctx, reset, key)
}

// writeReset sends the mail that Forgot asked for, if the address is somebody's.
func (d *Door) writeReset(ctx context.Context, key string) error {
	var p proof
	found, err := d.row(ctx, "select "+proofColumns+" from tenon.proof where id = $1 and expires_at > $2", []any{key, d.db.Now()}, p.into()...)
	if err != nil || !found {
		return err
	}
	// The proven owner of the address; else who signed up with it last: it is their mailbox that decides.
	var who, name, locale string
	known, err := d.row(ctx, `select id::text, name, locale from tenon.person where lower(email) = lower($1) order by verified desc, created_at desc limit 1`,
		[]any{p.email}, &who, &name, &locale)
	if err != nil {
		return err
	}
	var many int
	if _, err := d.row(ctx, "select count(*) from tenon.proof where lower(email) = lower($1) and kind = $2 and link is not null and created_at > $3",
		[]any{p.email, reset, d.db.Now().Add(-time.Hour)}, &many); err != nil {
		return err
	}
	if !known || many >= codesPerHour {
		return d.exec(ctx, "delete from tenon.proof where id = $1", key)
	}
	secret, hash := tenancy.Secret()
	if err := d.exec(ctx, "update tenon.proof set link = $2, person_id = $3 where id = $1", key, hash[:], who); err != nil {
		return err
	}
	return d.Mail(ctx, key, resetLetter(p.email, name, i18n.Lang(locale), d.PublicURL+"/reset?token="+secret))
}

// Reset sets a password by the link of the mail. It is used up only by a password that is taken. All sessions of the person end; the mailbox proved the
// address. Programs' tokens of an account that was never proven end too: who had it may have been somebody else.
func (d *Door) Reset(ctx context.Context, secret, password string) error {
	var owner string
	hash := sha256.Sum256([]byte(secret))
	found, err := d.row(ctx, "select person_id::text from tenon.proof where link = $1 and kind = $2 and expires_at > $3", []any{hash[:], reset, d.db.Now()}, &owner)
	if err != nil {
		return err
	}
	if !found {
		return badLink()
	}
	person, err := id.Parse(owner)
	if err != nil {
		return err
	}
	if err := d.Leaked(ctx, password); err != nil {
		return err
	}
	who, err := d.db.Person(ctx, person)
	if err != nil {
		return err
	}
	if err := d.db.AcceptsPassword(who, password); err != nil {
		return err
	}
	err = d.db.Registry(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := byLink(ctx, tx, reset, secret, d.db.Now()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "delete from tenon.proof where person_id = $1 and kind = $2", person.String(), reset)
		if err == nil && !who.Verified {
			_, err = tx.Exec(ctx, "delete from tenon.token where person_id = $1", person.String())
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := d.db.SetPassword(ctx, person, password, id.ID{}); err != nil {
		return err
	}
	if who.Verified {
		return nil
	}
	_, err = d.proven(ctx, person)
	return err
}
