package keys

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"errors"
	"time"

	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql
var files embed.FS

// Line is the platform's own migration line for this package.
func Line() tenancy.Line { return tenancy.Line{Name: "keys", Always: true, Files: files} }

// The purposes of data keys.
const (
	forData  = "data"  // seals values; the newest seals, all open
	forIndex = "index" // blind indexes; one for good
	forSign  = "sign"  // Ed25519: checkpoints of the audit
)

// row is a stored data key.
type row struct {
	id      KeyID
	purpose string
	number  int
	wrapped string
	public  string
}

// nameOf is the name of a tenant's key in the key service.
func nameOf(t *tenancy.Tenant) string { return t.ID.String() }

func service() tenancy.Actor { return tenancy.Actor{System: true, Name: "keys"} }

func (s *Service) rows(ctx context.Context, t *tenancy.Tenant) (out []row, err error) {
	err = s.cfg.DB.Do(ctx, t, service(), func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = rowsIn(ctx, tx)
		return err
	}, tenancy.ReadOnly())
	return out, err
}

func rowsIn(ctx context.Context, tx *tenancy.Tx) ([]row, error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, "SELECT id, purpose, number, wrapped, public FROM data_key ORDER BY purpose, number")
	if err != nil {
		return nil, err
	}
	defer res.Close()
	var out []row
	for res.Next() {
		var r row
		var name string
		if err := res.Scan(&name, &r.purpose, &r.number, &r.wrapped, &r.public); err != nil {
			return nil, err
		}
		if r.id, err = ParseKeyID(name); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, res.Err()
}

// load makes a ring of a tenant's stored keys, and their first ones where there are none. Keys that an older ring knows are not asked for again while
// that one is good.
func (s *Service) load(ctx context.Context, t *tenancy.Tenant, old *ring) (*ring, error) {
	p, err := s.provider(ctx, t)
	if err != nil {
		return nil, err
	}
	rows, err := s.rows(ctx, t)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		if err := s.found(ctx, t, p); err != nil {
			return nil, err
		}
		if rows, err = s.rows(ctx, t); err != nil {
			return nil, err
		}
	}
	if r := old.still(rows, t.Generation); r != nil {
		return r, nil
	}
	wrapped := make([]string, len(rows))
	for i, r := range rows {
		wrapped[i] = r.wrapped
	}
	started := time.Now()
	secrets, err := p.Unwrap(ctx, nameOf(t), wrapped)
	s.meter.call(time.Since(started))
	if err != nil {
		return nil, err
	}
	defer wipe(secrets)
	r := &ring{keys: map[KeyID]key{}, indexes: map[string][]byte{}, expires: time.Now().Add(s.cfg.Life)}
	r.generation.Store(t.Generation)
	r.uses.Store(s.cfg.Uses)
	for i, x := range rows {
		if err := r.take(x, secrets[i]); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// still returns the old ring, as of a newer generation, when the stored keys are the ones that it holds.
func (r *ring) still(rows []row, generation int64) *ring {
	if r == nil || !r.fresh() {
		return nil
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	n := 0
	for _, x := range rows {
		if x.purpose != forData {
			continue
		}
		if _, ok := r.keys[x.id]; !ok {
			return nil
		}
		n++
	}
	if r.wiped || n != len(r.keys) {
		return nil
	}
	r.generation.Store(generation)
	return r
}

func (r *ring) take(x row, secret []byte) error {
	switch x.purpose {
	case forData:
		aead, err := newAEAD(secret)
		if err != nil {
			return err
		}
		r.keys[x.id], r.newest = key{x.id, aead}, x.id // the last one is the newest
	case forIndex:
		r.index = append([]byte(nil), secret...)
	case forSign:
		if len(secret) != ed25519.SeedSize {
			return errors.New("the signing key is damaged")
		}
		r.sign, r.signID = ed25519.NewKeyFromSeed(secret), x.id
	}
	return nil
}

// found makes a tenant's first keys. When two processes do it at once, the first to write wins and both use its keys.
func (s *Service) found(ctx context.Context, t *tenancy.Tenant, p Provider) error {
	if err := p.Ensure(ctx, nameOf(t)); err != nil {
		return err
	}
	rows := []row{{purpose: forData, number: 1}, {purpose: forIndex, number: 1}, {purpose: forSign, number: 1}}
	if err := s.draw(ctx, t, p, rows); err != nil {
		return err
	}
	return s.cfg.DB.Do(ctx, t, service(), func(ctx context.Context, tx *tenancy.Tx) error { return put(ctx, tx, rows) })
}

// draw fills rows with fresh secrets, wrapped.
func (s *Service) draw(ctx context.Context, t *tenancy.Tenant, p Provider, rows []row) error {
	secrets := make([][]byte, len(rows))
	defer wipe(secrets)
	for i := range rows {
		secrets[i] = make([]byte, 32)
		if _, err := rand.Read(secrets[i]); err != nil {
			return err
		}
		if _, err := rand.Read(rows[i].id[:]); err != nil {
			return err
		}
		if rows[i].purpose == forSign {
			public, _ := ed25519.NewKeyFromSeed(secrets[i]).Public().(ed25519.PublicKey)
			rows[i].public = base64.StdEncoding.EncodeToString(public)
		}
	}
	wrapped, err := p.Wrap(ctx, nameOf(t), secrets)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].wrapped = wrapped[i]
	}
	return nil
}

func put(ctx context.Context, tx *tenancy.Tx, rows []row) error {
	for _, r := range rows { // three at most
		//nolint:unqueryvet // a handful of keys
		_, err := tx.Tx.Tx.ExecContext(ctx, `INSERT INTO data_key (id, purpose, number, wrapped, public, created_at)
			VALUES ($1::text, $2::text, $3::int, $4::text, $5::text, $6::timestamptz) ON CONFLICT DO NOTHING`,
			r.id.String(), r.purpose, r.number, r.wrapped, r.public, tx.Now)
		if err != nil {
			return err
		}
	}
	return nil
}
