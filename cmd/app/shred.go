package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/tenancy"
)

// samplesOfEach is how many ciphertexts of each kind are tried when a tenant's key is destroyed.
const samplesOfEach = 5

// shredder lets billing end a tenant's keys, of which it knows nothing.
type shredder struct{ *App }

// Agreed asks the keys' register of consents.
func (s shredder) Agreed(ctx context.Context, tx pgx.Tx, tenant id.ID, since time.Time) (bool, error) {
	return s.Keys.Agreed(ctx, tx, tenant, since)
}

// Shred destroys the keys and says where the certificate is shown.
func (s shredder) Shred(ctx context.Context, t *tenancy.Tenant, since time.Time) (string, error) {
	var samples []keys.Sample
	err := s.Engine.Do(ctx, t, tenancy.Actor{System: true, Name: "keys"}, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		samples, err = record.Samples(ctx, tx, samplesOfEach)
		return err
	}, tenancy.ReadOnly())
	if err != nil {
		return "", err
	}
	c, err := s.Keys.Shred(ctx, t, since, samples)
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(s.Config.PublicURL, "/") + "/certificate/" + c.ID.String(), nil
}

// replay deletes in a restored tenant whom its first has deleted since; who was a user gets no login.
func (a *App) replay(ctx context.Context, t *tenancy.Tenant, of *archive.Head) error {
	users, err := a.API.ShredAgain(ctx, t, of.Tenant.ID)
	of.Members = slices.DeleteFunc(of.Members, func(m tenancy.Member) bool {
		key, err := id.Parse(m.User)
		return err == nil && slices.Contains(users, key)
	})
	return err
}

// noting remembers how the key of each archive was wrapped, so that it can be tried when the tenant's key is destroyed.
type noting struct {
	archive.Sealer

	wrapped map[id.ID]string
}

// WrapArchive is the sealer's, and remembered.
func (n *noting) WrapArchive(ctx context.Context, tenant id.ID, secret []byte) (string, error) {
	out, err := n.Sealer.WrapArchive(ctx, tenant, secret)
	if err == nil {
		n.wrapped[tenant] = out
	}
	return out, err
}

// noteArchives writes down what was remembered while a backup was made.
func (a *App) noteArchives(ctx context.Context, b *archive.Backup, n *noting, others int) error {
	for _, e := range b.Entries {
		if err := a.Keys.NoteArchive(ctx, e.Tenant, e.File, n.wrapped[e.Tenant], others); err != nil {
			return err
		}
	}
	return nil
}
