package people

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"math/big"
	"time"

	"github.com/crewjam/saml"

	"github.com/tenon-hq/tenon/tenancy"
)

const (
	serviceKeyBits  = 2048
	serviceKeyYears = 20 // its certificate is only a wrapping: what counts is the key that the provider was given
)

// equip gives the service its key, which is made at the first use. It stays here when a company moves elsewhere: there the metadata is read anew.
func (d *Door) equip(ctx context.Context, sp *saml.ServiceProvider, t *tenancy.Tenant, x *IdentityProvider) error {
	var certificate, sealed []byte
	find := func() (bool, error) {
		return d.row(ctx, "select certificate, sealed from tenon.saml_key where provider_id = $1 and tenant_id = $2", []any{x.ID.String(), t.ID.String()}, &certificate, &sealed)
	}
	found, err := find()
	if err != nil {
		return err
	}
	if !found {
		if err := d.newServiceKey(ctx, t, x); err != nil {
			return err
		}
		if _, err := find(); err != nil { // that of another program, which was faster
			return err
		}
	}
	if sp.Certificate, err = x509.ParseCertificate(certificate); err != nil {
		return err
	}
	raw, err := d.engine.Sealer.Open(ctx, t.ID, "identity_provider", "service_key", x.ID, sealed)
	if err != nil {
		return err
	}
	key, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return err
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return errors.New("the key is no RSA key")
	}
	sp.Key, sp.LogoutBindings = private, []string{saml.HTTPRedirectBinding}
	return nil
}

// newServiceKey makes the key of this side for one provider.
func (d *Door) newServiceKey(ctx context.Context, t *tenancy.Tenant, x *IdentityProvider) error {
	private, err := rsa.GenerateKey(rand.Reader, serviceKeyBits)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	now := d.db.Now()
	about := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "Tenon " + x.Name}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(serviceKeyYears, 0, 0)}
	certificate, err := x509.CreateCertificate(rand.Reader, about, about, private.Public(), private)
	if err != nil {
		return err
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	sealed, err := d.engine.Sealer.Seal(ctx, t.ID, "identity_provider", "service_key", x.ID, raw)
	if err != nil {
		return err
	}
	return d.exec(ctx, "insert into tenon.saml_key (provider_id, tenant_id, certificate, sealed) values ($1, $2, $3, $4) on conflict do nothing", x.ID.String(), t.ID.String(), certificate, sealed)
}

// signing says in the metadata that what comes from here is signed with the same key.
func signing(e *saml.EntityDescriptor, certificate *x509.Certificate) *saml.EntityDescriptor {
	about := &e.SPSSODescriptors[0]
	about.KeyDescriptors = append(about.KeyDescriptors, saml.KeyDescriptor{Use: "signing", KeyInfo: saml.KeyInfo{X509Data: saml.X509Data{
		X509Certificates: []saml.X509Certificate{{Data: base64.StdEncoding.EncodeToString(certificate.Raw)}},
	}}})
	return e
}
