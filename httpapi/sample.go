package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// Sample is the small set of records with which a new company can try things out.
type Sample interface {
	// Load makes it in the company's language, as far as its modules go; nothing when it is there.
	Load(ctx context.Context, tx *tenancy.Tx) (made int, err error)
	// Remove takes it away again and says what stays, because people changed it or use it.
	Remove(ctx context.Context, tx *tenancy.Tx) (SampleRemoval, error)
	// Left is how many records of it there are.
	Left(ctx context.Context, tx *tenancy.Tx) (int, error)
}

// SampleRemoval is what taking sample data away did.
type SampleRemoval struct {
	Removed int          `json:"removed"`
	Kept    []SampleKept `json:"kept"`
}

// SampleKept is a sample record that stays.
type SampleKept struct {
	Path   string `json:"path"` // of the record: crm/customers/…
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

type sampleInput struct {
	Remove bool `json:"remove"`
}

const sampleWithin = 5 * time.Minute

// sampleState tells whether sample data is there.
func (a *API) sampleState(w http.ResponseWriter, r *http.Request) error {
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		n, err := a.sample.Left(ctx, tx)
		if err != nil {
			return err
		}
		return reply(w, http.StatusOK, map[string]any{"records": n})
	})
}

func (a *API) loadSample(w http.ResponseWriter, r *http.Request) error {
	return a.startSample(w, r, sampleInput{})
}

// removeSample takes sample data away by a job; a dry run answers at once what would go and what would stay.
func (a *API) removeSample(w http.ResponseWriter, r *http.Request) error {
	dry, err := wantsDryRun(r)
	if err != nil {
		return err
	}
	if !dry {
		return a.startSample(w, r, sampleInput{Remove: true})
	}
	if _, err := a.operator(r); err != nil {
		return err
	}
	var out SampleRemoval
	if err := a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		var err error
		out, err = a.sample.Remove(ctx, tx)
		return err
	}, tenancy.DryRun()); err != nil {
		return err
	}
	return reply(w, http.StatusOK, out)
}

func (a *API) startSample(w http.ResponseWriter, r *http.Request, in sampleInput) error {
	if _, err := a.operator(r); err != nil {
		return err
	}
	return a.post(w, r, nil, func(ctx context.Context, tx *tenancy.Tx) (record.Answer, error) {
		return a.begin(ctx, tx, sampleTask, in, nil, nil)
	})
}

// runSample loads or removes sample data in one unit of work.
func (a *API) runSample(ctx context.Context, run *relay.Run) error {
	return relay.Once(ctx, a.engine, run, sampleWithin, func(ctx context.Context, tx *tenancy.Tx, t *record.Task) (any, error) {
		var in sampleInput
		if err := json.Unmarshal(t.Input, &in); err != nil {
			return nil, err
		}
		if in.Remove {
			return a.sample.Remove(ctx, tx)
		}
		made, err := a.sample.Load(ctx, tx)
		return map[string]any{"created": made}, err
	}, func(f *fault.Fault) any {
		return map[string]any{"reason": f.Reason, "detail": f.Text.In(run.Actor.Locale)}
	})
}
