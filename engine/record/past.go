package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/tenon-hq/tenon/tenancy"
)

// renewed puts, in place of ciphertexts that came with a copy of a company and whose keys are not here, what they were sealed into when the copy was made:
// one statement for all. Others stay as they are.
func (s *session) renewed(ctx context.Context, tx *tenancy.Tx, values []*string) error {
	at := map[string][]*string{}
	for _, v := range values {
		if v == nil || !isSealed(*v) {
			continue
		}
		if raw, err := hex.DecodeString(strings.TrimPrefix(*v, sealedMark)); err == nil {
			digest := sha256.Sum256(raw)
			key := hex.EncodeToString(digest[:])
			at[key] = append(at[key], v)
		}
	}
	if len(at) == 0 {
		return nil
	}
	digests := make([]string, 0, len(at))
	for key := range at {
		digests = append(digests, key)
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, `SELECT encode(digest, 'hex'), encode(cipher, 'hex') FROM past_sealed
		WHERE digest = ANY(SELECT decode(d, 'hex') FROM unnest($1::text[]) AS d)`, digests)
	if err != nil {
		return databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	for res.Next() {
		var digest, cipher string
		if err := res.Scan(&digest, &cipher); err != nil {
			return databaseFault(err, nil)
		}
		for _, v := range at[digest] {
			*v = sealedMark + cipher
		}
	}
	return databaseFault(res.Err(), nil)
}

// valuesIn are all values of entries, for renewed.
func valuesIn(entries []entry) (out []*string) {
	for i := range entries {
		for _, c := range entries[i].changes {
			out = append(out, c.before, c.after)
		}
	}
	return out
}
