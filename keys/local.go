package keys

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// masterFile is the file in the data folder that holds the master key, in hexadecimal; tenantFolder holds each tenant's key, encrypted by it.
const (
	masterFile   = "master.key"
	tenantFolder = "tenants"
)

// Local keeps keys without a key service, for a laptop or a trial: each tenant has a key of its own in a file, encrypted by one master key in another.
// Who can read the folder can open everything, and without it nothing opens again: a production install uses a key service instead.
type Local struct {
	folder string
	master cipher.AEAD
	mu     sync.Mutex // of changes
}

// OpenLocal reads the master key from a folder and makes one at first use. A file that others may read is refused. A nil log is silent.
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
	aead, err := newAEAD(master)
	clear(master)
	return &Local{folder: filepath.Join(folder, tenantFolder), master: aead}, err
}

func newAEAD(secret []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// State says that a file is always there.
func (l *Local) State() State { return State{Kind: "file", OK: true} }

// Close does nothing.
func (l *Local) Close() {}

var localKey = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,99}$`)

// file is where a version of a tenant's key lies.
func (l *Local) file(key string, version int) string {
	return filepath.Join(l.folder, key+".v"+strconv.Itoa(version))
}

// Ensure makes a tenant's key.
func (l *Local) Ensure(ctx context.Context, key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, _, err := l.Versions(ctx, key); err == nil || causeOf(err) != KeyMissing {
		return err
	}
	return l.add(key, 1)
}

func (l *Local) add(key string, version int) error {
	if !localKey.MatchString(key) {
		return &Trouble{Refused, errors.New("a bad name of a key")}
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return &Trouble{Failing, err}
	}
	defer clear(secret)
	path := l.file(key, version)
	text := base64.StdEncoding.EncodeToString(sealWith(l.master, secret, filepath.Base(path)))
	if err := os.MkdirAll(l.folder, 0o700); err != nil {
		return &Trouble{Failing, err}
	}
	if err := writeOnce(path, text); err != nil && !errors.Is(err, fs.ErrExist) {
		return &Trouble{Failing, err}
	}
	return nil
}

// sealWith and openWith encrypt with a nonce in front.
func sealWith(aead cipher.AEAD, plain []byte, about string) []byte {
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		panic(err) // the system's source of randomness is gone: nothing may go on
	}
	return aead.Seal(nonce, nonce, plain, []byte(about))
}

func openWith(aead cipher.AEAD, sealed []byte, about string) ([]byte, error) {
	if len(sealed) < aead.NonceSize() {
		return nil, errors.New("too short")
	}
	return aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(about))
}

func (l *Local) version(key string, version int) (cipher.AEAD, error) {
	path := l.file(key, version)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || !localKey.MatchString(key) {
		return nil, &Trouble{KeyMissing, fmt.Errorf("no key %s version %d", key, version)}
	}
	if err != nil {
		return nil, &Trouble{Failing, err}
	}
	raw, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return nil, &Trouble{Failing, err}
	}
	secret, err := openWith(l.master, raw, filepath.Base(path))
	if err != nil {
		return nil, &Trouble{KeyMissing, fmt.Errorf("the key %s belongs to another master key: %w", key, err)}
	}
	defer clear(secret)
	return newAEAD(secret)
}

// Wrap encrypts data keys: local:v<version>:<base64>.
func (l *Local) Wrap(ctx context.Context, key string, secrets [][]byte) ([]string, error) {
	newest, _, err := l.Versions(ctx, key)
	if err != nil {
		return nil, err
	}
	aead, err := l.version(key, newest)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(secrets))
	for i, s := range secrets {
		out[i] = fmt.Sprintf("local:v%d:%s", newest, base64.StdEncoding.EncodeToString(sealWith(aead, s, key)))
	}
	return out, nil
}

// Unwrap opens data keys.
func (l *Local) Unwrap(ctx context.Context, key string, wrapped []string) ([][]byte, error) {
	_, oldest, err := l.Versions(ctx, key)
	if err != nil {
		return nil, err
	}
	out := make([][]byte, len(wrapped))
	for i, w := range wrapped {
		version, raw, err := parseLocal(w)
		if err != nil || version < oldest {
			return nil, &Trouble{Refused, fmt.Errorf("a wrapped key of version %d, the oldest allowed is %d: %w", version, oldest, err)}
		}
		aead, err := l.version(key, version)
		if err != nil {
			return nil, err
		}
		if out[i], err = openWith(aead, raw, key); err != nil {
			return nil, &Trouble{Refused, err}
		}
	}
	return out, nil
}

func parseLocal(w string) (version int, raw []byte, err error) {
	rest, ok := strings.CutPrefix(w, "local:v")
	number, text, cut := strings.Cut(rest, ":")
	if !ok || !cut {
		return 0, nil, errors.New("it was not wrapped by a key file")
	}
	if version, err = strconv.Atoi(number); err != nil {
		return 0, nil, err
	}
	raw, err = base64.StdEncoding.DecodeString(text)
	return version, raw, err
}

// Rewrap wraps data keys anew.
func (l *Local) Rewrap(ctx context.Context, key string, wrapped []string) ([]string, error) {
	secrets, err := l.Unwrap(ctx, key, wrapped)
	if err != nil {
		return nil, err
	}
	defer wipe(secrets)
	return l.Wrap(ctx, key, secrets)
}

func wipe(secrets [][]byte) {
	for _, s := range secrets {
		clear(s)
	}
}

// Rotate gives a tenant's key a new version.
func (l *Local) Rotate(ctx context.Context, key string) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	newest, _, err := l.Versions(ctx, key)
	if err != nil {
		return 0, err
	}
	return newest + 1, l.add(key, newest+1)
}

// Raise removes the versions before oldest.
func (l *Local) Raise(ctx context.Context, key string, oldest int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	newest, now, err := l.Versions(ctx, key)
	if err != nil || oldest <= now || oldest > newest {
		return err
	}
	for v := now; v < oldest; v++ {
		if err := os.Remove(l.file(key, v)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &Trouble{Failing, err}
		}
	}
	return nil
}

// Versions returns the newest and the oldest version that are there.
func (l *Local) Versions(_ context.Context, key string) (newest, oldest int, err error) {
	list, err := filepath.Glob(filepath.Join(l.folder, key+".v*"))
	if err != nil || len(list) == 0 || !localKey.MatchString(key) {
		return 0, 0, &Trouble{KeyMissing, errors.Join(errors.New("there is no key "+key), err)}
	}
	for _, path := range list {
		n, err := strconv.Atoi(path[strings.LastIndex(path, ".v")+2:])
		if err != nil {
			continue
		}
		newest = max(newest, n)
		if oldest == 0 || n < oldest {
			oldest = n
		}
	}
	return newest, oldest, nil
}

// Destroy overwrites and removes a tenant's key.
func (l *Local) Destroy(ctx context.Context, key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	newest, oldest, err := l.Versions(ctx, key)
	if err != nil {
		return err
	}
	for v := oldest; v <= newest; v++ {
		path := l.file(key, v)
		err := os.WriteFile(path, make([]byte, 96), 0o600)
		if err = errors.Join(err, os.Remove(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &Trouble{Failing, err}
		}
	}
	return nil
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

// makeMaster writes a new master key.
func makeMaster(folder, path string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	master := make([]byte, 32)
	if _, err := rand.Read(master); err != nil {
		return err
	}
	defer clear(master)
	return writeOnce(path, hex.EncodeToString(master)+"\n")
}

// writeOnce writes a file so that it is there whole or not at all, and never over another one: it is written under another name, then linked to its own.
func writeOnce(path, text string) error {
	folder := filepath.Dir(path)
	tmp, err := os.CreateTemp(folder, ".new.*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.WriteString(text); err == nil {
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
