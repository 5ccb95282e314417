package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	totpPeriod    = 30 // seconds, RFC 6238
	recoveryCodes = 10
	secondLife    = 5 * time.Minute // between the password and the second factor
)

// Factors is what a person has set up beside a password.
type Factors struct {
	TOTP     bool
	Recovery int // codes that are left
	Passkeys int
}

// Factors tells what a person has set up.
func (d *Door) Factors(ctx context.Context, person id.ID) (f Factors, err error) {
	_, err = d.row(ctx, `select exists (select 1 from tenon.authenticator where person_id = $1 and confirmed_at is not null),
		(select count(*) from tenon.recovery_code where person_id = $1 and used_at is null), (select count(*) from tenon.passkey where person_id = $1)`,
		[]any{person.String()}, &f.TOTP, &f.Recovery, &f.Passkeys)
	return f, err
}

// StartTOTP makes the secret of an authenticator app. It counts only once a code of it was shown.
func (d *Door) StartTOTP(ctx context.Context, p tenancy.Principal) (secret, uri string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Tenon", AccountName: p.Person.Email, Period: totpPeriod, SecretSize: 20})
	if err != nil {
		return "", "", err
	}
	sealed, err := d.engine.Sealer.Seal(ctx, p.Tenant.ID, "person", "authenticator", p.Person.ID, []byte(key.Secret()))
	if err != nil {
		return "", "", err
	}
	there := false
	err = d.db.Registry(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "select exists (select 1 from tenon.authenticator where person_id = $1 and confirmed_at is not null)", p.Person.ID.String()).Scan(&there); err != nil || there {
			return err
		}
		_, err := tx.Exec(ctx, `insert into tenon.authenticator (person_id, tenant_id, secret, created_at) values ($1, $2, $3, $4)
			on conflict (person_id) do update set tenant_id = excluded.tenant_id, secret = excluded.secret, created_at = excluded.created_at, last_step = 0`,
			p.Person.ID.String(), p.Tenant.ID.String(), sealed, d.db.Now())
		return err
	})
	if there {
		return "", "", fault.New(fault.Conflict, "totp.there", "已启用验证器；请先停用", "An authenticator app is set up already; remove it first")
	}
	return key.Secret(), key.URL(), err
}

// ConfirmTOTP switches an authenticator app on by its first code and returns the recovery codes, which are shown this once.
func (d *Door) ConfirmTOTP(ctx context.Context, person id.ID, code string) ([]string, error) {
	ok, err := d.totpMatches(ctx, person, code, false)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, wrongCode()
	}
	if err := d.exec(ctx, "update tenon.authenticator set confirmed_at = $2 where person_id = $1 and confirmed_at is null", person.String(), d.db.Now()); err != nil {
		return nil, err
	}
	if err := d.weigh(ctx, person); err != nil {
		return nil, err
	}
	return d.RecoveryCodes(ctx, person)
}

// DropTOTP takes an authenticator app and, when no passkey is left either, the recovery codes away.
func (d *Door) DropTOTP(ctx context.Context, person id.ID) error {
	if err := d.exec(ctx, "delete from tenon.authenticator where person_id = $1", person.String()); err != nil {
		return err
	}
	return d.weigh(ctx, person)
}

// weigh notes whether a person has a second factor now.
func (d *Door) weigh(ctx context.Context, person id.ID) error {
	err := d.exec(ctx, `with now as (select exists (select 1 from tenon.authenticator where person_id = $1 and confirmed_at is not null)
			or exists (select 1 from tenon.passkey where person_id = $1) has),
		gone as (delete from tenon.recovery_code where person_id = $1 and not (select has from now))
		update tenon.person set second_factor = (select has from now) where id = $1`, person.String())
	d.db.Forget(person)
	return err
}

// RecoveryCodes makes new codes for who has lost their second factor; those before are good no more. 80 random bits each: hashing them once is enough.
func (d *Door) RecoveryCodes(ctx context.Context, person id.ID) ([]string, error) {
	codes, hashes := make([]string, recoveryCodes), make([][]byte, recoveryCodes)
	for i := range codes {
		b := make([]byte, 10)
		if _, err := rand.Read(b); err != nil {
			return nil, err
		}
		text := strings.ToLower(base32.StdEncoding.EncodeToString(b)) // 16 letters and digits
		codes[i] = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
		sum := sha256.Sum256([]byte(text))
		hashes[i] = sum[:]
	}
	return codes, d.db.Registry(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "delete from tenon.recovery_code where person_id = $1", person.String()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "insert into tenon.recovery_code (person_id, hash) select $1, h from unnest($2::bytea[]) h", person.String(), hashes)
		return err
	})
}

func wrongCode() *fault.Fault {
	return fault.New(fault.Unauthenticated, "second_factor.wrong", "验证码不正确", "The code is wrong").At("code", "second_factor.wrong", "不正确", "is wrong")
}

// SecondFactor checks the code of an authenticator app, or a recovery code, of a person. Each is good once.
func (d *Door) SecondFactor(ctx context.Context, person id.ID, code string) error {
	plain := strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))
	if len(plain) == 16 {
		sum := sha256.Sum256([]byte(plain))
		var used bool
		found, err := d.row(ctx, "update tenon.recovery_code set used_at = $3 where person_id = $1 and hash = $2 and used_at is null returning true",
			[]any{person.String(), sum[:], d.db.Now()}, &used)
		if err != nil || found {
			return err
		}
		return wrongCode()
	}
	ok, err := d.totpMatches(ctx, person, plain, true)
	if err == nil && !ok {
		err = wrongCode()
	}
	return err
}

// totpMatches compares a code with those of now, the step before and the step after, and uses the step up: none is good twice, nor is one before it.
func (d *Door) totpMatches(ctx context.Context, person id.ID, code string, confirmed bool) (ok bool, err error) {
	var sealed []byte
	var where string
	var last int64
	found, err := d.row(ctx, "select secret, tenant_id::text, last_step from tenon.authenticator where person_id = $1 and (confirmed_at is not null) = $2",
		[]any{person.String(), confirmed}, &sealed, &where, &last)
	if err != nil || !found || len(code) != 6 {
		return false, err
	}
	tenant, err := id.Parse(where)
	if err != nil {
		return false, err
	}
	secret, err := d.engine.Sealer.Open(ctx, tenant, "person", "authenticator", person, sealed)
	if err != nil {
		return false, err
	}
	step := d.db.Now().Unix() / totpPeriod
	for _, at := range []int64{step, step - 1, step + 1} {
		want, err := hotp.GenerateCodeCustom(string(secret), uint64(at), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}) //nolint:gosec // seconds since 1970
		if err != nil {
			return false, err
		}
		if !equal(want, code) || at <= last {
			continue
		}
		found, err := d.row(ctx, "update tenon.authenticator set last_step = $2 where person_id = $1 and last_step < $2 returning true", []any{person.String(), at}, &ok)
		return found && ok, err
	}
	return false, nil
}

// Challenge is a login of which the password was right.
type Challenge struct {
	Person    id.ID  `json:"person"`
	Workspace id.ID  `json:"workspace"`
	User      id.ID  `json:"user"`
	Token     bool   `json:"token"`
	Network   string `json:"network"`
}

// NewChallenge keeps a login until the second factor comes.
func (d *Door) NewChallenge(ctx context.Context, p tenancy.Principal, token bool, network string) (string, error) {
	return d.begin(ctx, loginCeremony, p.Person.ID, Challenge{p.Person.ID, p.Tenant.ID, p.UserID, token, network}, secondLife)
}

// Answer goes on with a login by the second factor. Five wrong codes end it. may is asked whether the person may try now.
func (d *Door) Answer(ctx context.Context, secret, code string, may func(person id.ID) error) (Challenge, error) {
	var c Challenge
	found, err := d.guess(ctx, loginCeremony, secret, mostGuesses, &c)
	if err != nil {
		return c, err
	}
	if !found {
		return c, over()
	}
	if err := may(c.Person); err != nil {
		return Challenge{}, err
	}
	if err := d.SecondFactor(ctx, c.Person, code); err != nil {
		return c, err
	}
	found, err = d.end(ctx, loginCeremony, secret, &c)
	if err == nil && !found {
		err = over()
	}
	return c, err
}

// KnownNetwork tells whether somebody has come in with this address from this network before.
func (d *Door) KnownNetwork(ctx context.Context, email, network string) (known bool, err error) {
	_, err = d.row(ctx, "select exists (select 1 from tenon.known_network where email = lower($1) and network = $2)", []any{email, network}, &known)
	return known, err
}

// CameFrom remembers the network of a login.
func (d *Door) CameFrom(ctx context.Context, email, network string) error {
	return d.exec(ctx, `insert into tenon.known_network values (lower($1), $2, $3)
		on conflict (email, network) do update set seen_at = excluded.seen_at where tenon.known_network.seen_at < excluded.seen_at - interval '1 day'`, email, network, d.db.Now())
}

// HasPassword tells whether a person has a password at all.
func (d *Door) HasPassword(ctx context.Context, person id.ID) (has bool, err error) {
	_, err = d.row(ctx, "select password <> '' from tenon.person where id = $1", []any{person.String()}, &has)
	return has, err
}
