package tenancy

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

const (
	argonSalt = 16 // bytes
	argonKey  = 32
)

// Argon says what a new password costs whoever guesses it. The zero value is OWASP's recommendation for argon2id: 19 MiB, passed over twice.
type Argon struct {
	Memory uint32 // KiB
	Time   uint32 // passes
}

// hash makes a password's PHC string.
func (db *DB) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	cost := db.cfg.Passwords
	key, err := db.argon(ctx, password, salt, cost.Time, cost.Memory, 1, argonKey)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, cost.Memory, cost.Time, b64(salt), b64(key)), err
}

// matches compares a password with a PHC string. An empty or broken one costs the same time and never matches.
func (db *DB) matches(ctx context.Context, password, phc string) (bool, error) {
	var version int
	var memory, time uint32
	var threads uint8
	part := strings.Split(phc, "$")
	sound := len(part) == 6 && part[1] == "argon2id"
	if sound {
		_, bad := fmt.Sscanf(part[2]+" "+part[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &threads)
		sound = bad == nil && version == argon2.Version
	}
	if !sound {
		_, err := db.argon(ctx, password, make([]byte, argonSalt), db.cfg.Passwords.Time, db.cfg.Passwords.Memory, 1, argonKey)
		return false, err
	}
	salt, bad := base64.RawStdEncoding.DecodeString(part[4])
	want, worse := base64.RawStdEncoding.DecodeString(part[5])
	key, err := db.argon(ctx, password, salt, time, memory, threads, uint32(len(want))) //nolint:gosec // 32 bytes
	return bad == nil && worse == nil && len(want) >= 16 && subtle.ConstantTimeCompare(key, want) == 1, err
}

// argon waits for a slot: a crowd of logins must not take all memory.
func (db *DB) argon(ctx context.Context, password string, salt []byte, time, memory uint32, threads uint8, size uint32) ([]byte, error) {
	select {
	case db.hashing <- struct{}{}:
		defer func() { <-db.hashing }()
		return argon2.IDKey([]byte(password), salt, time, memory, threads, size), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
