package people

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const provenLife = 30 * time.Minute

// Proven is somebody whom an identity provider of the installation vouches for and who is no person here yet.
type Proven struct {
	Email, Name string
	Identity    tenancy.Identity
}

// keepProven lets somebody sign up, or accept an invitation, with what their provider said.
func (d *Door) keepProven(ctx context.Context, p Proven) (string, error) {
	return d.begin(ctx, provenCeremony, id.ID{}, p, provenLife)
}

// ProvenBy returns who is vouched for.
func (d *Door) ProvenBy(ctx context.Context, secret string) (p Proven, err error) {
	hash := sha256.Sum256([]byte(secret))
	found, err := d.row(ctx, "select data->>'Email', data->>'Name', data->'Identity'->>'Issuer', data->'Identity'->>'Subject' from tenon.ceremony where hash = $1 and kind = $2 and expires_at > $3",
		[]any{hash[:], provenCeremony, d.db.Now()}, &p.Email, &p.Name, &p.Identity.Issuer, &p.Identity.Subject)
	if err == nil && !found {
		err = over()
	}
	return p, err
}

// Proved uses it up.
func (d *Door) Proved(ctx context.Context, secret string) {
	var p Proven
	if _, err := d.end(ctx, provenCeremony, secret, &p); err != nil {
		d.log.WarnContext(ctx, "a proven sign-up was not ended", "error", err) // it ends by itself, and the identity is known by now
	}
}
