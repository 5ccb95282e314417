package people

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/crewjam/saml"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

var errSubject = errors.New("it speaks of somebody else")

// service is this installation as a company's SAML provider sees it.
func (d *Door) service(t *tenancy.Tenant, x *IdentityProvider) (*saml.ServiceProvider, error) {
	base := d.PublicURL + "/api/v1/sso/" + t.ID.String() + "/" + x.Name
	meta, err1 := url.Parse(base + "/metadata")
	acs, err2 := url.Parse(base + "/acs")
	slo, err3 := url.Parse(base + "/slo")
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	sp := &saml.ServiceProvider{EntityID: meta.String(), MetadataURL: *meta, AcsURL: *acs, SloURL: *slo, AuthnNameIDFormat: saml.EmailAddressNameIDFormat}

	sp.IDPMetadata, err1 = parseMetadata(x.Metadata)
	return sp, err1
}

// equipped is service with its key.
func (d *Door) equipped(ctx context.Context, t *tenancy.Tenant, x *IdentityProvider) (*saml.ServiceProvider, error) {
	sp, err := d.service(t, x)
	if err == nil {
		err = d.equip(ctx, sp, t, x)
	}
	return sp, err
}

// Metadata describes this installation to a company's SAML provider.
func (d *Door) Metadata(ctx context.Context, tenant, name string) (*saml.EntityDescriptor, error) {
	t, x, err := d.samlProvider(ctx, tenant, name)
	if err != nil {
		return nil, err
	}
	sp, err := d.equipped(ctx, t, x)
	if err != nil {
		return nil, err
	}
	return signing(sp.Metadata(), sp.Certificate), nil
}

// samlProvider finds one by the company's id, which stays when its address changes.
func (d *Door) samlProvider(ctx context.Context, tenant, name string) (*tenancy.Tenant, *IdentityProvider, error) {
	key, err := id.Parse(tenant)
	if err != nil {
		return nil, nil, unknownProvider()
	}
	t, err := d.db.Tenant(ctx, key)
	if fault.Is(err, fault.NotFound) {
		return nil, nil, unknownProvider()
	}
	if err != nil {
		return nil, nil, err
	}
	x, err := d.ownProvider(ctx, t, name)
	if err == nil && x.Kind != SAML {
		err = unknownProvider()
	}
	return t, x, err
}

func (d *Door) leaveSAML(ctx context.Context, t *tenancy.Tenant, x *IdentityProvider, v visit) (string, error) {
	sp, err := d.service(t, x)
	if err != nil {
		return "", err
	}
	req, err := sp.MakeAuthenticationRequest(sp.GetSSOBindingLocation(saml.HTTPRedirectBinding), saml.HTTPRedirectBinding, saml.HTTPPostBinding)
	if err != nil {
		return "", err
	}
	v.Request = req.ID
	state, err := d.begin(ctx, providerCeremony, id.ID{}, v, visitLife)
	if err != nil {
		return "", err
	}
	to, err := req.Redirect(state, sp)
	if err != nil {
		return "", err
	}
	return to.String(), nil
}

// ReturnSAML takes what a company's SAML provider posts: signed by its certificate, for us, in answer to our request, in time, and for the first time. The
// post comes from another site and so without cookies; what it returns is a ticket for the browser that began. Where the company lets logins begin at the
// provider, it is a ticket for the browser that posts, which gets the cookie with the answer.
func (d *Door) ReturnSAML(ctx context.Context, tenant, name string, r *http.Request, cookie string) (secret string, unasked bool, err error) {
	t, x, err := d.samlProvider(ctx, tenant, name)
	if err != nil {
		return "", false, err
	}
	var v visit
	found, err := d.end(ctx, providerCeremony, r.PostForm.Get("RelayState"), &v)
	if err != nil {
		return "", false, err
	}
	if !found && x.IDPStart {
		unasked, v = true, visit{Tenant: t.ID, Name: name, Next: Inside(r.PostForm.Get("RelayState")), Browser: browserHash(cookie)}
	} else if !found || v.Request == "" || v.Tenant != t.ID || v.Name != name {
		return "", false, over()
	}
	refused := func(err error) (string, bool, error) {
		var invalid *saml.InvalidResponseError
		if errors.As(err, &invalid) {
			err = invalid.PrivateErr
		}
		d.log.WarnContext(ctx, "a SAML login was refused", "tenant", t.ID, "provider", name, "error", err)
		return "", false, fault.New(fault.Unauthenticated, "sso.refused", "身份提供方的答复未通过验证", "What the identity provider answered was not accepted").Because(err)
	}
	sp, err := d.equipped(ctx, t, x)
	if err != nil {
		return refused(err)
	}
	sp.AllowIDPInitiated = unasked
	a, err := sp.ParseResponse(r, []string{v.Request})
	if err != nil {
		return refused(err)
	}
	if unasked && answers(a) {
		return refused(errors.New("it answers a question that this side did not ask"))
	}
	fresh, err := d.spend(ctx, "saml:"+t.ID.String()+":"+a.ID, d.db.Now().Add(24*time.Hour))
	if err != nil {
		return "", false, err
	}
	if !fresh {
		return refused(errors.New("the assertion was used before"))
	}
	in, err := d.arrive(ctx, t, x, samlClaims(x, a), v.Next)
	if err != nil {
		return "", false, err
	}
	p := in.Principal
	secret, err = d.begin(ctx, ticketCeremony, p.Person.ID, ticket{p.Person.ID, t.ID, p.UserID, p.Method, v.Browser, v.Next}, ticketLife)
	return secret, unasked, err
}

// answers tells whether an assertion says that it was asked for: one that was meant for somebody's visit must not be posted by somebody else.
func answers(a *saml.Assertion) bool {
	if a.Subject == nil {
		return false
	}
	return slices.ContainsFunc(a.Subject.SubjectConfirmations, func(c saml.SubjectConfirmation) bool {
		return c.SubjectConfirmationData != nil && c.SubjectConfirmationData.InResponseTo != ""
	})
}

// samlClaims reads who somebody is from the names under which providers tell it.
func samlClaims(x *IdentityProvider, a *saml.Assertion) claims {
	c := claims{Issuer: x.ID.String()}
	if a.Subject != nil && a.Subject.NameID != nil {
		c.Subject = a.Subject.NameID.Value
		if strings.Contains(c.Subject, "@") {
			c.Email = c.Subject
		}
	}
	for _, s := range a.AttributeStatements {
		for _, at := range s.Attributes {
			if len(at.Values) == 0 {
				continue
			}
			value := strings.TrimSpace(at.Values[0].Value)
			for _, key := range []string{at.Name, at.FriendlyName} {
				switch strings.ToLower(key) {
				case "email", "mail", "emailaddress", "urn:oid:0.9.2342.19200300.100.1.3", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress":
					c.Email = value
				case "name", "displayname", "cn", "urn:oid:2.16.840.1.113730.3.1.241", "urn:oid:2.5.4.3",
					"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "http://schemas.microsoft.com/identity/claims/displayname":
					c.Name = value
				}
			}
		}
	}
	return c
}
