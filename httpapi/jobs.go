package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// jobJSON is work that goes on after a request.
type jobJSON struct {
	ID       int64           `json:"id"`
	Call     string          `json:"call"`
	State    string          `json:"state"` // available, running, retryable, scheduled, completed, cancelled, parked; failed: a task was refused
	Attempt  int             `json:"attempt"`
	Most     int             `json:"max_attempts"`
	Error    string          `json:"error,omitempty"`
	Created  time.Time       `json:"created_at"`
	Next     time.Time       `json:"scheduled_at"`
	Finished *time.Time      `json:"finished_at"`
	Percent  *int            `json:"percent,omitempty"` // of a task
	Rows     int             `json:"rows,omitempty"`
	ETA      *int            `json:"eta_seconds,omitempty"`
	Result   json.RawMessage `json:"result,omitempty"` // how a task ended
}

func jobOf(j relay.JobState) jobJSON {
	return jobJSON{
		ID: j.ID, Call: j.Call, State: j.State, Attempt: j.Attempt, Most: j.MaxAttempts, Error: j.Error, Created: j.Created, Next: j.Next, Finished: j.Finished,
	}
}

func jobPath(job int64) string { return "/api/v1/jobs/" + strconv.FormatInt(job, 10) }

// taskJob adds how far a task is, or how it ended, as its company knows it.
func (a *API) taskJob(ctx context.Context, c caller, j relay.JobState) (jobJSON, error) {
	out := jobOf(j)
	if j.Task.IsZero() {
		return out, nil
	}
	var t *record.Task
	find := func(ctx context.Context, tx *tenancy.Tx) error {
		var err error
		t, err = record.TaskOf(ctx, tx, j.Task, false)
		return err
	}
	var err error
	if s := sandboxOf(ctx); s != nil {
		err = s.do(ctx, a, find)
	} else {
		err = a.engine.Do(ctx, c.tenant, c.actor, find, tenancy.ReadOnly())
	}
	if fault.Is(err, fault.NotFound) { // a look at something at a later time, with nothing to show
		return out, nil
	}
	if err != nil {
		return out, err
	}
	percent := 0
	if j.Total > 0 {
		percent = min(99, j.Done*100/j.Total)
	}
	switch t.State {
	case record.TaskDone:
		out.State, percent, out.Result = "completed", 100, t.Outcome
	case record.TaskFailed:
		out.State, out.Result = "failed", t.Outcome
	case record.TaskCancelled:
		out.State, out.Result = "cancelled", t.Outcome
	default:
		if percent > 0 && j.Started != nil {
			took := int(time.Since(*j.Started).Seconds())
			out.ETA = new(took * (100 - percent) / percent)
		}
	}
	var in struct{ Rows int }
	if json.Unmarshal(t.Input, &in) == nil {
		out.Rows = in.Rows
	}
	out.Percent = &percent
	return out, nil
}

// mine finds a job that the caller may see: their own, or any of the company's for owners and admins.
func (a *API) mine(r *http.Request) (caller, relay.JobState, error) {
	c, err := a.caller(r)
	if err != nil {
		return c, relay.JobState{}, err
	}
	j, err := a.jobs.Get(r.Context(), c.tenant.ID, jobID(r))
	if err == nil && !mayWatch(c, j) {
		err = fault.New(fault.NotFound, "job.not_found", "没有此任务", "There is no such job")
	}
	return c, j, err
}

func mayWatch(c caller, j relay.JobState) bool { return j.Actor == c.UserID || operates(c) }

func operates(c caller) bool {
	return slices.Contains(c.actor.Roles, "owner") || slices.Contains(c.actor.Roles, "admin")
}

// operator lets only owners and admins near the jobs.
func (a *API) operator(r *http.Request) (caller, error) {
	c, err := a.caller(r)
	if err != nil {
		return c, err
	}
	if operates(c) {
		return c, nil
	}
	return c, fault.New(fault.Forbidden, "jobs.denied", "只有所有者和管理员可以查看任务（规则 platform.jobs）", "Only owners and admins see jobs (rule platform.jobs)").With("rule", "platform.jobs")
}

func (a *API) listJobs(w http.ResponseWriter, r *http.Request) error {
	own, err := flag(r, "mine", false)
	if err != nil {
		return err
	}
	who := a.operator
	if own {
		who = a.caller
	}
	c, err := who(r)
	if err != nil {
		return err
	}
	var actor id.ID
	if own {
		actor = c.UserID
	}
	const limit = 100
	before, _ := strconv.ParseInt(r.URL.Query().Get("cursor"), 10, 64)
	list, err := a.jobs.List(r.Context(), c.tenant.ID, actor, r.URL.Query().Get("state"), before, limit)
	if err != nil {
		return err
	}
	rows := make([]jobJSON, len(list))
	for i, j := range list {
		if rows[i], err = a.taskJob(r.Context(), c, j); err != nil {
			return err
		}
	}
	out := map[string]any{"data": rows, "next_cursor": nil}
	if len(list) == limit {
		out["next_cursor"] = strconv.FormatInt(list[limit-1].ID, 10)
	}
	return reply(w, http.StatusOK, out)
}

func (a *API) getJob(w http.ResponseWriter, r *http.Request) error {
	c, j, err := a.mine(r)
	if err != nil {
		return err
	}
	out, err := a.taskJob(r.Context(), c, j)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, out)
}

func (a *API) retryJob(w http.ResponseWriter, r *http.Request) error {
	c, err := a.operator(r)
	if err != nil {
		return err
	}
	if err := a.jobs.Retry(r.Context(), c.tenant.ID, jobID(r)); err != nil {
		return err
	}
	j, err := a.jobs.Get(r.Context(), c.tenant.ID, jobID(r))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, jobOf(j))
}

// cancelJob calls a job off. What it has done so far goes back; one that has ended is a conflict.
func (a *API) cancelJob(w http.ResponseWriter, r *http.Request) error {
	c, j, err := a.mine(r)
	if err != nil {
		return err
	}
	if err := a.jobs.Cancel(r.Context(), c.tenant.ID, j.ID); err != nil {
		return err
	}
	if !j.Task.IsZero() {
		err := a.write(r, func(ctx context.Context, tx *tenancy.Tx) error { return record.CancelTask(ctx, tx, j.Task) })
		if err != nil && !fault.Is(err, fault.NotFound) { // a look at something at a later time keeps no task
			return err
		}
	}
	if j, err = a.jobs.Get(r.Context(), c.tenant.ID, j.ID); err != nil {
		return err
	}
	out, err := a.taskJob(r.Context(), c, j)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, out)
}

func jobID(r *http.Request) int64 {
	n, err := strconv.ParseInt(mux.Vars(r)["id"], 10, 64)
	if err != nil {
		return -1
	}
	return n
}
