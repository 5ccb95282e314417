package policy

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Keeper keeps the private half of a tenant's signing key: sealed with the tenant's own data key, it opens for this tenant only.
type Keeper interface {
	Seal(ctx context.Context, tenant id.ID, entity, field string, row id.ID, plain []byte) ([]byte, error)
	Open(ctx context.Context, tenant id.ID, entity, field string, row id.ID, sealed []byte) ([]byte, error)
}

// Keep plugs in who keeps signing keys; without one nothing can be published.
func (e *Engine) Keep(k Keeper) { e.keeper = k }

// SigningKey is a tenant's key for signing versions. Its public half is for everyone who wants to check a version elsewhere.
type SigningKey struct {
	bun.BaseModel `bun:"table:policy_key,alias:pk"`

	ID     id.ID     `bun:"id,pk,type:uuid"`
	Public []byte    `bun:"public"`
	Sealed []byte    `bun:"sealed"`
	MadeAt time.Time `bun:"made_at"`
}

const (
	keyEntity = "policy.key"
	keyField  = "private"
)

// SigningKeys returns the public keys of a tenant, newest first.
func SigningKeys(ctx context.Context, tx *tenancy.Tx) ([]SigningKey, error) {
	var out []SigningKey
	err := tx.NewSelect().Model(&out).Column("id", "public", "made_at").Order("made_at DESC").Scan(ctx)
	return out, err
}

// sign signs a version with the tenant's newest key, and makes the first one when there is none.
func (e *Engine) sign(ctx context.Context, tx *tenancy.Tx, v *Version) error {
	if e.keeper == nil {
		return fault.New(fault.Unavailable, "policy.no_keeper", "没有密钥服务，无法签署权限版本", "There is no key service: a version can't be signed")
	}
	key, private, err := e.signingKey(ctx, tx)
	if err != nil {
		return err
	}
	v.KeyID = key
	text, err := v.statement(tx.Tenant.ID)
	if err != nil {
		return err
	}
	v.Signature = ed25519.Sign(private, text)
	return nil
}

func (e *Engine) signingKey(ctx context.Context, tx *tenancy.Tx) (id.ID, ed25519.PrivateKey, error) {
	k := new(SigningKey)
	err := tx.NewSelect().Model(k).Order("made_at DESC").Limit(1).Scan(ctx)
	if err == nil {
		seed, err := e.keeper.Open(ctx, tx.Tenant.ID, keyEntity, keyField, k.ID, k.Sealed)
		if err != nil {
			return id.ID{}, nil, err
		}
		if len(seed) != ed25519.SeedSize {
			return id.ID{}, nil, errors.New("policy: a signing key of another size")
		}
		return k.ID, ed25519.NewKeyFromSeed(seed), nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return id.ID{}, nil, fmt.Errorf("policy key: %w", err)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return id.ID{}, nil, err
	}
	k = &SigningKey{ID: tx.NewID(), Public: public, MadeAt: tx.Now}
	if k.Sealed, err = e.keeper.Seal(ctx, tx.Tenant.ID, keyEntity, keyField, k.ID, private.Seed()); err != nil {
		return id.ID{}, nil, err
	}
	_, err = tx.NewInsert().Model(k).Exec(ctx)
	return k.ID, private, err
}

// verify refuses a version that was altered after it was signed. Versions from before there were signatures come before all signed ones.
func (v *Version) verify(ctx context.Context, tx *tenancy.Tx) error {
	if len(v.Signature) == 0 {
		signed, err := tx.NewSelect().Model((*Version)(nil)).Where("number < ? AND signature IS NOT NULL", v.Number).Exists(ctx)
		if err != nil || !signed {
			return err
		}
		return altered(v.Number)
	}
	k := new(SigningKey)
	if err := tx.NewSelect().Model(k).Column("id", "public").Where("id = ?", v.KeyID).Scan(ctx); err != nil {
		return fmt.Errorf("policy key: %w", err)
	}
	text, err := v.statement(tx.Tenant.ID)
	if err != nil {
		return err
	}
	if len(k.Public) != ed25519.PublicKeySize || !ed25519.Verify(k.Public, text, v.Signature) {
		return altered(v.Number)
	}
	return nil
}

func altered(number int64) error {
	return refused(fmt.Errorf("version %d of the rights does not carry a valid signature", number))
}

// statement is what is signed: the whole version as JSON with sorted members.
func (v *Version) statement(tenant id.ID) ([]byte, error) {
	grid, err := canonical(v.GridJSON)
	if err != nil {
		return nil, err
	}
	rules, err := canonical(v.RulesJSON)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{
		"tenon": "policy version", "tenant": tenant.String(), "id": v.ID.String(), "number": v.Number, "kind": v.Kind, "base": v.Base, "title": v.Title,
		"grid": json.RawMessage(grid), "rules": json.RawMessage(rules), "rego": v.Rego, "cases": v.Cases, "hash": v.Hash,
		"author": v.Author.String(), "authors": slices.Sorted(slices.Values(v.Authors)), "publisher": v.Publisher.String(), "comment": v.Comment,
		"published_at": v.PublishedAt.UTC().Format(time.RFC3339Nano), "key": v.KeyID.String(),
	})
}

// canonical writes JSON with sorted members, as it comes out again whatever the database made of it.
func canonical(raw json.RawMessage) ([]byte, error) {
	var x any
	if err := json.Unmarshal(raw, &x); err != nil {
		return nil, err
	}
	return json.Marshal(x)
}
