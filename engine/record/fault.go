package record

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
)

// databaseFault turns what the database refuses into what people can understand. Nothing of the database's own text gets out. Serialization
// failures and deadlocks pass unchanged: the unit of work retries them.
func databaseFault(err error, def *entity.Def) error {
	if err == nil || fault.As(err) != nil {
		return err
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch pg.Code {
	case "40001", "40P01":
		return err
	case "23505":
		return unique(pg, def).Because(err)
	case "23514", "23P01":
		return fault.New(fault.Rule, "database.check", "数据违反规则 %s", "The data breaks the rule %s", pg.ConstraintName).Because(err)
	case "23503":
		return fault.New(fault.Rule, "record.in_use", "记录正被其他记录引用", "Other records refer to this record").Because(err)
	case "22003":
		return fault.New(fault.Invalid, "number.too_large", "数值超出范围", "A number is out of range").Because(err)
	case "22021", "22P05": // no text can hold it
		return fault.New(fault.Invalid, "value.character", "文本包含无效字符", "A text holds an invalid character").Because(err)
	case "TN001":
		return fault.New(fault.Rule, "entry.posted", "已过账的记录不能修改或删除，只能冲销", "What is posted cannot be changed or deleted, only reversed").Because(err)
	case "TN002":
		return fault.New(fault.Rule, "entry.unbalanced", "凭证借贷不平衡", "The entry does not balance").Because(err)
	case "TN003":
		return fault.New(fault.Rule, "period.locked", "会计期间已锁定", "The accounting period is locked").Because(err)
	case "55P03":
		return fault.New(fault.Conflict, "record.busy", "记录正被他人处理，请稍后重试", "Somebody else is working on this record; try again shortly").Because(err)
	case "57014":
		return fault.New(fault.Unavailable, "statement.timeout", "查询超时，请缩小范围", "The query took too long; narrow it down").Because(err)
	}
	return err
}

// unique names the field whose value exists already, from the constraint's name <table>_<column>_key.
func unique(pg *pgconn.PgError, def *entity.Def) *fault.Fault {
	f := fault.New(fault.Conflict, "record.duplicate", "已有相同的记录", "There is such a record already")
	name, ok := strings.CutPrefix(strings.TrimSuffix(pg.ConstraintName, "_key"), pg.TableName+"_")
	if ok && def != nil && def.Field(name) != nil {
		f.At(name, "duplicate", "“%[1]s”已被使用", "This %[2]s is in use already", def.Field(name).Label.ZH, def.Field(name).Label.EN)
	}
	return f
}
