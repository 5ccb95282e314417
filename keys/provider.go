package keys

import (
	"context"
	"errors"
	"fmt"
)

// Provider is a key service: it holds one key for each tenant, which never leaves it, and wraps the tenants' data keys with that.
// Vault and Local are the two. What goes wrong with the service is a *Trouble.
type Provider interface { //nolint:interfacebloat // one service, one conversation
	// Ensure makes the key of that name unless it is there.
	Ensure(ctx context.Context, key string) error
	// Wrap encrypts secrets, Unwrap opens what Wrap and Rewrap made: one call for all.
	Wrap(ctx context.Context, key string, secrets [][]byte) ([]string, error)
	Unwrap(ctx context.Context, key string, wrapped []string) ([][]byte, error)
	// Rotate gives the key a new version and returns its number; older ones still open what they wrapped.
	Rotate(ctx context.Context, key string) (int, error)
	// Rewrap wraps anew with the newest version, without showing the secrets.
	Rewrap(ctx context.Context, key string, wrapped []string) ([]string, error)
	// Raise forbids versions before oldest to open anything from now on.
	Raise(ctx context.Context, key string, oldest int) error
	// Versions returns the newest version and the oldest that still opens.
	Versions(ctx context.Context, key string) (newest, oldest int, err error)
	// Destroy removes the key for good.
	Destroy(ctx context.Context, key string) error
	// State says how the service does, from what is known without asking it.
	State() State
}

// Cause says in one word what is wrong with a key service.
type Cause string

// What can be wrong.
const (
	Sealed      Cause = "sealed"      // Vault runs but is sealed
	Slow        Cause = "slow"        // no answer in time
	Unreachable Cause = "unreachable" // no connection
	TokenEnded  Cause = "token"       // the login is refused, or the token has ended and can't be had anew
	Permission  Cause = "permission"  // the token may not use the key
	KeyMissing  Cause = "key_missing" // the tenant's key is not there
	Failing     Cause = "failing"     // it answers with an error of its own
	Refused     Cause = "refused"     // the request itself is wrong: an altered wrapped key, a version below the minimum
)

// Trouble is what keeps a key service from answering.
type Trouble struct {
	What Cause
	Err  error
}

func (t *Trouble) Error() string { return fmt.Sprintf("key service %s: %v", t.What, t.Err) }

// Unwrap returns the service's own error.
func (t *Trouble) Unwrap() error { return t.Err }

// causeOf returns the cause of an error, failing when it tells none.
func causeOf(err error) Cause {
	if t, ok := errors.AsType[*Trouble](err); ok {
		return t.What
	}
	return Failing
}

// everybody tells that a trouble is the service's, not one key's.
func (c Cause) everybody() bool {
	switch c {
	case Sealed, Slow, Unreachable, TokenEnded, Failing:
		return true
	case Permission, KeyMissing, Refused:
	}
	return false
}

// State is how a key service does.
type State struct {
	Kind    string `json:"kind"`              // vault, file
	Address string `json:"address,omitempty"` // of a Vault
	OK      bool   `json:"ok"`
	Cause   Cause  `json:"cause,omitempty"`            // when not OK
	Breaker string `json:"breaker,omitempty"`          // closed, open, half-open
	Login   string `json:"login,omitempty"`            // token, approle, kubernetes
	Expires string `json:"token_expires_at,omitempty"` // RFC 3339; empty: never
	Calls   int64  `json:"calls"`
	Failed  int64  `json:"failed"`
	Since   string `json:"since,omitempty"` // when it last changed between OK and not
}
