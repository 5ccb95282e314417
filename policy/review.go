package policy

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// The states of a version on its way.
const (
	StateDraft     = "draft"
	StateReview    = "in_review"
	StatePublished = "published"
	StateDiscarded = "discarded"
)

// How a version came to hold.
const (
	KindPublish  = "publish"  // written by one person, published by another
	KindRollback = "rollback" // an older version again
	KindDirect   = "direct"   // by the only person of the company who may
)

// Review is a version of the rights from its first draft on. It keeps its id when it is published.
type Review struct {
	bun.BaseModel `bun:"table:policy_draft,alias:pd"`

	ID          id.ID           `bun:"id,pk,type:uuid"`
	Revision    int64           `bun:"revision"` // counts changes, for who edits at the same time
	Title       string          `bun:"title"`
	State       string          `bun:"state"`
	Base        int64           `bun:"base"` // number of the version that it was made from; 0: the shipped rights
	ContentJSON json.RawMessage `bun:"content,type:jsonb"`
	Hash        string          `bun:"hash"`
	Author      id.ID           `bun:"author,type:uuid,nullzero"`
	Authors     []string        `bun:"authors,array"`
	CreatedAt   time.Time       `bun:"created_at"`
	UpdatedAt   time.Time       `bun:"updated_at"`
	SubmittedBy id.ID           `bun:"submitted_by,type:uuid,nullzero"`
	SubmittedAt time.Time       `bun:"submitted_at,nullzero"`
	DecidedBy   id.ID           `bun:"decided_by,type:uuid,nullzero"`
	DecidedAt   time.Time       `bun:"decided_at,nullzero"`
	Comment     string          `bun:"comment"`

	Number    int64  `bun:"number,scanonly"` // once published
	Kind      string `bun:"kind,scanonly"`
	Key       id.ID  `bun:"key_id,scanonly,nullzero"`
	Signature []byte `bun:"signature,scanonly"`
}

// Content is what the version says.
func (r *Review) Content() (*Draft, error) {
	d := new(Draft)
	if err := json.Unmarshal(r.ContentJSON, d); err != nil {
		return nil, refused(err)
	}
	return d, nil
}

// hash names a content: grants, rules, roles, Rego and cases.
func (d Draft) hash() string {
	raw, err := json.Marshal(d)
	if err == nil {
		raw, err = canonical(raw)
	}
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Change is what an edit brings; nil leaves a part as it is.
type Change struct {
	Title  *string
	Grants Grants
	Rules  []Rule
	Roles  []Role
	Rego   *string
	Cases  *string
}

// Into puts the change into a content.
func (c Change) Into(d *Draft) {
	if c.Grants != nil {
		d.Grants = c.Grants
	}
	if c.Rules != nil {
		d.Rules = c.Rules
	}
	if c.Roles != nil {
		d.Roles = c.Roles
	}
	if c.Rego != nil {
		d.Rego = *c.Rego
	}
	if c.Cases != nil {
		d.Cases = *c.Cases
	}
}

const (
	titleLimit   = 200
	commentLimit = 2000
	contentLimit = 4 << 20
)

// Start begins a draft from a version: nil is the one that holds now.
func (e *Engine) Start(ctx context.Context, tx *tenancy.Tx, from *int64, c Change) (*Review, error) {
	d, base, err := e.startFrom(ctx, tx, from)
	if err != nil {
		return nil, err
	}
	r := &Review{
		ID: tx.NewID(), Revision: 1, State: StateDraft, Base: base, Author: tx.Actor.ID, Authors: []string{tx.Actor.ID.String()},
		CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if err := r.write(d, c); err != nil {
		return nil, err
	}
	_, err = tx.NewInsert().Model(r).Exec(ctx)
	return r, err
}

func (e *Engine) startFrom(ctx context.Context, tx *tenancy.Tx, from *int64) (*Draft, int64, error) {
	set, err := e.Numbered(ctx, tx, from)
	if err != nil {
		return nil, 0, err
	}
	d := set.set.draft()
	for role := range d.Grants {
		if fixed(role) {
			delete(d.Grants, role)
		}
	}
	return d, set.set.number, nil
}

// write puts a change into a version's content.
func (r *Review) write(d *Draft, c Change) error {
	var bad fault.Fields
	if c.Title != nil {
		if r.Title = strings.TrimSpace(*c.Title); utf8.RuneCountInString(r.Title) > titleLimit || !utf8.ValidString(r.Title) || strings.ContainsRune(r.Title, 0) {
			bad.Add("title", "value.length", "标题过长或包含无效字符", "The title is too long or holds an invalid character")
		}
	}
	c.Into(d)
	for name, text := range map[string]string{"rego": d.Rego, "cases": d.Cases} {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			bad.Add(name, "value.text", "包含无效字符", "holds an invalid character")
		}
	}
	if len(d.Rego) > ownLimit {
		bad.Add("rego", "policy.rego", "不能超过 %d 字节", "takes more than %d bytes", ownLimit)
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return err
	}
	if len(raw) > contentLimit || strings.Contains(string(raw), `\u0000`) {
		bad.Add("grants", "policy.content", "内容过大或包含无效字符", "The content is too large or holds an invalid character")
	}
	r.ContentJSON, r.Hash = raw, d.hash()
	return bad.Err()
}

// Find returns a version from its draft on.
func Find(ctx context.Context, tx *tenancy.Tx, key id.ID) (*Review, error) {
	return findReview(ctx, tx, key, false)
}

func findReview(ctx context.Context, tx *tenancy.Tx, key id.ID, lock bool) (*Review, error) {
	r := new(Review)
	q := withVersion(tx.NewSelect().Model(r)).Where("pd.id = ?", key)
	if lock {
		q = q.For("UPDATE OF pd")
	}
	if err := q.Scan(ctx); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return nil, fault.New(fault.NotFound, "policy.no_version", "没有此权限版本", "There is no such version of the rights")
		}
		return nil, fmt.Errorf("policy draft: %w", err)
	}
	return r, nil
}

func withVersion(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("pd.*, coalesce(pv.number, 0) AS number, coalesce(pv.kind, '') AS kind, pv.key_id, pv.signature").
		Join("LEFT JOIN policy_version AS pv ON pv.id = pd.id")
}

// List returns versions and drafts, newest first, after the one with the id before (zero: from the top).
func List(ctx context.Context, tx *tenancy.Tx, state string, before id.ID, limit int) ([]*Review, error) {
	var out []*Review
	q := withVersion(tx.NewSelect().Model(&out)).Order("pd.id DESC").Limit(int64(limit))
	if state != "" {
		q = q.Where("pd.state = ?", state)
	}
	if !before.IsZero() {
		q = q.Where("pd.id < ?", before)
	}
	return out, q.Scan(ctx)
}

// Edit changes a draft. revision is the one that was read; another one is a conflict.
func (e *Engine) Edit(ctx context.Context, tx *tenancy.Tx, key id.ID, revision int64, c Change) (*Review, error) {
	r, err := e.open(ctx, tx, key, StateDraft)
	if err != nil {
		return nil, err
	}
	if r.Revision != revision {
		return nil, fault.New(fault.Conflict, "conflict", "此版本已被他人修改（当前修订 %d）", "Somebody else has changed this version (it is at revision %d)", r.Revision).With("version", r.Revision)
	}
	d, err := r.Content()
	if err != nil {
		return nil, err
	}
	if err := r.write(d, c); err != nil {
		return nil, err
	}
	if me := tx.Actor.ID.String(); !slices.Contains(r.Authors, me) {
		r.Authors = append(r.Authors, me)
	}
	r.Revision++
	return r, r.save(ctx, tx)
}

// open locks a version that has to be in one of the states.
func (e *Engine) open(ctx context.Context, tx *tenancy.Tx, key id.ID, states ...string) (*Review, error) {
	r, err := findReview(ctx, tx, key, true)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(states, r.State) {
		return nil, fault.New(fault.Conflict, "policy.state", "版本状态为 %s，不能这样操作", "The version is %s, which does not allow this", r.State).With("state", r.State)
	}
	return r, nil
}

func (r *Review) save(ctx context.Context, tx *tenancy.Tx) error {
	r.UpdatedAt = tx.Now
	_, err := tx.NewUpdate().Model(r).WherePK().Exec(ctx)
	return err
}

// Submit asks for the review of a draft. What is wrong with it is told at once; cases that fail are told too.
func (e *Engine) Submit(ctx context.Context, tx *tenancy.Tx, key id.ID, check Checked) (*Review, error) {
	r, err := e.open(ctx, tx, key, StateDraft)
	if err != nil {
		return nil, err
	}
	if r.Title == "" {
		var bad fault.Fields
		bad.Add("title", "required", "必填：说明改了什么", "is required: say what it changes")
		return nil, bad.Err()
	}
	if err := e.sound(ctx, r, check); err != nil {
		return nil, err
	}
	r.State, r.SubmittedBy, r.SubmittedAt, r.Comment = StateReview, tx.Actor.ID, tx.Now, ""
	return r, r.save(ctx, tx)
}

// Return sends a version under review back to its authors.
func (e *Engine) Return(ctx context.Context, tx *tenancy.Tx, key id.ID, comment string) (*Review, error) {
	return e.decide(ctx, tx, key, StateDraft, comment, StateReview)
}

// Discard drops a version that was not published. It stays to be read.
func (e *Engine) Discard(ctx context.Context, tx *tenancy.Tx, key id.ID, comment string) (*Review, error) {
	return e.decide(ctx, tx, key, StateDiscarded, comment, StateDraft, StateReview)
}

func (e *Engine) decide(ctx context.Context, tx *tenancy.Tx, key id.ID, to, comment string, from ...string) (*Review, error) {
	if err := remark(comment); err != nil {
		return nil, err
	}
	r, err := e.open(ctx, tx, key, from...)
	if err != nil {
		return nil, err
	}
	r.State, r.DecidedBy, r.DecidedAt, r.Comment = to, tx.Actor.ID, tx.Now, comment
	return r, r.save(ctx, tx)
}

func remark(text string) error {
	if utf8.RuneCountInString(text) > commentLimit || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		var bad fault.Fields
		bad.Add("comment", "value.length", "意见过长或包含无效字符", "The comment is too long or holds an invalid character")
		return bad.Err()
	}
	return nil
}
