package pgserver

import (
	"os"
	"path/filepath"
)

// Passable tells whether every user may pass through a folder and all above it, as the server's own account must when Tenon runs as root. What does not
// exist yet will be made so. The empty path is not passable.
func Passable(dir string) bool {
	if dir == "" {
		return false
	}
	at, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	for {
		if info, err := os.Stat(at); err == nil && info.Mode()&0o001 == 0 {
			return false
		}
		up := filepath.Dir(at)
		if up == at {
			return true
		}
		at = up
	}
}
