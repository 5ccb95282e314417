package people

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	visitLife  = 10 * time.Minute // at the provider
	ticketLife = time.Minute
)

// visit is somebody who is at an identity provider. The state of the address stands for it.
type visit struct {
	Tenant   id.ID  // none: a provider of the installation
	Name     string // of the provider
	Next     string // where the browser goes afterwards, on this site
	Browser  string // hash of the cookie of the browser that began: nobody else ends it
	Nonce    string
	Verifier string // PKCE
	Request  string // id of a SAML request
}

// Arrival is what came of a visit: a login, or a sign-up that is proven.
type Arrival struct {
	Principal tenancy.Principal
	Proven    string // not empty: nobody knows them yet
	Next      string
}

// claims is what a provider says of somebody.
type claims struct {
	Issuer, Subject, Email, Name string
	Verified                     *bool // what it says of the address; nil: nothing
}

func browserHash(cookie string) string {
	sum := sha256.Sum256([]byte(cookie))
	return hex.EncodeToString(sum[:])
}

// Inside keeps a page of another site from being where one lands after the login.
func Inside(next string) string {
	if len(next) > 500 || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") || strings.HasPrefix(next, "/api/") {
		return "/"
	}
	return next
}

func unknownProvider() *fault.Fault {
	return fault.New(fault.NotFound, "provider.unknown", "没有此登录方式", "There is no such way to log in")
}

// provider finds a company's own provider by the workspace's address, or one of the installation's when that is empty.
func (d *Door) provider(ctx context.Context, address, name string) (*tenancy.Tenant, *IdentityProvider, error) {
	if address == "" {
		for _, p := range d.Providers {
			if p.Name == name {
				return nil, &IdentityProvider{Name: p.Name, Label: p.Label, Kind: OIDC, Issuer: p.Issuer, ClientID: p.ClientID, ClientSecret: p.Secret, Domains: p.Domains}, nil
			}
		}
		return nil, nil, unknownProvider()
	}
	t, err := d.db.ByAddress(ctx, address)
	if fault.Is(err, fault.NotFound) {
		return nil, nil, unknownProvider()
	}
	if err != nil {
		return nil, nil, err
	}
	x, err := d.ownProvider(ctx, t, name)
	return t, x, err
}

func (d *Door) again(ctx context.Context, v visit) (*tenancy.Tenant, *IdentityProvider, error) {
	if v.Tenant.IsZero() {
		return d.provider(ctx, "", v.Name)
	}
	t, err := d.db.Tenant(ctx, v.Tenant)
	if err != nil {
		return nil, nil, err
	}
	x, err := d.ownProvider(ctx, t, v.Name)
	return t, x, err
}

// Leave begins a login at a provider: where the browser is sent to.
func (d *Door) Leave(ctx context.Context, address, name, next, cookie string) (to string, err error) {
	t, x, err := d.provider(ctx, address, name)
	if err != nil {
		return "", err
	}
	v := visit{Name: name, Next: Inside(next), Browser: browserHash(cookie)}
	if t != nil {
		v.Tenant = t.ID
	}
	if x.Kind == SAML {
		return d.leaveSAML(ctx, t, x, v)
	}
	return d.leaveOIDC(ctx, x, v)
}

// arrive makes a login of what a provider said.
func (d *Door) arrive(ctx context.Context, t *tenancy.Tenant, x *IdentityProvider, c claims, next string) (Arrival, error) {
	c.Email = strings.TrimSpace(c.Email)
	if err := admissible(x, c); err != nil {
		return Arrival{}, err
	}
	if t == nil {
		return d.arriveHere(ctx, x, c, next)
	}
	p, err := d.arriveIn(ctx, t, x, c)
	return Arrival{Principal: p, Next: next}, err
}

// admissible holds an address to the provider's domains. One that the provider itself has not proven is refused.
func admissible(x *IdentityProvider, c claims) error {
	at := strings.LastIndexByte(c.Email, '@')
	if c.Subject == "" || at < 1 || len(c.Email) > 254 {
		return fault.New(fault.Forbidden, "sso.email", "身份提供方未给出邮箱", "The identity provider gave no e-mail address")
	}
	if c.Verified != nil && !*c.Verified {
		return fault.New(fault.Forbidden, "sso.unverified", "身份提供方未验证此邮箱", "The identity provider has not proven this e-mail address")
	}
	if len(x.Domains) > 0 && !slices.Contains(x.Domains, strings.ToLower(c.Email[at+1:])) {
		return fault.New(fault.Forbidden, "sso.domain", "此邮箱的域名不被接受", "Addresses of this domain are not let in")
	}
	return nil
}

// arriveHere is for a provider of the installation. What it says of an address that it has proven holds for the person everywhere.
func (d *Door) arriveHere(ctx context.Context, x *IdentityProvider, c claims, next string) (Arrival, error) {
	who := tenancy.Identity{Issuer: c.Issuer, Subject: c.Subject}
	person, err := d.db.Known(ctx, who)
	if fault.Is(err, fault.NotFound) {
		if c.Verified == nil {
			return Arrival{}, fault.New(fault.Forbidden, "sso.unverified", "身份提供方未验证此邮箱", "The identity provider has not proven this e-mail address")
		}
		if person, err = d.db.PersonOf(ctx, c.Email); err == nil {
			err = d.db.Recognise(ctx, person.ID, who)
		}
	}
	if err == nil {
		var p tenancy.Principal
		if p, err = d.db.EnterWorkspace(ctx, person.ID, ""); err == nil {
			p.Method = "oidc:" + x.Name
			return Arrival{Principal: p, Next: next}, nil
		}
	}
	if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Unauthenticated) {
		return Arrival{}, err
	}
	secret, err := d.keepProven(ctx, Proven{c.Email, cmp.Or(c.Name, c.Email), who})
	return Arrival{Proven: secret, Next: next}, err
}

// arriveIn is for a company's own provider. It vouches for its own people in its own company only: the login is bound to it.
func (d *Door) arriveIn(ctx context.Context, t *tenancy.Tenant, x *IdentityProvider, c claims) (tenancy.Principal, error) {
	who := tenancy.Identity{Issuer: x.ID.String(), Subject: c.Subject, Tenant: t.ID}
	p := tenancy.Principal{Tenant: t, Method: x.Kind + ":" + x.Name, Bound: true}
	person, err := d.db.Known(ctx, who)
	if err == nil {
		if p.UserID, err = d.db.UserOf(ctx, t.ID, person.ID); err == nil {
			p.Person = person
			return p, d.active(ctx, p)
		}
	}
	if !fault.Is(err, fault.NotFound) {
		return p, err
	}
	err = d.engine.Do(ctx, t, system(), func(ctx context.Context, tx *tenancy.Tx) error {
		m, err := d.members.ByEmail(ctx, tx, c.Email)
		if err != nil || m != nil {
			if m != nil {
				p.UserID = m.ID
			}
			return err
		}
		if !x.JoinNew {
			return fault.New(fault.Forbidden, "sso.stranger", "您还不是本企业成员，请联系管理员", "You are no member of this company; ask an administrator")
		}
		p.UserID, err = d.members.Join(ctx, tx, Member{Name: cmp.Or(c.Name, c.Email), Email: c.Email, Roles: x.JoinRoles, Locale: t.Locale, Active: true})
		return err
	})
	if err != nil {
		return p, err
	}
	if p.Person, err = d.db.MemberOf(ctx, t.ID, p.UserID); fault.Is(err, fault.NotFound) { // new, or left without a login by an attempt that broke off
		p.Person, err = d.db.AddMember(ctx, t.ID, c.Email, cmp.Or(c.Name, c.Email), "", p.UserID)
	}
	if err != nil {
		return p, err
	}
	if err := d.db.Recognise(ctx, p.Person.ID, who); err != nil {
		return p, err
	}
	return p, d.active(ctx, p)
}

// active refuses users who are switched off, and owners: who sets a provider up may be an administrator, and must not become an owner by what it says.
func (d *Door) active(ctx context.Context, p tenancy.Principal) error {
	return d.engine.Do(ctx, p.Tenant, system(), func(ctx context.Context, tx *tenancy.Tx) error {
		m, err := d.members.Member(ctx, tx, p.UserID)
		if err == nil && (m == nil || !m.Active) {
			err = fault.New(fault.Forbidden, "sso.inactive", "您的账号已停用，请联系管理员", "Your account is switched off; ask an administrator")
		}
		if err == nil && slices.Contains(m.Roles, "owner") {
			err = fault.New(fault.Forbidden, "sso.owner", "所有者请用密码或通行密钥登录（规则 platform.owner）", "Owners log in by password or passkey (rule platform.owner)").With("rule", "platform.owner")
		}
		return err
	}, tenancy.ReadOnly())
}

// ticket is a login that waits for the browser that began it.
type ticket struct {
	Person, Tenant, User  id.ID
	Method, Browser, Next string
}

// Fetch ends a login that came by a post of another site, in the browser that began it.
func (d *Door) Fetch(ctx context.Context, secret, cookie string) (Arrival, error) {
	var x ticket
	found, err := d.end(ctx, ticketCeremony, secret, &x)
	if err != nil {
		return Arrival{}, err
	}
	if !found || !equal(x.Browser, browserHash(cookie)) {
		return Arrival{}, over()
	}
	p := tenancy.Principal{UserID: x.User, Method: x.Method, Bound: true}
	if p.Person, err = d.db.Person(ctx, x.Person); err != nil {
		return Arrival{}, err
	}
	p.Tenant, err = d.db.Tenant(ctx, x.Tenant)
	return Arrival{Principal: p, Next: x.Next}, err
}
