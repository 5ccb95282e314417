package tenancy

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
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

// hash makes a password's PHC string with a salt of its own.
func (db *DB) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	return db.salted(ctx, password, salt)
}

// hashFor makes the PHC string of a password of somebody with this address. All passwords of an address have one salt: a login is one comparison then,
// however many have signed up with the address, so that its time does not tell whether others had before.
func (db *DB) hashFor(ctx context.Context, email, password string) (string, error) {
	var there string
	err := db.control.QueryRow(ctx, "select password from tenon.person where lower(email) = lower($1) and password like $2 order by created_at, id limit 1",
		email, db.cost()+"%").Scan(&there)
	if errors.Is(err, pgx.ErrNoRows) {
		return db.hash(ctx, password)
	}
	if err != nil {
		return "", final(err)
	}
	known, ok := parsePHC(there)
	if !ok || len(known.salt) != argonSalt {
		return db.hash(ctx, password)
	}
	return db.salted(ctx, password, known.salt)
}

// cost is how the PHC strings begin that are made now.
func (db *DB) cost() string {
	c := db.cfg.Passwords
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$", argon2.Version, c.Memory, c.Time)
}

func (db *DB) salted(ctx context.Context, password string, salt []byte) (string, error) {
	cost := db.cfg.Passwords
	key, err := db.argon(ctx, password, salt, cost.Time, cost.Memory, 1, argonKey)
	b64 := base64.RawStdEncoding.EncodeToString
	return db.cost() + b64(salt) + "$" + b64(key), err
}

// argonHash is a password's hash as it is kept.
type argonHash struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

// parsePHC reads a hash; an empty or broken one is none.
func parsePHC(text string) (h argonHash, ok bool) {
	part := strings.Split(text, "$")
	if len(part) != 6 || part[1] != "argon2id" {
		return h, false
	}
	var version int
	_, err := fmt.Sscanf(part[2]+" "+part[3], "v=%d m=%d,t=%d,p=%d", &version, &h.memory, &h.time, &h.threads)
	salt, bad := base64.RawStdEncoding.DecodeString(part[4])
	key, worse := base64.RawStdEncoding.DecodeString(part[5])
	h.salt, h.key = salt, key
	return h, err == nil && bad == nil && worse == nil && version == argon2.Version && len(key) >= 16
}

// matches compares a password with a PHC string. An empty or broken one costs the same time and never matches.
func (db *DB) matches(ctx context.Context, password, text string) (bool, error) {
	fits, err := db.compare(ctx, password, []string{text})
	return err == nil && fits(text), err
}

// compare tells which of several PHC strings a password fits. It is worked out once for each salt among them, and once when there is none.
func (db *DB) compare(ctx context.Context, password string, texts []string) (fits func(text string) bool, err error) {
	keys := map[string][]byte{}
	at := func(h argonHash) string {
		return fmt.Sprintf("%d %d %d %d %x", h.memory, h.time, h.threads, len(h.key), h.salt)
	}
	for _, text := range texts {
		h, ok := parsePHC(text)
		if !ok || keys[at(h)] != nil {
			continue
		}
		if keys[at(h)], err = db.argon(ctx, password, h.salt, h.time, h.memory, h.threads, uint32(len(h.key))); err != nil { //nolint:gosec // 32 bytes
			return nil, err
		}
	}
	if len(keys) == 0 {
		_, err = db.argon(ctx, password, make([]byte, argonSalt), db.cfg.Passwords.Time, db.cfg.Passwords.Memory, 1, argonKey)
	}
	return func(text string) bool {
		h, ok := parsePHC(text)
		return ok && subtle.ConstantTimeCompare(keys[at(h)], h.key) == 1
	}, err
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
