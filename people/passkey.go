package people

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	passkeyLife  = 5 * time.Minute
	mostPasskeys = 20
)

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// ceremonies sets WebAuthn up for the address at which browsers reach this installation: passkeys are good there and nowhere else. Browsers make none for
// an address that is a number; there passkeys are off, and nil is returned.
func ceremonies(public string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(public)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("the public URL %q is no address of a web site", public)
	}
	if net.ParseIP(u.Hostname()) != nil {
		return nil, nil
	}
	return webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Tenon", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired,
		},
	})
}

// Passkey is a key on a person's device, as it is listed.
type Passkey struct {
	ID      id.ID
	Name    string
	Created time.Time
	Seen    *time.Time
}

// holder is a person as WebAuthn sees them. The handle is their id: it tells nobody anything.
type holder struct {
	person tenancy.Person
	keys   []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return h.person.ID[:] }
func (h holder) WebAuthnName() string                       { return h.person.Email }
func (h holder) WebAuthnDisplayName() string                { return h.person.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (d *Door) holder(ctx context.Context, p tenancy.Person) (holder, error) {
	h := holder{person: p}
	err := d.db.Registry(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select data::text from tenon.passkey where person_id = $1 order by id", p.ID.String())
		if err != nil {
			return err
		}
		h.keys, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (c webauthn.Credential, err error) {
			var raw string
			if err := row.Scan(&raw); err != nil {
				return c, err
			}
			return c, json.Unmarshal([]byte(raw), &c)
		})
		return err
	})
	return h, err
}

// Passkeys lists a person's passkeys.
func (d *Door) Passkeys(ctx context.Context, person id.ID) (list []Passkey, err error) {
	err = d.db.Registry(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select id::text, name, created_at, seen_at from tenon.passkey where person_id = $1 order by id", person.String())
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (k Passkey, err error) {
			var key string
			if err := row.Scan(&key, &k.Name, &k.Created, &k.Seen); err != nil {
				return k, err
			}
			k.ID, err = id.Parse(key)
			return k, err
		})
		return err
	})
	return list, err
}

// NewPasskey begins to make one: what the browser's navigator.credentials.create is called with, and the secret to go on.
func (d *Door) NewPasskey(ctx context.Context, p tenancy.Person) (options any, ceremony string, err error) {
	if d.keys == nil {
		return nil, "", noPasskeys()
	}
	h, err := d.holder(ctx, p)
	if err != nil {
		return nil, "", err
	}
	if len(h.keys) >= mostPasskeys {
		return nil, "", fault.New(fault.OverLimit, "passkey.limit", "最多 %d 个通行密钥", "At most %d passkeys", mostPasskeys)
	}
	var known []protocol.CredentialDescriptor
	for _, k := range h.keys {
		known = append(known, k.Descriptor())
	}
	creation, session, err := d.keys.BeginRegistration(h, webauthn.WithExclusions(known))
	if err != nil {
		return nil, "", err
	}
	ceremony, err = d.begin(ctx, registerCeremony, p.ID, session, passkeyLife)
	return creation, ceremony, err
}

// AddPasskey ends the making of one with what the browser answered.
func (d *Door) AddPasskey(ctx context.Context, p tenancy.Person, ceremony, name string, answer []byte) (id.ID, error) {
	var session webauthn.SessionData
	found, err := d.end(ctx, registerCeremony, ceremony, &session)
	if err != nil {
		return id.ID{}, err
	}
	if !found {
		return id.ID{}, over()
	}
	h, err := d.holder(ctx, p)
	if err != nil {
		return id.ID{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return id.ID{}, badPasskey(err)
	}
	c, err := d.keys.CreateCredential(h, session, parsed)
	if err != nil {
		return id.ID{}, badPasskey(err)
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return id.ID{}, err
	}
	key := d.db.NewID()
	if err := d.exec(ctx, "insert into tenon.passkey (id, person_id, credential_id, name, data, created_at) values ($1, $2, $3, $4, $5::text::jsonb, $6)",
		key.String(), p.ID.String(), c.ID, name, string(raw), d.db.Now()); err != nil {
		return id.ID{}, err
	}
	return key, d.weigh(ctx, p.ID)
}

// PasskeysOn tells that this installation is reached by a name, so that passkeys can be made.
func (d *Door) PasskeysOn() bool { return d.keys != nil }

func noPasskeys() *fault.Fault {
	return fault.New(fault.Rule, "passkey.off", "以 IP 地址访问时无法使用通行密钥，请通过域名访问", "There are no passkeys at an address that is a number; reach Tenon by a name")
}

func badPasskey(err error) *fault.Fault {
	var detail *protocol.Error
	if errors.As(err, &detail) {
		err = fmt.Errorf("%s: %s", detail.Details, detail.DevInfo)
	}
	return fault.New(fault.Unauthenticated, "passkey.refused", "通行密钥未通过验证", "The passkey was not accepted").Because(err)
}

// DropPasskey takes one of a person's passkeys away.
func (d *Door) DropPasskey(ctx context.Context, person, key id.ID) error {
	var gone bool
	found, err := d.row(ctx, "delete from tenon.passkey where id = $1 and person_id = $2 returning true", []any{key.String(), person.String()}, &gone)
	if err != nil {
		return err
	}
	if !found {
		return fault.New(fault.NotFound, "passkey.not_found", "没有这个通行密钥", "There is no such passkey")
	}
	return d.weigh(ctx, person)
}

// StartPasskeyLogin begins a login by passkey. It asks for no address, so it tells nothing about one.
func (d *Door) StartPasskeyLogin(ctx context.Context) (options any, ceremony string, err error) {
	if d.keys == nil {
		return nil, "", noPasskeys()
	}
	assertion, session, err := d.keys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", err
	}
	ceremony, err = d.begin(ctx, passkeyCeremony, id.ID{}, session, passkeyLife)
	return assertion, ceremony, err
}

// PasskeyLogin ends it: who holds the key. The device asked for a finger, a face or a PIN, so this is two factors at once.
func (d *Door) PasskeyLogin(ctx context.Context, ceremony string, answer []byte) (tenancy.Person, error) {
	var session webauthn.SessionData
	found, err := d.end(ctx, passkeyCeremony, ceremony, &session)
	if err != nil {
		return tenancy.Person{}, err
	}
	if !found {
		return tenancy.Person{}, over()
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return tenancy.Person{}, badPasskey(err)
	}
	var who holder
	c, err := d.keys.ValidateDiscoverableLogin(func(_, handle []byte) (webauthn.User, error) {
		var key id.ID
		if copy(key[:], handle) != len(key) || len(handle) != len(key) {
			return nil, errors.New("not a handle of ours")
		}
		p, err := d.db.Person(ctx, key)
		if err != nil {
			return nil, err
		}
		who, err = d.holder(ctx, p)
		return who, err
	}, session, parsed)
	if err != nil {
		return tenancy.Person{}, badPasskey(err)
	}
	if c.Authenticator.CloneWarning {
		return tenancy.Person{}, badPasskey(errors.New("the counter went backwards: a copy of the key may be in use"))
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return tenancy.Person{}, err
	}
	return who.person, d.exec(ctx, "update tenon.passkey set data = $2::text::jsonb, seen_at = $3 where credential_id = $1", c.ID, string(raw), d.db.Now())
}
