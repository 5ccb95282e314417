package projects

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// The states of a material, beside cancelled.
const (
	Wanted = "wanted"
	Issued = "issued"
)

const materialEntity = "projects.material"

// Material is goods that a project uses up.
type Material struct {
	bun.BaseModel `bun:"table:projects_material,alias:mt"`
	entity.Base

	ProjectID id.ID          `bun:"project_id,type:uuid,notnull"`
	TaskID    id.ID          `bun:"task_id,type:uuid,nullzero"`
	ProductID id.ID          `bun:"product_id,type:uuid,notnull"`
	LotID     id.ID          `bun:"lot_id,type:uuid,nullzero"`
	Quantity  money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	UnitCost  money.Price    `bun:"unit_cost,type:numeric(20,6),notnull"`
	Amount    money.Amount   `bun:"amount,type:numeric(20,4),notnull"`
	NeedBy    clock.Date     `bun:"need_by,nullzero"`
	IssuedOn  clock.Date     `bun:"issued_on,nullzero"`
	Status    string         `bun:"status,notnull"`
	Note      string         `bun:"note,notnull"`
}

// Describe says what the fields mean.
func (m *Material) Describe(d *entity.Desc) {
	d.Is(materialEntity, "materials", entity.T("项目用料", "Material"), nil)
	d.Field(&m.ProjectID, entity.Field{Label: entity.T("项目", "Project"), Ref: "projects.project", Required: true, Immutable: true, List: true, Filter: true})
	d.Field(&m.TaskID, entity.Field{Label: entity.T("任务", "Task"), Ref: "projects.task", Immutable: true, Filter: true})
	d.Field(&m.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true, List: true, Filter: true})
	d.Field(&m.LotID, entity.Field{Label: entity.T("批次", "Lot"), Ref: "inventory.lot", Help: entity.T("留空取任一可用批次", "Any that is free when left empty")})
	d.Field(&m.Quantity, entity.Field{
		Label: entity.T("数量", "Quantity"), Required: true, Positive: true, List: true, Help: entity.T("以产品单位计", "In the product's own unit"),
	})
	d.Field(&m.UnitCost, entity.Field{
		Label: entity.T("单位成本", "Unit cost"), Kind: entity.KindPrice, Class: "cost", NotNeg: true,
		Help: entity.T("估计值；从库存领用时以库存成本为准", "An estimate; what comes from stock costs what it is worth there"),
	})
	d.Field(&m.Amount, entity.Field{Label: entity.T("成本", "Cost"), Class: "cost", Computed: true, List: true, Total: true})
	d.Field(&m.NeedBy, entity.Field{Label: entity.T("需用日期", "Need by"), List: true, Filter: true})
	d.Field(&m.IssuedOn, entity.Field{Label: entity.T("领用日期", "Issued on"), Computed: true, Filter: true})
	d.Field(&m.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Wanted, List: true, Filter: true,
		Options: entity.Options(Wanted, "待领用", "Wanted", Issued, "已领用", "Issued", Cancelled, "已取消", "Cancelled"),
	})
	d.Field(&m.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true})
	d.State(&m.Status, Wanted)
}

// prepareMaterials completes materials. Nothing is asked for a project that is over.
func prepareMaterials(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Material]) error {
	projects, tasks := make([]id.ID, len(changes)), make([]id.ID, len(changes))
	for i, c := range changes {
		m := c.New
		if c.Old == nil {
			m.Status = Wanted
		}
		m.Amount = money.RoundTo(m.Quantity.Mul(m.UnitCost), tx.Tenant.Currency)
		projects[i], tasks[i] = m.ProjectID, m.TaskID
	}
	return bookable(ctx, tx, projects, tasks, func(i int) id.ID { return changes[i].New.ProjectID })
}

// issueMaterial uses the goods up: inventory takes them from stock, and their value becomes the project's cost.
func issueMaterial(ctx context.Context, tx *tenancy.Tx, m *Material, _ modules.None) error {
	of := func(int) id.ID { return m.ProjectID }
	if err := bookable(ctx, tx, []id.ID{m.ProjectID}, []id.ID{m.TaskID}, of); err != nil {
		return err
	}
	p, err := bookOf(tx).project(ctx, tx, m.ProjectID)
	if err != nil {
		return err
	}
	m.Status, m.IssuedOn = Issued, tx.Today()
	if err := record.Update(ctx, tx, m); err != nil {
		return err
	}
	bookOf(tx).touch(tx, m.ProjectID)
	return record.Emit(ctx, tx, projectsevent.MaterialIssued{
		MaterialID: m.ID, ProjectID: p.ID, ProjectNo: p.No, ProductID: m.ProductID, LotID: m.LotID, Quantity: m.Quantity,
	})
}

func cancelMaterial(ctx context.Context, tx *tenancy.Tx, m *Material, _ modules.None) error {
	m.Status = Cancelled
	return record.Update(ctx, tx, m)
}

// stockMoved takes over what materials were worth when they left the stock.
func stockMoved(ctx context.Context, tx *tenancy.Tx, e inventoryevent.StockMoved) error {
	if e.SourceEntity != materialEntity {
		return nil
	}
	rows, err := record.Find[Material](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ?", e.SourceID.String()).For("UPDATE") })
	if err != nil || len(rows) == 0 {
		return err
	}
	m := rows[0]
	m.Amount = money.Zero()
	for _, x := range e.Moves {
		m.Amount = m.Amount.Add(x.Value)
	}
	m.UnitCost = money.Div(m.Amount, m.Quantity).Round(6)
	bookOf(tx).touch(tx, m.ProjectID)
	return record.Update(ctx, tx, m)
}
