package people

import (
	"context"
	"crypto/sha256"
	"embed"
	"time"

	"github.com/tenon-hq/tenon/tenancy"
)

const (
	longestPause = 15 * time.Minute // between two tries
	guessLife    = time.Hour        // after which failures are forgotten
)

//go:embed shared/*.sql
var shared embed.FS

// Shared are the tables of this room in schema tenon.
func Shared() tenancy.Shared { return tenancy.Shared{Name: "people", Files: shared} }

func guessKey(what string) []byte {
	sum := sha256.Sum256([]byte(what))
	return sum[:]
}

// Pause is how long one has to wait before the next try at something: 2, 4, 8 … seconds after so many free ones. All processes count together.
func (d *Door) Pause(ctx context.Context, what string, free int) (time.Duration, error) {
	var times int
	var last time.Time
	now := d.db.Now()
	found, err := d.row(ctx, "select times, last_at from tenon.failed_login where what = $1", []any{guessKey(what)}, &times, &last)
	if err != nil || !found || times < free || now.Sub(last) > guessLife {
		return 0, err
	}
	pause := min(2*time.Second<<min(times-free, 10), longestPause)
	return max(0, last.Add(pause).Sub(now)), nil
}

// Failed counts a wrong try at each of these.
func (d *Door) Failed(ctx context.Context, what ...string) error {
	keys := make([][]byte, len(what))
	for i, w := range what {
		keys[i] = guessKey(w)
	}
	return d.exec(ctx, `insert into tenon.failed_login as f select w, 1, $2::timestamptz from unnest($1::bytea[]) w order by w
		on conflict (what) do update set last_at = excluded.last_at, times = case when f.last_at < excluded.last_at - $3::interval then 1 else f.times + 1 end`,
		keys, d.db.Now(), guessLife)
}

// Forgiven forgets the wrong tries at something.
func (d *Door) Forgiven(ctx context.Context, what string) error {
	return d.exec(ctx, "delete from tenon.failed_login where what = $1", guessKey(what))
}
