package archive

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// The content of files that lie outside of the database goes into an archive as rows of the table that holds it inside: whoever reads the archive keeps
// files wherever they do there.

// objects adds the content of files that lie elsewhere to the table of pieces.
func (p *pager) objects(ctx context.Context, r *tenancy.Reader, pieces Table) error {
	there, err := r.Has(ctx, record.Objects)
	if err != nil || !there || len(pieces.Sealed) == 0 {
		return err
	}
	t := tenancy.Table{Name: record.Objects}
	for _, c := range record.ObjectColumns() {
		t.Columns = append(t.Columns, tenancy.Column{Name: c})
	}
	return r.Rows(ctx, t, &objects{ctx: ctx, pages: p, tenant: r.Tenant.ID, table: pieces})
}

// objects takes one row of the table of objects with each Write.
type objects struct {
	ctx    context.Context //nolint:containedctx // it lives as long as one table's copy, behind an io.Writer
	pages  *pager
	tenant id.ID
	table  Table
}

// Write fetches what a row speaks of.
func (x *objects) Write(row []byte) (int, error) {
	f := bytes.Split(bytes.TrimSuffix(row, []byte("\n")), []byte("\t"))
	if len(f) != len(record.ObjectColumns()) || x.pages.w.src.Carry == nil {
		return 0, errors.New("a file lies outside of the database, and nobody brings it")
	}
	o := &record.Object{Name: unescape(f[1])}
	var err error
	if o.Record, err = id.Parse(string(f[0])); err != nil {
		return 0, err
	}
	if o.Size, err = strconv.ParseInt(string(f[2]), 10, 64); err != nil {
		return 0, err
	}
	if o.Cipher, err = hex.DecodeString(string(bytes.TrimPrefix(f[3], hexBytes))); err != nil {
		return 0, err
	}
	place := x.table.Sealed[0]
	at := map[string]int{place.Row: columnOf(x.table.Table, place.Row), place.PieceIn: columnOf(x.table.Table, place.PieceIn), place.Column: columnOf(x.table.Table, place.Column)}
	err = x.pages.w.src.Carry(x.ctx, x.tenant, o, place.Among, func(entity string, n int, plain []byte) error {
		out := make([][]byte, len(x.table.Columns)+1)
		out[at[place.Row]], out[at[place.PieceIn]] = []byte(o.Record.String()), strconv.AppendInt(nil, int64(n), 10)
		out[at[place.Column]] = hex.AppendEncode(bytes.Clone(hexBytes), plain)
		out[len(out)-1] = []byte(entity)
		return x.pages.put(append(bytes.Join(out, []byte("\t")), '\n'))
	})
	if err != nil {
		return 0, fmt.Errorf("a file that lies outside of the database: %w", err)
	}
	return len(row), nil
}
