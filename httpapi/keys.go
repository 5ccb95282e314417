package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/tenon-hq/tenon/engine/form"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/tenancy"
)

// The tasks of keys.
const (
	reseal   = "reseal"     // seal all values with the newest key
	markSeal = "field_seal" // bring a field's values into the state that it is marked with
)

// ResumableTasks are the tasks that go on where they were when they are begun again.
func ResumableTasks() []string { return []string{reseal, markSeal, importBatches} }

// keyState answers how the company's keys are and what is sealed.
func (a *API) keyState(w http.ResponseWriter, r *http.Request) error {
	c, err := a.auditor(r)
	if err != nil {
		return err
	}
	status, err := a.keys.StatusOf(r.Context(), c.tenant)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"status": status, "figures": a.keys.Figures()})
}

// keyHealth answers how the key service does, in words that an operator can act on.
func (a *API) keyHealth(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.auditor(r); err != nil {
		return err
	}
	s := a.keys.State()
	return reply(w, http.StatusOK, map[string]any{"service": s, "detail": healthText(s.Cause).In(languageOf(r))})
}

// rotateKeys gives the company a new key and starts the task that seals everything with it.
func (a *API) rotateKeys(w http.ResponseWriter, r *http.Request) error {
	c, err := a.auditor(r)
	if err != nil {
		return err
	}
	if err := a.mayWrite(r, c); err != nil {
		return err
	}
	var job int64
	version := 0
	err = a.keys.Rotate(r.Context(), c.tenant, c.actor, func(ctx context.Context, tx *tenancy.Tx, v int) error {
		if err := a.engine.Begin(ctx, tx); err != nil {
			return err
		}
		version = v
		record.Note(tx, "key", "rotate", id.ID{}, map[string]string{"version": strconv.Itoa(v)})
		task, err := record.NewTask(ctx, tx, reseal, map[string]any{}, nil)
		if err != nil {
			return err
		}
		if job, err = a.relay.Begin(ctx, tx, reseal, task); err != nil {
			return err
		}
		return record.Settle(ctx, tx)
	})
	if err != nil {
		return err
	}
	w.Header().Set("Location", jobPath(job))
	return reply(w, http.StatusAccepted, map[string]any{"version": version, "job": job})
}

// setVault makes a Vault of the company's own its key service, after everything that will be asked of it was tried.
func (a *API) setVault(w http.ResponseWriter, r *http.Request) error {
	c, err := a.auditor(r)
	if err != nil {
		return err
	}
	if err := a.mayWrite(r, c); err != nil {
		return err
	}
	var in keys.Own
	if err := into(w, r, &in); err != nil {
		return err
	}
	note := a.noting("vault_set", map[string]string{"address": in.Address, "namespace": in.Namespace, "mount": in.Mount, "login": in.Login.Method})
	if err := a.keys.SetOwn(r.Context(), c.tenant, c.actor, in, note); err != nil {
		return err
	}
	return a.keyState(w, r)
}

// checkVault tries a Vault as setVault does, and changes nothing.
func (a *API) checkVault(w http.ResponseWriter, r *http.Request) error {
	c, err := a.auditor(r)
	if err != nil {
		return err
	}
	var in keys.Own
	if err := into(w, r, &in); err != nil {
		return err
	}
	if err := a.keys.CheckOwn(r.Context(), c.tenant, in); err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"ok": true})
}

// dropVault gives the company the installation's key service again.
func (a *API) dropVault(w http.ResponseWriter, r *http.Request) error {
	c, err := a.auditor(r)
	if err != nil {
		return err
	}
	if err := a.mayWrite(r, c); err != nil {
		return err
	}
	if err := a.keys.DropOwn(r.Context(), c.tenant, c.actor, a.noting("vault_drop", nil)); err != nil {
		return err
	}
	return a.keyState(w, r)
}

// noting writes an audit entry in a unit of work that another room opened.
func (a *API) noting(action string, details map[string]string) func(ctx context.Context, tx *tenancy.Tx) error {
	return func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.engine.Begin(ctx, tx); err != nil {
			return err
		}
		record.Note(tx, "key", action, id.ID{}, details)
		return record.Settle(ctx, tx)
	}
}

// sealedFields lists what is sealed: by description, and by the company's own marking.
func (a *API) sealedFields(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.auditor(r); err != nil {
		return err
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		marks, err := form.Marks(ctx, tx)
		if err != nil {
			return err
		}
		lang := languageOf(r)
		out := []map[string]any{}
		for _, d := range record.Catalog(tx).All() {
			for _, f := range d.Fields {
				if !hidden(f) {
					continue
				}
				row := map[string]any{"entity": d.Name, "field": f.Name, "label": f.Label.In(lang), "entity_label": d.Label.In(lang), "lookup": f.Lookup, "own": f.Cipher != "", "state": "sealed"}
				for _, m := range marks {
					if m.Entity == d.Name && m.Field == f.Name {
						row["state"] = m.State
					}
				}
				out = append(out, row)
			}
		}
		return reply(w, http.StatusOK, map[string]any{"data": out, "next_cursor": nil})
	})
}

// sealField marks a field as sealed, or ends that, and starts the task that encrypts or decrypts what is there, while everybody works on.
func (a *API) sealField(w http.ResponseWriter, r *http.Request) error {
	c, err := a.auditor(r)
	if err != nil {
		return err
	}
	if err := a.mayWrite(r, c); err != nil {
		return err
	}
	var in struct {
		Entity string `json:"entity"`
		Field  string `json:"field"`
		Sealed bool   `json:"sealed"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	var job int64
	err = form.Mark(r.Context(), a.db, a.engine, c.tenant, c.actor, in.Entity, in.Field, in.Sealed, func(ctx context.Context, tx *tenancy.Tx) error {
		action := map[bool]string{true: "field_seal", false: "field_unseal"}[in.Sealed]
		record.Note(tx, "key", action, id.ID{}, map[string]string{"entity": in.Entity, "field": in.Field})
		task, err := record.NewTask(ctx, tx, markSeal, map[string]string{"entity": in.Entity, "field": in.Field}, nil)
		if err != nil {
			return err
		}
		job, err = a.relay.Begin(ctx, tx, markSeal, task)
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Location", jobPath(job))
	return reply(w, http.StatusAccepted, map[string]any{"entity": in.Entity, "field": in.Field, "sealed": in.Sealed, "job": job})
}

// mayWrite refuses a browser's request without its CSRF token, for what opens its units of work elsewhere.
func (a *API) mayWrite(r *http.Request, c caller) error {
	return a.engine.Do(r.Context(), c.tenant, c.actor, func(context.Context, *tenancy.Tx) error { return nil })
}

// runReseal is the task that seals all values of all entities with the newest key, and then ends the older versions.
func (a *API) runReseal(ctx context.Context, run *relay.Run) error {
	a.keys.Forget(run.Tenant.ID) // the key that another process has just made is the newest
	done, err := a.recrypt(ctx, run, "", "")
	if err != nil {
		return err
	}
	version, err := a.keys.Retire(ctx, run.Tenant)
	if err != nil {
		return err
	}
	return a.endTask(ctx, run, map[string]any{"values": done, "oldest_version": version}, func(tx *tenancy.Tx) {
		record.Note(tx, "key", "resealed", id.ID{}, map[string]string{"values": strconv.FormatInt(done, 10), "oldest_version": strconv.Itoa(version)})
	})
}

// recrypt brings values into their state. Other processes may write by the former key or marking for two seconds yet, so it looks again.
func (a *API) recrypt(ctx context.Context, run *relay.Run, entity, field string) (done int64, err error) {
	for started := time.Now(); ; {
		n, err := record.Recrypt(ctx, a.engine, run.Tenant, entity, field, run.Tell)
		if err != nil {
			return done, err
		}
		done += n
		if n == 0 && time.Since(started) > 4*time.Second {
			return done, nil
		}
		select {
		case <-ctx.Done():
			return done, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// runMark is the task that encrypts or decrypts one field.
func (a *API) runMark(ctx context.Context, run *relay.Run) error {
	var in struct{ Entity, Field string }
	err := a.engine.Do(ctx, run.Tenant, tenancy.Actor{System: true, Name: "keys"}, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := record.TaskOf(ctx, tx, run.Task, false)
		if err != nil {
			return err
		}
		return json.Unmarshal(t.Input, &in)
	}, tenancy.ReadOnly())
	if err != nil {
		return err
	}
	done, err := a.recrypt(ctx, run, in.Entity, in.Field)
	if err != nil {
		return err
	}
	if err := form.Marked(ctx, a.db, a.engine, run.Tenant, in.Entity, in.Field); err != nil {
		return err
	}
	return a.endTask(ctx, run, map[string]any{"values": done}, func(tx *tenancy.Tx) {
		record.Note(tx, "key", "field_done", id.ID{}, map[string]string{"entity": in.Entity, "field": in.Field, "values": strconv.FormatInt(done, 10)})
	})
}

func (a *API) endTask(ctx context.Context, run *relay.Run, outcome any, note func(tx *tenancy.Tx)) error {
	return a.engine.Do(ctx, run.Tenant, tenancy.Actor{ID: run.Actor.ID, System: true, Name: "keys"}, func(ctx context.Context, tx *tenancy.Tx) error {
		note(tx)
		return record.EndTask(ctx, tx, run.Task, record.TaskDone, outcome)
	})
}
