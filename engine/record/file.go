package record

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// File is what a record that is a file says of its content.
type File struct {
	Name      string
	MediaType string
	Size      int64
	SHA256    string
}

// PieceSize is how many bytes of a file are sealed together.
const PieceSize = 1 << 20

const pieceMany = 4 // pieces in one statement

// Fill stores the content of a file that was just made, sealed piece by piece, so that memory stays bounded whatever its size.
func Fill(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, f File, content io.Reader) error {
	s := current(tx)
	if err := s.isFile(ctx, tx, def, key, f); err != nil {
		return err
	}
	return s.storePieces(ctx, tx, def.Name, key, content)
}

// isFile writes into a record that was just made what its content is.
func (s *session) isFile(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, f File) error {
	if def.File == nil || !s.made[key] {
		return fault.New(fault.Internal, "file.none", "此记录没有文件内容", "This record holds no file")
	}
	rec := s.snaps[key]
	s.keep(rec)
	d := def.File
	d.Name.Set(rec, f.Name)
	d.MediaType.Set(rec, f.MediaType)
	d.Size.Set(rec, f.Size)
	d.Digest.Set(rec, f.SHA256)
	return s.update(ctx, tx, def, []entity.Record{rec})
}

// storePieces seals and stores a content, bound to what it belongs to.
func (s *session) storePieces(ctx context.Context, tx *tenancy.Tx, name string, key id.ID, content io.Reader) error {
	buf := make([]byte, PieceSize)
	var sealed []string
	for n := 0; ; n++ {
		size, err := io.ReadFull(content, buf)
		if size > 0 {
			raw, err := s.sealPiece(ctx, tx, name, key, n, buf[:size])
			if err != nil {
				return err
			}
			sealed = append(sealed, raw)
		}
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return err
		}
		if len(sealed) > 0 && (last || len(sealed) == pieceMany) {
			if err := putPieces(ctx, tx, key, n+1-len(sealed), sealed, size == 0); err != nil {
				return err
			}
			sealed = nil
		}
		if last {
			return nil
		}
	}
}

func piece(n int) string { return "content:" + strconv.Itoa(n) }

func (s *session) sealPiece(ctx context.Context, tx *tenancy.Tx, name string, key id.ID, n int, plain []byte) (string, error) {
	if s.e.Sealer == nil {
		return "", fault.New(fault.Unavailable, "keys.unavailable", "密钥服务不可用", "The key service is unavailable")
	}
	raw, err := s.e.Sealer.Seal(ctx, tx.Tenant.ID, name, piece(n), key, plain)
	return base64.StdEncoding.EncodeToString(raw), err
}

func putPieces(ctx context.Context, tx *tenancy.Tx, key id.ID, first int, sealed []string, empty bool) error {
	if empty { // the read that found the end brought nothing
		first--
	}
	_, err := tx.Tx.Tx.ExecContext(ctx, `INSERT INTO file_piece (record_id, position, content)
		SELECT $1::text::uuid, $2::int + n - 1, decode(c, 'base64') FROM unnest($3::text[]) WITH ORDINALITY AS u(c, n)`, key.String(), first, sealed)
	return databaseFault(err, nil)
}

// Content writes a file's content that the caller may see, and says what it is.
func Content(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, into io.Writer) (File, error) {
	f, err := FileOf(ctx, tx, def, key)
	if err != nil {
		return f, err
	}
	s := current(tx)
	o, err := s.object(ctx, tx, def.Name, key)
	if err != nil {
		return f, err
	}
	if o != nil {
		return f, s.e.writeObject(ctx, o, into)
	}
	return f, s.readPieces(ctx, tx, def.Name, key, into)
}

// Piece returns PieceSize bytes of a file's content that the caller may see, from n times that on; less at its end. It opens nothing else of it. The
// content is got when the unit of work is over, which does not wait for the shelf.
func Piece(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, n int) (get func(ctx context.Context) ([]byte, error), err error) {
	if _, err := FileOf(ctx, tx, def, key); err != nil {
		return nil, err
	}
	s := current(tx)
	o, err := s.object(ctx, tx, def.Name, key)
	if err != nil {
		return nil, err
	}
	if o != nil {
		return func(ctx context.Context) ([]byte, error) { return s.e.piece(ctx, o, n) }, nil
	}
	var out bytes.Buffer
	done, err := s.pieceInto(ctx, tx, def.Name, key, n, &out)
	if err == nil && done {
		err = fault.New(fault.NotFound, "file.end", "文件没有这么长", "The file is not that long")
	}
	return func(context.Context) ([]byte, error) { return out.Bytes(), nil }, err
}

// FileOf says what a file is whose content the caller may see.
func FileOf(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID) (File, error) {
	s := current(tx)
	if def.File == nil {
		return File{}, fault.New(fault.NotFound, "file.none", "此记录没有文件内容", "This record holds no file")
	}
	p, err := s.plan(ctx, tx, def, nil, nil)
	if err != nil {
		return File{}, err
	}
	rows, err := p.byID(ctx, tx, []id.ID{key})
	if err != nil {
		return File{}, err
	}
	if len(rows) == 0 {
		return File{}, missing(def, key)
	}
	value := func(f *entity.Field) string {
		if i := p.at(f.Name); i >= 0 && rows[0][i] != nil {
			return *rows[0][i]
		}
		return ""
	}
	f := File{Name: value(def.File.Name), MediaType: value(def.File.MediaType), SHA256: value(def.File.Digest)}
	if f.Size, err = strconv.ParseInt(value(def.File.Size), 10, 64); err != nil || f.SHA256 == "" {
		return f, fault.New(fault.NotFound, "file.empty", "文件没有内容", "The file has no content")
	}
	return f, nil
}

func (s *session) readPieces(ctx context.Context, tx *tenancy.Tx, name string, key id.ID, into io.Writer) error {
	for n := 0; ; n++ {
		done, err := s.pieceInto(ctx, tx, name, key, n, into)
		if err != nil || done {
			return err
		}
	}
}

// pieceInto opens one piece; done tells that there is none with that number.
func (s *session) pieceInto(ctx context.Context, tx *tenancy.Tx, name string, key id.ID, n int, into io.Writer) (done bool, err error) {
	var text string
	err = tx.Tx.Tx.QueryRowContext(ctx, "SELECT encode(content, 'base64') FROM file_piece WHERE record_id = $1::text::uuid AND position = $2::int", key.String(), n).Scan(&text)
	if err != nil {
		return true, noRows(err)
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return true, fmt.Errorf("piece %d of file %s: %w", n, key, err)
	}
	plain, err := s.e.Sealer.Open(ctx, tx.Tenant.ID, name, piece(n), key, raw)
	if err != nil {
		return true, err
	}
	_, err = into.Write(plain)
	return false, err
}

// dropPieces removes the content of files that are deleted.
func dropPieces(ctx context.Context, tx *tenancy.Tx, keys []id.ID) error {
	_, err := tx.Tx.Tx.ExecContext(ctx, "DELETE FROM file_piece WHERE record_id = ANY($1::text[]::uuid[])", idTexts(keys))
	return databaseFault(err, nil)
}
