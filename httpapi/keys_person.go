package httpapi

import (
	"context"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/tenancy"
)

// deletions lists the requests that people be shredded, newest first.
func (a *API) deletions(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.auditor(r); err != nil {
		return err
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		list, err := record.Deletions(ctx, tx, id.ID{}, 500)
		if err != nil {
			return err
		}
		return reply(w, http.StatusOK, map[string]any{"data": list, "next_cursor": nil})
	})
}

// deletion answers with one request, and with what carrying it out would make unreadable.
func (a *API) deletion(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.auditor(r); err != nil {
		return err
	}
	key, err := pathID(r)
	if err != nil {
		return err
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err := deletionJSON(ctx, tx, key, r)
		if err != nil {
			return err
		}
		return reply(w, http.StatusOK, out)
	})
}

func deletionJSON(ctx context.Context, tx *tenancy.Tx, key id.ID, r *http.Request) (map[string]any, error) {
	d, err := record.DeletionOf(ctx, tx, key)
	if err != nil {
		return nil, err
	}
	out := map[string]any{
		"id": d.ID, "entity": d.Entity, "record_id": d.Record, "reason": d.Reason, "state": d.State,
		"asked_by": d.AskedBy, "asked_at": d.AskedAt.UTC(), "ended_by": d.EndedBy, "ended_at": d.EndedAt,
		"fields": []any{}, "audit_entries": 0, "audit_plain": 0, "key": false,
	}
	def := record.Catalog(tx).Entity(d.Entity)
	if def == nil || !def.Person || !tx.Tenant.On(def.Owner) && def.Owner != "" {
		return out, nil
	}
	out["label"] = def.Label.In(languageOf(r))
	traces, err := record.TracesOf(ctx, tx, def, d.Record)
	if err != nil {
		return nil, err
	}
	fields := make([]map[string]any, len(traces.Fields))
	for i, f := range traces.Fields {
		fields[i] = map[string]any{"field": f.Name, "label": f.Label.In(languageOf(r))}
	}
	out["fields"], out["audit_entries"], out["audit_plain"], out["key"] = fields, traces.Entries, traces.Plain, traces.Sealed
	return out, nil
}

// askDeletion asks that a person on record be shredded. Nothing happens to them yet.
func (a *API) askDeletion(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.auditor(r); err != nil {
		return err
	}
	var in struct {
		Entity string `json:"entity"`
		Record id.ID  `json:"record_id"`
		Reason string `json:"reason"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	var out map[string]any
	err := a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		def, err := record.Erasable(tx, in.Entity)
		if err != nil {
			return err
		}
		if _, _, err := record.Read(ctx, tx, def, in.Record, record.Query{Fields: []string{"id"}}); err != nil { // who may not see somebody can't delete them
			return err
		}
		key, err := record.AskDeletion(ctx, tx, def, in.Record, in.Reason)
		if err != nil {
			return err
		}
		record.Note(tx, "key", "person_deletion_asked", key, map[string]string{"entity": in.Entity, "record_id": in.Record.String()})
		out, err = deletionJSON(ctx, tx, key, r)
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/keys/deletions/"+out["id"].(id.ID).String()) //nolint:forcetypeassert // deletionJSON made it
	return reply(w, http.StatusCreated, out)
}

// withdrawDeletion takes a request back.
func (a *API) withdrawDeletion(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.auditor(r); err != nil {
		return err
	}
	key, err := pathID(r)
	if err != nil {
		return err
	}
	var out map[string]any
	err = a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := record.EndDeletion(ctx, tx, key, record.DeletionWithdrawn); err != nil {
			return err
		}
		record.Note(tx, "key", "person_deletion_withdrawn", key, nil)
		out, err = deletionJSON(ctx, tx, key, r)
		return err
	})
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, out)
}

// carryOutDeletion shreds the person of a request: there is no way back. Somebody who works here has to be set inactive first.
func (a *API) carryOutDeletion(w http.ResponseWriter, r *http.Request) error {
	c, err := a.auditor(r)
	if err != nil {
		return err
	}
	if err := a.mayWrite(r, c); err != nil {
		return err
	}
	key, err := pathID(r)
	if err != nil {
		return err
	}
	d, err := a.toCarryOut(r, key)
	if err != nil {
		return err
	}
	if err := a.keys.MarkGone(r.Context(), c.tenant.ID, d.Entity, d.Record); err != nil { // first: a copy that is restored from now on lacks them too
		return err
	}
	var out map[string]any
	err = a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.shred(ctx, tx, d.Entity, d.Record); err != nil {
			return err
		}
		if err := record.EndDeletion(ctx, tx, key, record.DeletionDone); err != nil {
			return err
		}
		record.Note(tx, "key", "person_shredded", key, map[string]string{"entity": d.Entity, "record_id": d.Record.String()})
		out, err = deletionJSON(ctx, tx, key, r)
		return err
	})
	if err != nil {
		return err
	}
	if d.Entity == "user" {
		if err := a.db.ForgetUser(r.Context(), c.tenant.ID, d.Record); err != nil {
			return err
		}
	}
	return reply(w, http.StatusOK, out)
}

// toCarryOut reads a request and refuses what can't be carried out.
func (a *API) toCarryOut(r *http.Request, key id.ID) (d *record.Deletion, err error) {
	err = a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if d, err = record.DeletionOf(ctx, tx, key); err != nil {
			return err
		}
		if d.State != record.DeletionAsked {
			return fault.New(fault.Conflict, "deletion.ended", "此申请已处理", "This request has ended already")
		}
		if _, err := record.Erasable(tx, d.Entity); err != nil || d.Entity != "user" {
			return err
		}
		_, active, err := a.people.Actor(ctx, tx, d.Record)
		if err == nil && active {
			return fault.New(fault.Rule, "deletion.active", "请先停用该用户", "Set the user inactive first")
		}
		return err
	})
	return d, err
}

// shred makes a person unreadable, with what else is kept of somebody who works here: invitations and the directory's entry.
func (a *API) shred(ctx context.Context, tx *tenancy.Tx, entity string, key id.ID) error {
	about := []record.Subject{{Entity: entity, Record: key}}
	if entity == "user" {
		more, err := a.door.About(ctx, tx, key)
		if err != nil {
			return err
		}
		about = append(about, more...)
	}
	for _, x := range about {
		def, err := record.Erasable(tx, x.Entity)
		if err != nil {
			return err
		}
		if _, err := record.Erase(ctx, tx, def, x.Record); err != nil {
			return err
		}
		a.touched(tx, def, x.Record)
	}
	return nil
}

// ShredAgain repeats in a restored company what was shredded since the copy was made, and returns the users among them.
func (a *API) ShredAgain(ctx context.Context, t *tenancy.Tenant, of id.ID) (users []id.ID, err error) {
	gone, err := a.keys.GoneOf(ctx, of)
	if err == nil && t.ID != of {
		var here []keys.Gone // brought along from where the copy was made
		here, err = a.keys.GoneOf(ctx, t.ID)
		gone = append(gone, here...)
	}
	if err != nil || len(gone) == 0 {
		return nil, err
	}
	err = a.engine.Do(ctx, t, tenancy.Actor{System: true, Name: "keys"}, func(ctx context.Context, tx *tenancy.Tx) error {
		users = nil
		for _, g := range gone {
			err := a.shred(ctx, tx, g.Entity, g.Record)
			if err != nil && !fault.Is(err, fault.NotFound) { // the copy is older than the person
				return err
			}
			if g.Entity == "user" {
				users = append(users, g.Record)
			}
		}
		return nil
	})
	if err == nil && t.ID != of {
		for _, g := range gone {
			if err := a.keys.MarkGone(ctx, t.ID, g.Entity, g.Record); err != nil {
				return nil, err
			}
		}
	}
	return users, err
}

// pathID reads the id in an address.
func pathID(r *http.Request) (id.ID, error) {
	key, err := id.Parse(mux.Vars(r)["id"])
	if err != nil {
		return id.ID{}, notFound()
	}
	return key, nil
}
