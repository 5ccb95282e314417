package archive

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Source is what an archive is made from.
type Source struct {
	ID      id.ID  // of the archive
	Program string // version of this program
	Sealer  Sealer
	Places  []record.Place
	Figures []Question // of the modules that the tenant has on

	People  *record.People // the keys of people, by which what rows say of them is sealed; nil: it is not
	Carried *record.People // the keys of people, to go along: for an export

	// Carry gives the content of a file that lies outside of the database, piece by piece.
	Carry func(ctx context.Context, tenant id.ID, o *record.Object, among []string, put func(entity string, n int, plain []byte) error) error
}

// Write streams a tenant as it is in a snapshot, encrypted for those who may open it; without anyone it is not encrypted.
func Write(ctx context.Context, w io.Writer, to []age.Recipient, s *tenancy.Frozen, t *tenancy.Tenant, src Source) (*Head, *Manifest, error) {
	outer := io.WriteCloser(nopCloser{w})
	if len(to) > 0 {
		var err error
		if outer, err = age.Encrypt(w, to...); err != nil {
			return nil, nil, err
		}
	}
	z, err := zstd.NewWriter(outer, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2))
	if err != nil {
		return nil, nil, err
	}
	out := &writer{tar: tar.NewWriter(z), src: src}
	if err := s.Read(ctx, t, func(ctx context.Context, r *tenancy.Reader) error { return out.tenant(ctx, r, s) }); err != nil {
		_ = z.Close() // stops its helpers; what was written is void
		return nil, nil, err
	}
	for _, c := range []io.Closer{out.tar, z, outer} {
		if err := c.Close(); err != nil {
			return nil, nil, err
		}
	}
	return &out.head, &out.last, nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// writer writes one archive.
type writer struct {
	tar  *tar.Writer
	src  Source
	head Head
	last Manifest
}

func (w *writer) tenant(ctx context.Context, r *tenancy.Reader, s *tenancy.Frozen) error {
	t := r.Tenant
	w.head = Head{
		Format: Format, ID: w.src.ID, MadeAt: s.At, Program: w.src.Program,
		Tenant: Tenant{t.ID, t.Name, string(t.Locale), t.Zone.String(), t.Currency, t.State},
	}
	var err error
	if w.head.Lines, err = r.Lines(ctx); err != nil {
		return err
	}
	if w.head.Members, err = r.Members(ctx); err != nil {
		return err
	}
	if w.src.People != nil {
		if err := hideMembers(w.head.Members, w.src.People); err != nil {
			return err
		}
	}
	tables, err := r.Tables(ctx)
	if err != nil {
		return err
	}
	for _, x := range tables {
		w.head.Tables = append(w.head.Tables, Table{x, placesIn(x, w.src.Places)})
	}
	if err := w.object(headFile, w.head); err != nil {
		return err
	}
	if w.src.Carried != nil {
		if err := w.object(carriedFile, w.src.Carried); err != nil {
			return err
		}
	}
	if err := w.tables(ctx, r); err != nil {
		return err
	}
	if w.last.Figures, err = ask(ctx, r, w.src.Figures); err != nil {
		return err
	}
	if w.last.Sequences, err = r.Sequences(ctx); err != nil {
		return err
	}
	return w.object(lastFile, w.last)
}

// object writes a file of JSON.
func (w *writer) object(name string, v any) error {
	raw, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		return err
	}
	return w.file(name, raw)
}

func (w *writer) file(name string, content []byte) error {
	err := w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: int64(len(content)), ModTime: w.head.MadeAt.UTC().Truncate(1e9), Format: tar.FormatPAX})
	if err == nil {
		_, err = w.tar.Write(content)
	}
	return err
}

// tables writes all tables. What the audit keeps sealed is found while the audit is written, so the table for it is begun first and ended last.
func (w *writer) tables(ctx context.Context, r *tenancy.Reader) error {
	var past *pastFinder
	for _, t := range w.head.Tables {
		if t.Name == record.PastSealed {
			past = &pastFinder{
				ctx: ctx, open: opener(w.src.Sealer, r.Tenant.ID), close: closer(w.src.Sealer, r.Tenant.ID), table: t.Table, have: map[[32]byte]bool{},
			}
		}
	}
	if past != nil {
		var err error
		if past.pages, err = w.table(ctx, r, Table{past.table, placesIn(past.table, w.src.Places)}, past.known); err != nil {
			return err
		}
	}
	for _, t := range w.head.Tables {
		var look func([]byte) error
		switch {
		case t.Name == record.PastSealed:
			continue
		case t.Name == auditTable && past != nil:
			look = past.audit(t.Table)
		}
		p, err := w.table(ctx, r, t, look)
		if err == nil && t.Name == record.Pieces {
			err = p.objects(ctx, r, t)
		}
		if err == nil {
			err = p.end()
		}
		if err != nil {
			return err
		}
	}
	if past == nil {
		return nil
	}
	return past.pages.end()
}

// table writes a table's rows in files of some megabytes, after a look at each. The last file is written by end.
func (w *writer) table(ctx context.Context, r *tenancy.Reader, t Table, look func(row []byte) error) (*pager, error) {
	open, err := newRefit(ctx, t, opener(w.src.Sealer, r.Tenant.ID), w.src.People)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", t.Name, err)
	}
	pages := &pager{w: w, table: t.Name, refit: open, look: look}
	if err := r.Rows(ctx, t.Table, pages); err != nil {
		return nil, fmt.Errorf("table %s: %w", t.Name, err)
	}
	return pages, nil
}

// pager takes one row with each Write.
type pager struct {
	w     *writer
	table string
	refit *refit
	look  func(row []byte) error // at a row as it stands in the database
	buf   bytes.Buffer
	n     int
	sum   adder
}

func (p *pager) Write(row []byte) (int, error) {
	if p.look != nil {
		if err := p.look(row); err != nil {
			return 0, err
		}
	}
	out, err := p.refit.row(row)
	if err != nil {
		return 0, err
	}
	return len(row), p.put(out)
}

// put adds a row that is in the archive's form.
func (p *pager) put(row []byte) error {
	p.sum.add(row)
	p.w.last.Bytes += int64(len(row))
	p.buf.Write(row)
	if p.buf.Len() < pieceMax {
		return nil
	}
	return p.flush()
}

// end writes what is left, and the table into the manifest.
func (p *pager) end() error {
	if err := p.flush(); err != nil {
		return fmt.Errorf("table %s: %w", p.table, err)
	}
	p.w.last.Tables = append(p.w.last.Tables, Count{p.table, p.sum.rows, p.sum.String()})
	return nil
}

func (p *pager) flush() error {
	if p.buf.Len() == 0 {
		return nil
	}
	p.n++
	err := p.w.file(fmt.Sprintf("data/%s/%06d", p.table, p.n), p.buf.Bytes())
	p.buf.Reset()
	return err
}
