package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// Run does an action on a record at a caller's request.
func Run(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, name string, body map[string]any) error {
	s := current(tx)
	a := s.e.action(def.Name, name)
	if a == nil {
		return fault.New(fault.NotFound, "action.unknown", "没有动作 %s", "There is no action %s", name)
	}
	mask, err := s.e.Policy.For(ctx, tx, def)
	if err != nil {
		return err
	}
	rec, err := s.hold(ctx, tx, def, key)
	if err != nil {
		return err
	}
	s.e.Policy.Note(tx, def, mask, "action:"+name, key)
	if !mask.Action(name) {
		return denied(mask, def, "action:"+name, a.Label.ZH, name)
	}
	var input any
	if a.Input != nil {
		input = a.Input()
		if err := DecodeInput(body, input); err != nil {
			return err
		}
		if err := mayGive(mask, def, body, input); err != nil {
			return err
		}
	}
	if _, err = s.perform(ctx, tx, def, a, rec, input, body, false); err != nil {
		return err
	}
	return s.decide(ctx, tx)
}

// act is Run for modules: rights were checked on what the person called.
func (s *session) act(ctx context.Context, tx *tenancy.Tx, def *entity.Def, a *modules.Action, rec entity.Record, input any) (bool, error) {
	return s.perform(ctx, tx, def, a, rec, input, EncodeInput(input), false)
}

// perform checks the state, asks policy whether someone has to agree first, and runs the action or parks it. agreed: they have, to this very act;
// what the act brings about in turn is asked about as ever.
func (s *session) perform(
	ctx context.Context, tx *tenancy.Tx, def *entity.Def, a *modules.Action, rec entity.Record, input any, body map[string]any, agreed bool,
) (parked bool, err error) {
	state := ""
	if def.State != nil {
		state, _ = def.State.Get(rec).(string)
		if def.Pending != "" && state == def.Pending {
			return false, fault.New(fault.Conflict, "approval.pending", "单据正在审批，已锁定", "The document awaits approval and is locked")
		}
	}
	if len(a.From) > 0 && !slices.Contains(a.From, state) {
		return false, fault.New(fault.Conflict, "state.not_allowed", "状态为 %[1]s 的%[2]s不能%[4]s", "A %[3]s that is %[1]s does not allow %[5]s",
			state, def.Label.ZH, def.Label.EN, a.Label.ZH, a.Name).With("state", state)
	}
	if !tx.Actor.System && !agreed {
		need, err := s.e.Policy.Gate(ctx, tx, def, a.Name, gateValues(def, rec))
		if err != nil {
			return false, err
		}
		if need != nil {
			need = filled(need, gateValues(def, rec))
			p := &Parked{Def: def, Record: rec, Action: a.Name, Input: body, Approval: need, Before: state, Hash: ContentHash(def, rec)}
			s.parked = append(s.parked, p)
			if !tx.DryRun {
				return true, s.park(ctx, tx, p)
			}
		}
	}
	return false, a.Run(ctx, tx, rec, input)
}

// park locks the document in its pending state and hands the act to the approver.
func (s *session) park(ctx context.Context, tx *tenancy.Tx, p *Parked) error {
	if s.e.Approver == nil {
		return fault.New(fault.Internal, "approval.none", "未配置审批", "Nothing is there to take approvals")
	}
	if p.Def.State != nil && p.Def.Pending != "" {
		p.Def.State.Set(p.Record, p.Def.Pending)
		if err := s.update(ctx, tx, p.Def, []entity.Record{p.Record}); err != nil {
			return err
		}
	}
	key, err := s.e.Approver.Park(ctx, tx, *p)
	p.ID = key
	return err
}

// Resume does a parked act after the last approver agreed. The actor is the requester, with Approver set.
func Resume(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rec entity.Record, action string, body map[string]any) error {
	s := current(tx)
	a := s.e.action(def.Name, action)
	if a == nil {
		return fault.New(fault.NotFound, "action.unknown", "没有动作 %s", "There is no action %s", action)
	}
	var input any
	if a.Input != nil {
		input = a.Input()
		if err := DecodeInput(body, input); err != nil {
			return err
		}
	}
	if _, err := s.perform(ctx, tx, def, a, rec, input, body, true); err != nil {
		return err
	}
	return s.decide(ctx, tx)
}

// Hold locks and loads a record by entity for the platform's own acts (approvals), with its lines and without the caller's row rights.
func Hold(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID) (entity.Record, error) {
	return current(tx).hold(ctx, tx.As("platform"), def, key)
}

// Store saves a held record's changed fields.
func Store(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rec entity.Record) error {
	return current(tx).update(ctx, tx, def, []entity.Record{rec})
}

// ParkedHere returns the acts that this unit of work parked.
func ParkedHere(tx *tenancy.Tx) []*Parked { return current(tx).parked }

// gateValues gives policy all fields of a record as text, nil for what is empty, and its lines under their names.
func gateValues(def *entity.Def, rec entity.Record) map[string]any {
	out := make(map[string]any, len(def.Fields))
	for _, f := range def.Fields {
		if !f.Stored() || f.Sealed {
			continue
		}
		out[f.Name] = nil
		if v := f.Get(rec); !f.Empty(v) {
			if t := text(f, v); t != nil {
				out[f.Name] = *t
			}
		}
	}
	for _, l := range def.Lines {
		rows := l.Rows(rec)
		list := make([]any, len(rows))
		for i, row := range rows {
			list[i] = gateValues(l.Of, row)
		}
		out[l.Name] = list
	}
	return out
}

// GateValues are what approval rules compare of a record.
func GateValues(def *entity.Def, rec entity.Record) map[string]any { return gateValues(def, rec) }

// LoadMany reads records of any entity with their lines, without rights and without locks: for the platform's own looks at them.
func LoadMany(ctx context.Context, tx *tenancy.Tx, def *entity.Def, keys []id.ID) ([]entity.Record, error) {
	if len(keys) == 0 || def.New() == nil {
		return nil, nil
	}
	found := reflect.New(reflect.SliceOf(reflect.TypeOf(def.New())))
	if err := scanInto(ctx, tx, def, "id = ANY($1::text[]::uuid[]) ORDER BY id", false, found.Interface(), idTexts(keys)); err != nil {
		return nil, err
	}
	rows := make([]entity.Record, found.Elem().Len())
	for i := range rows {
		rows[i], _ = reflect.TypeAssert[entity.Record](found.Elem().Index(i))
	}
	if err := loadOwn(ctx, tx, def, rows); err != nil {
		return nil, err
	}
	return rows, loadLines(ctx, tx, def, rows, false)
}

// ContentHash is the SHA-256 of a record's material fields and those of its lines: what an approver agrees to. What the system computes from other
// records, and fields described as aside, are left out.
func ContentHash(def *entity.Def, rec entity.Record) string {
	h := sha256.New()
	hashInto(def, rec, func(s string) { h.Write([]byte(s)); h.Write([]byte{0}) })
	return hex.EncodeToString(h.Sum(nil))
}

func hashInto(def *entity.Def, rec entity.Record, write func(string)) {
	var parts []string
	for _, f := range def.Fields {
		if f.System || f.Computed || f.Aside || f.Anytime || !f.Stored() || f == def.State {
			continue
		}
		if t := text(f, f.Get(rec)); t != nil {
			parts = append(parts, f.Name+"="+*t)
		}
	}
	sort.Strings(parts)
	write(strings.Join(parts, "\x1f"))
	for _, l := range def.Lines {
		for _, row := range l.Rows(rec) {
			write(l.Name)
			hashInto(l.Of, row, write)
		}
	}
}

// filled writes a document's values into the reason of an approval, where its rule names them: "{credit_excess} above the limit".
func filled(need *policy.Approval, values map[string]any) *policy.Approval {
	var pairs []string
	for name, v := range values {
		if s, ok := v.(string); ok {
			pairs = append(pairs, "{"+name+"}", s)
		}
	}
	out, fill := *need, strings.NewReplacer(pairs...)
	out.Label = entity.T(fill.Replace(need.Label.ZH), fill.Replace(need.Label.EN))
	return &out
}
