package core

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// maxMentions is how many people one remark may name.
const maxMentions = 50

// prepareComments lets only who made a remark change it, and tells those whom it names.
func prepareComments(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Comment]) error {
	for _, c := range changes {
		if c.Old != nil && c.Old.CreatedBy != tx.Actor.ID && !tx.Actor.System {
			return notAuthor()
		}
	}
	var bad fault.Fields
	fresh, people, err := mentioned(ctx, tx, changes, &bad)
	if err != nil {
		return err
	}
	for i, c := range changes {
		if err := mayRead(ctx, tx, c.New, fresh[i], people, &bad); err != nil {
			return err
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	for i, c := range changes {
		if err := tellMentioned(ctx, tx, c.New, fresh[i]); err != nil {
			return err
		}
	}
	return nil
}

// mentioned finds the people whom remarks name anew: one query for all.
func mentioned(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Comment], bad *fault.Fields) ([][]id.ID, map[id.ID]*User, error) {
	fresh := make([][]id.ID, len(changes))
	var all []id.ID
	for i, c := range changes {
		if len(c.New.Mentions) > maxMentions {
			bad.Add("mentions", "mention.many", "最多提及 %d 人", "at most %d people", maxMentions)
			continue
		}
		for j, text := range c.New.Mentions {
			k, err := id.Parse(text)
			if err != nil {
				bad.Add(fmt.Sprintf("mentions[%d]", j), "value.type", "应为用户 id", "must be the id of a user")
				continue
			}
			all = append(all, k)
			if (c.Old == nil || !slices.Contains(c.Old.Mentions, text)) && !slices.Contains(fresh[i], k) {
				fresh[i] = append(fresh[i], k)
			}
		}
	}
	people := map[id.ID]*User{}
	if len(all) == 0 {
		return fresh, people, nil
	}
	found, err := record.Find[User](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("active AND id = ANY(?::uuid[])", pgdialect.Array(all))
	})
	for _, u := range found {
		people[u.ID] = u
	}
	return fresh, people, err
}

// mayRead refuses to name people who are not there or who may not see what the remark is about: the notice would tell them of it.
func mayRead(ctx context.Context, tx *tenancy.Tx, c *Comment, fresh []id.ID, people map[id.ID]*User, bad *fault.Fields) error {
	for _, k := range fresh {
		path := fmt.Sprintf("mentions[%d]", slices.Index(c.Mentions, k.String()))
		u := people[k]
		if u == nil {
			bad.Add(path, "reference.unknown", "没有此用户", "There is no such user")
			continue
		}
		seen, err := record.MaySee(ctx, tx, tenancy.Actor{ID: u.ID, Name: u.Name, Roles: u.Roles}, c.Entity, c.RecordID)
		if err != nil {
			return err
		}
		if !seen {
			bad.Add(path, "mention.denied", "%[1]s 无权查看此记录", "%[1]s may not see this record", u.Name)
		}
	}
	return nil
}

func tellMentioned(ctx context.Context, tx *tenancy.Tx, c *Comment, to []id.ID) error {
	if len(to) == 0 {
		return nil
	}
	label := entity.T("记录", "record")
	if d := record.Catalog(tx).Entity(c.Entity); d != nil {
		label = d.Label
	}
	return record.Emit(ctx, tx, coreevent.Notice{
		To: to, Entity: c.Entity, Record: c.RecordID,
		Text: entity.T(tx.Actor.Name+" 在"+label.ZH+"的评论中提到了您", tx.Actor.Name+" mentioned you in a remark on a "+label.EN),
	})
}
