package record

import (
	"context"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// platformArea starts the names under which the audit files what is done to no record: platform.login, platform.policy, platform.key, platform.billing,
// platform.approval, platform.export, platform.admin, platform.audit.
const platformArea = "platform."

// Note writes an audit entry about something that is no record: area is login, policy, key, billing, approval, export, admin or audit, action says what
// was done, about is what it was done to (none: zero), details say more by name. Details must hold no secret.
func Note(tx *tenancy.Tx, area, action string, about id.ID, details map[string]string) {
	s := current(tx)
	e := entryOf(tx, &entity.Def{Name: platformArea + area}, action, about)
	e.details = map[string]*string{}
	for name, v := range details {
		e.details[name] = &v
	}
	s.audit = append(s.audit, e)
}

// Note is Note in a unit of work of its own, for what happens outside of one, as a login does.
func (e *Engine) Note(ctx context.Context, t *tenancy.Tenant, a tenancy.Actor, area, action string, about id.ID, details map[string]string) error {
	a.System = true // who logs out of a suspended company is on record too
	return e.Do(ctx, t, a, func(_ context.Context, tx *tenancy.Tx) error {
		Note(tx, area, action, about, details)
		return nil
	})
}

// grounds are the version of the rights and the ids of the rules that allowed what an entry tells, and by whose visit it was done.
func (s *session) grounds(ctx context.Context, tx *tenancy.Tx, e *entry) (version int64, rules []string, err error) {
	version, rules, err = s.allowed(ctx, tx, e)
	if tx.Actor.Visitor != "" {
		rules = append(rules, "visit:"+tx.Actor.Visitor)
	}
	return version, rules, err
}

// allowed are the rules that allowed something. What modules do in reaction follows from its cause.
func (s *session) allowed(ctx context.Context, tx *tenancy.Tx, e *entry) (version int64, rules []string, err error) {
	if s.e.Policy == nil || tx.Actor.System {
		return 0, []string{"system"}, nil
	}
	if version, err = s.e.Policy.Number(ctx, tx); err != nil || e.module != "" || e.details != nil {
		return version, nil, err
	}
	mask, err := s.e.Policy.For(ctx, tx, e.def)
	if err != nil {
		return version, nil, err
	}
	seen := map[string]bool{}
	why := func(what string) {
		if rule, _ := mask.Why(what); !seen[rule] {
			seen[rule] = true
			rules = append(rules, rule)
		}
	}
	switch e.action {
	case "create", "delete", "export":
		why(e.action)
	case "update":
		for _, c := range e.changes {
			why("edit:" + c.field.Name)
		}
	default:
		why("action:" + e.action)
	}
	return version, rules, nil
}

// isPlatform tells that an entry is about no record.
func isPlatform(name string) bool { return strings.HasPrefix(name, platformArea) }
