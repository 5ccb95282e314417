package archive

import (
	"context"
	"errors"

	"filippo.io/age"

	"github.com/tenon-hq/tenon/internal/id"
)

// stanza names the part of an archive's head that holds its key, sealed by a tenant's key.
const stanza = "tenon.dev/tenant-key"

// wrap is an archive's key under the keys of tenants: whoever holds this installation's keys opens it, and when a tenant's key is destroyed its
// archives stay shut.
type wrap struct {
	ctx     context.Context //nolint:containedctx // age's interfaces have no place for it
	sealer  Sealer
	tenants []id.ID
}

// ForTenants is the recipient of an archive that any of these tenants' keys opens.
func ForTenants(ctx context.Context, s Sealer, tenants ...id.ID) age.Recipient {
	return &wrap{ctx, s, tenants}
}

// Here is the identity of this installation: it opens what its tenants' keys have sealed.
func Here(ctx context.Context, s Sealer) age.Identity { return &wrap{ctx: ctx, sealer: s} }

// Wrap seals the archive's key.
func (w *wrap) Wrap(key []byte) ([]*age.Stanza, error) {
	var out []*age.Stanza
	for _, t := range w.tenants {
		wrapped, err := w.sealer.WrapArchive(w.ctx, t, key)
		if err != nil {
			return nil, err
		}
		out = append(out, &age.Stanza{Type: stanza, Args: []string{t.String()}, Body: []byte(wrapped)})
	}
	return out, nil
}

// Unwrap opens the archive's key.
func (w *wrap) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	var failed error
	for _, s := range stanzas {
		if s.Type != stanza || len(s.Args) != 1 {
			continue
		}
		tenant, err := id.Parse(s.Args[0])
		if err != nil {
			return nil, err
		}
		key, err := w.sealer.UnwrapArchive(w.ctx, tenant, string(s.Body))
		if err == nil {
			return key, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, errors.Join(age.ErrIncorrectIdentity, failed)
}
