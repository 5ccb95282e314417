package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/fault"
)

// jobJSON is work that goes on after a request.
type jobJSON struct {
	ID       int64      `json:"id"`
	Call     string     `json:"call"`
	State    string     `json:"state"` // available, running, retryable, scheduled, completed, cancelled, parked
	Attempt  int        `json:"attempt"`
	Most     int        `json:"max_attempts"`
	Error    string     `json:"error,omitempty"`
	Created  time.Time  `json:"created_at"`
	Next     time.Time  `json:"scheduled_at"`
	Finished *time.Time `json:"finished_at"`
}

func jobOf(j relay.JobState) jobJSON {
	return jobJSON{j.ID, j.Call, j.State, j.Attempt, j.MaxAttempts, j.Error, j.Created, j.Next, j.Finished}
}

// operator lets only owners and admins near the jobs.
func (a *API) operator(r *http.Request) (caller, error) {
	c, err := a.caller(r)
	if err != nil {
		return c, err
	}
	for _, role := range c.actor.Roles {
		if role == "owner" || role == "admin" {
			return c, nil
		}
	}
	return c, fault.New(fault.Forbidden, "jobs.denied", "只有所有者和管理员可以查看任务（规则 platform.jobs）", "Only owners and admins see jobs (rule platform.jobs)").With("rule", "platform.jobs")
}

func (a *API) listJobs(w http.ResponseWriter, r *http.Request) error {
	c, err := a.operator(r)
	if err != nil {
		return err
	}
	const limit = 100
	before, _ := strconv.ParseInt(r.URL.Query().Get("cursor"), 10, 64)
	list, err := a.jobs.List(r.Context(), c.tenant.ID, r.URL.Query().Get("state"), before, limit)
	if err != nil {
		return err
	}
	rows := make([]jobJSON, len(list))
	for i, j := range list {
		rows[i] = jobOf(j)
	}
	out := map[string]any{"data": rows, "next_cursor": nil}
	if len(list) == limit {
		out["next_cursor"] = strconv.FormatInt(list[limit-1].ID, 10)
	}
	return reply(w, http.StatusOK, out)
}

func (a *API) getJob(w http.ResponseWriter, r *http.Request) error {
	c, err := a.operator(r)
	if err != nil {
		return err
	}
	j, err := a.jobs.Get(r.Context(), c.tenant.ID, jobID(r))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, jobOf(j))
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

func jobID(r *http.Request) int64 {
	n, err := strconv.ParseInt(mux.Vars(r)["id"], 10, 64)
	if err != nil {
		return -1
	}
	return n
}
