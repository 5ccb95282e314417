package billing

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/tenancy"
)

// Licence says what a private install may use. It is a file that the vendor has signed; nothing is asked of anybody to check it.
type Licence struct {
	ID           string     `json:"id"`
	Company      string     `json:"company"`
	Modules      []string   `json:"modules"` // "*": all
	Seats        int        `json:"seats"`   // active people; 0: no limit
	Issued       clock.Date `json:"issued"`
	Expires      clock.Date `json:"expires"`       // the last day; none: never
	SupportUntil clock.Date `json:"support_until"` // updates and help
}

// grace is how many days after the last day everything still works.
const grace = 30

const licenceType, licenceAlgorithm = "TENON LICENCE", "ed25519"

// Sign writes a licence file with the vendor's private key.
func Sign(l Licence, key ed25519.PrivateKey) ([]byte, error) {
	raw, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{
		Type: licenceType, Bytes: raw,
		Headers: map[string]string{"Algorithm": licenceAlgorithm, "Signature": base64.StdEncoding.EncodeToString(ed25519.Sign(key, raw))},
	}), nil
}

// ErrLicence is returned for a file that is no licence, or that the vendor did not sign like this.
var ErrLicence = errors.New("not a valid licence")

// ReadLicence reads a licence file and checks the vendor's signature.
func ReadLicence(file []byte, vendor ed25519.PublicKey) (*Licence, error) {
	block, _ := pem.Decode(file)
	if block == nil || block.Type != licenceType || block.Headers["Algorithm"] != licenceAlgorithm || len(vendor) != ed25519.PublicKeySize {
		return nil, ErrLicence
	}
	signature, err := base64.StdEncoding.DecodeString(block.Headers["Signature"])
	if err != nil || !ed25519.Verify(vendor, block.Bytes, signature) {
		return nil, ErrLicence
	}
	l := &Licence{}
	if err := json.Unmarshal(block.Bytes, l); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLicence, err)
	}
	return l, nil
}

// Has tells whether a module may be used.
func (l *Licence) Has(module string) bool {
	return slices.Contains(l.Modules, "*") || slices.Contains(l.Modules, module)
}

// Private is the licence of a private install, read from its file at the start and once a day.
type Private struct {
	Path   string
	Vendor ed25519.PublicKey

	mu      sync.Mutex
	licence *Licence
	err     error
	read    time.Time
}

// Standing is where a private install stands.
type Standing struct {
	Licence  *Licence // nil: there is none
	Problem  string   // none, expired, grace, unsigned
	Left     int      // days until everything that is licensed becomes read-only; meaningless without an expiry
	Seats    int      // active people now
	TooMany  bool
	ReadOnly bool
}

// Load reads the file again. Without a valid file an install works for the days of a trial and is read-only after that; export works always.
func (p *Private) Load(now time.Time) (*Licence, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	raw, err := os.ReadFile(p.Path)
	p.read = now
	if err != nil {
		p.licence, p.err = nil, err
		return nil, err
	}
	p.licence, p.err = ReadLicence(raw, p.Vendor)
	return p.licence, p.err
}

// current returns the licence, read again when the last time was a day ago or the clock was turned back.
func (p *Private) current(now time.Time) (*Licence, error) {
	p.mu.Lock()
	last, l, err := p.read, p.licence, p.err
	p.mu.Unlock()
	if last.IsZero() || now.Sub(last) >= 24*time.Hour || now.Before(last) {
		return p.Load(now)
	}
	return l, err
}

// Install checks a licence and puts it in place of the one before.
func (p *Private) Install(file []byte, now time.Time) (*Licence, error) {
	l, err := ReadLicence(file, p.Vendor)
	if err != nil {
		return nil, err
	}
	next := p.Path + ".new"
	if err := os.WriteFile(next, file, 0o600); err != nil {
		return nil, err
	}
	if err := os.Rename(next, p.Path); err != nil {
		return nil, err
	}
	_, err = p.Load(now)
	return l, err
}

// Stand answers where the install stands, with the seats that are taken in a tenant.
func (s *Service) Stand(ctx context.Context, t *tenancy.Tenant) (*Standing, error) {
	now := s.db.Now()
	out := &Standing{}
	a, err := s.Account(ctx, t)
	if err != nil {
		return nil, err
	}
	l, err := s.cfg.Private.current(now)
	today := clock.DateOf(now, t.Zone)
	switch {
	case err != nil:
		out.Problem = "none"
		if !errors.Is(err, os.ErrNotExist) {
			out.Problem = "unsigned"
		}
		out.Left = daysUntil(a.TrialEnds, now)
		out.ReadOnly = !now.Before(a.TrialEnds)
	case !l.Expires.IsZero() && today.After(l.Expires):
		out.Licence, out.Problem = l, "grace"
		out.Left = l.Expires.AddDays(grace).Sub(today)
		if out.ReadOnly = out.Left < 0; out.ReadOnly {
			out.Problem = "expired"
		}
	default:
		out.Licence = l
		if !l.Expires.IsZero() {
			out.Left = l.Expires.AddDays(grace).Sub(today)
		}
	}
	if out.Seats, err = s.seats(ctx, today); err != nil {
		return nil, err
	}
	out.TooMany = l != nil && l.Seats > 0 && out.Seats > l.Seats
	return out, nil
}

// daysUntil counts the days until a moment, a begun one as a whole.
func daysUntil(at, now time.Time) int {
	return int((at.Sub(now) + 24*time.Hour - 1) / (24 * time.Hour))
}

// seats counts the people who used any module in the last 30 days, over all companies of the install.
func (s *Service) seats(ctx context.Context, today clock.Date) (n int, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, "select count(distinct (tenant_id, user_id)) from tenon.usage_seat where day > $1::date - 30", today.String()).Scan(&n)
	})
	return n, err
}

// License makes what a tenant of a private install may do agree with the licence: read-only when it has run out and its grace too, and back as soon
// as a new one is there. Modules that the licence does not name are read-only by Unlicensed.
func (s *Service) License(ctx context.Context, t *tenancy.Tenant) error {
	st, err := s.Stand(ctx, t)
	if err != nil {
		return err
	}
	switch {
	case st.ReadOnly && t.State == tenancy.Active:
		s.log.WarnContext(ctx, "the licence has run out: workspaces are read-only, export works", "tenant", t.ID.String())
		return s.db.Enter(ctx, t.ID, tenancy.LookOnly)
	case !st.ReadOnly && t.State == tenancy.LookOnly:
		return s.db.Enter(ctx, t.ID, tenancy.Active)
	}
	if st.TooMany {
		s.log.WarnContext(ctx, "more people use this install than its licence names", "seats", st.Seats, "licensed", st.Licence.Seats)
	}
	return nil
}

// Unlicensed returns those of some modules that a private install's licence does not name.
func (s *Service) Unlicensed(list []string) []string {
	if s.cfg.Private == nil {
		return nil
	}
	l, err := s.cfg.Private.current(s.db.Now())
	if err != nil {
		return nil // a trial
	}
	return slices.DeleteFunc(slices.Clone(list), func(m string) bool { return l.Has(m) })
}

// ParseVendor reads a public key as base64.
func ParseVendor(text string) (ed25519.PublicKey, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return nil, errors.New("a vendor's public key is 32 bytes in base64")
	}
	return raw, nil
}
