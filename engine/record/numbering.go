package record

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// When the count of a number rule begins again.
const (
	ResetNever = "never"
	ResetYear  = "year"
	ResetMonth = "month"
)

// NumberRule says how an entity's records are numbered: prefix, the date in its form, a dash behind it, and a count with at least so many digits.
type NumberRule struct {
	Prefix string
	Date   string // "", YY, YYYY, YYMM, YYYYMM, YYYYMMDD
	Digits int
	Reset  string
}

// NumberDates returns the forms that a rule's date takes.
func NumberDates() []string { return []string{"", "YY", "YYYY", "YYMM", "YYYYMM", "YYYYMMDD"} }

// A prefix holds no digits, so that numbers of two rules differ wherever their prefixes do.
var prefixForm = regexp.MustCompile(`^(\p{L}[\p{L}/_.-]{0,11})?$`)

const numberDigits = 6 // of the program's own rules

// numbered tells that the engine draws an entity's numbers.
func numbered(def *entity.Def) bool { return def.Number != nil && !def.Gapless }

func ownRule(def *entity.Def) NumberRule { return NumberRule{def.Prefix, "", numberDigits, ResetNever} }

// stem is what stands before the count on a day.
func (r NumberRule) stem(on clock.Date) string {
	if r.Date == "" {
		return r.Prefix
	}
	day := on.String() // YYYY-MM-DD
	return r.Prefix + strings.NewReplacer("YYYY", day[:4], "YY", day[2:4], "MM", day[5:7], "DD", day[8:]).Replace(r.Date) + "-"
}

func (r NumberRule) write(stem string, n int64) string {
	return fmt.Sprintf("%s%0*d", stem, r.Digits, n)
}

// period is the stem's part that the count belongs to: a rule that begins again each year counts its months together.
func (r NumberRule) check() error {
	var bad fault.Fields
	if !prefixForm.MatchString(r.Prefix) {
		bad.Add("prefix", "numbering.prefix", "前缀最多 12 个字符，以文字开头，不含数字", "A prefix begins with a letter, holds no digits, and has up to 12 characters")
	}
	if !slices.Contains(NumberDates(), r.Date) {
		bad.Add("date", "value.option", "应为 %s 之一或空", "must be one of %s, or empty", strings.Join(NumberDates()[1:], ", "))
	}
	if r.Digits < 3 || r.Digits > 12 {
		bad.Add("digits", "value.range", "应为 3 到 12", "must be 3 to 12")
	}
	switch {
	case r.Reset != ResetNever && r.Reset != ResetYear && r.Reset != ResetMonth:
		bad.Add("reset", "value.option", "应为 never、year 或 month", "must be never, year or month")
	case r.Reset == ResetYear && (r.Date == "" || !strings.HasPrefix(r.Date, "Y")), r.Reset == ResetMonth && !strings.Contains(r.Date, "MM"):
		bad.Add("reset", "numbering.reset", "重新计数的周期须出现在编号的日期中，否则会重号", "The number's date must show the period after which the count begins again, or numbers would come twice")
	}
	return bad.Err()
}

// series names the count of a rule that begins again: by entity, prefix and period.
func (r NumberRule) series(def *entity.Def, on clock.Date) string {
	period := strconv.Itoa(on.Year())
	if r.Reset == ResetMonth {
		period = on.String()[:7]
	}
	return "no:" + def.Name + ":" + r.Prefix + ":" + r.Date + ":" + period
}

// numberRule is the rule that holds for an entity, and whether the company made it.
func (s *session) numberRule(ctx context.Context, tx *tenancy.Tx, def *entity.Def) (NumberRule, bool, error) {
	all, err := s.e.numbering.of(ctx, tx)
	if r, ok := all[def.Name]; ok {
		return r, true, err
	}
	return ownRule(def), false, err
}

// number gives rows without a number theirs, where a count begins again; other counts are sequences, which the statement that inserts asks.
func (s *session) number(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rows []entity.Record) (NumberRule, error) {
	rule, _, err := s.numberRule(ctx, tx, def)
	if err != nil || rule.Reset == ResetNever {
		return rule, err
	}
	var bare []entity.Record
	for _, row := range rows {
		if def.Number.Empty(def.Number.Get(row)) {
			bare = append(bare, row)
		}
	}
	if len(bare) == 0 {
		return rule, nil
	}
	texts, err := drawNumbers(ctx, tx, def, rule, len(bare))
	for i, row := range bare {
		if err == nil {
			def.Number.Set(row, texts[i])
		}
	}
	return rule, err
}

// drawNumbers takes the next n of a count. It holds the count until the commit, so numbers of such rules come one after the other. Numbers that people
// gave by hand are passed over.
func drawNumbers(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rule NumberRule, n int) ([]string, error) {
	on := tx.Today()
	stem, series := rule.stem(on), rule.series(def, on)
	for {
		last, err := advance(ctx, tx, def, series, stem, n)
		if err != nil {
			return nil, err
		}
		out := make([]string, n)
		for i := range out {
			out[i] = rule.write(stem, last-int64(n)+int64(i)+1)
		}
		taken := false
		err = tx.Tx.Tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+quote(def.Table)+" WHERE "+quote(def.Number.Name)+" = ANY($1::text[]))", out).Scan(&taken)
		if err != nil || !taken {
			return out, databaseFault(err, def)
		}
	}
}

// advance moves a count on and returns where it stands. A count that is new begins behind the highest number of its stem.
func advance(ctx context.Context, tx *tenancy.Tx, def *entity.Def, series, stem string, n int) (last int64, err error) {
	err = tx.Tx.Tx.QueryRowContext(ctx, "UPDATE number_series SET last = last + $2::int WHERE name = $1::text RETURNING last", series, n).Scan(&last)
	if noRows(err) == nil && err != nil {
		var top int64
		if top, err = highest(ctx, tx, def, stem); err != nil {
			return 0, err
		}
		err = tx.Tx.Tx.QueryRowContext(ctx, `INSERT INTO number_series AS s (name, last) VALUES ($1::text, $2::bigint)
			ON CONFLICT (name) DO UPDATE SET last = s.last + $3::int RETURNING last`, series, top+int64(n), n).Scan(&last)
	}
	return last, databaseFault(err, def)
}

// highest is the largest count that stands behind a stem; 0 where there is none.
func highest(ctx context.Context, tx *tenancy.Tx, def *entity.Def, stem string) (top int64, err error) {
	col := quote(def.Number.Name)
	err = tx.Tx.Tx.QueryRowContext(ctx, "SELECT coalesce(max(substr("+col+", length($1::text) + 1)::bigint), 0) FROM "+quote(def.Table)+
		" WHERE starts_with("+col+", $1::text) AND substr("+col+", length($1::text) + 1) ~ '^[0-9]{1,17}$'", stem).Scan(&top)
	return top, databaseFault(err, def)
}

// Numbering is an entity's rule as administrators see it.
type Numbering struct {
	Def     *entity.Def
	Rule    NumberRule
	Own     bool   // the company made it
	Gapless bool   // numbers may have no holes: the rule is fixed
	Next    string // the number that the next record will bear, if none is drawn meanwhile
}

// NumberRules lists how all numbered entities of switched-on modules are numbered, with what comes next.
func NumberRules(ctx context.Context, tx *tenancy.Tx) ([]Numbering, error) {
	s := current(tx)
	var out []Numbering
	for _, def := range s.catalog.All() {
		if def.Number == nil || def.Parent != nil || !s.visible(tx, def) {
			continue
		}
		if def.Gapless {
			out = append(out, Numbering{Def: def, Gapless: true})
			continue
		}
		rule, own, err := s.numberRule(ctx, tx, def)
		if err != nil {
			return nil, err
		}
		next, err := nextNumber(ctx, tx, def, rule)
		if err != nil {
			return nil, err
		}
		out = append(out, Numbering{Def: def, Rule: rule, Own: own, Next: next})
	}
	return out, nil
}

func nextNumber(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rule NumberRule) (string, error) {
	on := tx.Today()
	stem := rule.stem(on)
	var last *int64
	var err error
	if rule.Reset == ResetNever {
		err = tx.Tx.Tx.QueryRowContext(ctx, "SELECT pg_sequence_last_value($1::text::regclass)", def.Table+"_no_seq").Scan(&last)
	} else {
		err = tx.Tx.Tx.QueryRowContext(ctx, "SELECT max(last) FROM number_series WHERE name = $1::text", rule.series(def, on)).Scan(&last)
		if err == nil && last == nil {
			var top int64
			top, err = highest(ctx, tx, def, stem)
			last = &top
		}
	}
	if err != nil {
		return "", databaseFault(err, def)
	}
	if last == nil {
		last = new(int64)
	}
	return rule.write(stem, *last+1), nil
}

// maxSkip is how many numbers a new rule may pass over to come behind those that there are.
const maxSkip = 5_000_000

// SetNumberRule makes a rule of the company's own and returns it with the number that comes next. Numbers that there are stay, and none comes twice:
// the count goes on behind the highest number that the new rule could write today. Documents without holes keep the rule of their module.
func SetNumberRule(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rule NumberRule) (Numbering, error) {
	if def.Number == nil || def.Parent != nil {
		return Numbering{}, fault.New(fault.NotFound, "numbering.none", "%[1]s没有编号", "%[2]s bears no number", def.Label.ZH, def.Label.EN)
	}
	if def.Gapless {
		return Numbering{}, fault.New(fault.Rule, "numbering.gapless", "%[1]s的编号须连续，规则不能修改", "Numbers of %[2]s may have no holes, so their rule is fixed", def.Label.ZH, def.Label.EN)
	}
	if err := rule.check(); err != nil {
		return Numbering{}, err
	}
	// Whoever is just drawing a number by the old rule is waited for, or its number might be the new rule's next.
	if _, err := tx.Tx.Tx.ExecContext(ctx, "LOCK TABLE "+quote(def.Table)+" IN SHARE MODE"); err != nil {
		return Numbering{}, databaseFault(err, def)
	}
	if err := passOver(ctx, tx, def, rule); err != nil {
		return Numbering{}, err
	}
	_, err := tx.Tx.Tx.ExecContext(ctx, `INSERT INTO number_rule (entity, prefix, date_part, digits, reset, changed_at, changed_by)
		VALUES ($1::text, $2::text, $3::text, $4::int, $5::text, $6::text::timestamptz, $7::text::uuid) ON CONFLICT (entity) DO UPDATE SET prefix = excluded.prefix,
		date_part = excluded.date_part, digits = excluded.digits, reset = excluded.reset, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		def.Name, rule.Prefix, rule.Date, rule.Digits, rule.Reset, tx.Now.UTC().Format(time.RFC3339Nano), tx.Actor.ID.String())
	if err != nil {
		return Numbering{}, databaseFault(err, def)
	}
	NoteAct(tx, def, "numbering", id.ID{})
	next, err := nextNumber(ctx, tx, def, rule)
	return Numbering{Def: def, Rule: rule, Own: true, Next: next}, err
}

// passOver brings the count behind the numbers that there are.
func passOver(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rule NumberRule) error {
	top, err := highest(ctx, tx, def, rule.stem(tx.Today()))
	if err != nil {
		return err
	}
	if rule.Reset != ResetNever {
		_, err = tx.Tx.Tx.ExecContext(ctx, "UPDATE number_series SET last = greatest(last, $2::bigint) WHERE name = $1::text", rule.series(def, tx.Today()), top)
		return databaseFault(err, def)
	}
	var at *int64
	if err := tx.Tx.Tx.QueryRowContext(ctx, "SELECT pg_sequence_last_value($1::text::regclass)", def.Table+"_no_seq").Scan(&at); err != nil {
		return databaseFault(err, def)
	}
	if at == nil {
		at = new(int64)
	}
	switch skip := top - *at; {
	case skip > maxSkip:
		return fault.New(fault.Rule, "numbering.far", "已有编号 %d，距当前计数太远，请更换前缀", "There is a number %d already, too far ahead of the count; choose another prefix", top)
	case skip > 0:
		_, err = tx.Tx.Tx.ExecContext(ctx, "SELECT max(nextval($1::text::regclass)) FROM generate_series(1, $2::bigint)", def.Table+"_no_seq", skip)
	}
	return databaseFault(err, def)
}
