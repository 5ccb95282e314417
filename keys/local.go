package keys

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/tenon-hq/tenon/internal/id"
)

// masterFile is the file in the data folder that holds the master key, in hexadecimal.
const masterFile = "master.key"

// Local keeps secrets without a key service, for a laptop or a trial: each tenant's data key is derived from one master key in a file. Who can read
// that file can open everything, a single tenant's key can't be destroyed, and without the file nothing opens again: a production install uses a key
// service instead.
type Local struct {
	*Safe
	master []byte
	name   KeyID
	keys   *lru.Cache[id.ID, Key]
}

// OpenLocal reads the master key from the data folder and makes one at first use. A file that others may read is refused. A nil log is silent.
func OpenLocal(folder string, log *slog.Logger) (*Local, error) {
	path := filepath.Join(folder, masterFile)
	master, err := readMaster(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeMaster(folder, path); err == nil || errors.Is(err, fs.ErrExist) {
			master, err = readMaster(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	log.Warn("ENCRYPTED FIELDS ARE PROTECTED BY A KEY FILE ONLY: keep a copy of it apart from the data, and use a key service in production",
		"file", path)
	return newLocal(master)
}

func newLocal(master []byte) (*Local, error) {
	l := &Local{master: master}
	l.Safe = NewSafe(l)
	name, err := hkdf.Key(sha256.New, master, nil, "tenon local key id", len(l.name))
	if err != nil {
		return nil, err
	}
	copy(l.name[:], name)
	l.keys, err = lru.New[id.ID, Key](4096)
	return l, err
}

// Newest returns the tenant's only key.
func (l *Local) Newest(_ context.Context, tenant id.ID) (Key, error) {
	if tenant.IsZero() {
		return Key{}, errors.New("no tenant")
	}
	if k, ok := l.keys.Get(tenant); ok {
		return k, nil
	}
	secret, err := hkdf.Key(sha256.New, l.master, tenant[:], "tenon local data key", 32)
	if err != nil {
		return Key{}, err
	}
	k, err := NewKey(l.name, secret)
	if err == nil {
		l.keys.Add(tenant, k)
	}
	return k, err
}

// Named returns the tenant's key when the value was sealed under this master key.
func (l *Local) Named(ctx context.Context, tenant id.ID, name KeyID) (Key, error) {
	if name != l.name {
		return Key{}, fmt.Errorf("sealed under another master key (%x, this one is %x)", name, l.name)
	}
	return l.Newest(ctx, tenant)
}

func readMaster(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s: others may read it (mode %v); it must be 0600", path, info.Mode())
	}
	text := make([]byte, 128)
	n, err := f.Read(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	master, err := hex.DecodeString(strings.TrimSpace(string(text[:n])))
	if err != nil || len(master) != 32 {
		return nil, fmt.Errorf("%s: it must hold 64 hexadecimal digits", path)
	}
	return master, nil
}

// makeMaster writes a new key so that the file is there whole or not at all, and never over another one: it is written under another name, then
// linked to its own.
func makeMaster(folder, path string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	master := make([]byte, 32)
	if _, err := rand.Read(master); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(folder, masterFile+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.WriteString(hex.EncodeToString(master) + "\n"); err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
