package keys

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Newest returns the id of the key with which a tenant's values are sealed now.
func (s *Service) Newest(ctx context.Context, tenant id.ID) (k KeyID, err error) {
	err = s.with(ctx, tenant, func(r *ring) error {
		k = r.newest
		return nil
	})
	return k, err
}

// Rotate gives a tenant a new version of its key in the key service and a new data key, wrapped by it as all older ones are from now on. Values are
// sealed with the new one at once; older values stay readable and are sealed anew when they are written and in the background. When that is done, Retire
// ends the older versions. save runs in the same unit of work as the change.
func (s *Service) Rotate(ctx context.Context, t *tenancy.Tenant, a tenancy.Actor, save func(ctx context.Context, tx *tenancy.Tx, version int) error) error {
	if _, err := s.Newest(ctx, t.ID); err != nil { // the first keys are made
		return err
	}
	p, err := s.provider(ctx, t)
	if err != nil {
		return unavailable(err)
	}
	version, err := p.Rotate(ctx, nameOf(t))
	if err != nil {
		return unavailable(err)
	}
	if err := s.rotateArchives(ctx, t.ID); err != nil {
		return unavailable(err)
	}
	rows, err := s.rows(ctx, t)
	if err != nil {
		return err
	}
	wrapped := make([]string, len(rows))
	fresh := []row{{purpose: forData, number: 1}}
	for i, r := range rows {
		wrapped[i] = r.wrapped
		if r.purpose == forData {
			fresh[0].number = max(fresh[0].number, r.number+1)
		}
	}
	if wrapped, err = p.Rewrap(ctx, nameOf(t), wrapped); err != nil {
		return unavailable(err)
	}
	if err := s.draw(ctx, t, p, fresh); err != nil {
		return unavailable(err)
	}
	err = s.cfg.DB.Do(ctx, t, a, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := rewrite(ctx, tx, rows, wrapped); err != nil {
			return err
		}
		if err := put(ctx, tx, fresh); err != nil {
			return err
		}
		return save(ctx, tx, version)
	})
	if err != nil {
		return err
	}
	return s.cfg.DB.Bump(ctx, t.ID) // every process takes the new key before its next unit of work
}

// Retire forbids the versions of a tenant's key before the newest to open anything.
func (s *Service) Retire(ctx context.Context, t *tenancy.Tenant) (version int, err error) {
	p, err := s.provider(ctx, t)
	if err != nil {
		return 0, unavailable(err)
	}
	newest, _, err := p.Versions(ctx, nameOf(t))
	if err == nil {
		err = p.Raise(ctx, nameOf(t), newest)
	}
	if err != nil {
		return 0, unavailable(err)
	}
	return newest, nil
}

// Status is how a tenant's keys are.
type Status struct {
	Service  State        `json:"service"` // the key service that this tenant uses
	Own      *VaultConfig `json:"own"`     // its own, without secrets
	Newest   int          `json:"newest_version"`
	Oldest   int          `json:"oldest_version"` // that still opens
	DataKeys int          `json:"data_keys"`
	Signs    string       `json:"signing_key"` // Ed25519 public key of the audit's checkpoints, base64
	Error    Cause        `json:"error,omitempty"`
}

// StatusOf asks the key service how a tenant's keys are. What it can't tell now is left zero, with the cause in Error.
func (s *Service) StatusOf(ctx context.Context, t *tenancy.Tenant) (Status, error) {
	var out Status
	rows, err := s.rows(ctx, t)
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		switch r.purpose {
		case forData:
			out.DataKeys++
		case forSign:
			out.Signs = r.public
		}
	}
	err = s.cfg.DB.Do(ctx, t, service(), func(ctx context.Context, tx *tenancy.Tx) (err error) {
		out.Own, err = OwnOf(ctx, tx)
		return err
	}, tenancy.ReadOnly())
	if err != nil {
		return out, err
	}
	out.Service = s.cfg.Platform.State()
	p, err := s.provider(ctx, t)
	if err == nil {
		out.Newest, out.Oldest, err = p.Versions(ctx, nameOf(t))
		out.Service = p.State()
	}
	if err != nil && len(rows) > 0 {
		out.Error = causeOf(err)
	}
	return out, nil
}

// Sign signs a message with a tenant's signing key and returns the public key beside it, both in base64.
func (s *Service) Sign(ctx context.Context, tenant id.ID, message func(public string) []byte) (public, signature string, err error) {
	err = s.with(ctx, tenant, func(r *ring) error {
		key, _ := r.sign.Public().(ed25519.PublicKey)
		public = base64.StdEncoding.EncodeToString(key)
		signature = base64.StdEncoding.EncodeToString(ed25519.Sign(r.sign, message(public)))
		return nil
	})
	return public, signature, err
}
