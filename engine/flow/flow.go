// Package flow lets people agree before something happens: it keeps acts that policy parks, asks those who have to agree, step after step, and does
// the act in the requester's name when the last of them has.
package flow

import (
	"context"
	"embed"
	"slices"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql policy/*.yaml
var files embed.FS

// Plugs are what flow asks of the rest of the program.
type Plugs struct {
	// Who loads a person of the tenant with the roles that they have now; a not_found fault when there is no such active person.
	Who func(ctx context.Context, tx *tenancy.Tx, user id.ID) (tenancy.Actor, error)

	// Tell lets people know, in the app and as they wish; everyone once.
	Tell func(ctx context.Context, tx *tenancy.Tx, to []id.ID, roles []string, text entity.Text, entity string, record id.ID) error

	// Manager finds who leads the team of a person; a zero id when nobody does. nil: nobody leads anybody.
	Manager func(ctx context.Context, tx *tenancy.Tx, user id.ID) (id.ID, error)

	// Later calls Escalate for a request at a time. nil: nothing escalates by itself.
	Later func(ctx context.Context, tx *tenancy.Tx, at time.Time, request id.ID) error
}

// Flow takes acts that need an approval. It is the record engine's Approver.
type Flow struct {
	engine *record.Engine
	ask    Plugs
}

// New makes the flow of an engine; its Actions have to be added to the engine.
func New(engine *record.Engine, plugs Plugs) *Flow { return &Flow{engine: engine, ask: plugs} }

// Line is the platform's own migration line for this package.
func Line() tenancy.Line { return tenancy.Line{Name: "flow", Always: true, Files: files} }

// Source is who may see requests and decide about them, out of the box. That a person is one of those whom a step names is checked with each decision.
func Source() policy.Source { return policy.Source{Module: "flow", Files: files} }

// Records lists this package's records for record.New.
func Records() []entity.Record { return []entity.Record{&Approval{}, &Delegation{}} }

// Actions lists what can be done with a request, for Engine.AddActions.
func (f *Flow) Actions() []modules.Action {
	pending := []string{Pending}
	return []modules.Action{
		modules.Act("approve", entity.T("批准", "Approve"), pending, f.approve),
		modules.Act("reject", entity.T("驳回", "Reject"), pending, f.reject),
		modules.Act("return", entity.T("退回", "Return"), pending, f.giveBack),
		modules.Act("withdraw", entity.T("撤回", "Withdraw"), pending, f.withdraw),
		modules.Act("delegate", entity.T("转交", "Delegate"), pending, f.delegate),
		modules.Act("add_signer", entity.T("加签", "Add a signer"), pending, f.addSigner),
	}
}

// what names the act for people: "Confirm Sales order SO000123".
func (f *Flow) what(def *entity.Def, action, title string) entity.Text {
	label := entity.T(action, action)
	for _, a := range f.engine.Actions(def.Name) {
		if a.Name == action {
			label = a.Label
		}
	}
	out := entity.T(label.ZH+def.Label.ZH, label.EN+" "+def.Label.EN)
	if title != "" {
		out.ZH, out.EN = out.ZH+" "+title, out.EN+" "+title
	}
	return out
}

// tell says something about a request.
func (f *Flow) tell(ctx context.Context, tx *tenancy.Tx, a *Approval, to []id.ID, roles []string, text entity.Text) error {
	if len(to)+len(roles) == 0 {
		return nil
	}
	return f.ask.Tell(ctx, tx, to, roles, text, "approval", a.ID)
}

// tellRequester says what became of a request.
func (f *Flow) tellRequester(ctx context.Context, tx *tenancy.Tx, a *Approval, def *entity.Def, zh, en string) error {
	if a.RequestedBy.IsZero() {
		return nil
	}
	what := f.what(def, a.Action, a.RecordTitle)
	text := entity.T("您的申请"+zh+"："+what.ZH, "Your request "+en+": "+what.EN)
	if a.Comment != "" {
		text.ZH, text.EN = text.ZH+"（"+a.Comment+"）", text.EN+" ("+a.Comment+")"
	}
	return f.tell(ctx, tx, a, []id.ID{a.RequestedBy}, nil, text)
}

// summon tells those whom a step names that it is their turn.
func (f *Flow) summon(ctx context.Context, tx *tenancy.Tx, a *Approval, def *entity.Def, s *Step) error {
	what := f.what(def, a.Action, a.RecordTitle)
	text := entity.T("请审批："+what.ZH+"（"+a.LabelZH+"）", "Please approve: "+what.EN+" ("+a.LabelEN+")")
	var to []id.ID
	for _, u := range s.Users {
		if k, err := id.Parse(u); err == nil {
			to = append(to, k)
		}
	}
	more, err := deputies(ctx, tx, to)
	if err != nil {
		return err
	}
	for _, k := range more {
		if k != a.RequestedBy && !slices.Contains(to, k) {
			to = append(to, k)
		}
	}
	return f.tell(ctx, tx, a, to, s.Roles, text)
}
