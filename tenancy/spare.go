package tenancy

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

const (
	spareLock   = 0x7370617265 // one program makes spares at a time
	spareStays  = time.Hour    // a spare that other migrations made stays so long: beside this program an older or a newer one may still run
	tendWithin  = time.Minute  // one round of making and throwing away
	restAtMost  = 15 * time.Second
	spareFormat = "1" // of what create makes
)

// Spares returns how many schemas are ready to be taken by who signs up next, of those that this program may give out.
func (db *DB) Spares(ctx context.Context) (n int, err error) {
	err = db.control.QueryRow(ctx, "select count(*) from tenon.spare where made_of = $1", db.madeOf).Scan(&n)
	return n, final(err)
}

// KeepSpares makes schemas with their role and all tables until so many are ready, and throws away those that are too many or that other migrations
// made. It does one at a time and rests between them, longer when the last took longer than the quickest, so that who works here feels little of it. It
// returns after a minute at the latest; call it again now and then. Several programs may: one works, the others return at once.
func (db *DB) KeepSpares(ctx context.Context, want int) error {
	end := time.Now().Add(tendWithin)
	var quickest time.Duration
	for time.Now().Before(end) {
		if len(db.signups) > 0 { // somebody who signs up waits for tables: theirs come first
			if err := sleep(ctx, 100*time.Millisecond); err != nil {
				return err
			}
			continue
		}
		began := time.Now()
		if again, err := db.tend(ctx, want); err != nil || !again {
			return final(err)
		}
		took := time.Since(began)
		if quickest == 0 || took < quickest {
			quickest = took
		}
		slower := float64(took) / float64(max(quickest, time.Millisecond))
		if err := sleep(ctx, min(restAtMost, time.Duration(slower*float64(took)))); err != nil {
			return err
		}
	}
	return nil
}

// tend throws one spare away or makes one, in one transaction. It tells whether there may be more to do.
func (db *DB) tend(ctx context.Context, want int) (again bool, err error) {
	bucket, err := db.chooseBucket(ctx)
	if err != nil {
		return false, err
	}
	err = db.administer(ctx, func(ctx context.Context, a *adminTx) error {
		var mine bool
		if err := a.QueryRowContext(ctx, "select pg_try_advisory_xact_lock($1)", int64(spareLock)).Scan(&mine); err != nil || !mine {
			return err
		}
		thrown, err := db.throwSpare(ctx, a, want)
		if err != nil || thrown {
			again = thrown
			return err
		}
		var there int
		if err := a.QueryRowContext(ctx, "select count(*) from tenon.spare where made_of = $1", db.madeOf).Scan(&there); err != nil || there >= want {
			return err
		}
		again = true
		return db.makeSpare(ctx, a, bucket)
	})
	return again && err == nil, err
}

// throwSpare drops a spare that nobody will take: one of other migrations that is old, or one too many.
func (db *DB) throwSpare(ctx context.Context, a *adminTx, want int) (bool, error) {
	return db.dropSpare(ctx, a, `made_of <> $1 and created_at <= $2 or made_of = $1 and (select count(*) from tenon.spare where made_of = $1) > $3`,
		db.madeOf, db.now().Add(-spareStays), want)
}

// dropSpare drops one spare that a condition finds and nobody is taking.
func (db *DB) dropSpare(ctx context.Context, a *adminTx, where string, args ...any) (bool, error) {
	var name string
	err := a.QueryRowContext(ctx, "delete from tenon.spare where schema_name = (select schema_name from tenon.spare where "+where+
		" order by created_at limit 1 for update skip locked) returning schema_name", args...).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, a.script(ctx, db.drop(name, name))
}

// makeSpare makes a schema with its role and the tables of all lines.
func (db *DB) makeSpare(ctx context.Context, a *adminTx, bucket int) error {
	name := "t_" + random(8)
	t := &Tenant{Schema: name, Role: name, Bucket: bucket}
	s := &script{}
	s.WriteString(db.create(t, db.roles.bucket(bucket)))
	db.asOwner(s, t, func() {
		for _, l := range db.lines.order {
			s.files(l, t, have{}, l.latest)
		}
	})
	if err := a.script(ctx, s.String()); err != nil {
		return s.where(err)
	}
	_, err := a.ExecContext(ctx, "insert into tenon.spare values ($1, $2, $3, $4)", name, bucket, db.madeOf, db.now())
	return err
}

// claimSpare takes a spare for a tenant, which gets its schema, role and login. It belongs to the transaction: rolled back, the spare is there again.
func (db *DB) claimSpare(ctx context.Context, a *adminTx, t *Tenant) (bool, error) {
	err := a.QueryRowContext(ctx, `delete from tenon.spare where schema_name = (
			select schema_name from tenon.spare where made_of = $1 order by created_at limit 1 for update skip locked)
		returning schema_name, bucket`, db.madeOf).Scan(&t.Schema, &t.Bucket)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	t.Role = t.Schema
	return err == nil, err
}

// housed gives a new tenant a spare, or tells the SQL that makes a schema and a role. It returns the lines that the tenant has then: the chosen ones, or
// with a spare all at their latest versions, of which those that were not chosen are off and were never on.
func (db *DB) housed(ctx context.Context, a *adminTx, t *Tenant, chosen []*line) (before string, list []*line, has map[string]have, err error) {
	has = map[string]have{}
	for _, l := range chosen {
		has[l.Name] = have{on: true}
	}
	taken, err := db.claimSpare(ctx, a, t)
	if err != nil || !taken {
		return db.create(t, db.roles.bucket(t.Bucket)), chosen, has, err
	}
	for _, l := range db.lines.order {
		h := has[l.Name]
		for _, m := range l.files {
			h.version, h.oldest = m.version, max(h.oldest, m.tolerates)
		}
		has[l.Name] = h
	}
	return "", db.lines.order, has, nil
}

// dropSpares throws all spares away, as before the tables are taken back to older versions.
func (db *DB) dropSpares(ctx context.Context) error {
	for again := true; again; {
		err := db.administer(ctx, func(ctx context.Context, a *adminTx) (err error) {
			again, err = db.dropSpare(ctx, a, "true")
			return err
		})
		if err != nil {
			return final(err)
		}
	}
	return nil
}

// drop is the SQL that takes a schema and its role away.
func (db *DB) drop(schema, role string) string {
	role = tenantName(role)
	return fmt.Sprintf("set local role %s; drop schema %s cascade; set local role none; ", db.roles.owner(), tenantName(schema)) +
		db.roles.mine(role) + "drop role " + role
}

// digest tells sets of migrations apart.
func (s *lines) digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q\n", spareFormat)
	for _, l := range s.order {
		fmt.Fprintf(h, "%q\n", l.Name)
		for _, m := range l.files {
			fmt.Fprintf(h, "%q %q\n", m.name, m.text)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
