package people

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/crewjam/saml"
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// The kinds of identity provider.
const (
	OIDC = "oidc"
	SAML = "saml"
)

// Provider is an identity provider of the whole installation, by OpenID Connect.
type Provider struct {
	Name, Label              string
	Issuer, ClientID, Secret string
	Domains                  []string // addresses of these mail domains only; none: all
}

// IdentityProvider is a company's own service through which its people come in.
type IdentityProvider struct {
	bun.BaseModel `bun:"table:identity_provider,alias:idp"`
	entity.Base

	Name         string   `bun:"name,notnull"`
	Label        string   `bun:"label,notnull"`
	Kind         string   `bun:"kind,notnull"`
	Issuer       string   `bun:"issuer,notnull"`
	ClientID     string   `bun:"client_id,notnull"`
	ClientSecret string   `bun:"client_secret,notnull"`
	Metadata     string   `bun:"metadata,notnull"`
	Domains      []string `bun:"domains,array,notnull"`
	JoinRoles    []string `bun:"join_roles,array,notnull"`
	JoinNew      bool     `bun:"join_new,notnull"`
	Active       bool     `bun:"active,notnull"`
	IDPStart     bool     `bun:"idp_start,notnull"`
}

// Describe says what a provider's columns mean.
func (x *IdentityProvider) Describe(d *entity.Desc) {
	d.Is("identity_provider", "identity_providers", entity.T("身份提供方", "Identity provider"), &x.Name)
	d.Field(&x.Name, entity.Field{
		Label: entity.T("代号", "Name"), Required: true, Unique: true, Immutable: true, List: true, Search: true,
		Help: entity.T("用于登录地址：小写字母、数字、连字符", "Part of the login's address: small letters, digits, hyphens"),
	})
	d.Field(&x.Label, entity.Field{Label: entity.T("按钮文字", "Label of the button"), List: true})
	d.Field(&x.Kind, entity.Field{
		Label: entity.T("协议", "Protocol"), Default: OIDC, List: true, Filter: true, Immutable: true,
		Options: entity.Options(OIDC, "OpenID Connect", "OpenID Connect", SAML, "SAML 2.0", "SAML 2.0"),
	})
	d.Field(&x.Issuer, entity.Field{
		Label: entity.T("颁发者（OIDC）", "Issuer (OIDC)"), List: true,
		Help: entity.T("提供方的网址，其下有 /.well-known/openid-configuration", "Its address, below which /.well-known/openid-configuration is found"),
	})
	d.Field(&x.ClientID, entity.Field{Label: entity.T("客户端 ID（OIDC）", "Client id (OIDC)")})
	d.Field(&x.ClientSecret, entity.Field{Label: entity.T("客户端密钥（OIDC）", "Client secret (OIDC)"), Class: "credential", Sealed: true})
	d.Field(&x.Metadata, entity.Field{Label: entity.T("元数据 XML（SAML）", "Metadata XML (SAML)")})
	d.Field(&x.IDPStart, entity.Field{
		Label: entity.T("可从提供方发起登录（SAML）", "Logins may begin at the provider (SAML)"),
		Help:  entity.T("开启后，提供方门户中的入口可直接登录；他人也能借此让浏览器登录到其账号", "A tile in the provider's portal logs in; somebody else's page can then log a browser in as themselves too"),
	})
	d.Field(&x.Domains, entity.Field{
		Label: entity.T("邮箱域名", "Mail domains"), List: true,
		Help: entity.T("只接受这些域名的邮箱；留空表示不限", "Only addresses of these domains are let in; empty means all"),
	})
	d.Field(&x.JoinRoles, entity.Field{Label: entity.T("新成员的角色", "Roles of newcomers"), Help: entity.T("首次登录时赋予", "Given at the first login")})
	d.Field(&x.JoinNew, entity.Field{Label: entity.T("首次登录即加入", "Newcomers join"), Default: "true", Help: entity.T("关闭后仅已有成员可登录", "Off: only members get in")})
	d.Field(&x.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", List: true, Filter: true})
}

var (
	providerName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$`)
	domainName   = regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$`)
)

// prepareProviders refuses what can't work, and roles that nobody should get by a mere login.
func (d *Door) prepareProviders(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*IdentityProvider]) error {
	if err := d.Verified(ctx, tx); err != nil {
		return err
	}
	var bad fault.Fields
	known, err := record.Roles(ctx, tx)
	if err != nil {
		return err
	}
	for _, c := range changes {
		x := c.New
		if !providerName.MatchString(x.Name) {
			bad.Add("name", "provider.name", "应为 1 至 30 个小写字母、数字或连字符", "is 1 to 30 small letters, digits or hyphens")
		}
		for i, domain := range x.Domains {
			if x.Domains[i] = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(domain), "@")); !domainName.MatchString(x.Domains[i]) {
				bad.Add(fmt.Sprintf("domains[%d]", i), "domain.form", "不是域名", "is no domain")
			}
		}
		checkRoles(&bad, "join_roles", x.JoinRoles, known)
		if slices.Contains(x.JoinRoles, "owner") || slices.Contains(x.JoinRoles, "admin") {
			bad.Add("join_roles", "role.owner", "不能自动赋予所有者或管理员", "owner and admin are not given by a login")
		}
		switch x.Kind {
		case OIDC:
			u, err := url.Parse(x.Issuer)
			if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !d.relay.Guard().Lenient()) {
				bad.Add("issuer", "provider.issuer", "应为 https:// 开头的网址", "must be an address that begins with https://")
			}
			if x.ClientID == "" {
				bad.Add("client_id", "required", "必填", "is required")
			}
		case SAML:
			if _, err := parseMetadata(x.Metadata); err != nil {
				bad.Add("metadata", "provider.metadata", "不是带签名证书与 HTTP-Redirect 登录地址的 SAML 元数据", "is no SAML metadata with a signing certificate and a login by HTTP-Redirect")
			}
		}
	}
	return bad.Err()
}

// parseMetadata reads the description of a SAML provider.
func parseMetadata(text string) (*saml.EntityDescriptor, error) {
	if len(text) > 256<<10 || strings.Contains(text, "<!DOCTYPE") || strings.Contains(text, "<!ENTITY") {
		return nil, fmt.Errorf("not metadata")
	}
	var e saml.EntityDescriptor
	if err := xml.Unmarshal([]byte(text), &e); err != nil {
		return nil, err
	}
	for _, idp := range e.IDPSSODescriptors {
		signs := false
		for _, k := range idp.KeyDescriptors {
			signs = signs || (k.Use == "" || k.Use == "signing") && len(k.KeyInfo.X509Data.X509Certificates) > 0
		}
		for _, s := range idp.SingleSignOnServices {
			if u, err := url.Parse(s.Location); signs && s.Binding == saml.HTTPRedirectBinding && err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
				return &e, nil
			}
		}
	}
	return nil, fmt.Errorf("no login")
}

// OwnProviders returns the active providers of a company.
func (d *Door) OwnProviders(ctx context.Context, t *tenancy.Tenant) (list []*IdentityProvider, err error) {
	err = d.engine.Do(ctx, t, system(), func(ctx context.Context, tx *tenancy.Tx) error {
		list, err = record.Find[IdentityProvider](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("active").OrderExpr("name") })
		return err
	}, tenancy.ReadOnly())
	return list, err
}
