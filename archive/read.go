package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Target is where an archive becomes a tenant again.
type Target struct {
	DB      *tenancy.DB
	Sealer  Sealer
	Figures func(*tenancy.Tenant) []Question

	ID   id.ID  // of the new tenant; none: the archive's own
	Name string // empty: the archive's own
	AsIs bool   // leave the tables at the archive's versions

	// People are the keys of people that lie beside a backup. Keep, when given, takes over those that came with a tenant.
	People *record.People
	Keep   func(ctx context.Context, t *tenancy.Tenant, p *record.People) error

	// Replay, when given, repeats what has to stay deleted, before anybody can enter.
	// It may take members away.
	Replay func(ctx context.Context, t *tenancy.Tenant, of *Head) error
}

// Restored is what came of an archive.
type Restored struct {
	Head   Head
	Last   Manifest
	Tenant *tenancy.Tenant
	Before []Figure // at the archive's versions; what does not agree with the archive is an error
}

// Read makes a tenant from an archive. Nobody can enter before everything is there, counted and compared with the manifest; when something is
// missing or altered, nothing stays.
func Read(ctx context.Context, from io.Reader, who []age.Identity, to Target) (*Restored, error) {
	r, err := open(from, who)
	if err != nil {
		return nil, err
	}
	defer r.z.Close()
	if r.people = to.People; r.people == nil {
		r.people = &record.People{}
		if err := r.people.Ready(); err != nil {
			return nil, err
		}
	}
	if r.head.Members, err = showMembers(r.head.Members, r.people); err != nil {
		return nil, err
	}
	out := &Restored{Head: r.head}
	h := &r.head
	want := tenancy.Rebuild{
		ID: to.ID, Name: to.Name, Locale: i18n.Lang(h.Tenant.Locale), Zone: h.Tenant.Zone, Currency: h.Tenant.Currency, Lines: h.Lines,
	}
	if want.ID.IsZero() {
		want.ID = h.Tenant.ID
	}
	if want.Name == "" {
		want.Name = h.Tenant.Name
	}
	for _, t := range h.Tables {
		want.Tables = append(want.Tables, t.Table)
	}
	if out.Tenant, err = to.DB.Rebuild(ctx, want); err != nil {
		return nil, err
	}
	to.Sealer.Forget(want.ID) // a tenant of this id may have been here before, with other keys
	if err := r.into(ctx, to, out); err != nil {
		return nil, errors.Join(err, to.DB.Discard(context.WithoutCancel(ctx), want.ID))
	}
	return out, nil
}

func (r *reader) into(ctx context.Context, to Target, out *Restored) error {
	err := to.DB.Fill(ctx, out.Tenant, func(ctx context.Context, w *tenancy.Writer) error {
		return r.rows(ctx, w, to.Sealer, out.Tenant.ID)
	})
	if err != nil {
		return err
	}
	out.Last = r.last
	if to.Figures != nil {
		err := to.DB.Freeze(ctx, func(ctx context.Context, s *tenancy.Frozen) error {
			return s.Read(ctx, out.Tenant, func(ctx context.Context, rd *tenancy.Reader) (err error) {
				out.Before, err = ask(ctx, rd, to.Figures(out.Tenant))
				return err
			})
		})
		if err != nil {
			return err
		}
		if err := agree(r.last.Figures, out.Before); err != nil {
			return err
		}
	}
	if to.AsIs {
		return nil
	}
	if err := to.DB.Raise(ctx, out.Tenant); err != nil {
		return err
	}
	if to.Keep != nil {
		if err := to.Keep(ctx, out.Tenant, r.people); err != nil {
			return err
		}
	}
	if to.Replay != nil {
		if err := to.Replay(ctx, out.Tenant, &r.head); err != nil {
			return fmt.Errorf("what was deleted since could not be deleted again: %w", err)
		}
	}
	out.Tenant, err = to.DB.Admit(ctx, out.Tenant, r.head.Members)
	if err == nil && r.head.Tenant.State == tenancy.Suspended {
		err = to.DB.Suspend(ctx, out.Tenant.ID)
	}
	return err
}

// agree compares figures of the same names.
func agree(want, got []Figure) error {
	var errs []error
	for _, w := range want {
		at := slices.IndexFunc(got, func(g Figure) bool { return g.Name == w.Name })
		if at >= 0 && got[at] != w {
			errs = append(errs, fmt.Errorf("%s differs: %d lines (%s) in the archive, %d (%s) here", w.Name, w.Lines, w.Sum[:12], got[at].Lines, got[at].Sum[:12]))
		}
	}
	return errors.Join(errs...)
}

// reader reads one archive.
type reader struct {
	z    *zstd.Decoder
	tar  *tar.Reader
	head Head
	last Manifest

	people *record.People
}

// ErrShut says that none of the given keys opens an archive.
var ErrShut = errors.New("this archive does not open with the keys that are here")

// open decrypts an archive and reads its head.
func open(from io.Reader, who []age.Identity) (*reader, error) {
	plain := bufio.NewReaderSize(from, 1<<16)
	if begin, _ := plain.Peek(len("age-encryption.org")); string(begin) == "age-encryption.org" {
		in, err := age.Decrypt(plain, who...)
		if err != nil {
			if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
				return nil, fmt.Errorf("%w: %w", ErrShut, err)
			}
			return nil, err
		}
		plain = bufio.NewReaderSize(in, 1<<16)
	} else if len(who) > 0 {
		return nil, errors.New("this is no encrypted archive")
	}
	z, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return nil, err
	}
	r := &reader{z: z, tar: tar.NewReader(z)}
	if err := r.begin(); err != nil {
		z.Close()
		return nil, err
	}
	return r, nil
}

func (r *reader) begin() error {
	h, err := r.tar.Next()
	if err != nil || h.Name != headFile {
		return errors.Join(errors.New("this is no archive of Tenon"), err)
	}
	if err := r.object(&r.head); err != nil {
		return err
	}
	if r.head.Format != Format {
		return fmt.Errorf("the archive's form is %q; this Tenon reads %s", r.head.Format, Format)
	}
	return nil
}

func (r *reader) object(into any) error {
	return json.NewDecoder(io.LimitReader(r.tar, 64<<20)).Decode(into)
}

// rows fills the tables, then compares counts and sums with the manifest.
func (r *reader) rows(ctx context.Context, w *tenancy.Writer, s Sealer, tenant id.ID) error {
	tables, sums := map[string]Table{}, map[string]*adder{}
	for _, t := range r.head.Tables {
		tables[t.Name], sums[t.Name] = t, &adder{}
	}
	for {
		h, err := r.tar.Next()
		if err != nil {
			return fmt.Errorf("the archive ends early: %w", err)
		}
		if h.Name == lastFile {
			break
		}
		if h.Name == carriedFile {
			if err := r.carried(); err != nil {
				return err
			}
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(h.Name, "data/"), "/")
		t, known := tables[name]
		if !known {
			return fmt.Errorf("the archive has a file %q that its head does not explain", h.Name)
		}
		if err := r.page(ctx, w, t, sums[name], s, tenant); err != nil {
			return err
		}
	}
	if err := r.object(&r.last); err != nil {
		return err
	}
	if _, err := r.tar.Next(); !errors.Is(err, io.EOF) {
		return errors.Join(errors.New("something follows the archive's end"), err)
	}
	for _, c := range r.last.Tables {
		if got := sums[c.Table]; got == nil || got.rows != c.Rows || got.String() != c.Sum {
			return fmt.Errorf("table %s is not as the manifest says", c.Table)
		}
	}
	if len(r.last.Tables) != len(tables) {
		return errors.New("the manifest leaves tables out")
	}
	for _, q := range r.last.Sequences {
		if err := w.Sequence(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// carried takes over the keys that an export brings.
func (r *reader) carried() error {
	p := &record.People{}
	if err := json.NewDecoder(io.LimitReader(r.tar, 4<<30)).Decode(p); err != nil {
		return err
	}
	r.people = p
	return p.Ready()
}

// page brings one file's rows into its table.
func (r *reader) page(ctx context.Context, w *tenancy.Writer, t Table, sum *adder, s Sealer, tenant id.ID) error {
	fit, err := newRefit(ctx, t, closer(s, tenant), r.people)
	if err != nil {
		return err
	}
	fit.back = true
	fit.index = func(ctx context.Context, entity, field string, plain []byte) ([]byte, error) {
		return s.Index(ctx, tenant, entity, field, plain)
	}
	raw, err := io.ReadAll(io.LimitReader(r.tar, 1<<30))
	if err != nil {
		return err
	}
	out := make([]byte, 0, len(raw)+len(raw)/8)
	rows := int64(0)
	for line := range bytes.Lines(raw) {
		sum.add(line)
		rows++
		line, err := fit.row(line)
		if err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		out = append(out, line...)
	}
	n, err := w.Rows(ctx, t.Table, bytes.NewReader(out))
	if err == nil && n != rows {
		err = fmt.Errorf("table %s: %d of %d rows arrived", t.Name, n, rows)
	}
	if err != nil || fit.blind.Len() == 0 {
		return err
	}
	_, err = w.Rows(ctx, blindIndex(), &fit.blind)
	return err
}

// blindIndex is the table that is made anew at the target: its keys are the target's.
func blindIndex() tenancy.Table {
	return tenancy.Table{Name: "blind_index", Columns: []tenancy.Column{{Name: "entity"}, {Name: "field"}, {Name: "record_id"}, {Name: "digest"}}}
}
