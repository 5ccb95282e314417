package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Backup is one backup: an archive for each tenant, all of the same moment. Its list is not encrypted and names nobody.
type Backup struct {
	Format  string    `json:"format"`
	ID      string    `json:"id"`
	MadeAt  time.Time `json:"made_at"`
	Program string    `json:"program"`
	Whole   bool      `json:"whole"` // all tenants that there were
	Entries []Entry   `json:"tenants"`
}

// Entry is one tenant's archive in a backup.
type Entry struct {
	Tenant id.ID  `json:"tenant_id"`
	File   string `json:"file"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"` // before compression
}

const listFile = "backup.json" // written last: without it a backup is not finished

// Entry returns a tenant's archive.
func (b *Backup) Entry(tenant id.ID) (Entry, bool) {
	i := slices.IndexFunc(b.Entries, func(e Entry) bool { return e.Tenant == tenant })
	if i < 0 {
		return Entry{}, false
	}
	return b.Entries[i], true
}

// Size is what the archives take.
func (b *Backup) Size() (n int64) {
	for _, e := range b.Entries {
		n += e.Size
	}
	return n
}

// Make writes a backup of all tenants of a snapshot, or of those that are asked for. others may open it besides this installation. When it fails,
// what it wrote is removed.
func Make(ctx context.Context, into Store, name string, s *tenancy.Frozen, only []id.ID, others []age.Recipient, source func(*tenancy.Tenant) (Source, error)) (*Backup, error) {
	b := &Backup{Format: Format, ID: name, MadeAt: s.At.UTC(), Whole: len(only) == 0}
	var err error
	for _, t := range s.Tenants {
		if len(only) > 0 && !slices.Contains(only, t.ID) || t.State == tenancy.Closing {
			continue
		}
		var src Source
		var e Entry
		if src, err = source(t); err == nil {
			b.Program = src.Program
			e, err = one(ctx, into, name, s, t, append([]age.Recipient{ForTenants(ctx, src.Sealer, t.ID)}, others...), src)
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", t.ID, err)
			break
		}
		b.Entries = append(b.Entries, e)
	}
	if err == nil {
		err = b.finish(ctx, into)
	}
	if err != nil {
		for _, e := range b.Entries {
			err = errors.Join(err, into.Remove(context.WithoutCancel(ctx), e.File))
		}
		return nil, err
	}
	return b, nil
}

func (b *Backup) finish(ctx context.Context, into Store) error {
	raw, err := json.MarshalIndent(b, "", "\t")
	if err != nil {
		return err
	}
	return into.Put(ctx, path.Join(b.ID, listFile), strings.NewReader(string(raw)+"\n"))
}

// one streams one archive into the store.
func one(ctx context.Context, into Store, name string, s *tenancy.Frozen, t *tenancy.Tenant, who []age.Recipient, src Source) (Entry, error) {
	e := Entry{Tenant: t.ID, File: path.Join(name, t.ID.String()+".tenon")}
	in, out := io.Pipe()
	sum, size := sha256.New(), &counter{}
	var last *Manifest
	done := make(chan error, 1)
	go func() {
		var err error
		_, last, err = Write(ctx, io.MultiWriter(out, sum, size), who, s, t, src)
		out.CloseWithError(err)
		done <- err
	}()
	err := into.Put(ctx, e.File, in)
	in.CloseWithError(errors.Join(err, io.ErrClosedPipe))
	if wrote := <-done; wrote != nil && err == nil {
		err = wrote
	}
	if err != nil {
		return e, err
	}
	e.Size, e.SHA256, e.Rows, e.Bytes = size.n, hex.EncodeToString(sum.Sum(nil)), last.Rows(), last.Bytes
	return e, nil
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// Backups lists the finished backups of a store, oldest first, and the names of unfinished ones.
func Backups(ctx context.Context, from Store) (list []*Backup, unfinished []string, err error) {
	names, err := from.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	finished := map[string]bool{}
	for _, n := range names {
		if dir, file := path.Split(n); file == listFile {
			b, err := read(ctx, from, n)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", n, err)
			}
			finished[path.Clean(dir)] = true
			list = append(list, b)
		}
	}
	for _, n := range names {
		if dir := path.Dir(n); strings.HasSuffix(n, ".tenon") && !finished[dir] && !slices.Contains(unfinished, dir) {
			unfinished = append(unfinished, dir)
		}
	}
	slices.SortFunc(list, func(a, b *Backup) int { return a.MadeAt.Compare(b.MadeAt) })
	return list, unfinished, nil
}

func read(ctx context.Context, from Store, name string) (*Backup, error) {
	in, err := from.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	b := &Backup{}
	if err := json.NewDecoder(io.LimitReader(in, 256<<20)).Decode(b); err != nil {
		return nil, err
	}
	if b.Format != Format || b.ID != path.Dir(name) {
		return nil, fmt.Errorf("this is no backup in the form %s", Format)
	}
	return b, nil
}

// Find returns a backup by its id, or the latest one that holds the tenant, if one is given.
func Find(ctx context.Context, from Store, name string, tenant id.ID) (*Backup, error) {
	list, _, err := Backups(ctx, from)
	if err != nil {
		return nil, err
	}
	for _, b := range slices.Backward(list) {
		if _, holds := b.Entry(tenant); (name == "" || b.ID == name) && (tenant.IsZero() || holds) {
			return b, nil
		}
	}
	return nil, errors.New("there is no such backup")
}

// Open opens an archive of a backup and checks, while it is read, that it is the one that was written.
func (e Entry) Open(ctx context.Context, from Store) (io.ReadCloser, error) {
	in, err := from.Get(ctx, e.File)
	if err != nil {
		return nil, err
	}
	return &checked{ReadCloser: in, e: e, sum: sha256.New()}, nil
}

// checked fails at the end of a file that is not what the list says.
type checked struct {
	io.ReadCloser

	e   Entry
	sum interface {
		io.Writer
		Sum(b []byte) []byte
	}
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	_, _ = c.sum.Write(p[:n]) // a hash takes everything
	if errors.Is(err, io.EOF) && hex.EncodeToString(c.sum.Sum(nil)) != c.e.SHA256 {
		return n, fmt.Errorf("%s was altered: its checksum is not the one in the backup's list", c.e.File)
	}
	return n, err
}
