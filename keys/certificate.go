package keys

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// CertificateFormat is written into each certificate.
const CertificateFormat = "tenon-shredding/1"

// Certificate says that a tenant's key was destroyed, and lists what was tried afterwards and did not open.
type Certificate struct {
	Format    string    `json:"format"`
	ID        id.ID     `json:"id"`
	Tenant    id.ID     `json:"tenant_id"`
	Company   string    `json:"company"`
	AskedAt   time.Time `json:"asked_at"` // of the request to close
	Consents  []Consent `json:"consents"`
	Destroyed time.Time `json:"destroyed_at"`
	Services  []State   `json:"key_services"` // that held the tenant's key, as they were
	Tried     []Trial   `json:"tried"`
	Elsewhere []string  `json:"elsewhere,omitempty"` // archives that were also written for somebody else's key, which this does not touch
	Public    string    `json:"public_key"`          // Ed25519, of this installation, base64
	Signature string    `json:"signature"`
}

// Trial is one thing that was tried after the key was destroyed.
type Trial struct {
	What   string `json:"what"` // value, data_key, person_key, archive
	Where  string `json:"where"`
	SHA256 string `json:"sha256"` // of the ciphertext
	Before bool   `json:"opened_before"`
	After  bool   `json:"opened_after"` // false, or there is no certificate
	Why    string `json:"why"`          // it does not open
}

// message is what is signed: the certificate as JSON, without the signature.
func (c Certificate) message() ([]byte, error) {
	bare := c
	bare.Signature = ""
	return json.Marshal(bare)
}

// VerifyCertificate reads a certificate and checks its signature. public is the key that the installation told before, base64; without it the one in the
// certificate is taken, which proves no more than that the text was not altered since.
func VerifyCertificate(raw []byte, public string) (*Certificate, error) {
	c := &Certificate{}
	if err := json.Unmarshal(raw, c); err != nil {
		return nil, fmt.Errorf("this is no certificate: %w", err)
	}
	if c.Format != CertificateFormat {
		return nil, fmt.Errorf("the certificate's form is %q; this Tenon reads %s", c.Format, CertificateFormat)
	}
	if public != "" && public != c.Public {
		return nil, errors.New("the certificate was signed by another key than the one given")
	}
	key, err := base64.StdEncoding.DecodeString(c.Public)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("the certificate names no key")
	}
	signature, err := base64.StdEncoding.DecodeString(c.Signature)
	if err != nil {
		return nil, errors.New("the signature is damaged")
	}
	text, err := c.message()
	if err != nil {
		return nil, err
	}
	if !ed25519.Verify(key, text, signature) {
		return nil, errors.New("the signature is not genuine: the certificate was altered")
	}
	for _, t := range c.Tried {
		if t.After {
			return nil, fmt.Errorf("%s %s still opens", t.What, t.Where)
		}
	}
	return c, nil
}

// installation is the name under which the key service keeps the key of the installation itself.
const installation = "installation"

// signer returns the installation's signing key, and makes it when there is none.
func (s *Service) signer(ctx context.Context) (ed25519.PrivateKey, error) {
	public, wrapped, err := s.storedSigner(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		if err = s.foundSigner(ctx); err == nil {
			public, wrapped, err = s.storedSigner(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	seeds, err := s.cfg.Platform.Unwrap(ctx, installation, []string{wrapped})
	if err != nil {
		return nil, unavailable(err)
	}
	defer wipe(seeds)
	if len(seeds[0]) != ed25519.SeedSize {
		return nil, errors.New("the installation's signing key is damaged")
	}
	key := ed25519.NewKeyFromSeed(seeds[0])
	if publicOf(key) != public {
		return nil, errors.New("the installation's signing key is another one")
	}
	return key, nil
}

func publicOf(key ed25519.PrivateKey) string {
	public, _ := key.Public().(ed25519.PublicKey)
	return base64.StdEncoding.EncodeToString(public)
}

func (s *Service) storedSigner(ctx context.Context) (public, wrapped string, err error) {
	err = s.cfg.DB.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, "select public, wrapped from tenon.signing_key").Scan(&public, &wrapped)
	})
	return public, wrapped, err
}

func (s *Service) foundSigner(ctx context.Context) error {
	seed := make([]byte, ed25519.SeedSize)
	defer clear(seed)
	if _, err := rand.Read(seed); err != nil {
		return err
	}
	if err := s.cfg.Platform.Ensure(ctx, installation); err != nil {
		return unavailable(err)
	}
	wrapped, err := s.cfg.Platform.Wrap(ctx, installation, [][]byte{seed})
	if err != nil {
		return unavailable(err)
	}
	return s.cfg.DB.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "insert into tenon.signing_key (public, wrapped, made_at) values ($1, $2, $3) on conflict do nothing",
			publicOf(ed25519.NewKeyFromSeed(seed)), wrapped[0], s.cfg.DB.Now())
		return err
	})
}

// Signer returns the public key by which this installation signs certificates, base64.
func (s *Service) Signer(ctx context.Context) (string, error) {
	key, err := s.signer(ctx)
	if err != nil {
		return "", err
	}
	return publicOf(key), nil
}

// CertificateOf returns a certificate by its id, as it was signed; it needs no tenant, which is gone by then.
func (s *Service) CertificateOf(ctx context.Context, certificate id.ID) (raw []byte, err error) {
	var text string
	err = s.cfg.DB.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, "select certificate from tenon.shredding where id = $1 and certificate is not null", certificate.String()).Scan(&text)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "certificate.not_found", "没有此证书", "There is no such certificate")
	}
	return []byte(text), err
}

// Certificates lists all certificates, newest first: id, company and day.
func (s *Service) Certificates(ctx context.Context) (out []*Certificate, err error) {
	var list []string
	err = s.cfg.DB.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select certificate from tenon.shredding where certificate is not null order by ended_at desc limit 500")
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	for _, raw := range list {
		c := &Certificate{}
		if err := json.Unmarshal([]byte(raw), c); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, err
}
