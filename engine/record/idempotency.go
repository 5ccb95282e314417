package record

import (
	"context"
	"encoding/hex"
	"strings"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// Answer is what a request got, kept so that its repetition gets the same.
type Answer struct {
	Status   int
	Location string
	Body     []byte
}

// Repeat looks for the answer to an earlier request of the same person with the same key. Nil means that the request is new and now holds the key:
// another one with it waits until this transaction ends. The same key with another request is a conflict.
func Repeat(ctx context.Context, tx *tenancy.Tx, key, requestHash string) (*Answer, error) {
	if len(key) > 200 {
		return nil, fault.New(fault.Invalid, "idempotency.key", "Idempotency-Key 过长", "The Idempotency-Key is too long")
	}
	res, err := tx.Tx.Tx.ExecContext(ctx, `INSERT INTO idempotency_key (actor_id, key, request_hash, at)
		VALUES ($1::text::uuid, $2::text, $3::text, $4::text::timestamptz) ON CONFLICT DO NOTHING`, tx.Actor.ID.String(), key, requestHash, *stamp(tx.Now))
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return nil, err
	}
	var hash, location string
	var status *int
	var body *string
	err = tx.Tx.Tx.QueryRowContext(ctx, `SELECT request_hash, status, location, answer FROM idempotency_key WHERE actor_id = $1::text::uuid AND key = $2::text`,
		tx.Actor.ID.String(), key).Scan(&hash, &status, &location, &body)
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	if hash != requestHash || status == nil {
		return nil, fault.New(fault.Conflict, "idempotency.reused", "同一 Idempotency-Key 已用于另一请求", "This Idempotency-Key was used for another request")
	}
	a := &Answer{Status: *status, Location: location}
	if body != nil {
		if a.Body, err = current(tx).openAnswer(ctx, tx, key, *body); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Remember keeps the answer in the same transaction as what the request did.
func Remember(ctx context.Context, tx *tenancy.Tx, key string, a Answer) error {
	body, err := current(tx).keepAnswer(ctx, tx, key, string(a.Body))
	if err != nil {
		return err
	}
	_, err = tx.Tx.Tx.ExecContext(ctx, `UPDATE idempotency_key SET status = $3::int, location = $4::text, answer = $5::text
		WHERE actor_id = $1::text::uuid AND key = $2::text`, tx.Actor.ID.String(), key, a.Status, a.Location, body)
	return databaseFault(err, nil)
}

// answers is the entity as which kept answers are sealed.
const answers = "idempotency_key"

// keepAnswer is an answer as it is stored: sealed when it may hold a value that is.
func (s *session) keepAnswer(ctx context.Context, tx *tenancy.Tx, key, body string) (string, error) {
	if !s.opened || s.e.Sealer == nil {
		return body, nil
	}
	c, err := s.e.Sealer.Seal(ctx, tx.Tenant.ID, answers, key, tx.Actor.ID, []byte(body))
	return sealedMark + hex.EncodeToString(c), err
}

func (s *session) openAnswer(ctx context.Context, tx *tenancy.Tx, key, stored string) ([]byte, error) {
	if !strings.HasPrefix(stored, sealedMark) { // an answer is JSON, which does not start so
		return []byte(stored), nil
	}
	plain, err := s.unsealed(ctx, tx, origin{answers, key, tx.Actor.ID}, stored)
	return []byte(plain), err
}
