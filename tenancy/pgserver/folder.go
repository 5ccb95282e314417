package pgserver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	clusterDir   = "cluster"
	newCluster   = "cluster.new-" // and some letters; renamed when initdb has ended well
	logDir       = "log"
	settingsFile = "tenon.conf"
	localFile    = "local.conf"
	passwordFile = "password"
	portFile     = "port"
	lockFile     = "lock"
	startupFile  = "startup.log"
	pidFile      = clusterDir + "/postmaster.pid"
	versionFile  = clusterDir + "/PG_VERSION"
)

// BusyError says that another process manages the data folder.
type BusyError struct {
	Dir string
	PID int // 0 when it is not known
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("the data folder %s is in use by another Tenon (pid %d): stop it first, or choose another folder", e.Dir, e.PID)
}

// folder is the data folder. All is done through root, which follows no link that leads out: the server's user may write in here.
type folder struct {
	path  string // absolute, without links
	root  *os.Root
	owner account // whom our own files belong to
}

// openFolder makes the folder and chooses the account.
func openFolder(dir string) (*folder, account, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return nil, account{}, err
	}
	if err := mkdir(path, 0o700); err != nil {
		return nil, account{}, fmt.Errorf("can't make the data folder: %w", err)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return nil, account{}, err
	}
	who, err := chooseAccount(path, filepath.Join(path, clusterDir))
	if err != nil {
		return nil, account{}, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, account{}, fmt.Errorf("can't open the data folder: %w", err)
	}
	f := &folder{path: path, root: root}
	f.owner, err = who.admit(root)
	return f, who, err
}

func (f *folder) cluster() string { return filepath.Join(f.path, clusterDir) }

// take locks the folder for this process; the system gives the lock free however the process ends.
func (f *folder) take() (*os.File, error) {
	l, err := f.root.OpenFile(lockFile, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("%w: the data folder was made by another user; run Tenon as that user", err)
	}
	if err != nil {
		return nil, err
	}
	if err := flock(l); err != nil {
		return nil, errors.Join(&BusyError{f.path, f.holder()}, l.Close())
	}
	pid := fmt.Append(nil, os.Getpid(), "\n")
	_, err = l.WriteAt(pid, 0)
	if err = errors.Join(err, l.Truncate(int64(len(pid))), f.owner.own(f.root, lockFile)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// holder is the process that has the lock; it may be about to write its number.
func (f *folder) holder() (pid int) {
	for range 10 {
		text, _ := f.root.ReadFile(lockFile)
		if pid, _ = strconv.Atoi(strings.TrimSpace(string(text))); pid > 0 {
			break
		}
		time.Sleep(poll)
	}
	return pid
}

// write replaces a file at once.
func (f *folder) write(name, text string, mode os.FileMode) error {
	tmp := name + ".tmp"
	if err := f.root.RemoveAll(tmp); err != nil {
		return err
	}
	if err := f.root.WriteFile(tmp, []byte(text), 0o600); err != nil {
		return err
	}
	return errors.Join(f.root.Chmod(tmp, mode), f.owner.own(f.root, tmp), f.root.Rename(tmp, name))
}

// major is that of the PostgreSQL which made the cluster; 0: there is none yet.
func (f *folder) major() (int, error) {
	if _, err := f.root.Stat("PG_VERSION"); err == nil {
		return 0, fmt.Errorf("%s is itself a PostgreSQL data directory that Tenon did not make: choose another folder, or run that server and set DATABASE_URL", f.path)
	}
	if _, err := f.root.Stat(clusterDir); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	text, err := f.root.ReadFile(versionFile)
	if err != nil {
		return 0, fmt.Errorf("%s is no complete PostgreSQL data directory, move it away or restore it: %w", f.cluster(), err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || n < oldest || n > newest {
		return 0, fmt.Errorf("%s was made by PostgreSQL %s; Tenon runs %d to %d: dump it with that version and load it into a new folder",
			f.cluster(), strings.TrimSpace(string(text)), oldest, newest)
	}
	return n, nil
}

func (f *folder) password() (string, error) {
	text, err := f.root.ReadFile(passwordFile)
	if err != nil {
		return "", fmt.Errorf("the data folder has a database but not its password, restore the file from the backup: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

func (f *folder) lastPort() int {
	text, _ := f.root.ReadFile(portFile)
	n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return n
}

// mkdir makes a folder with this mode, and those above it that are missing open for passage, whatever the umask says.
func mkdir(path string, mode os.FileMode) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := mkdir(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(path, mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}
