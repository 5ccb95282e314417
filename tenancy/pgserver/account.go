package pgserver

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
)

// account is whom the server runs as: ourselves, or as root somebody else, because PostgreSQL refuses to run as root.
type account struct {
	name     string
	uid, gid int
	other    bool // not ourselves: we are root
}

// chooseAccount takes, for root, the owner of the cluster, else the owner of the folder, else the user postgres, else nobody.
func chooseAccount(dir, cluster string) (account, error) {
	me := account{name: "user " + strconv.Itoa(os.Geteuid()), uid: os.Geteuid(), gid: os.Getegid()}
	if me.uid != 0 {
		if info, err := os.Stat(cluster); err == nil && owner(info) != me.uid {
			return me, fmt.Errorf("%s belongs to user %d: run Tenon as that user or as root", cluster, owner(info))
		}
		return me, nil
	}
	if info, err := os.Stat(cluster); err == nil && owner(info) != 0 { // the user may be unknown here: a folder from another container
		a := account{"user " + strconv.Itoa(owner(info)), owner(info), group(info), true}
		if u, err := user.LookupId(strconv.Itoa(a.uid)); err == nil {
			a.name = "user " + u.Username
		}
		return a, nil
	}
	if info, err := os.Stat(dir); err == nil && owner(info) != 0 {
		if u, err := user.LookupId(strconv.Itoa(owner(info))); err == nil {
			return fromUser(u)
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return fromUser(u)
		}
	}
	return account{}, fmt.Errorf("PostgreSQL refuses to run as root and there is no user postgres or nobody: make one (useradd --system postgres), or run Tenon as an ordinary user")
}

func fromUser(u *user.User) (account, error) {
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.Atoi(u.Gid)
	return account{"user " + u.Username, uid, gid, true}, err
}

// admit lets the account pass through the folder and returns whom our own files there belong to. A folder of root stays
// root's, so that the server can't put anything in the place of the password or the settings.
func (a account) admit(root *os.Root) (account, error) {
	info, err := root.Stat(".")
	if err != nil || !a.other || owner(info) != 0 {
		return a, err
	}
	admin := account{name: "root"}
	if info.Mode()&0o001 != 0 || group(info) == a.gid && info.Mode()&0o010 != 0 {
		return admin, nil
	}
	if err := root.Chown(".", 0, a.gid); err != nil {
		return admin, err
	}
	return admin, root.Chmod(".", info.Mode().Perm()&0o700|0o010)
}

// own gives a file to the account.
func (a account) own(root *os.Root, name string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return root.Lchown(name, a.uid, a.gid)
}

// repossess gives a whole tree to the account when root owns it, as after a restore by hand.
func (a account) repossess(root *os.Root, tree string) error {
	info, err := root.Stat(tree)
	if err != nil || !a.other || owner(info) != 0 {
		return err
	}
	if err := root.Chmod(tree, 0o700); err != nil {
		return err
	}
	return fs.WalkDir(root.FS(), tree, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return a.own(root, name)
	})
}

// reach tells what to do when the account can't come to the data folder, as below /root.
func (a account) reach(ctx context.Context, bin, dir string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version")
	cmd.Dir, cmd.Env = dir, environment() // the folder is entered as the account
	a.apply(cmd)
	err := cmd.Run()
	if err == nil || ctx.Err() != nil {
		return context.Cause(ctx)
	}
	at, mode := a.blocked(dir)
	return fmt.Errorf("PostgreSQL refuses to run as root, so it runs as %s, which can't reach the data folder %s: %s (%s) does not let it through. "+
		"Choose a data folder elsewhere, such as /var/lib/tenon, run Tenon as an ordinary user, or let it through: chmod o+x %s (%w)", a.name, dir, at, mode, at, err)
}

// blocked finds the first folder on the way that has no passage for the account.
func (a account) blocked(dir string) (string, fs.FileMode) {
	if up := filepath.Dir(dir); up != dir {
		if at, mode := a.blocked(up); mode != 0 {
			return at, mode
		}
	}
	info, err := os.Stat(dir)
	if err != nil {
		return dir, 0
	}
	bit := fs.FileMode(0o001)
	switch {
	case owner(info) == a.uid:
		bit = 0o100
	case group(info) == a.gid:
		bit = 0o010
	}
	if info.Mode()&bit != 0 {
		return dir, 0
	}
	return dir, info.Mode()
}
