package archive

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// change turns a sealed value into a plain one, or back. The entity is one of among; it returns which.
type change func(ctx context.Context, among []string, field string, row id.ID, value []byte) (out []byte, entity string, err error)

// opener opens values of a tenant. A value opens only for the entity that it was sealed for, so the right one of several is found by trying.
func opener(s Sealer, tenant id.ID) change {
	return func(ctx context.Context, among []string, field string, row id.ID, value []byte) ([]byte, string, error) {
		var failed error
		for _, entity := range among {
			plain, err := s.Open(ctx, tenant, entity, field, row, value)
			if err == nil {
				return plain, entity, nil
			}
			failed = err
		}
		return nil, "", fmt.Errorf("a value of %s %s does not open: %w", among[0], row, failed)
	}
}

// closer seals values for a tenant.
func closer(s Sealer, tenant id.ID) change {
	return func(ctx context.Context, among []string, field string, row id.ID, value []byte) ([]byte, string, error) {
		out, err := s.Seal(ctx, tenant, among[0], field, row, value)
		return out, among[0], err
	}
}

// placesIn returns the places of a table.
func placesIn(t tenancy.Table, all []record.Place) (list []record.Place) {
	for _, p := range all {
		if p.Table == t.Name && columnOf(t, p.Column) >= 0 {
			list = append(list, p)
		}
	}
	return list
}

func columnOf(t tenancy.Table, name string) int {
	return slices.IndexFunc(t.Columns, func(c tenancy.Column) bool { return c.Name == name })
}

// refit changes the sealed values in rows of PostgreSQL's text format. Pieces of files carry in the archive, as a last column, what they belong to.
type refit struct {
	ctx    context.Context //nolint:containedctx // it lives as long as one table's copy, behind an io.Writer
	places []spot
	change change
	back   bool // rows come from an archive
	people *record.People

	index func(ctx context.Context, entity, field string, plain []byte) ([]byte, error)
	blind bytes.Buffer // rows of the blind index that the values have at the target
}

// spot is a place with the positions of its columns.
type spot struct {
	record.Place

	column, row, piece, field, entity int
}

func newRefit(ctx context.Context, t Table, c change, p *record.People) (*refit, error) {
	f := &refit{ctx: ctx, change: c, people: p}
	for _, p := range t.Sealed {
		s := spot{p, columnOf(t.Table, p.Column), columnOf(t.Table, p.Row), columnOf(t.Table, p.PieceIn), columnOf(t.Table, p.FieldIn), columnOf(t.Table, p.EntityIn)}
		if s.column < 0 || s.row < 0 || p.FieldIn != "" && s.field < 0 || p.EntityIn != "" && s.entity < 0 || p.PieceIn != "" && (s.piece < 0 || len(p.Among) == 0) {
			return nil, fmt.Errorf("table %s lacks what its sealed values need", t.Name)
		}
		f.places = append(f.places, s)
	}
	return f, nil
}

// inOrder are the places in the order in which they are changed: what is sealed is opened before a person's key seals it, and back.
func (f *refit) inOrder() []spot {
	if !f.back {
		return f.places
	}
	out := slices.Clone(f.places)
	slices.Reverse(out)
	return out
}

var mark = []byte(record.SealedMark)

// row returns a row with its values changed; it ends with a line feed as it came.
func (f *refit) row(row []byte) ([]byte, error) {
	if len(f.places) == 0 {
		return row, nil
	}
	fields := bytes.Split(bytes.TrimSuffix(row, []byte("\n")), []byte("\t"))
	for _, s := range f.inOrder() {
		if max(s.column, s.row, s.field, s.entity) >= len(fields) {
			return nil, errors.New("a row is too short")
		}
		value := fields[s.column]
		if s.Person && (f.people == nil || len(value) == 0) {
			continue
		}
		if !s.Person && s.PieceIn == "" && !s.Bytes && !bytes.Contains(value, mark) || string(value) == `\N` || s.Bytes && len(value) == len(hexBytes) {
			continue
		}
		key, err := id.Parse(string(fields[s.row]))
		if err != nil {
			return nil, err
		}
		switch {
		case s.Person:
			fields[s.column], err = f.person(s, key, value)
		case s.PieceIn != "":
			fields, err = f.piece(s, fields, key)
		case s.EntityIn != "":
			named := s
			named.Entity, named.Field = unescape(fields[s.entity]), unescape(fields[s.field])
			fields[s.column], err = f.bytes(named, key, value)
		case s.Bytes:
			fields[s.column], err = f.bytes(s, key, value)
		case s.FieldIn != "" && bytes.HasPrefix(value, mark):
			fields[s.column], err = f.marked([]string{s.Entity}, unescape(fields[s.field]), key, value)
		}
		if err != nil {
			return nil, err
		}
	}
	return append(bytes.Join(fields, []byte("\t")), '\n'), nil
}

// marked changes the value of a text column.
func (f *refit) marked(among []string, field string, key id.ID, value []byte) ([]byte, error) {
	raw := make([]byte, hex.DecodedLen(len(value)-len(mark)))
	if _, err := hex.Decode(raw, value[len(mark):]); err != nil {
		return nil, err
	}
	out, _, err := f.change(f.ctx, among, field, key, raw)
	if err != nil {
		return nil, err
	}
	return hex.AppendEncode(slices.Clone(mark), out), nil
}

// bytes changes a value of a column of bytes, and keeps what its blind index will be.
func (f *refit) bytes(s spot, key id.ID, value []byte) ([]byte, error) {
	hexed, found := bytes.CutPrefix(value, hexBytes)
	raw := make([]byte, hex.DecodedLen(len(hexed)))
	if _, err := hex.Decode(raw, hexed); err != nil || !found {
		return nil, errors.Join(errors.New("a sealed value is not written in hexadecimal"), err)
	}
	out, _, err := f.change(f.ctx, []string{s.Entity}, s.Field, key, raw)
	if err != nil {
		return nil, err
	}
	if f.back && s.Lookup && f.index != nil {
		digest, err := f.index(f.ctx, s.Entity, s.Field, raw)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&f.blind, "%s\t%s\t%s\t\\\\x%x\n", s.Entity, s.Field, key, digest)
	}
	return hex.AppendEncode(slices.Clone(hexBytes), out), nil
}

// unescape reads a text as PostgreSQL's text format writes it.
func unescape(s []byte) string {
	return strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r", `\b`, "\b", `\f`, "\f", `\v`, "\v").Replace(string(s))
}

var hexBytes = []byte(`\\x`)

// piece changes a piece of a file's content.
func (f *refit) piece(s spot, fields [][]byte, key id.ID) ([][]byte, error) {
	n, err := strconv.Atoi(string(fields[s.piece]))
	if err != nil {
		return nil, err
	}
	among := s.Among
	if f.back {
		last := len(fields) - 1
		if !slices.Contains(s.Among, string(fields[last])) {
			return nil, fmt.Errorf("a piece belongs to %q", fields[last])
		}
		among, fields = []string{string(fields[last])}, fields[:last]
	}
	value, found := bytes.CutPrefix(fields[s.column], hexBytes)
	if !found {
		return nil, errors.New("a piece is not written in hexadecimal")
	}
	raw := make([]byte, hex.DecodedLen(len(value)))
	if _, err := hex.Decode(raw, value); err != nil {
		return nil, err
	}
	out, entity, err := f.change(f.ctx, among, record.PieceField(n), key, raw)
	if err != nil {
		return nil, err
	}
	fields[s.column] = hex.AppendEncode(slices.Clone(hexBytes), out)
	if !f.back {
		fields = append(fields, []byte(entity))
	}
	return fields, nil
}
