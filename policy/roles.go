package policy

import "github.com/tenon-hq/tenon/entity"

// The two roles whose rights nobody can take away, so that a tenant can't lock itself out.
const (
	Owner = "owner"
	Admin = "admin"
)

// ShippedRoles returns the roles that every tenant has out of the box.
func ShippedRoles() []Role {
	return []Role{
		{Name: Owner, Label: entity.T("所有者", "Owner")},
		{Name: Admin, Label: entity.T("管理员", "Administrator")},
		{Name: "sales", Label: entity.T("销售员", "Salesperson")},
		{Name: "sales_director", Label: entity.T("销售总监", "Sales director")},
		{Name: "buyer", Label: entity.T("采购员", "Buyer")},
		{Name: "planner", Label: entity.T("生产计划员", "Production planner")},
		{Name: "warehouse", Label: entity.T("仓库管理员", "Warehouse keeper")},
		{Name: "finance", Label: entity.T("财务", "Finance")},
		{Name: "project_manager", Label: entity.T("项目经理", "Project manager")},
		{Name: "security_officer", Label: entity.T("安全管理员", "Security officer")},
		{Name: "viewer", Label: entity.T("只读用户", "Viewer")},
	}
}

func fixed(role string) bool { return role == Owner || role == Admin }
