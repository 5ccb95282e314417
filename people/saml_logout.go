package people

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/crewjam/saml"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	rsaSHA256   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	rsaSHA512   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
	ecdsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"

	logoutSkew = 5 * time.Minute
	maxMessage = 64 << 10
)

// SignedOut is what came of a provider's message about a logout: where the browser goes, and who was logged out.
type SignedOut struct {
	To     string
	Person tenancy.Principal // zero: nobody, it was an answer to us
}

// logoutMessage is what we read of a request. The signature is over all of it.
type logoutMessage struct {
	XMLName      xml.Name   `xml:"urn:oasis:names:tc:SAML:2.0:protocol LogoutRequest"`
	ID           string     `xml:"ID,attr"`
	Destination  string     `xml:"Destination,attr"`
	IssueInstant time.Time  `xml:"IssueInstant,attr"`
	NotOnOrAfter *time.Time `xml:"NotOnOrAfter,attr"`
	Issuer       string     `xml:"urn:oasis:names:tc:SAML:2.0:assertion Issuer"`
	NameID       string     `xml:"urn:oasis:names:tc:SAML:2.0:assertion NameID"`
}

// LeaveSAML returns where a browser goes to end a login at its SAML provider too; empty where the provider knows no such place.
func (d *Door) LeaveSAML(ctx context.Context, p tenancy.Principal) (string, error) {
	name, ok := strings.CutPrefix(p.Method, "saml:")
	if !ok || p.Tenant == nil {
		return "", nil
	}
	x, err := d.ownProvider(ctx, p.Tenant, name)
	if err != nil || x.Kind != SAML {
		return "", err
	}
	sp, err := d.equipped(ctx, p.Tenant, x)
	if err != nil || sp.GetSLOBindingLocation(saml.HTTPRedirectBinding) == "" {
		return "", err
	}
	subject, err := d.db.SubjectOf(ctx, p.Person.ID, p.Tenant.ID, x.ID.String())
	if err != nil || subject == "" {
		return "", err
	}
	to, err := sp.MakeRedirectLogoutRequest(subject, "")
	if err != nil {
		return "", err
	}
	return signedQuery(sp, to, "SAMLRequest", "")
}

// signedQuery signs a message of the redirect binding: the words of the address as they stand there.
func signedQuery(sp *saml.ServiceProvider, to *url.URL, kind, relay string) (string, error) {
	query := kind + "=" + url.QueryEscape(to.Query().Get(kind))
	if relay != "" {
		query += "&RelayState=" + url.QueryEscape(relay)
	}
	query += "&SigAlg=" + url.QueryEscape(rsaSHA256)
	sum := sha256.Sum256([]byte(query))
	signature, err := sp.Key.Sign(nil, sum[:], crypto.SHA256)
	if err != nil {
		return "", err
	}
	at := *to
	at.RawQuery = query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature))
	return at.String(), nil
}

// SignOutSAML takes what a company's SAML provider says about a logout: a request ends the person's logins that came by it, an answer to ours leads back to
// the login page.
func (d *Door) SignOutSAML(ctx context.Context, tenant, name, query string) (out SignedOut, err error) {
	t, x, err := d.samlProvider(ctx, tenant, name)
	if err != nil {
		return out, err
	}
	if rawParam(query, "SAMLRequest") == "" {
		return SignedOut{To: "/login"}, nil
	}
	refused := func(err error) (SignedOut, error) {
		d.log.WarnContext(ctx, "a SAML logout was refused", "tenant", t.ID, "provider", name, "error", err)
		return SignedOut{}, fault.New(fault.Unauthenticated, "sso.refused", "身份提供方的请求未通过验证", "What the identity provider asks was not accepted").Because(err)
	}
	sp, err := d.equipped(ctx, t, x)
	if err != nil {
		return refused(err)
	}
	in, err := d.readLogout(sp, query)
	if err != nil {
		return refused(err)
	}
	fresh, err := d.spend(ctx, "saml-logout:"+t.ID.String()+":"+in.ID, d.db.Now().Add(24*time.Hour))
	if err != nil {
		return out, err
	}
	if !fresh {
		return refused(errors.New("the request was used before"))
	}
	person, err := d.db.Known(ctx, tenancy.Identity{Issuer: x.ID.String(), Subject: in.NameID, Tenant: t.ID})
	switch {
	case err == nil:
		if err := d.db.EndSessionsBy(ctx, person.ID, t.ID, "saml:"+name); err != nil {
			return out, err
		}
		out.Person = tenancy.Principal{Tenant: t, Person: person, Method: "saml:" + name}
		if out.Person.UserID, err = d.db.UserOf(ctx, t.ID, person.ID); err != nil && !fault.Is(err, fault.NotFound) {
			return out, err
		}
	case !fault.Is(err, fault.NotFound): // nobody of ours: there is nothing to end, which is what was asked for
		return out, err
	}
	out.To = "/login"
	if to := sp.GetSLOBindingLocation(saml.HTTPRedirectBinding); to != "" {
		answer, err := sp.MakeRedirectLogoutResponse(in.ID, "")
		if err != nil {
			return out, err
		}
		out.To, err = signedQuery(sp, answer, "SAMLResponse", decoded(rawParam(query, "RelayState")))
		return out, err
	}
	return out, nil
}

// readLogout reads a request of the redirect binding whose signature, sender, addressee and time are right.
func (d *Door) readLogout(sp *saml.ServiceProvider, query string) (*logoutMessage, error) {
	if err := verifyQuery(sp.IDPMetadata, query); err != nil {
		return nil, err
	}
	packed, err := base64.StdEncoding.DecodeString(decoded(rawParam(query, "SAMLRequest")))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxMessage))
	if err != nil {
		return nil, err
	}
	var in logoutMessage
	if err := xml.Unmarshal(raw, &in); err != nil {
		return nil, err
	}
	now := d.db.Now()
	switch {
	case in.ID == "" || in.NameID == "":
		err = errors.New("it names nobody")
	case strings.TrimSpace(in.Issuer) != sp.IDPMetadata.EntityID:
		err = errors.New("it comes from somebody else")
	case in.Destination != "" && in.Destination != sp.SloURL.String():
		err = errors.New("it is for somebody else")
	case in.IssueInstant.Before(now.Add(-logoutSkew)), in.IssueInstant.After(now.Add(logoutSkew)), in.NotOnOrAfter != nil && !now.Before(*in.NotOnOrAfter):
		err = errors.New("it is too old, or of the future")
	}
	in.NameID = strings.TrimSpace(in.NameID)
	return &in, err
}

// verifyQuery checks the signature of the redirect binding, which is over the words of the address as they came.
func verifyQuery(idp *saml.EntityDescriptor, query string) error {
	signed := "SAMLRequest=" + rawParam(query, "SAMLRequest")
	if relay := rawParam(query, "RelayState"); relay != "" {
		signed += "&RelayState=" + relay
	}
	signed += "&SigAlg=" + rawParam(query, "SigAlg")
	signature, err := base64.StdEncoding.DecodeString(decoded(rawParam(query, "Signature")))
	if err != nil || len(signature) == 0 {
		return errors.New("it is not signed")
	}
	for _, c := range signers(idp) {
		if signedBy(c, decoded(rawParam(query, "SigAlg")), []byte(signed), signature) {
			return nil
		}
	}
	return errors.New("the signature is not the provider's")
}

func signedBy(c *x509.Certificate, method string, text, signature []byte) bool {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		switch method {
		case rsaSHA256:
			sum := sha256.Sum256(text)
			return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
		case rsaSHA512:
			sum := sha512.Sum512(text)
			return rsa.VerifyPKCS1v15(key, crypto.SHA512, sum[:], signature) == nil
		}
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(text)
		return method == ecdsaSHA256 && ecdsa.VerifyASN1(key, sum[:], signature)
	}
	return false
}

// signers are the certificates with which a provider signs.
func signers(idp *saml.EntityDescriptor) []*x509.Certificate {
	var out []*x509.Certificate
	for _, about := range idp.IDPSSODescriptors {
		for _, k := range about.KeyDescriptors {
			if k.Use != "" && k.Use != "signing" {
				continue
			}
			for _, c := range k.KeyInfo.X509Data.X509Certificates {
				der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(c.Data), ""))
				if err != nil {
					continue
				}
				if parsed, err := x509.ParseCertificate(der); err == nil {
					out = append(out, parsed)
				}
			}
		}
	}
	return out
}

// rawParam is a parameter as it stands in the address; its first, so that a second one can't be slipped in beside the signature.
func rawParam(query, name string) string {
	for part := range strings.SplitSeq(query, "&") {
		if value, ok := strings.CutPrefix(part, name+"="); ok {
			return value
		}
	}
	return ""
}

func decoded(text string) string {
	out, err := url.QueryUnescape(text)
	if err != nil {
		return fmt.Sprintf("%q is no parameter", text)
	}
	return out
}
