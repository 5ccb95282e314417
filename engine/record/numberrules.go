package record

import (
	"context"
	"sync"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// numberings remembers the tenants' own number rules for as long as a tenant is unchanged.
type numberings struct {
	mu    sync.Mutex
	known map[id.ID]knownRules
}

type knownRules struct {
	generation int64
	rules      map[string]NumberRule
}

// maxKnown bounds what is remembered.
const maxKnown = 10_000

// of returns a tenant's own rules by entity.
func (n *numberings) of(ctx context.Context, tx *tenancy.Tx) (map[string]NumberRule, error) {
	n.mu.Lock()
	k, ok := n.known[tx.Tenant.ID]
	n.mu.Unlock()
	if ok && k.generation == tx.Tenant.Generation {
		return k.rules, nil
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, "SELECT entity, prefix, date_part, digits, reset FROM number_rule")
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	rules := map[string]NumberRule{}
	for res.Next() {
		var name string
		var r NumberRule
		if err := res.Scan(&name, &r.Prefix, &r.Date, &r.Digits, &r.Reset); err != nil {
			return nil, databaseFault(err, nil)
		}
		rules[name] = r
	}
	if err := res.Err(); err != nil {
		return nil, databaseFault(err, nil)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known == nil || len(n.known) > maxKnown {
		n.known = map[id.ID]knownRules{}
	}
	n.known[tx.Tenant.ID] = knownRules{tx.Tenant.Generation, rules}
	return rules, nil
}
