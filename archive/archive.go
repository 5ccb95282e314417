// Package archive answers how a tenant's data leaves an installation and comes back: as one encrypted stream in a documented form, checked by counts,
// checksums and figures. docs/guide/archive.md describes the form.
package archive

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Format is written into each archive. A reader refuses another one.
const Format = "tenon-archive/1"

const (
	headFile = "archive.json"  // the first file of an archive: what was copied
	lastFile = "manifest.json" // the last: how much it was
	pieceMax = 4 << 20         // bytes after which a table's rows go on in the next file
)

// Sealer opens and seals values with the keys of a tenant.
type Sealer interface {
	Seal(ctx context.Context, tenant id.ID, entity, field string, row id.ID, plain []byte) ([]byte, error)
	Open(ctx context.Context, tenant id.ID, entity, field string, row id.ID, sealed []byte) ([]byte, error)
	Index(ctx context.Context, tenant id.ID, entity, field string, plain []byte) ([]byte, error)
	WrapArchive(ctx context.Context, tenant id.ID, secret []byte) (string, error)
	UnwrapArchive(ctx context.Context, tenant id.ID, wrapped string) ([]byte, error)
	Forget(tenant id.ID) // what is in memory of a tenant's keys
}

// Head is what an archive begins with.
type Head struct {
	Format  string              `json:"format"`
	ID      id.ID               `json:"id"`
	MadeAt  time.Time           `json:"made_at"` // the moment of which it is a copy
	Program string              `json:"program"` // version that made it
	Tenant  Tenant              `json:"tenant"`
	Lines   []tenancy.LineState `json:"lines"`
	Members []tenancy.Member    `json:"members"`
	Tables  []Table             `json:"tables"`
}

// Tenant is what the registry says of a company.
type Tenant struct {
	ID       id.ID  `json:"id"`
	Name     string `json:"name"`
	Locale   string `json:"locale"`
	Zone     string `json:"zone"`
	Currency string `json:"currency"`
	State    string `json:"state"`
}

// Table is a table, and where values lie in it that were sealed: in the archive they are plain, and whoever reads it seals them with keys of their own.
type Table struct {
	tenancy.Table

	Sealed []record.Place `json:"sealed,omitempty"`
}

// Manifest is what an archive ends with.
type Manifest struct {
	Tables    []Count            `json:"tables"`
	Figures   []Figure           `json:"figures"`
	Sequences []tenancy.Sequence `json:"sequences"`
	Bytes     int64              `json:"bytes"` // of rows in the archive's form
}

// Count is how many rows a table has, and their sum.
type Count struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	Sum   string `json:"sum"` // the SHA-256 of all rows, added up: the same whatever their order
}

// Figure is what people know the data by, such as the trial balance: its lines, and their checksum.
type Figure struct {
	Name  string `json:"name"` // module.name
	Lines int    `json:"lines"`
	Sum   string `json:"sum"`
}

// Rows is the number of all rows.
func (m *Manifest) Rows() (n int64) {
	for _, c := range m.Tables {
		n += c.Rows
	}
	return n
}

// adder sums up rows so that their order does not matter.
type adder struct {
	sum  [4]uint64
	rows int64
}

func (a *adder) add(row []byte) {
	h := sha256.Sum256(row)
	for i := range a.sum {
		a.sum[i] += binary.BigEndian.Uint64(h[8*i:])
	}
	a.rows++
}

func (a *adder) String() string {
	var out [32]byte
	for i, n := range a.sum {
		binary.BigEndian.PutUint64(out[8*i:], n)
	}
	return hex.EncodeToString(out[:])
}

// Question is a figure and how to ask for it.
type Question struct{ Name, SQL string }

// ask answers figures in a snapshot.
func ask(ctx context.Context, r *tenancy.Reader, list []Question) ([]Figure, error) {
	out := make([]Figure, 0, len(list))
	for _, q := range list {
		pairs, err := r.Pairs(ctx, q.SQL)
		if err != nil {
			return nil, err
		}
		a := &adder{}
		for _, p := range pairs {
			a.add([]byte(p[0] + "\x00" + p[1]))
		}
		out = append(out, Figure{q.Name, len(pairs), a.String()})
	}
	return out, nil
}
