package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Person is somebody who works in the tenant.
type Person struct {
	ID    id.ID
	Name  string
	Roles []string
}

// Checked is what a version is checked against.
type Checked struct {
	Catalog *entity.Catalog // as the tenant knows it
	People  []Person        // who is active
}

// Release publishes a version that is under review. Nobody publishes what they have written; cases that fail, a lock-out, and a leak prover that found
// something or did not run on this very content refuse it. The caller raises the tenant's generation after the commit.
func (e *Engine) Release(ctx context.Context, tx *tenancy.Tx, key id.ID, comment string, check Checked) (*Version, error) {
	if err := remark(comment); err != nil {
		return nil, err
	}
	r, err := e.open(ctx, tx, key, StateReview)
	if err != nil {
		return nil, err
	}
	if slices.Contains(r.Authors, tx.Actor.ID.String()) || tx.Actor.ID.IsZero() {
		return nil, fault.New(fault.Forbidden, "policy.four_eyes", "编写者不能发布自己的版本，须由另一人发布（规则 policy.four_eyes）",
			"Who wrote a version can't publish it; somebody else has to (rule policy.four_eyes)").With("rule", "policy.four_eyes")
	}
	if err := e.upToDate(ctx, tx, r); err != nil {
		return nil, err
	}
	if err := e.sound(ctx, r, check); err != nil {
		return nil, err
	}
	if err := proven(ctx, tx, r); err != nil {
		return nil, err
	}
	d, err := r.Content()
	if err != nil {
		return nil, err
	}
	d.Catalog = check.Catalog
	r.State, r.DecidedBy, r.DecidedAt, r.Comment = StatePublished, tx.Actor.ID, tx.Now, comment
	if err := r.save(ctx, tx); err != nil {
		return nil, err
	}
	return e.publish(ctx, tx, *d, Version{
		ID: r.ID, Kind: KindPublish, Title: r.Title, Base: r.Base, Author: r.Author, Authors: r.Authors, CreatedAt: r.CreatedAt, Comment: comment,
	})
}

// upToDate refuses a version that was made from one that no longer holds: it would take back what was published meanwhile, unseen.
func (e *Engine) upToDate(ctx context.Context, tx *tenancy.Tx, r *Review) error {
	now, err := e.Numbered(ctx, tx, nil)
	if err != nil {
		return err
	}
	if now.set.number != r.Base {
		return fault.New(fault.Conflict, "policy.outdated", "此版本基于版本 %d，而现在生效的是版本 %d；请基于它重新起草",
			"This version was made from version %d, but version %d holds now: make it from that one again", r.Base, now.set.number).With("current", now.set.number)
	}
	return nil
}

// Rollback makes an older version (0: the shipped rights) hold again, as a new version. Its content was reviewed before, so one click is enough; that
// nobody is locked out is checked all the same.
func (e *Engine) Rollback(ctx context.Context, tx *tenancy.Tx, number int64, comment string, check Checked) (*Version, error) {
	if err := remark(comment); err != nil {
		return nil, err
	}
	now, err := e.Numbered(ctx, tx, nil)
	if err != nil {
		return nil, err
	}
	if now.set.number == number {
		return nil, fault.New(fault.Conflict, "policy.holds", "版本 %d 正在生效", "Version %d holds already", number)
	}
	old, err := e.Numbered(ctx, tx, &number)
	if err != nil {
		return nil, err
	}
	title := fmt.Sprintf("回滚到版本 %[1]d · Back to version %[1]d", number)
	c := Change{Title: &title}
	r, err := e.Start(ctx, tx, &number, c)
	if err != nil {
		return nil, err
	}
	if err := e.sound(ctx, r, check); err != nil {
		return nil, err
	}
	authors := old.authors
	r.State, r.DecidedBy, r.DecidedAt, r.Comment = StatePublished, tx.Actor.ID, tx.Now, comment
	if err := r.save(ctx, tx); err != nil {
		return nil, err
	}
	d, err := r.Content()
	if err != nil {
		return nil, err
	}
	d.Catalog = check.Catalog
	return e.publish(ctx, tx, *d, Version{
		ID: r.ID, Kind: KindRollback, Title: title, Base: now.set.number, Author: tx.Actor.ID, Authors: authors, CreatedAt: tx.Now, Comment: comment,
	})
}

// Direct publishes a draft at once, for the only person of a company who may: there is no second pair of eyes.
func (e *Engine) Direct(ctx context.Context, tx *tenancy.Tx, c Change, check Checked) (*Version, error) {
	title := "直接发布 · Published at once"
	c.Title = &title
	r, err := e.Start(ctx, tx, nil, c)
	if err != nil {
		return nil, err
	}
	if err := e.sound(ctx, r, check); err != nil {
		return nil, err
	}
	d, err := r.Content()
	if err != nil {
		return nil, err
	}
	d.Catalog = check.Catalog
	r.State, r.DecidedBy, r.DecidedAt = StatePublished, tx.Actor.ID, tx.Now
	if err := r.save(ctx, tx); err != nil {
		return nil, err
	}
	return e.publish(ctx, tx, *d, Version{
		ID: r.ID, Kind: KindDirect, Title: title, Base: r.Base, Author: tx.Actor.ID, Authors: r.Authors, CreatedAt: tx.Now,
	})
}

// sound refuses a version that is wrong, whose cases fail, that can't be decided by, or under which nobody could administer any more.
func (e *Engine) sound(ctx context.Context, r *Review, check Checked) error {
	d, err := r.Content()
	if err != nil {
		return err
	}
	_, err = e.Examine(ctx, *d, check)
	return err
}

func casesFail(report *CaseReport) error {
	f := fault.New(fault.Rule, "policy.cases_fail", "%d 个用例不成立", "%d cases do not hold", report.Failed).With("cases", report)
	for _, c := range report.Cases {
		for _, text := range c.Failures {
			f.At(fmt.Sprintf("cases[%d]", c.Case-1), "policy.case", "", "")
			f.Fields[len(f.Fields)-1].Text = text
		}
	}
	return f
}

// noLockout decides everything once, so that what can't be decided is known before it holds, and looks for somebody who can still give rights to people.
func (e *Engine) noLockout(ctx context.Context, set *Rules, check Checked) error {
	for _, def := range check.Catalog.All() {
		if def.ParentDef != nil {
			continue
		}
		for _, role := range set.set.roles {
			if _, err := set.set.mask(ctx, e.limit, def, []string{role.Name}, e.actions[def.Name]); err != nil {
				return unfit(err, role.Name, def.Name)
			}
		}
	}
	users := check.Catalog.Entity("user")
	if users == nil || len(check.People) == 0 {
		return nil
	}
	for _, p := range check.People {
		if !slices.ContainsFunc(p.Roles, fixed) {
			continue
		}
		m, err := set.set.mask(ctx, e.limit, users, p.Roles, e.actions["user"])
		if err != nil {
			return err
		}
		if m.Any() && m.Create && m.verdict("edit:roles").allow && m.verdict("edit:active").allow {
			return nil
		}
	}
	return fault.New(fault.Rule, "policy.lockout", "发布后将无人能管理用户与角色，已阻止", "After this nobody could administer people and roles any more")
}

func unfit(err error, role, name string) error {
	f := fault.As(err)
	if f == nil || f.Kind == fault.Invalid {
		return err
	}
	return fault.New(fault.Rule, "policy.undecided", "按此版本无法判定角色 %s 对 %s 的权限：%s", "By this version the rights of %s on %s can't be decided: %s",
		role, name, strings.TrimSuffix(f.Text.EN, ".")).With("because", f.Reason).Because(err)
}

// Proof is what a check said about a content. It is kept with the version and never changes.
type Proof struct {
	bun.BaseModel `bun:"table:policy_proof,alias:pp"`

	ID        id.ID           `bun:"id,pk,type:uuid" json:"id"`
	VersionID id.ID           `bun:"version_id,type:uuid" json:"version_id"`
	Hash      string          `bun:"hash" json:"content_hash"`
	Kind      string          `bun:"kind" json:"kind"`
	Passed    bool            `bun:"passed" json:"passed"`
	Outcome   json.RawMessage `bun:"outcome,type:jsonb" json:"outcome"`
	MadeBy    id.ID           `bun:"made_by,type:uuid,nullzero" json:"made_by"`
	MadeAt    time.Time       `bun:"made_at" json:"made_at"`
}

// The kinds of proofs.
const (
	ProofCases  = "cases"
	ProofProver = "prover"
	ProofImpact = "impact"
	ProofReplay = "replay"
)

// AddProof keeps what a check said.
func AddProof(ctx context.Context, tx *tenancy.Tx, r *Review, kind string, passed bool, outcome any) error {
	raw, err := json.Marshal(outcome)
	if err != nil {
		return err
	}
	_, err = tx.NewInsert().Model(&Proof{
		ID: tx.NewID(), VersionID: r.ID, Hash: r.Hash, Kind: kind, Passed: passed, Outcome: raw, MadeBy: tx.Actor.ID, MadeAt: tx.Now,
	}).Exec(ctx)
	return err
}

// Proofs returns what was said about a version, newest first.
func Proofs(ctx context.Context, tx *tenancy.Tx, version id.ID) ([]Proof, error) {
	out := []Proof{}
	err := tx.NewSelect().Model(&out).Where("version_id = ?", version).Order("made_at DESC", "id DESC").Limit(100).Scan(ctx)
	return out, err
}

// proven refuses a version of whose content the leak prover has not said that it is sound.
func proven(ctx context.Context, tx *tenancy.Tx, r *Review) error {
	var last []Proof
	err := tx.NewSelect().Model(&last).Where("version_id = ? AND hash = ? AND kind = ?", r.ID, r.Hash, ProofProver).
		Order("made_at DESC", "id DESC").Limit(1).Scan(ctx)
	switch {
	case err != nil:
		return err
	case len(last) == 0:
		return fault.New(fault.Rule, "policy.not_proven", "泄漏验证尚未运行", "The leak prover has not run on this content").With("prove", true)
	case !last[0].Passed:
		return fault.New(fault.Rule, "policy.leaks", "泄漏验证未通过，不能发布", "The leak prover has found a leak: the version can't be published").With("proof", last[0].ID)
	}
	return nil
}

// Unproven tells whether Release would refuse a version only because the prover has not run on its content.
func Unproven(ctx context.Context, tx *tenancy.Tx, r *Review) (bool, error) {
	err := proven(ctx, tx, r)
	f := fault.As(err)
	if f != nil && f.Reason == "policy.not_proven" {
		return true, nil
	}
	if f != nil {
		return false, nil //nolint:nilerr // Release itself tells it
	}
	return false, err
}
