// Package chain answers whether a log is whole: entries that each carry the hash of the one before, checkpoints that are signed, and the file in which
// both leave the house. It needs no database.
package chain

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"slices"
	"strings"
)

// Entry is one entry of a log. Times are RFC 3339 in UTC with microseconds; ids are UUIDs; what there is none of is empty.
type Entry struct {
	N        int64              `json:"n"` // its place in the chain, from 1, without gaps
	ID       string             `json:"id"`
	At       string             `json:"at"`
	Actor    string             `json:"actor_id,omitempty"`    // who did it
	Module   string             `json:"module,omitempty"`      // the module that did it on the actor's behalf
	Approver string             `json:"approver_id,omitempty"` // who had agreed
	Action   string             `json:"action"`
	Entity   string             `json:"entity"`
	Record   string             `json:"record_id,omitempty"`
	Parent   string             `json:"parent_id,omitempty"` // the document of a line
	Before   map[string]*string `json:"before,omitempty"`    // by field; what is sealed is ciphertext
	After    map[string]*string `json:"after,omitempty"`
	Policy   int64              `json:"policy_version"` // of the rights that allowed it; 0 are the shipped ones
	Rules    []string           `json:"rules,omitempty"`
	Cause    string             `json:"cause_id,omitempty"` // the event
	Request  string             `json:"request_id,omitempty"`
	Salt     string             `json:"salt"`               // of the values' digests
	Redacted map[string]string  `json:"redacted,omitempty"` // digests of values that were encrypted or removed later, by before.<field> or after.<field>
	Prev     string             `json:"prev"`               // hash of the former entry
	Hash     string             `json:"hash"`
}

// Sum computes an entry's hash from all of it and the former hash. Values count by their digests, so that one can be removed and the chain still holds.
func (e *Entry) Sum(prev []byte) ([]byte, error) {
	salt, err := hex.DecodeString(e.Salt)
	if err != nil {
		return nil, errors.New("the salt can't be read")
	}
	h := sha256.New()
	_, _ = h.Write([]byte("tenon audit entry 1\x00"))
	_, _ = h.Write(prev)
	number(h, e.N)
	for _, s := range []string{e.ID, e.At, e.Actor, e.Module, e.Approver, e.Action, e.Entity, e.Record, e.Parent, e.Cause, e.Request} {
		text(h, s)
	}
	number(h, e.Policy)
	number(h, int64(len(e.Rules)))
	for _, r := range e.Rules {
		text(h, r)
	}
	leaves := e.leaves(salt)
	number(h, int64(len(leaves)))
	for _, l := range leaves {
		text(h, l)
	}
	return h.Sum(nil), nil
}

// leaves are the digests of all values, with their names, in order.
func (e *Entry) leaves(salt []byte) []string {
	out := make([]string, 0, len(e.Before)+len(e.After))
	for side, values := range map[string]map[string]*string{"before.": e.Before, "after.": e.After} {
		for name, v := range values {
			name = side + name
			digest, gone := e.Redacted[name]
			if !gone {
				digest = Leaf(salt, name, v)
			}
			out = append(out, name+"="+digest)
		}
	}
	slices.Sort(out)
	return out
}

// Leaf is the digest of one value.
func Leaf(salt []byte, name string, value *string) string {
	h := sha256.New()
	_, _ = h.Write(salt)
	text(h, name)
	if value != nil {
		_, _ = h.Write([]byte{1})
		text(h, *value)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func number(h hash.Hash, n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n)) //nolint:gosec // the bits count, not the sign
	_, _ = h.Write(b[:])
}

func text(h hash.Hash, s string) {
	number(h, int64(len(s)))
	_, _ = h.Write([]byte(s))
}

// Checkpoint says, signed, which hash the chain had at a place.
type Checkpoint struct {
	N         int64  `json:"n"`
	Hash      string `json:"hash"`
	At        string `json:"at"`
	Key       string `json:"key"` // Ed25519 public key, base64
	Signature string `json:"signature"`
}

// Message is what is signed.
func (c *Checkpoint) Message(tenant string) []byte {
	h := sha256.New()
	_, _ = h.Write([]byte("tenon audit checkpoint 1\x00"))
	text(h, tenant)
	number(h, c.N)
	text(h, c.Hash)
	text(h, c.At)
	return h.Sum(nil)
}

// Genuine tells that a checkpoint was signed with its key.
func (c *Checkpoint) Genuine(tenant string) bool {
	key, err := base64.StdEncoding.DecodeString(c.Key)
	signature, err2 := base64.StdEncoding.DecodeString(c.Signature)
	return errors.Join(err, err2) == nil && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, c.Message(tenant), signature)
}

// Fingerprint is a short name of a public key, for people to compare.
func Fingerprint(key string) string {
	sum := sha256.Sum256([]byte(key))
	return strings.ToUpper(hex.EncodeToString(sum[:8]))
}

// Start is the first line of an export.
type Start struct {
	Format string `json:"format"` // "tenon-audit 1"
	Tenant string `json:"tenant"`
	Name   string `json:"name,omitempty"`
	After  int64  `json:"after"` // the place after which it starts: 0, or where the log was cut
	Anchor string `json:"anchor"`
	At     string `json:"at"`
}

// Format names the form of an export.
const Format = "tenon-audit 1"

// Line is one line of an export: one of its members is there.
type Line struct {
	Start      *Start      `json:"start,omitempty"`
	Entry      *Entry      `json:"entry,omitempty"`
	Checkpoint *Checkpoint `json:"checkpoint,omitempty"`
	End        *Checkpoint `json:"end,omitempty"` // where the log ended when it was exported
}
