package people

import (
	"context"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"

	"github.com/uptrace/bun"
)

// ownProvider reads a company's provider with its secret.
func (d *Door) ownProvider(ctx context.Context, t *tenancy.Tenant, name string) (x *IdentityProvider, err error) {
	err = d.engine.Do(ctx, t, system(), func(ctx context.Context, tx *tenancy.Tx) error {
		list, err := record.Find[IdentityProvider](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("name = ? AND active", name) })
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return unknownProvider()
		}
		x = list[0]
		if x.ClientSecret != "" {
			x.ClientSecret, err = record.Unsealed(ctx, tx, x, "client_secret")
		}
		return err
	}, tenancy.ReadOnly())
	return x, err
}

// discovered remembers what issuers say of themselves, and their keys.
type discovered struct {
	mu   sync.Mutex
	list map[string]discovery
}

type discovery struct {
	provider *oidc.Provider
	at       time.Time
}

const discoveryLife = 10 * time.Minute

// discover reads an issuer's own description, through the guard.
func (d *Door) discover(ctx context.Context, issuer string) (*oidc.Provider, error) {
	d.issuers.mu.Lock()
	known, ok := d.issuers.list[issuer]
	d.issuers.mu.Unlock()
	if ok && time.Since(known.at) < discoveryLife {
		return known.provider, nil
	}
	// Its keys are fetched when they are needed, long after this request.
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), d.client), issuer)
	if err != nil {
		d.log.WarnContext(ctx, "an identity provider can't be read", "issuer", issuer, "error", err)
		return nil, fault.New(fault.Unavailable, "sso.unavailable", "身份提供方暂不可用", "The identity provider does not answer, or its address is refused").Because(err)
	}
	d.issuers.mu.Lock()
	defer d.issuers.mu.Unlock()
	if d.issuers.list == nil || len(d.issuers.list) > 1000 {
		d.issuers.list = map[string]discovery{}
	}
	d.issuers.list[issuer] = discovery{p, time.Now()}
	return p, nil
}

// Callback is the one address to which OpenID providers send browsers back.
func (d *Door) Callback() string { return d.PublicURL + "/api/v1/sso/callback" }

func (d *Door) oauth(p *oidc.Provider, x *IdentityProvider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: x.ClientID, ClientSecret: x.ClientSecret, Endpoint: p.Endpoint(), RedirectURL: d.Callback(), Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}
}

func (d *Door) leaveOIDC(ctx context.Context, x *IdentityProvider, v visit) (string, error) {
	p, err := d.discover(ctx, x.Issuer)
	if err != nil {
		return "", err
	}
	v.Nonce, _ = tenancy.Secret()
	v.Verifier = oauth2.GenerateVerifier()
	state, err := d.begin(ctx, providerCeremony, id.ID{}, v, visitLife)
	if err != nil {
		return "", err
	}
	return d.oauth(p, x).AuthCodeURL(state, oidc.Nonce(v.Nonce), oauth2.S256ChallengeOption(v.Verifier)), nil
}

// ReturnOIDC ends a login at an OpenID provider: the state is ours and of this browser, the code is exchanged with the proof of PKCE, and the token is
// signed by the issuer, for us, with our nonce.
func (d *Door) ReturnOIDC(ctx context.Context, state, code, cookie string) (Arrival, error) {
	var v visit
	found, err := d.end(ctx, providerCeremony, state, &v)
	if err != nil {
		return Arrival{}, err
	}
	if !found || v.Verifier == "" || !equal(v.Browser, browserHash(cookie)) {
		return Arrival{}, over()
	}
	if code == "" {
		return Arrival{}, fault.New(fault.Unauthenticated, "sso.cancelled", "登录已取消", "The login was cancelled")
	}
	t, x, err := d.again(ctx, v)
	if err != nil {
		return Arrival{}, err
	}
	p, err := d.discover(ctx, x.Issuer)
	if err != nil {
		return Arrival{}, err
	}
	ctx = oidc.ClientContext(ctx, d.client)
	refused := func(err error) (Arrival, error) {
		d.log.WarnContext(ctx, "a login at an identity provider was refused", "issuer", x.Issuer, "error", err)
		return Arrival{}, fault.New(fault.Unauthenticated, "sso.refused", "身份提供方的答复未通过验证", "What the identity provider answered was not accepted").Because(err)
	}
	token, err := d.oauth(p, x).Exchange(ctx, code, oauth2.VerifierOption(v.Verifier))
	if err != nil {
		return refused(err)
	}
	raw, _ := token.Extra("id_token").(string)
	verified, err := p.Verifier(&oidc.Config{ClientID: x.ClientID, Now: d.db.Now}).Verify(ctx, raw)
	if err != nil {
		return refused(err)
	}
	if !equal(verified.Nonce, v.Nonce) {
		return Arrival{}, over()
	}
	var said struct {
		Email    string `json:"email"`
		Verified *bool  `json:"email_verified"`
		Name     string `json:"name"`
	}
	if err := verified.Claims(&said); err != nil {
		return refused(err)
	}
	if said.Email == "" { // some say it only when they are asked
		info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return refused(err)
		}
		if info.Subject != verified.Subject {
			return refused(errSubject)
		}
		if err := info.Claims(&said); err != nil {
			return refused(err)
		}
	}
	return d.arrive(ctx, t, x, claims{Issuer: verified.Issuer, Subject: verified.Subject, Email: said.Email, Name: said.Name, Verified: said.Verified}, v.Next)
}
