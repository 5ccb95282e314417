package app

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	"github.com/tenon-hq/tenon/tenancy/pgserver"
)

// DefaultData is the data folder when none is named: ./data. Where root works in a folder that nobody else may enter, as below /root, the own database
// server could not reach it, so a folder of its own below /var/lib stands in.
func DefaultData() string {
	const here = "./data"
	if os.Geteuid() != 0 || pgserver.Passable(here) {
		return here
	}
	at, err := filepath.Abs(here)
	if err != nil {
		return here
	}
	sum := sha256.Sum256([]byte(at))
	return "/var/lib/tenon/" + hex.EncodeToString(sum[:6])
}
