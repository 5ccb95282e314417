package record

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/tenancy"
)

// Shelf keeps the content of files outside of the database: a folder, or a bucket. An object is there whole or not at all; its name starts with the
// tenant's id and a slash.
type Shelf interface {
	Put(ctx context.Context, name string, content io.Reader) error
	Part(ctx context.Context, name string, from, size int64) (io.ReadCloser, error)
	Remove(ctx context.Context, name string) error // one that is not there is removed
	Each(ctx context.Context, fn func(name string, at time.Time) error) error
}

// Object is a file's content on the shelf: pieces of PieceSize bytes, each sealed by the object's own key.
type Object struct {
	Record id.ID
	Name   string
	Size   int64  // of what is sealed in it
	Cipher []byte // its key, sealed by the tenant's data key

	key    *keys.File
	secret []byte // of one that is new
}

// objectKey is what an object's key is bound to, as a field's name.
const objectKey = "content:key"

func (o *Object) pieces() int { return int((o.Size + PieceSize - 1) / PieceSize) }

// Shelve puts a content of a known size on the shelf, sealed on the way, before the unit of work that attaches it: no transaction waits for it. nil when
// there is no shelf. Its name is written down first as one that no file needs, so that what is not attached, for whatever reason, is removed later.
func (e *Engine) Shelve(ctx context.Context, t *tenancy.Tenant, content io.Reader, size int64) (*Object, error) {
	if e.Shelf == nil {
		return nil, nil
	}
	key, secret, err := keys.NewFile()
	if err != nil {
		return nil, err
	}
	o := &Object{Name: t.ID.String() + "/" + e.db.NewID().String(), Size: size, key: key, secret: secret}
	err = e.Do(ctx, t, sweeper(), func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.Tx.Tx.ExecContext(ctx, "INSERT INTO file_gone (name, gone_at) VALUES ($1::text, $2::text::timestamptz)", o.Name, *stamp(tx.Now))
		return databaseFault(err, nil)
	})
	if err != nil {
		return nil, err
	}
	if err := e.Shelf.Put(ctx, o.Name, &sealing{in: content, of: o}); err != nil {
		return nil, noShelf(err)
	}
	return o, nil
}

// Unshelve removes what was put on the shelf and will not be attached.
func (e *Engine) Unshelve(ctx context.Context, o *Object) error {
	if o == nil {
		return nil
	}
	return e.Shelf.Remove(ctx, o.Name)
}

func noShelf(err error) error {
	return fault.New(fault.Unavailable, "files.unavailable", "附件存储暂不可用", "The store for files is unavailable").Because(err)
}

// sealing is a content as it lies on the shelf.
type sealing struct {
	in   io.Reader
	of   *Object
	n    int
	buf  []byte
	next []byte
}

// Read seals the next piece when the last one is read.
func (s *sealing) Read(into []byte) (int, error) {
	if len(s.next) == 0 {
		if s.n == s.of.pieces() {
			return 0, io.EOF
		}
		if s.buf == nil {
			s.buf = make([]byte, PieceSize, PieceSize+keys.FileOverhead)
		}
		last := s.n == s.of.pieces()-1
		part := s.buf[:PieceSize]
		if last {
			part = part[:s.of.Size-int64(s.n)*PieceSize]
		}
		if _, err := io.ReadFull(s.in, part); err != nil {
			return 0, fmt.Errorf("a file is shorter than it said: %w", err)
		}
		s.next = s.of.key.Seal(part[:0], part, s.n, last)
		s.n++
	}
	n := copy(into, s.next)
	s.next = s.next[n:]
	return n, nil
}

// Attach makes what lies on the shelf the content of a file that was just made.
func Attach(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, f File, o *Object) error {
	s := current(tx)
	if err := s.isFile(ctx, tx, def, key, f); err != nil {
		return err
	}
	return s.attach(ctx, tx, def.Name, key, o)
}

func (s *session) attach(ctx context.Context, tx *tenancy.Tx, name string, key id.ID, o *Object) error {
	if s.e.Sealer == nil {
		return shut(nil)
	}
	sealed, err := s.e.Sealer.Seal(ctx, tx.Tenant.ID, name, objectKey, key, o.secret)
	if err != nil {
		return err
	}
	found, err := oneColumn(ctx, tx, "DELETE FROM file_gone WHERE name = $1::text RETURNING name", o.Name)
	if err != nil || len(found) == 0 { // swept: it took longer than anything may
		return cmpErr(err, noShelf(errors.New("the object is not there any more")))
	}
	_, err = tx.Tx.Tx.ExecContext(ctx, "INSERT INTO file_object (record_id, name, size, cipher) VALUES ($1::text::uuid, $2::text, $3::bigint, decode($4::text, 'hex'))",
		key.String(), o.Name, o.Size, hex.EncodeToString(sealed))
	return databaseFault(err, nil)
}

// object finds a file's content on the shelf; nil when it lies in the database.
func (s *session) object(ctx context.Context, tx *tenancy.Tx, name string, key id.ID) (*Object, error) {
	o, cipher := &Object{Record: key}, ""
	err := tx.Tx.Tx.QueryRowContext(ctx, "SELECT name, size, encode(cipher, 'hex') FROM file_object WHERE record_id = $1::text::uuid", key.String()).Scan(&o.Name, &o.Size, &cipher)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	if o.Cipher, err = hex.DecodeString(cipher); err != nil {
		return nil, err
	}
	return o, s.e.openObject(ctx, tx.Tenant.ID, name, o)
}

func (e *Engine) openObject(ctx context.Context, tenant id.ID, name string, o *Object) error {
	secret, err := e.Sealer.Open(ctx, tenant, name, objectKey, o.Record, o.Cipher)
	if err != nil {
		return err
	}
	defer clear(secret)
	o.key, err = keys.OpenFile(secret)
	return err
}

// piece fetches and opens one piece of an object.
func (e *Engine) piece(ctx context.Context, o *Object, n int) ([]byte, error) {
	last := o.pieces() - 1
	if n > last {
		return nil, fault.New(fault.NotFound, "file.end", "文件没有这么长", "The file is not that long")
	}
	if e.Shelf == nil {
		return nil, noShelf(errors.New("files lie in a store that is not set"))
	}
	size := int64(PieceSize)
	if n == last {
		size = o.Size - int64(n)*PieceSize
	}
	in, err := e.Shelf.Part(ctx, o.Name, int64(n)*(PieceSize+keys.FileOverhead), size+keys.FileOverhead)
	if err != nil {
		return nil, noShelf(err)
	}
	defer in.Close() //nolint:errcheck // it was only read
	sealed := make([]byte, size+keys.FileOverhead)
	if _, err := io.ReadFull(in, sealed); err != nil {
		return nil, noShelf(err)
	}
	return o.key.Open(sealed, n, n == last)
}

// Carry gives an object's content piece by piece, for an archive. Among are the entities one of which it belongs to.
func (e *Engine) Carry(ctx context.Context, tenant id.ID, o *Object, among []string, put func(entity string, n int, plain []byte) error) error {
	var failed error
	for _, name := range among {
		if failed = e.openObject(ctx, tenant, name, o); failed != nil {
			continue
		}
		for n := range o.pieces() {
			plain, err := e.piece(ctx, o, n)
			if err == nil {
				err = put(name, n, plain)
			}
			if err != nil {
				return fmt.Errorf("the content of file %s: %w", o.Record, err)
			}
		}
		return nil
	}
	return fmt.Errorf("the key of file %s: %w", o.Record, failed)
}

// writeObject writes a whole content.
func (e *Engine) writeObject(ctx context.Context, o *Object, into io.Writer) error {
	for n := range o.pieces() {
		plain, err := e.piece(ctx, o, n)
		if err != nil {
			return err
		}
		if _, err := io.Copy(into, bytes.NewReader(plain)); err != nil {
			return err
		}
	}
	return nil
}

// dropObjects lets the objects of files go that are deleted: their keys at once, themselves some time later.
func dropObjects(ctx context.Context, tx *tenancy.Tx, list []id.ID) error {
	_, err := tx.Tx.Tx.ExecContext(ctx, `WITH gone AS (DELETE FROM file_object WHERE record_id = ANY($1::text[]::uuid[]) RETURNING name)
		INSERT INTO file_gone (name, gone_at) SELECT name, $2::text::timestamptz FROM gone`, idTexts(list), *stamp(tx.Now))
	return databaseFault(err, nil)
}
