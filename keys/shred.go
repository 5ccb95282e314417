package keys

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Sample is a sealed value of a tenant, to be tried.
type Sample struct {
	Entity, Field string
	Row           id.ID
	Sealed        []byte
}

func (x Sample) where() string { return x.Entity + "." + x.Field + " " + x.Row.String() }

// NoteArchive remembers the wrapped key of an archive that was made, so that it can be tried when the tenant's key is destroyed. others is how many
// besides this installation can open the archive.
func (s *Service) NoteArchive(ctx context.Context, tenant id.ID, archive, wrapped string, others int) error {
	return s.cfg.DB.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "insert into tenon.archive_key values ($1, $2, $3, $4, $5) on conflict do nothing", tenant.String(), archive, wrapped, others, s.cfg.DB.Now())
		return err
	})
}

type archiveKey struct {
	Archive, Wrapped string
	Others           int
}

func (s *Service) archives(ctx context.Context, tenant id.ID) (out []archiveKey, err error) {
	err = s.cfg.DB.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select archive, wrapped, others from tenon.archive_key where tenant_id = $1 order by archive", tenant.String())
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByPos[archiveKey])
		return err
	})
	return out, err
}

// Shred destroys a tenant's key for good, in its own key service and the installation's, then tries the samples, the data keys and the archives: none may
// open. It returns the signed certificate. Done again, it goes on where it was interrupted; done already, it returns what was signed then. since is when the
// end was asked for.
func (s *Service) Shred(ctx context.Context, t *tenancy.Tenant, since time.Time, samples []Sample) (*Certificate, error) {
	c := &Certificate{Format: CertificateFormat, ID: s.cfg.DB.NewID(), Tenant: t.ID, Company: t.Name, AskedAt: since.UTC(), Elsewhere: []string{}}
	signer, err := s.signer(ctx)
	if err != nil {
		return nil, err
	}
	c.Public = publicOf(signer)
	if c.Consents, err = s.Consents(ctx, t.ID, since); err != nil {
		return nil, err
	}
	if len(c.Consents) < ConsentsNeeded {
		return nil, fmt.Errorf("%d people have agreed that the key of %s be destroyed; %d are needed", len(c.Consents), t.ID, ConsentsNeeded)
	}
	tried, elsewhere, err := s.trials(ctx, t, samples)
	if err != nil {
		return nil, err
	}
	c.Elsewhere = elsewhere
	done, before, err := s.begun(ctx, t, c, tried)
	if err != nil || done != nil {
		return done, err
	}
	if c.Services, err = s.destroy(ctx, t); err != nil {
		return nil, err
	}
	s.Forget(t.ID)
	if err := s.cfg.DB.Bump(ctx, t.ID); err != nil { // every process lets go of what it remembers
		return nil, err
	}
	for _, x := range tried {
		x.Before = x.Before || before[x.What+" "+x.Where]
		err := x.try(ctx)
		if x.After = err == nil; x.After {
			return nil, fmt.Errorf("%s %s still opens after the key was destroyed", x.What, x.Where)
		}
		if Cause(x.Why).everybody() { // a service that does not answer proves nothing
			return nil, unavailable(err)
		}
		c.Tried = append(c.Tried, x.Trial)
	}
	c.Destroyed = s.cfg.DB.Now().UTC()
	return c, s.certify(ctx, c, signer)
}

// certify signs a certificate and keeps it.
func (s *Service) certify(ctx context.Context, c *Certificate, signer ed25519.PrivateKey) error {
	text, err := c.message()
	if err != nil {
		return err
	}
	c.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(signer, text))
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return s.cfg.DB.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "update tenon.shredding set certificate = $2, ended_at = $3 where tenant_id = $1", c.Tenant.String(), string(raw), c.Destroyed)
		return err
	})
}

// begun writes down what opens before the key is destroyed, and takes over the id and what opened when a run before this one did that.
func (s *Service) begun(ctx context.Context, t *tenancy.Tenant, c *Certificate, tried []*trial) (done *Certificate, before map[string]bool, err error) {
	opened := map[string]bool{}
	for _, x := range tried {
		if err := x.try(ctx); err == nil {
			x.Before, opened[x.What+" "+x.Where] = true, true
		}
	}
	raw, err := json.Marshal(opened)
	if err != nil {
		return nil, nil, err
	}
	var key, first, certificate string
	err = s.cfg.DB.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "insert into tenon.shredding (id, tenant_id, begun_at, before) values ($1, $2, $3, $4) on conflict (tenant_id) do nothing",
			c.ID.String(), t.ID.String(), s.cfg.DB.Now(), string(raw))
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, "select id::text, before::text, coalesce(certificate, '') from tenon.shredding where tenant_id = $1", t.ID.String()).Scan(&key, &first, &certificate)
	})
	if err != nil {
		return nil, nil, err
	}
	if certificate != "" {
		done = &Certificate{}
		return done, nil, json.Unmarshal([]byte(certificate), done)
	}
	if c.ID, err = id.Parse(key); err != nil {
		return nil, nil, err
	}
	return nil, before, json.Unmarshal([]byte(first), &before)
}

// destroy removes the key from the tenant's own key service, if it has one, and from the installation's, which has wrapped its archives.
func (s *Service) destroy(ctx context.Context, t *tenancy.Tenant) (out []State, err error) {
	p, err := s.provider(ctx, t)
	if err != nil {
		p = s.cfg.Platform // its own can't be reached with credentials that the installation's key no longer opens
	}
	list := []Provider{p}
	if p != s.cfg.Platform {
		list = append(list, s.cfg.Platform)
	}
	for _, p := range list {
		if err := p.Destroy(ctx, nameOf(t)); err != nil && !missing(err) {
			return nil, unavailable(err)
		}
		state := p.State()
		out = append(out, State{Kind: state.Kind, Address: state.Address, OK: state.OK})
	}
	if err := s.cfg.Platform.Destroy(ctx, archiveName(t.ID)); err != nil && !missing(err) {
		return nil, unavailable(err)
	}
	if len(list) > 1 { // what wraps the credential of its own
		err = s.cfg.Platform.Destroy(ctx, ownName(t))
	}
	return out, err
}

// trial is something to be tried.
type trial struct {
	Trial

	open func(ctx context.Context) error
}

// try opens it; what went wrong is noted as the reason.
func (x *trial) try(ctx context.Context) error {
	err := x.open(ctx)
	x.Why = ""
	if err == nil {
		return nil
	}
	x.Why = "does not open"
	if t, ok := errors.AsType[*Trouble](err); ok {
		x.Why = string(t.What)
	}
	return err
}

func newTrial(what, where string, cipher []byte, open func(ctx context.Context) error) *trial {
	sum := sha256.Sum256(cipher)
	return &trial{Trial{What: what, Where: where, SHA256: hex.EncodeToString(sum[:])}, open}
}

// trials gathers what is to be tried: every data key, every archive that is known, and the samples.
func (s *Service) trials(ctx context.Context, t *tenancy.Tenant, samples []Sample) (out []*trial, elsewhere []string, err error) {
	rows, err := s.rows(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		out = append(out, newTrial("data_key", r.id.String(), []byte(r.wrapped), func(ctx context.Context) error {
			p, err := s.provider(ctx, t)
			if err != nil {
				return err
			}
			plain, err := p.Unwrap(ctx, nameOf(t), []string{r.wrapped})
			wipe(plain)
			return err
		}))
	}
	archives, err := s.archives(ctx, t.ID)
	if err != nil {
		return nil, nil, err
	}
	for _, x := range archives {
		if x.Others > 0 {
			elsewhere = append(elsewhere, x.Archive)
		}
		out = append(out, newTrial("archive", x.Archive, []byte(x.Wrapped), func(ctx context.Context) error {
			plain, err := s.UnwrapArchive(ctx, t.ID, x.Wrapped)
			clear(plain)
			return err
		}))
	}
	for _, x := range samples {
		what := "value"
		if x.Entity == personEntity {
			what = "person_key"
		}
		out = append(out, newTrial(what, x.where(), x.Sealed, func(ctx context.Context) error {
			s.slot(t.ID).failure.Store(nil) // each is tried for itself
			_, err := s.Open(ctx, t.ID, x.Entity, x.Field, x.Row, x.Sealed)
			return err
		}))
	}
	return out, elsewhere, nil
}

// PersonSample is a person's wrapped key, to be tried.
func PersonSample(row id.ID, wrapped []byte) Sample { return Sample{personEntity, "key", row, wrapped} }
